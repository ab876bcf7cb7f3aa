"""Exports over HTTP: streamed while the database reads, audited, and never silently short."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, tzinfo
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Query, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.dependencies import FILTER_PARAMETERS, AccessDep, AddressDep, BucketDep, read_filter
from curation.browse import COUNT_CAP
from curation.contact_sheets import SheetContent, draw_sheet, read_sheet
from curation.errors import Unavailable, UnknownFilter
from curation.events import record
from curation.exports import Per, count_rows, export_csv
from curation.media_filter import MediaFilter
from db.models import Access, utc_now
from db.session import open_session
from db.streaming import hold_still
from storage import Bucket

router = APIRouter(tags=["exports"])
log = logging.getLogger(__name__)

# Each export holds a connection for as long as its client reads; the others are for everybody else.
EXPORTS_AT_ONCE = 4
_free = threading.BoundedSemaphore(EXPORTS_AT_ONCE)
# A sheet keeps the decoders busy, which uploads and screens need too.
SHEETS_AT_ONCE = 2
_free_for_sheets = threading.BoundedSemaphore(SHEETS_AT_ONCE)


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
) -> Response:
    """The metadata of what the filter shows, as CSV: the whole of it, in the filter's order."""
    wanted = read_filter(request, "per", "raw", "columns")
    names = [name.strip() for part in columns for name in part.split(",")] if columns is not None else None
    download = Download(access, address, wanted, per, raw, names)
    headers = {
        "Content-Disposition": f'attachment; filename="vigie-{per.value}-{utc_now():%Y%m%d-%H%M%S}.csv"'
    }
    if download.count is not None:
        headers["X-Total-Count"] = str(download.count)
    return DownloadResponse(download, media_type="text/csv", headers=headers)


class Download:
    """The chunks of one export: a database session while it runs, an entry in the audit trail when it ends.

    Making it reads the first rows, so that whatever is wrong is answered by an error of its own. What fails
    later must break the answer off: raising in the middle does.
    """

    def __init__(
        self,
        access: Access,
        address: str,
        wanted: MediaFilter,
        per: Per,
        raw: bool,
        columns: list[str] | None,
    ) -> None:
        self._access, self._address = access, address
        self._asked = {"filter": wanted.to_query(), "per": per.value, "raw": raw, "columns": columns}
        self._complete = False
        if not _free.acquire(blocking=False):
            raise Unavailable("Several exports are being written at this moment. Try again in a minute.")
        with ExitStack() as opened:
            opened.callback(_free.release)
            session = opened.enter_context(open_session(read_only=True))
            hold_still(session)
            self._lines = export_csv(session, access, wanted, per=per, raw=raw, columns=columns)
            opened.callback(self._lines.close)
            count = count_rows(session, access, wanted, per=per, cap=COUNT_CAP)
            self.count = None if count.capped else count.value
            self._begun = next(self._lines) + next(self._lines, b"")
            self._opened: ExitStack | None = opened.pop_all()

    def __iter__(self) -> Iterator[bytes]:
        yield self._begun
        yield from self._lines
        self._complete = True
        self.close()

    def close(self) -> None:
        """Stop reading and write down what was taken; harmless when repeated."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        try:
            opened.close()
        except SQLAlchemyError as error:  # the connection that broke has nothing to give back
            log.warning("an export's session did not close: %s", error)
        detail = {**self._asked, "rows": self._lines.rows, "complete": self._complete}
        try:
            with open_session() as session:
                record(session, self._access, "media_exported", detail, address=self._address)
        except SQLAlchemyError:
            log.exception("an export is missing in the audit trail: %s %s", self._access.login, detail)


@router.get(
    "/exports/contact-sheet.pdf",
    openapi_extra={"parameters": FILTER_PARAMETERS},
    response_class=StreamingResponse,
    responses={200: {"content": {"application/pdf": {}}}},
)
def export_contact_sheet(
    request: Request,
    access: AccessDep,
    address: AddressDep,
    bucket: BucketDep,
    zone: Annotated[
        str | None, Query(max_length=60, description="Of the times, as in Europe/Paris; UTC without it.")
    ] = None,
) -> Response:
    """What the filter shows, on paper: each frame with its shapes, the smallest one magnified, and a caption.

    A sheet has at most 300 media, and says so where more match.
    """
    wanted = read_filter(request, "zone")
    sheet = SheetDownload(access, address, bucket, wanted, _read_zone(zone))
    name = f"vigie-contact-sheet-{utc_now():%Y%m%d-%H%M%S}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Total-Count": str(len(sheet.content.media)),
        "Cache-Control": "private, no-store",
    }
    return DownloadResponse(sheet, media_type="application/pdf", headers=headers)


def _read_zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownFilter("The zone is none that is known. Write it as in Europe/Paris.") from None


class SheetDownload:
    """The pages of one contact sheet, and an entry in the audit trail when it ends.

    No session is open while its client reads. Making it draws the first page, so that whatever is wrong is answered
    by an error of its own.
    """

    content: SheetContent

    def __init__(
        self, access: Access, address: str, bucket: Bucket, wanted: MediaFilter, zone: tzinfo
    ) -> None:
        self._access, self._address = access, address
        self._complete = False
        if not _free_for_sheets.acquire(blocking=False):
            raise Unavailable("Several contact sheets are being drawn at this moment. Try again in a minute.")
        with ExitStack() as opened:
            opened.callback(_free_for_sheets.release)
            with open_session(read_only=True) as session:
                self.content = read_sheet(session, access, wanted)
            self._pages = draw_sheet(open_session, bucket, access, self.content, zone, utc_now())
            self._begun = next(self._pages) + next(self._pages)
            self._opened: ExitStack | None = opened.pop_all()

    def __iter__(self) -> Iterator[bytes]:
        yield self._begun
        yield from self._pages
        self._complete = True
        self.close()

    def close(self) -> None:
        """Let the next one in and write down what was taken; harmless when repeated."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        opened.close()
        detail = {
            "filter": self.content.wanted.to_query(),
            "media": len(self.content.media),
            "complete": self._complete,
        }
        try:
            with open_session() as session:
                record(session, self._access, "contact_sheet_exported", detail, address=self._address)
        except SQLAlchemyError:
            log.exception("a contact sheet is missing in the audit trail: %s %s", self._access.login, detail)


class Closing(Protocol):
    """A download: chunks to send, and something to do when they have ended."""

    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class DownloadResponse(StreamingResponse):
    """Closes its download however the answer ends: sent, broken off, or given up by the client."""

    def __init__(self, download: Closing, *, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(iter(download), media_type=media_type, headers=headers)
        self._download = download

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(self._download.close)
