"""Annotations one by one over HTTP: created without content, read, listed, moved, withdrawn."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.dependencies import AccessDep, CursorQuery, ReadSessionDep, SessionDep
from api.fields import Body, Id
from api.paging import require_known, say_next
from curation import annotation_entries as entries
from curation.media_view import AnnotationView
from db.models import AnnotationContent

router = APIRouter(tags=["annotations"])
AnnotationId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class EmptyAnnotationIn(Body):
    media_id: Id


@router.post("/annotations", status_code=201)
def create_annotation(
    annotation: EmptyAnnotationIn, session: SessionDep, access: AccessDep
) -> AnnotationView:
    """An annotation without content: it counts nowhere until `POST /annotations/{id}/upload` brings its file.

    Shapes are submitted at once by `POST /media/{id}/annotations`.
    """
    return entries.create_annotation(session, access, annotation.media_id)


@router.get("/annotations")
def list_annotations(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    media_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    author: Annotated[str | None, Query(max_length=100, description="A login.")] = None,
    content: Annotated[AnnotationContent | None, Query(description="`none`: waits for its file.")] = None,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=entries.MAX_PAGE_SIZE)] = entries.PAGE_SIZE,
) -> list[AnnotationView]:
    """Annotations, newest first, a page at a time; the `Link` header holds the next page."""
    require_known(request, "media_id", "author", "content", "cursor", "limit")
    page = entries.list_annotations(
        session,
        access,
        media_id=media_id,
        author=author,
        content=content,
        cursor=cursor,
        limit=limit,
    )
    say_next(request, response, page.next_cursor)
    return page.items


@router.get("/annotations/{annotation_id}")
def read_annotation(
    annotation_id: AnnotationId, session: ReadSessionDep, access: AccessDep
) -> AnnotationView:
    """One annotation with its shapes."""
    return entries.get_annotation(session, access, annotation_id)


@router.put("/annotations/{annotation_id}")
def move_annotation(
    annotation_id: AnnotationId, annotation: EmptyAnnotationIn, session: SessionDep, access: AccessDep
) -> AnnotationView:
    """Put an annotation that has no content yet to another media."""
    return entries.move_annotation(session, access, annotation_id, annotation.media_id)


@router.delete("/annotations/{annotation_id}")
def withdraw_annotation(
    annotation_id: AnnotationId, session: SessionDep, access: AccessDep
) -> AnnotationView:
    """Take an annotation out of every list. One that counts is undone, unless more has been decided since."""
    return entries.withdraw_annotation(session, access, annotation_id)
