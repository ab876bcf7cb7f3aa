"""Uploads over HTTP: the caller is known before a byte of the body is read, then it is streamed.

The one place with `async def`: reading a body cannot be done otherwise. Everything that blocks runs in a
thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Header, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from api.dependencies import AccessDep, BucketDep
from api.multipart import Form, read_form
from api.rates import MAY_BE_TOO_FAST, require_slow_enough
from api.spoken import retold_all
from curation.accesses import CURATORS, PEOPLE, require_scope
from curation.archives import EntryResult, register_archive
from curation.browse import get_details
from curation.capture import CaptureDetails
from curation.content import largest_of
from curation.errors import InvalidText, MediaNotFound
from curation.kill_points import reached
from curation.media_view import MediaDetails
from curation.spool import Limit, Spool
from curation.uploads import UPLOADERS, Registered, UploadPlace, register_media
from curation.video_limits import LARGEST_VIDEO_BYTES
from db.models import Access
from db.session import open_session
from language.retold import retold
from settings import get_settings
from storage import Bucket

router = APIRouter(tags=["uploads"])
MAX_ARCHIVE_BYTES = 4 * 2**30
FILE_PART = {"file": {"type": "string", "format": "binary"}}
CAPTURE_PARTS = {
    "source": {"type": "string", "maxLength": 100},
    "captured_at": {"type": "string", "format": "date-time"},
    "assumed_captured_at": {"type": "string", "format": "date-time"},
    "timezone": {"type": "string", "example": "Europe/Paris"},
    "lat": {"type": "number", "minimum": -90, "maximum": 90},
    "lon": {"type": "number", "minimum": -180, "maximum": 180},
    "azimuth": {"type": "number", "minimum": 0, "maximum": 360},
    "sequence": {"type": "string", "maxLength": 100},
    "tags": {"type": "string", "description": "Joined by semicolons."},
}


def upload_body(*extra: str, capture: bool = True) -> dict[str, Any]:
    """What the documentation says of a body that no model describes: its file, what may be told of it, and `extra`."""
    properties: dict[str, Any] = {
        **FILE_PART,
        **(CAPTURE_PARTS if capture else {}),
        **{name: {"type": "string"} for name in extra},
    }
    schema = {"type": "object", "required": ["file"], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@dataclass(frozen=True)
class KnownElsewhere:
    """The same content came from another device: that it is here, and nothing else."""

    id: int
    sha256: str


@dataclass(frozen=True)
class UploadOut:
    """The stored media; `twin` when the same content was here before.

    `looks_like` are ids of media with other bytes that look alike, the nearest first; devices are not told.
    """

    media: MediaDetails | KnownElsewhere
    twin: bool
    notes: list[str]
    looks_like: list[int]


@router.post(
    "/uploads",
    status_code=201,
    operation_id="register_media",
    openapi_extra=upload_body("sha256"),
    responses={
        200: {"model": UploadOut, "description": "The same content was here before: its twin."},
        **MAY_BE_TOO_FAST,
    },
)
async def upload(
    request: Request,
    response: Response,
    access: AccessDep,
    bucket: BucketDep,
    background: BackgroundTasks,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> UploadOut:
    """Register one picture (JPEG, PNG or WebP, at most 25 MiB) or video (MP4, WebM or MOV, at most 2 GiB).

    What it is, its content says.
    """
    require_scope(access, *UPLOADERS)
    await require_slow_enough(access)
    with spool_for(largest_of) as spool:
        form = await read_form(request, spool, limit=LARGEST_VIDEO_BYTES)
        registered = await to_thread.run_sync(_register, form, access, bucket, idempotency_key)
    response.status_code = 200 if registered.twin else 201
    media = await to_thread.run_sync(_read_back, registered, access)
    background.add_task(_answered)
    looks_like = list(registered.looks_like) if access.scope in PEOPLE else []
    return UploadOut(media, registered.twin, retold_all(registered.notes), looks_like)


@router.post(
    "/archives",
    operation_id="register_archive",
    openapi_extra=upload_body(),
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}, **MAY_BE_TOO_FAST},
)
async def upload_archive(request: Request, access: AccessDep, bucket: BucketDep) -> StreamingResponse:
    """Register every picture of a ZIP; answers one JSON line per entry as it is done."""
    require_scope(access, *CURATORS)
    await require_slow_enough(access)
    spool = spool_for(MAX_ARCHIVE_BYTES)
    try:
        form = await read_form(request, spool, limit=MAX_ARCHIVE_BYTES)
        results = await to_thread.run_sync(_open_archive, form, access, bucket)
    except BaseException:
        spool.remove()
        raise
    # The spooled archive goes when the last line has gone out, and also when the client leaves early.
    return StreamingResponse(
        _lines(results, spool), media_type="application/x-ndjson", background=BackgroundTask(spool.remove)
    )


def spool_for(limit: Limit) -> Spool:
    return Spool(get_settings().data_dir / "spool", limit=limit)


def place_of_uploads() -> UploadPlace:
    settings = get_settings()
    return UploadPlace(settings.bucket_media_folder, settings.default_timezone)


def _register(form: Form, access: Access, bucket: Bucket, idempotency_key: str | None) -> Registered:
    fields = dict(form.fields)
    sha256 = read_sha256(fields)
    return register_media(
        open_session,
        bucket,
        access,
        form.spooled,
        file_name=form.file_name,
        details=CaptureDetails.from_fields(fields),
        expected_sha256=sha256,
        idempotency_key=idempotency_key,
        place=place_of_uploads(),
    )


def read_sha256(fields: dict[str, str]) -> str | None:
    """The digest that came along, taken out of the fields. Raises InvalidText."""
    sha256 = fields.pop("sha256", "").strip() or None
    if sha256 is not None and (len(sha256) != 64 or set(sha256.lower()) - set("0123456789abcdef")):
        raise InvalidText("sha256 is 64 hexadecimal digits.")
    return sha256


async def _answered() -> None:
    reached("upload.answered")


def _read_back(registered: Registered, access: Access) -> MediaDetails | KnownElsewhere:
    with open_session(read_only=True) as session:
        try:
            return get_details(session, access, registered.media_id)
        except MediaNotFound:
            return KnownElsewhere(registered.media_id, registered.sha256)


def _open_archive(form: Form, access: Access, bucket: Bucket) -> Iterator[EntryResult]:
    return register_archive(
        open_session,
        bucket,
        access,
        form.spooled.path,
        spool_folder=get_settings().data_dir / "spool",
        details=CaptureDetails.from_fields(form.fields),
        place=place_of_uploads(),
    )


def _lines(results: Iterator[EntryResult], spool: Spool) -> Iterator[bytes]:
    try:
        for result in results:
            told = replace(
                result, detail=retold(result.detail or "") or None, notes=tuple(retold_all(result.notes))
            )
            yield json.dumps(asdict(told), ensure_ascii=False).encode() + b"\n"
    finally:
        spool.remove()
