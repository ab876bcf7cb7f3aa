"""Contact sheets over HTTP: a PDF, sent a page at a time."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import UTC, tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api.dependencies import AccessDep, AddressDep, BucketDep, read_filter
from api.downloads import Download, DownloadResponse
from api.filter_parameters import FILTER_PARAMETERS
from curation.contact_sheets import SheetContent, draw_sheet, read_sheet
from curation.errors import UnknownFilter
from curation.media_filter import MediaFilter
from db.models import Access, utc_now
from db.session import open_session
from storage import Bucket

router = APIRouter(tags=["exports"])

# A sheet keeps the decoders busy, which uploads and screens need too.
SHEETS_AT_ONCE = 2
_places = threading.BoundedSemaphore(SHEETS_AT_ONCE)
ALL_TAKEN = "Several contact sheets are being drawn at this moment. Try again in a minute."


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


class SheetDownload(Download):
    """The pages of one contact sheet. No session is open while its client reads."""

    event = "contact_sheet_exported"
    content: SheetContent

    def __init__(
        self, access: Access, address: str, bucket: Bucket, wanted: MediaFilter, zone: tzinfo
    ) -> None:
        super().__init__(access, address)
        with ExitStack() as opened:
            self._take_a_place(opened, _places, ALL_TAKEN)
            with open_session(read_only=True) as session:
                self.content = read_sheet(session, access, wanted)
            self._begin(opened, draw_sheet(open_session, bucket, access, self.content, zone, utc_now()))

    def _detail(self) -> dict[str, Any]:
        return {"filter": self.content.wanted.to_query(), "media": len(self.content.media)}
