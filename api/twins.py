"""Near twins over HTTP: what looks alike, deciding about it, and cameras that stand still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.answers import REPEATED
from api.dependencies import AccessDep, CursorQuery, PolicyDep, ReadSessionDep, SessionDep
from api.fields import LARGEST_ID, Body, Count, Id
from api.media import MediaId
from api.paging import say_next
from api.spoken import retold_left_out
from curation import twins
from curation.batches import BatchUndone, LeftOut
from curation.frozen_cameras import FrozenCamera, list_frozen
from curation.twin_decisions import MAX_MEDIA, decide_twins, undo_twin_decision
from curation.twins import Twin, TwinGroup
from db.models import TwinAnswer

router = APIRouter(tags=["twins"])
# By the ids of media: as the name of a field, where JSON has text only.
SeenActs = Annotated[
    dict[Annotated[int, Field(ge=1, le=LARGEST_ID)], Count],
    Field(max_length=MAX_MEDIA, json_schema_extra={"propertyNames": {"pattern": "^[1-9][0-9]{0,17}$"}}),
]
DecisionId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class TwinDecisionIn(Body):
    """`kept`: all of these are wanted. `grouped`: a split never parts them. `rejected`: a review of each of these."""

    answer: TwinAnswer
    media_ids: list[Id] = Field(min_length=1, max_length=MAX_MEDIA)
    seen_acts: SeenActs | None = Field(
        default=None,
        description="`acts` of each media as it was on the screen, by its id. One that has any by now is rejected only "
        "when they are those.",
    )
    comment: str | None = Field(default=None, max_length=20_000, description="Of the reviews that reject.")
    client_id: str | None = Field(default=None, max_length=64)


@dataclass(frozen=True)
class TwinsDecidedOut:
    """What was done, and which media were left as they are and why; `id` is what undoes it."""

    id: int
    answer: TwinAnswer
    changed: list[int]
    left_out: list[LeftOut]
    repeated: bool


@router.get("/twins")
def list_twin_groups(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=100)] = twins.GROUPS,
) -> list[TwinGroup]:
    """Media that look alike and nobody has decided about, in groups; the `Link` header holds the next page."""
    page = twins.list_groups(session, access, cursor, limit)
    say_next(request, response, page.next_cursor)
    return page.groups


@router.get("/twins/frozen")
def list_frozen_cameras(session: ReadSessionDep, access: AccessDep) -> list[FrozenCamera]:
    """Sources whose last frames all show the same: five at least."""
    return list_frozen(session, access)


@router.get("/media/{media_id}/twins")
def list_twins(media_id: MediaId, session: ReadSessionDep, access: AccessDep) -> list[Twin]:
    """What a media looks like, decided about or not, the nearest first."""
    return twins.list_twins(session, access, media_id)


@router.post("/twins/decisions", status_code=201, operation_id="decide_twins", responses=REPEATED)
def decide(
    decision: TwinDecisionIn, response: Response, session: SessionDep, access: AccessDep, policy: PolicyDep
) -> TwinsDecidedOut:
    """Keep, reject or group media that look alike, as one act."""
    done = decide_twins(
        session,
        access,
        decision.answer,
        decision.media_ids,
        seen_acts=decision.seen_acts,
        comment=decision.comment,
        client_id=decision.client_id,
        policy=policy,
    )
    response.status_code = 200 if done.repeated else 201
    return TwinsDecidedOut(done.id, done.answer, done.changed, retold_left_out(done.left_out), done.repeated)


@router.post("/twins/decisions/{decision_id}/undo", operation_id="undo_twin_decision", responses={409: {}})
def undo(decision_id: DecisionId, session: SessionDep, access: AccessDep) -> BatchUndone:
    """Take a decision about near twins back, as far as nobody has acted on its media since."""
    undone = undo_twin_decision(session, access, decision_id)
    return BatchUndone(undone.undone, retold_left_out(undone.left_out))
