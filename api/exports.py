"""Exports over HTTP: streamed while the database reads, audited, and never silently short."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api.dependencies import AccessDep, AddressDep, read_filter
from api.downloads import Download, DownloadResponse
from api.filter_parameters import FILTER_PARAMETERS
from curation.browse import COUNT_CAP
from curation.exports import Per, count_rows, export_csv
from curation.media_filter import MediaFilter
from db.models import Access, utc_now
from db.session import open_session
from db.streaming import hold_still

router = APIRouter(tags=["exports"])

# Each export holds a connection for as long as its client reads; the others are for everybody else.
EXPORTS_AT_ONCE = 4
_places = threading.BoundedSemaphore(EXPORTS_AT_ONCE)
ALL_TAKEN = "Several exports are being written at this moment. Try again in a minute."


@router.get(
    "/exports/media.csv",
    openapi_extra={"parameters": FILTER_PARAMETERS},
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/csv": {}},
            "headers": {
                "X-Total-Count": {
                    "description": f"Lines without the header, when they are at most {COUNT_CAP:,}.",
                    "schema": {"type": "integer"},
                }
            },
        }
    },
)
def export_media(
    request: Request,
    access: AccessDep,
    address: AddressDep,
    per: Annotated[Per, Query(description="One line per media, or per shape.")] = Per.MEDIA,
    raw: Annotated[
        bool, Query(description="1 leaves text as it is: for programs, not for spreadsheets.")
    ] = False,
    columns: Annotated[list[str] | None, Query(description="Repeated or joined by commas.")] = None,
    editable: Annotated[
        bool, Query(description="1 adds how each row was: to be changed and sent to `POST /imports/table`.")
    ] = False,
) -> Response:
    """The metadata of what the filter shows, as CSV: the whole of it, in the filter's order."""
    wanted = read_filter(request, "per", "raw", "columns", "editable")
    names = [name.strip() for part in columns for name in part.split(",")] if columns is not None else None
    download = CsvDownload(access, address, wanted, per, raw, names, editable)
    headers = {
        "Content-Disposition": f'attachment; filename="vigie-{per.value}-{utc_now():%Y%m%d-%H%M%S}.csv"',
        "Cache-Control": "private, no-store",
    }
    if download.count is not None:
        headers["X-Total-Count"] = str(download.count)
    return DownloadResponse(download, media_type="text/csv", headers=headers)


class CsvDownload(Download):
    """The lines of one export, with a database session while it runs."""

    event = "media_exported"

    def __init__(
        self,
        access: Access,
        address: str,
        wanted: MediaFilter,
        per: Per,
        raw: bool,
        columns: list[str] | None,
        editable: bool,
    ) -> None:
        super().__init__(access, address)
        self._asked = {
            "filter": wanted.to_query(),
            "per": per.value,
            "raw": raw,
            "columns": columns,
            "editable": editable,
        }
        with ExitStack() as opened:
            self._take_a_place(opened, _places, ALL_TAKEN)
            session = opened.enter_context(open_session(read_only=True))
            hold_still(session)
            self._lines = export_csv(
                session, access, wanted, per=per, raw=raw, columns=columns, editable=editable
            )
            opened.callback(self._lines.close)
            count = count_rows(session, access, wanted, per=per, cap=COUNT_CAP)
            self.count = None if count.capped else count.value
            self._begin(opened, self._lines)

    def _detail(self) -> dict[str, Any]:
        return {**self._asked, "rows": self._lines.rows}
