"""Signed links over HTTP: asked for with a credential, opened without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from api.annotation_entries import AnnotationId
from api.dependencies import BucketDep, ReadSessionDep, SignedInDep
from api.fields import Body, Id
from api.media import PICTURE_HEADERS, MediaId, disposition, saved_as, send_original
from api.ranges import send_object
from curation import links
from curation.annotation_entries import get_visible_annotation
from curation.annotation_files import write_annotation_file
from curation.derived import screen, thumbnail
from curation.errors import ContentMissing
from curation.links import Kind, Link, Size
from curation.serving import StoredPicture
from curation.sign_in import SignedIn
from db.models import Annotation, AnnotationContent
from db.session import open_session
from settings import get_settings
from storage import Bucket
from storage.errors import ObjectMissing

open_router = APIRouter(tags=["links"])
router = APIRouter(tags=["links"])
SizeQuery = Annotated[Size, Query(description="`thumb` has 320 px, `screen` 1,600 px.")]


@dataclass(frozen=True)
class LinkOut:
    """An address that opens without a credential until it expires, as long as its issuer may see what it shows."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class MediaLinkOut:
    id: int
    url: str
    expires_at: datetime


class MediaLinksIn(Body):
    ids: list[Id] = Field(min_length=1, max_length=links.MAX_LINKS)
    size: Size = "original"


@router.get("/media/{media_id}/url")
def link_media(
    media_id: MediaId,
    request: Request,
    session: ReadSessionDep,
    signed_in: SignedInDep,
    size: SizeQuery = "original",
) -> LinkOut:
    """A link to the picture of a media, for some minutes (`LINK_MINUTES`)."""
    links.require_pictures(session, signed_in.access, [media_id])
    return _link_out(request, signed_in, "media", media_id, size)


@router.post("/media/urls")
def link_many_media(
    wanted: MediaLinksIn, request: Request, session: ReadSessionDep, signed_in: SignedInDep
) -> list[MediaLinkOut]:
    """Links to the pictures of many media at once, in their order; all of them or none."""
    links.require_pictures(session, signed_in.access, wanted.ids)
    found = (
        (media_id, _link_out(request, signed_in, "media", media_id, wanted.size)) for media_id in wanted.ids
    )
    return [MediaLinkOut(media_id, link.url, link.expires_at) for media_id, link in found]


@router.get("/annotations/{annotation_id}/url")
def link_annotation(
    annotation_id: AnnotationId, request: Request, signed_in: SignedInDep, bucket: BucketDep
) -> LinkOut:
    """A link to an annotation's file: the one that was uploaded, else our JSON, written now if need be."""
    with open_session(read_only=True) as session:
        annotation = get_visible_annotation(session, signed_in.access, annotation_id)
    if annotation.content == AnnotationContent.NONE:
        raise ContentMissing(f"Annotation {annotation_id} has no content yet.", bucket_key=None)
    if annotation.bucket_key is None:
        write_annotation_file(open_session, bucket, annotation_id, get_settings().bucket_annot_folder)
    return _link_out(request, signed_in, "annotation", annotation_id, "original")


@open_router.head("/links/{signature}", include_in_schema=False, response_class=Response)
@open_router.get(
    "/links/{signature}",
    response_class=Response,
    responses={
        410: {},
        200: {
            "content": {
                "image/jpeg": {},
                "image/png": {},
                "image/webp": {},
                "video/mp4": {},
                "application/json": {"schema": {"type": "object"}, "example": {"media_id": 1204}},
            }
        },
        206: {"description": "The part of the original that the `Range` header asks for."},
        307: {"description": "The same object by the bucket's own link (`LINKS_TO_BUCKET`)."},
        403: {},
        416: {"description": "The range lies behind the end."},
    },
)
def open_link(
    signature: Annotated[str, Path(max_length=1000)], request: Request, bucket: BucketDep
) -> Response:
    """What a signed link leads to. 403 once it has expired, or whoever asked for it may not see it any more."""
    settings = get_settings()
    link = links.read_link(signature, settings.secret_key)
    # The session is closed before the bucket is asked: a slow bucket must not use up connections.
    if link.kind == "annotation":
        with open_session(read_only=True) as session:
            annotation = links.linked_annotation(session, link)
        return _send_annotation(request, bucket, link, annotation)
    with open_session(read_only=True) as session:
        picture = links.linked_picture(session, link)
    return _send_picture(request, bucket, link, picture)


def _link_out(request: Request, signed_in: SignedIn, kind: Kind, subject_id: int, size: Size) -> LinkOut:
    settings = get_settings()
    link = links.link_to(signed_in, kind, subject_id, size, settings.link_minutes)
    # The dashboard knows its address; the API's own port is reached under the one that the caller has used.
    here = (
        f"{settings.public_url}/api" if request.app.state.takes_cookies else str(request.base_url).rstrip("/")
    )
    return LinkOut(f"{here}/links/{links.sign(link, settings.secret_key)}", link.expires_at)


def _send_picture(request: Request, bucket: Bucket, link: Link, picture: StoredPicture) -> Response:
    # Kept nowhere: a link must stop when it is stopped.
    headers = {**PICTURE_HEADERS, "Cache-Control": "private, no-store"}
    if link.size == "original":
        away = _to_bucket(bucket, link, picture.bucket_key, picture.content_type, disposition(picture))
        etag = f'"{picture.sha256[:32]}-original"'
        return away or send_original(request, bucket, picture, etag, headers)
    make = thumbnail if link.size == "thumb" else screen
    content = make(bucket, picture.sha256, picture.bucket_key)
    return Response(content, media_type="image/jpeg", headers=headers)


def _send_annotation(request: Request, bucket: Bucket, link: Link, annotation: Annotation) -> Response:
    key, content_type = annotation.bucket_key or "", annotation.file_type or "application/json"
    saved = f"attachment; {saved_as('annotation', annotation.id, key, annotation.file_name)}"
    if (away := _to_bucket(bucket, link, key, content_type, saved)) is not None:
        return away
    stored = bucket.head(key)
    if stored is None:
        raise ObjectMissing(key)
    return send_object(
        request,
        bucket,
        key,
        size=stored.size,
        etag=f'"annotation-{annotation.id}"',
        content_type=content_type,
        headers={**PICTURE_HEADERS, "Cache-Control": "private, no-store", "Content-Disposition": saved},
    )


def _to_bucket(bucket: Bucket, link: Link, key: str, content_type: str, saved: str) -> Response | None:
    """The way to the bucket's own link, where the setting wants it and the bucket has such links."""
    if not get_settings().links_to_bucket:
        return None
    address = bucket.link(key, link.seconds_left, content_type=content_type, disposition=saved)
    if address is None:
        return None
    return RedirectResponse(address, 307, {"Cache-Control": "private, no-store"})
