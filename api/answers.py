"""Answers over HTTP: submitting annotations and deciding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field, StrictBool, TypeAdapter
from sqlalchemy.orm import Session

from api.dependencies import AccessDep, PolicyDep, SessionDep
from api.fields import Body, Count, Id, Number
from api.media import MediaId
from api.spoken import retold_all
from curation.acts import Standing
from curation.annotations import submit_annotation
from curation.errors import MovedOn, Refused, StaleAnnotation
from curation.media_view import AnnotationView, ReviewView, annotation_views
from curation.reviews import decide
from db.models import Decision

router = APIRouter(tags=["answers"])
AS_JSON = TypeAdapter(AnnotationView)
REPEATED: dict[int | str, dict[str, Any]] = {
    200: {"description": "This client id was stored before; here is what."}
}


class ShapeIn(Body):
    """A box (`box`: x_min, y_min, x_max, y_max) or a polygon (`points`), in fractions of the upright picture.

    With the `prediction` that it was taken from, its origin and confidence are found out by comparing the two.
    """

    label_class: str = Field(max_length=60)
    box: list[Number] | None = Field(default=None, max_length=4)
    points: list[list[Number]] | None = Field(default=None, max_length=1000)
    origin: Literal["human", "model", "import"] = "human"
    confidence: Number | None = None
    prediction: int | None = Field(
        default=None, ge=1, le=2**63 - 1, description="Of this media, as it is or corrected."
    )


class AnnotationIn(Body):
    shapes: list[ShapeIn] = Field(default=[], max_length=500)
    label_classes: list[str] = Field(default=[], max_length=50)
    replies: dict[str, StrictBool] = Field(
        default={}, max_length=50, description="True for yes, by the key of the question (`GET /questions`)."
    )
    based_on: Id | None = None
    seen_acts: Count | None = Field(default=None, description="`acts` of the media as it was on the screen.")
    client_id: str | None = Field(default=None, max_length=64)
    decision: Literal["accepted"] | None = None
    comment: str | None = Field(default=None, max_length=20_000)
    look: Id | None = Field(default=None, description="`look` of the media as it was on the screen.")


@dataclass(frozen=True)
class SubmittedOut:
    annotation: AnnotationView
    review: ReviewView | None
    media: Standing
    act: int
    notes: list[str]


@router.post(
    "/media/{media_id}/annotations",
    status_code=201,
    operation_id="submit_annotation",
    responses=REPEATED,
)
def submit(
    media_id: MediaId,
    answer: AnnotationIn,
    response: Response,
    session: SessionDep,
    access: AccessDep,
    policy: PolicyDep,
) -> SubmittedOut:
    """Submit a complete answer; no shapes and no label classes means “nothing here”."""
    try:
        submitted = submit_annotation(
            session,
            access,
            media_id,
            shapes=[shape.model_dump() for shape in answer.shapes],
            label_classes=answer.label_classes,
            replies=answer.replies,
            based_on=answer.based_on,
            seen_acts=answer.seen_acts,
            client_id=answer.client_id,
            accept=answer.decision == "accepted",
            comment=answer.comment,
            look=answer.look,
            policy=policy,
        )
    except (StaleAnnotation, MovedOn) as stale:
        raise _with_answer(session, stale) from None
    response.status_code = 200 if submitted.repeated else 201
    return SubmittedOut(
        submitted.annotation, submitted.review, submitted.media, submitted.act, retold_all(submitted.notes)
    )


class ReviewIn(Body):
    media_id: Id
    decision: Decision
    annotation_id: Id | None = Field(default=None, description="The annotation that was on the screen.")
    seen_acts: Count | None = Field(default=None, description="`acts` of the media as it was on the screen.")
    undoes: Id | None = Field(default=None, description="For `undone`: the number of the act to take back.")
    chooses: Id | None = Field(default=None, description="For `settled`: the annotation that shall count.")
    comment: str | None = Field(default=None, max_length=20_000)
    client_id: str | None = Field(default=None, max_length=64)
    look: Id | None = Field(default=None, description="`look` of the media as it was on the screen.")
    to: Literal["annotator", "anyone"] | None = Field(
        default=None, description="For `sent_back`: who shall do it again; anyone when it is not said."
    )


@dataclass(frozen=True)
class DecidedOut:
    review: ReviewView
    media: Standing
    act: int


@router.post("/reviews", status_code=201, operation_id="decide", responses=REPEATED)
def review(
    decision: ReviewIn, response: Response, session: SessionDep, access: AccessDep, policy: PolicyDep
) -> DecidedOut:
    """Record a decision on a media as it stands; `undone` takes back its last act."""
    if decision.to is not None and decision.decision != Decision.SENT_BACK:
        raise Refused("Only what is sent back can be for somebody.")
    try:
        decided = decide(
            session,
            access,
            decision.media_id,
            decision.decision,
            annotation_id=decision.annotation_id,
            seen_acts=decision.seen_acts,
            undoes=decision.undoes,
            chooses=decision.chooses,
            comment=decision.comment,
            client_id=decision.client_id,
            look=decision.look,
            to_annotator=decision.to == "annotator",
            policy=policy,
        )
    except (StaleAnnotation, MovedOn) as stale:
        raise _with_answer(session, stale) from None
    response.status_code = 200 if decided.repeated else 201
    return DecidedOut(decided.review, decided.media, decided.act)


def _with_answer(session: Session, stale: StaleAnnotation | MovedOn) -> StaleAnnotation | MovedOn:
    """The loser of a race sees the answer that counts now."""
    current = stale.extra.get("current_annotation_id")
    found = annotation_views(session, [current]) if current else []
    return type(stale)(
        stale.sentence,
        **stale.extra,
        annotation=AS_JSON.dump_python(found[0], mode="json") if found else None,
    )
