"""Content for what was created without it: a media's picture, an annotation's file.

As with `POST /uploads` the caller is known, and what the content is for, before a byte of the body is read.
"""

from __future__ import annotations

from functools import partial

from anyio import to_thread
from fastapi import APIRouter, Request

from api.annotation_entries import AnnotationId
from api.dependencies import AccessDep, BucketDep, PolicyDep
from api.media import MediaId
from api.multipart import Form, read_form
from api.rates import MAY_BE_TOO_FAST, require_slow_enough
from api.uploads import place_of_uploads, read_sha256, spool_for, upload_body
from curation import two_step
from curation.acts import ReviewPolicy
from curation.annotation_content import LARGEST_FILE, attach_file, require_own
from curation.browse import get_details
from curation.errors import InvalidText
from curation.media_view import AnnotationView, MediaDetails
from db.models import Access
from db.session import open_session
from settings import get_settings
from storage import Bucket

router = APIRouter()


@router.post(
    "/media/{media_id}/upload",
    openapi_extra=upload_body("sha256", capture=False),
    responses=MAY_BE_TOO_FAST,
    tags=["media"],
)
async def upload_media(
    media_id: MediaId, request: Request, access: AccessDep, bucket: BucketDep
) -> MediaDetails:
    """Bring the content that a media awaits: one file, in a part called `file`. The same content may come again."""
    limit = await to_thread.run_sync(_largest_content, access, media_id)
    await require_slow_enough(access)
    with spool_for(limit) as spool:
        form = await read_form(request, spool, limit=limit)
        return await to_thread.run_sync(_upload_content, form, access, bucket, media_id)


@router.post(
    "/annotations/{annotation_id}/upload",
    openapi_extra=upload_body(capture=False),
    responses=MAY_BE_TOO_FAST,
    tags=["annotations"],
)
async def upload_annotation(
    annotation_id: AnnotationId, request: Request, access: AccessDep, bucket: BucketDep, policy: PolicyDep
) -> AnnotationView:
    """Bring the file of an annotation (at most 25 MiB), which is then the answer that counts.

    Our own JSON, COCO and Pascal VOC become shapes. Anything else is kept as it came, to be fetched again.
    """
    await to_thread.run_sync(_require_own, access, annotation_id)
    await require_slow_enough(access)
    with spool_for(LARGEST_FILE) as spool:
        form = await read_form(request, spool, limit=LARGEST_FILE)
        attach = partial(_attach_file, form, access, bucket, annotation_id, policy)
        return await to_thread.run_sync(attach)


def _largest_content(access: Access, media_id: int) -> int:
    with open_session(read_only=True) as session:
        return two_step.largest_content(session, access, media_id)


def _upload_content(form: Form, access: Access, bucket: Bucket, media_id: int) -> MediaDetails:
    fields = dict(form.fields)
    sha256 = read_sha256(fields)
    _require_no_more(fields)
    two_step.upload_content(
        open_session,
        bucket,
        access,
        media_id,
        form.spooled,
        file_name=form.file_name,
        expected_sha256=sha256,
        place=place_of_uploads(),
    )
    with open_session(read_only=True) as session:
        return get_details(session, access, media_id)


def _require_own(access: Access, annotation_id: int) -> None:
    with open_session(read_only=True) as session:
        require_own(session, access, annotation_id)


def _attach_file(
    form: Form, access: Access, bucket: Bucket, annotation_id: int, policy: ReviewPolicy
) -> AnnotationView:
    _require_no_more(form.fields)
    return attach_file(
        open_session,
        bucket,
        access,
        annotation_id,
        form.spooled,
        file_name=form.file_name,
        folder=get_settings().bucket_annot_folder,
        policy=policy,
    )


def _require_no_more(fields: dict[str, str]) -> None:
    if fields:
        raise InvalidText(f"“{min(fields)[:60]}” is not a field here.")
