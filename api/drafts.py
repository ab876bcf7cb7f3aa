"""Drafts over HTTP: one's own drawings that are not submitted yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StrictBool

from api.answers import ShapeIn
from api.dependencies import AccessDep, ReadSessionDep, SessionDep
from api.fields import Body, Id, Moment
from api.media import MediaId
from curation.answers import MAX_LABELS, MAX_SHAPES
from curation.drafts import MAX_REPLIES, MAX_WORD, DraftView, drop_draft, keep_draft, list_drafts

router = APIRouter(tags=["drafts"])
Word = Annotated[str, Field(max_length=MAX_WORD)]


class DraftShapeIn(ShapeIn):
    """A shape as one submits it, save that its label class may come later."""

    label_class: Word | None = None  # type: ignore[assignment]


class DrawingIn(Body):
    shapes: list[DraftShapeIn] = Field(default=[], max_length=MAX_SHAPES)
    labels: list[Word] = Field(default=[], max_length=MAX_LABELS)
    replies: dict[Word, StrictBool] = Field(default={}, max_length=MAX_REPLIES)


class DraftIn(Body):
    based_on: Id | None = None
    drawing: DrawingIn
    made_at: Moment = Field(description="The browser's time: of two, the later one is kept.")


@router.get("/drafts")
def read_drafts(session: ReadSessionDep, access: AccessDep) -> list[DraftView]:
    """One's own drawings of the last seven days that are not submitted."""
    return list_drafts(session, access)


@router.put("/drafts/{media_id}", status_code=204)
def put_draft(media_id: MediaId, draft: DraftIn, session: SessionDep, access: AccessDep) -> None:
    """Keep the drawing for a media as it stands now."""
    keep_draft(
        session,
        access,
        media_id,
        shapes=[shape.model_dump() for shape in draft.drawing.shapes],
        labels=draft.drawing.labels,
        replies=draft.drawing.replies,
        based_on=draft.based_on,
        made_at=draft.made_at,
    )


@router.delete("/drafts/{media_id}", status_code=204)
def delete_draft(media_id: MediaId, session: SessionDep, access: AccessDep) -> None:
    """Forget one's own drawing for a media."""
    drop_draft(session, access, media_id)
