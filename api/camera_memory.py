"""What a camera has shown before, and one shape for many of its frames, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field, StrictBool

from api.dependencies import AccessDep, PolicyDep, ReadSessionDep, SessionDep
from api.fields import A_NUMBER, Body, Id, Number
from api.media import MediaId
from api.spoken import retold_left_out
from curation.batches import BatchUndone, LeftOut, undo_batch
from curation.camera_memory import MAX_BOXES, Spot, list_spots
from curation.spread import AROUND, MAX_MEDIA, SpreadPreview, preview_spread, spread

router = APIRouter(tags=["same camera"])


class SpotsIn(Body):
    boxes: list[Annotated[list[Number], Field(min_length=4, max_length=4)]] = Field(max_length=MAX_BOXES)


@router.post("/media/{media_id}/spots")
def read_spots(
    media_id: MediaId, asked: SpotsIn, session: ReadSessionDep, access: AccessDep
) -> list[list[Spot]]:
    """For each box what other media of the same camera show there, most frequent first. Nothing is written."""
    return list_spots(session, access, media_id, asked.boxes)


class SpreadShape(Body):
    label_class: str = Field(max_length=60)
    box: list[Number] | None = Field(default=None, max_length=4)
    points: list[list[Number]] | None = Field(default=None, max_length=1000)


Around = Annotated[int, Field(ge=0, le=MAX_MEDIA), A_NUMBER]


class SpreadPreviewIn(Body):
    shape: SpreadShape
    before: Around = AROUND
    after: Around = AROUND


@router.post("/media/{media_id}/spread/preview")
def read_spread_preview(
    media_id: MediaId, asked: SpreadPreviewIn, session: ReadSessionDep, access: AccessDep
) -> SpreadPreview:
    """The new media of the same camera around this one, to choose from. Nothing is written."""
    shape = asked.shape.model_dump()
    return preview_spread(session, access, media_id, shape, before=asked.before, after=asked.after)


class SpreadIn(Body):
    shape: SpreadShape
    media_ids: list[Id] = Field(min_length=1, max_length=MAX_MEDIA)
    client_id: str = Field(max_length=64)
    replies: dict[str, StrictBool] = Field(
        default={},
        max_length=50,
        description="For each of them: key of a question -> yes (true) or no (false).",
    )


@dataclass(frozen=True)
class SpreadOut:
    batch: int
    changed: list[int]
    left_out: list[LeftOut]


@router.post(
    "/media/{media_id}/spread",
    status_code=201,
    responses={200: {"description": "This client id was stored before; here is what."}},
)
def spread_shape(
    media_id: MediaId,
    wanted: SpreadIn,
    response: Response,
    session: SessionDep,
    access: AccessDep,
    policy: PolicyDep,
) -> SpreadOut:
    """Submit one shape for many media as one act; those that are not new any more are left out."""
    done = spread(
        session,
        access,
        media_id,
        wanted.shape.model_dump(),
        wanted.media_ids,
        client_id=wanted.client_id,
        replies=wanted.replies,
        policy=policy,
    )
    response.status_code = 200 if done.repeated else 201
    return SpreadOut(done.batch_id, done.changed, retold_left_out(done.left_out))


@router.post("/batches/{batch_id}/undo", operation_id="undo_batch")
def undo(
    batch_id: Annotated[int, Path(ge=1, le=2**63 - 1)], session: SessionDep, access: AccessDep
) -> BatchUndone:
    """Take back everything of a batch that still is the last act of its media."""
    done = undo_batch(session, access, batch_id)
    return BatchUndone(done.undone, retold_left_out(done.left_out))
