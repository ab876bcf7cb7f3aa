"""Exports that are made by a job: asked for, watched, cancelled, and read while they grow or when they are kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, StrictBool
from starlette.responses import JSONResponse

from api.dependencies import AccessDep, AddressDep, BucketDep, CursorQuery, ReadSessionDep, SessionDep
from api.downloads import Download, DownloadResponse
from api.fields import A_NUMBER, Body, Id, Moment, Number
from api.media import PICTURE_HEADERS
from api.paging import require_known, say_next
from api.ranges import send_object
from curation.datasets import asking
from curation.datasets.asking import ExportView, get_export
from curation.datasets.following import WAITS, Over, follow
from curation.datasets.giving_away import as_listed_for, as_shown_to, require_gives_nothing_away
from curation.datasets.keeping import get_receipt, get_stored, note_download
from curation.datasets.options import ExportOptions, Outlines
from curation.datasets.shown import require_handed_out
from curation.errors import Unavailable
from curation.exports import Per
from curation.media_filter import MediaFilter
from db.models import Access, ExportFormat
from db.session import open_session
from settings import get_settings
from storage.errors import ObjectMissing

router = APIRouter(tags=["exports"])
ExportId = Annotated[int, Path(ge=1, le=2**63 - 1)]

# Each holds a thread now and then for as long as its client reads.
FOLLOWED_AT_ONCE = 16
_places = threading.BoundedSemaphore(FOLLOWED_AT_ONCE)
ALL_TAKEN = (
    "Several exports are being read while they are made. Try again in a minute, or when this one is ready."
)


class SplitIn(Body):
    """Shares that add up to 1, and the seed that shuffles."""

    train: Number
    val: Number = 0.0
    test: Number = 0.0
    seed: Annotated[int, A_NUMBER] = 0


class OptionsIn(Body):
    """What the file holds beside annotations, and how; `per`, `raw` and `columns` are of CSV alone."""

    pictures: StrictBool = False
    crops: StrictBool = False
    contact_sheets: StrictBool = False
    split: SplitIn | None = None
    outlines: Outlines = Outlines.AUTO
    per: Per = Per.MEDIA
    raw: StrictBool = False
    columns: list[str] | None = Field(default=None, max_length=100)


class ExportIn(Body):
    """What to export: what a filter shows (names and values as in addresses), or a release; or what changed since."""

    format: ExportFormat
    filter: dict[str, list[str]] = Field(default={}, max_length=50)
    release_id: Id | None = None
    since_release_id: Id | None = None
    since_at: Moment | None = None
    options: OptionsIn = OptionsIn()
    client_id: str | None = Field(
        default=None, min_length=1, max_length=64, description="A repeated one is the export it was first."
    )


@router.post("/exports", status_code=202)
def create_export(given: ExportIn, session: SessionDep, access: AccessDep) -> ExportView:
    """Have an export made, by a job: the answer says which. It shows the moment at which it begins.

    Its file can be read at once, while it grows, and for some days; its receipt says what is in it and what is not.
    """
    asked = asking.ask_for_export(
        session,
        access,
        given.format,
        wanted=MediaFilter.from_query(given.filter),
        release_id=given.release_id,
        since_release_id=given.since_release_id,
        since_at=given.since_at,
        options=ExportOptions.from_payload(given.options.model_dump(mode="json")),
        client_id=given.client_id,
    )
    (shown,) = as_listed_for(session, access, [asked])
    return shown


@router.get("/exports")
def list_exports(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=asking.MAX_PAGE_SIZE)] = asking.PAGE_SIZE,
) -> list[ExportView]:
    """One's own exports, everybody's for admins, the last first; the `Link` header leads on.

    To a caller who has media to answer blind, only exports that were made for them without those come with `receipt`.
    """
    require_known(request, "cursor", "limit")
    page = asking.list_exports(session, access, cursor, limit)
    say_next(request, response, page.next_cursor)
    return as_listed_for(session, access, page.items)


@router.get("/exports/{export_id}")
def read_export(export_id: ExportId, access: AccessDep, bucket: BucketDep) -> ExportView:
    """One export: how far it is, and its receipt in short once it is ready.

    While that tells of media that the caller has to answer blind, or nobody can tell, `receipt` is null.
    """
    with open_session(read_only=True) as session:
        view = get_export(session, access, export_id)
    return as_shown_to(open_session, bucket, access, view)


@router.post("/exports/{export_id}/cancel")
def cancel_export(export_id: ExportId, session: SessionDep, access: AccessDep) -> ExportView:
    """End an export that is under way; nothing of it is kept."""
    return asking.cancel_export(session, access, export_id)


FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole file. While it is made it comes as it grows, without a length.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The part that `Range` asks for, of a file that is ready."},
    304: {"description": "The caller has this file: `If-None-Match` named its ETag."},
    409: {
        "description": (
            "There is no file: it failed, was cancelled or is over; or it may not be handed out any more, or not yet."
        )
    },
    416: {"description": "The part lies behind the end."},
}


@router.head("/exports/{export_id}/file", include_in_schema=False)
@router.get("/exports/{export_id}/file", response_class=Response, responses=FILE_RESPONSES)
def read_export_file(
    request: Request,
    export_id: ExportId,
    access: AccessDep,
    address: AddressDep,
    bucket: BucketDep,
) -> Response:
    """The file: by `Range` and with its ETag once it is ready, as it grows before that.

    What breaks off in the middle was not finished: ask for the rest by `Range` when the export is ready, with the ETag
    of the beginning as `If-Range`. Of one that was begun anew meanwhile the whole is sent then, never the rest.

    One with pictures of what was withdrawn since is not handed out any more (409), nor one with media that the caller
    has to answer blind before that.
    """
    with open_session(read_only=True) as session:
        view = get_export(session, access, export_id)
        stored = get_stored(session, access, export_id)
    require_handed_out(open_session, bucket, export_id)
    require_gives_nothing_away(open_session, bucket, access, export_id)
    headers = {
        **PICTURE_HEADERS,
        "Content-Disposition": f'attachment; filename="{view.file_name}"',
        "Cache-Control": "private, no-cache",
    }
    if stored is None:
        if request.method == "HEAD":
            return Response(headers={**headers, "Cache-Control": "no-store"}, media_type=view.content_type)
        try:
            growing = GrowingExport(access, address, export_id, get_settings().data_dir / "spool")
        except Over:  # a small one, made since we looked
            with open_session(read_only=True) as session:
                stored = get_stored(session, access, export_id)
        else:
            headers.update(
                {"Cache-Control": "private, no-store", "ETag": _attempt(export_id, growing.attempt)}
            )
            return DownloadResponse(growing, media_type=view.content_type, headers=headers)
    if stored is None:
        raise Unavailable(WAITS)
    if request.method == "GET":
        _note(access, address, export_id, "file")
    # Who began while it was made goes on with what was called so then.
    begun_with = _attempt(export_id, stored.attempts)
    goes_on = request.headers.get("if-range", "").strip() == begun_with
    return send_object(
        request,
        bucket,
        stored.bucket_key,
        size=stored.size,
        etag=begun_with if goes_on else f'"{stored.sha256}"',
        content_type=stored.content_type,
        headers=headers,
        sha256=stored.sha256,
        begun_anew=stored.attempts > 1,
    )


def _attempt(export_id: int, attempt: int) -> str:
    """The ETag of what one attempt to make an export writes: the next one's bytes may be others."""
    return f'"export-{export_id}-{attempt}"'


@router.get(
    "/exports/{export_id}/receipt",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}, 409: {}},
)
def read_export_receipt(
    request: Request, export_id: ExportId, access: AccessDep, address: AddressDep, bucket: BucketDep
) -> Response:
    """The whole receipt, a file of its own: what was in scope, what is in the export, what is not and why, and the
    SHA-256 of every file in it. It stays when the days of the file are over; after a back-up was restored, its sums.

    One that tells of media that the caller has to answer blind is not given before that (409)."""
    with open_session(read_only=True) as session:
        kept = get_receipt(session, access, export_id)
    require_gives_nothing_away(open_session, bucket, access, export_id)
    headers = {
        **PICTURE_HEADERS,
        "Content-Disposition": f'attachment; filename="{kept.file_name}"',
        "Cache-Control": "private, no-cache",
    }
    _note(access, address, export_id, "receipt")
    stored = bucket.head(kept.bucket_key)
    if stored is None:
        if kept.expired:
            return JSONResponse(kept.short, headers=headers)
        raise ObjectMissing(kept.bucket_key)
    return send_object(
        request,
        bucket,
        kept.bucket_key,
        size=stored.size,
        etag=f'"{kept.short["file"]["sha256"]}-receipt"',
        content_type="application/json",
        headers=headers,
    )


def _note(access: Access, address: str, export_id: int, what: str) -> None:
    # Before a byte is sent: what cannot be written down is not handed out.
    with open_session() as session:
        note_download(session, access, export_id, what=what, address=address)


class GrowingExport(Download):
    """The bytes of an export while it is made; its entry in the audit trail says whether all of them were taken."""

    event = "export_downloaded"
    announced = False  # that it was made is

    def __init__(self, access: Access, address: str, export_id: int, spool_folder: FilePath) -> None:
        super().__init__(access, address)
        self._export_id = export_id
        self._sent = 0
        self.attempt = 0
        with ExitStack() as opened:
            self._take_a_place(opened, _places, ALL_TAKEN)
            followed = follow(open_session, spool_folder, export_id, self._note_attempt)
            opened.callback(followed.close)
            self._begin(opened, self._counted(followed))

    def _note_attempt(self, attempt: int) -> None:
        self.attempt = attempt

    def _counted(self, followed: Iterator[bytes]) -> Iterator[bytes]:
        for number, chunk in enumerate(followed):
            self._sent += len(chunk)
            yield chunk
            if number == 0:
                # The first bytes go out before there are any others.
                yield b""

    def _detail(self) -> dict[str, Any]:
        return {"export_id": self._export_id, "what": "file", "bytes": self._sent}
