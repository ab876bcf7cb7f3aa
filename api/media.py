"""Media over HTTP: lists, one in full, its annotations, history, neighbours, pictures, and tags in bulk."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.dependencies import (
    AccessDep,
    BucketDep,
    CursorQuery,
    ReadSessionDep,
    SessionDep,
    read_filter,
)
from api.fields import Body, Id
from api.filter_parameters import FILTER_PARAMETERS
from api.paging import say_next
from api.ranges import is_unchanged, send_object
from curation import browse, history, neighbours
from curation.derived import crop, screen, thumbnail
from curation.errors import InvalidBox, ShapeNotFound
from curation.geometry import Box
from curation.media_view import AnnotationView, MediaDetails, MediaView
from curation.serving import StoredPicture, find_smallest_shape, get_picture
from curation.tags import change_tags
from db.session import open_session
from storage import Bucket

router = APIRouter(tags=["media"])
MediaId = Annotated[int, Path(ge=1, le=2**63 - 1)]

# No stored picture may run anything, be embedded elsewhere, or be taken for another type.
PICTURE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@router.get("/media", openapi_extra={"parameters": FILTER_PARAMETERS})
def list_media(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=browse.MAX_PAGE_SIZE)] = browse.PAGE_SIZE,
    answers: Annotated[
        bool, Query(description="Without tags, annotations and reviews (`false`) a page is there sooner.")
    ] = True,
) -> list[MediaView]:
    """Media that match the filter, a page at a time; the `Link` header holds the next page."""
    wanted = read_filter(request, "cursor", "limit", "answers")
    page = browse.list_page(session, access, wanted, cursor, limit, answers=answers)
    say_next(request, response, page.next_cursor)
    return page.items


class TagChange(Body):
    ids: list[Id] = Field(min_length=1, max_length=10_000)
    add: list[str] = Field(default=[], max_length=30)
    remove: list[str] = Field(default=[], max_length=30)


@router.post("/media/tags")
def tag_media(change: TagChange, session: SessionDep, access: AccessDep) -> dict[str, int]:
    """Add and remove tags on many media at once, all or none."""
    return {"changed": len(change_tags(session, access, change.ids, change.add, change.remove))}


@router.get("/media/{media_id}")
def read_media(media_id: MediaId, session: ReadSessionDep, access: AccessDep) -> MediaDetails:
    """One media in full."""
    return browse.get_details(session, access, media_id)


@router.get("/media/{media_id}/history")
def read_history(media_id: MediaId, session: ReadSessionDep, access: AccessDep) -> list[history.HistoryEntry]:
    """What happened to a media, newest first."""
    return history.get_history(session, access, media_id)


@router.get("/media/{media_id}/annotations", operation_id="list_annotations_of_media")
def list_annotations(media_id: MediaId, session: ReadSessionDep, access: AccessDep) -> list[AnnotationView]:
    """Every annotation of a media, first to last."""
    return history.list_annotations(session, access, media_id)


@router.get("/media/{media_id}/neighbours")
def list_neighbours(
    media_id: MediaId,
    session: ReadSessionDep,
    access: AccessDep,
    limit: Annotated[int, Query(ge=1, le=61)] = 9,
) -> list[neighbours.Neighbour]:
    """The same source around this moment, earliest first, this media included."""
    return neighbours.list_neighbours(session, access, media_id, limit)


@router.head("/media/{media_id}/picture", include_in_schema=False)
@router.get(
    "/media/{media_id}/picture",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}, "video/mp4": {}}},
        206: {"description": "The part of the original that the `Range` header asks for."},
        410: {},
        304: {"description": "The caller holds it already (`If-None-Match`)."},
        416: {"description": "The range lies behind the end."},
    },
)
def read_picture(
    media_id: MediaId,
    request: Request,
    access: AccessDep,
    bucket: BucketDep,
    size: Literal["thumb", "screen", "original", "video", "crop"] = "screen",
    box: Annotated[
        str | None,
        Query(
            max_length=120, description="For `crop`: x_min,y_min,x_max,y_max; the smallest shape without it."
        ),
    ] = None,
) -> Response:
    """The picture: `thumb` (320 px), `screen` (1,600 px), the `original`, byte for byte, or a `crop` (320 px).

    Of a video `original` and `video` are the video itself, also in parts (`Range`), and the others show its poster.

    A crop shows what surrounds a box, magnified from the original: three times the box, at least 96 of its pixels.
    """
    asked = _read_box(box) if box is not None else None
    # The session is closed before the bucket is asked: a slow bucket must not use up connections.
    with open_session(read_only=True) as session:
        picture = get_picture(session, access, media_id)
        smallest = find_smallest_shape(session, access, media_id) if size == "crop" else None
    around = asked or smallest
    if size == "crop" and around is None:
        raise ShapeNotFound(f"No shape is drawn on media {media_id}, so there is nothing to magnify.")
    etag = f'"{picture.sha256[:32]}-{size}{f"-{around.crop_mark}" if around and size == "crop" else ""}"'
    # Which shape is the smallest changes with every answer; what is asked for by its box does not.
    whole = size in ("original", "video")
    changes = whole or (size == "crop" and asked is None)
    headers = {
        **PICTURE_HEADERS,
        "ETag": etag,
        "Cache-Control": "private, no-cache" if changes else "private, max-age=3600",
    }
    if whole:
        return send_original(request, bucket, picture, etag, headers)
    if is_unchanged(request, etag):
        return Response(status_code=304, headers=headers)
    if size == "crop" and around is not None:
        keep = smallest is not None and around.crop_mark == smallest.crop_mark
        content = crop(bucket, picture.sha256, picture.bucket_key, around, keep=keep)
        return Response(content, media_type="image/jpeg", headers=headers)
    make = thumbnail if size == "thumb" else screen
    content = make(bucket, picture.sha256, picture.bucket_key)
    return Response(content, media_type="image/jpeg", headers=headers)


def _read_box(text: str) -> Box:
    try:
        numbers = [float(part) for part in text.split(",")]
        return Box(*numbers)
    except (ValueError, TypeError):
        raise InvalidBox(
            "A box is four numbers: x_min,y_min,x_max,y_max, fractions of the picture."
        ) from None


def send_original(
    request: Request, bucket: Bucket, picture: StoredPicture, etag: str, headers: dict[str, str]
) -> Response:
    """The original, byte for byte or in the parts that are asked for."""
    headers["Content-Disposition"] = disposition(picture)
    return send_object(
        request,
        bucket,
        picture.bucket_key,
        size=picture.size,
        etag=etag,
        content_type=picture.content_type,
        headers=headers,
        sha256=picture.sha256,
    )


def disposition(picture: StoredPicture) -> str:
    """Shown in place; saved under a name made by us, or the person's own where browsers bear it (RFC 6266)."""
    return f"inline; {saved_as('media', picture.media_id, picture.bucket_key, picture.file_name)}"


def saved_as(what: str, number: int, bucket_key: str, file_name: str | None) -> str:
    extension = bucket_key.rpartition(".")[2]
    own = f"; filename*=UTF-8''{quote(file_name, safe='')}" if file_name else ""
    return f'filename="{what}-{number}.{extension}"{own}'
