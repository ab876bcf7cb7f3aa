"""Predictions over HTTP: what models see on media, handed in one by one or a hundred at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.dependencies import AccessDep, CursorQuery, ReadSessionDep, SessionDep
from api.fields import A_NUMBER, Body, Id, Number
from api.media import MediaId
from api.rates import MAY_BE_TOO_FAST, CountedPrediction
from curation.answers import MAX_SHAPES
from curation.errors import CurationError
from curation.prediction_view import PredictionView
from curation.predictions import (
    MAX_AT_ONCE,
    PAGE_SIZE,
    PredictionDraft,
    add_prediction,
    add_predictions,
    list_predictions,
)
from language.retold import retold

router = APIRouter(tags=["predictions"])


class PredictedShapeIn(Body):
    """A box (`box`: x_min, y_min, x_max, y_max) or a polygon (`points`), in fractions of the upright picture."""

    label_class: str = Field(max_length=60)
    box: list[Number] | None = Field(default=None, max_length=4)
    points: list[list[Number]] | None = Field(default=None, max_length=1000)
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), A_NUMBER]


class PredictionIn(Body):
    model: str = Field(max_length=200, description="Its name and version, as in `yolo11s 2026-10`.")
    score: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="Becomes the media's own; the highest confidence where it is not given.",
        ),
        A_NUMBER,
    ] = None
    shapes: list[PredictedShapeIn] = Field(default=[], max_length=MAX_SHAPES)
    client_id: str | None = Field(default=None, max_length=64)


class PredictionForIn(PredictionIn):
    media_id: Id


@dataclass(frozen=True)
class Problem:
    detail: str
    code: str


@dataclass(frozen=True)
class PredictedOut:
    """What became of one of many predictions: stored (now, or `repeated`), or refused."""

    media_id: int
    prediction: PredictionView | None
    repeated: bool = False
    problem: Problem | None = None


@router.post(
    "/media/{media_id}/predictions",
    status_code=201,
    responses={
        200: {"model": None, "description": "This client id was stored before; here is what."},
        **MAY_BE_TOO_FAST,
    },
)
def predict(
    media_id: MediaId,
    prediction: PredictionIn,
    response: Response,
    session: SessionDep,
    access: AccessDep,
    _counted: CountedPrediction,
) -> PredictionView:
    """Hand in what a model sees on a media; it changes no state, and no answer. No shapes: it sees nothing."""
    added = add_prediction(session, access, _draft(media_id, prediction))
    response.status_code = 200 if added.repeated else 201
    return added.prediction


@router.get("/media/{media_id}/predictions")
def read_predictions(
    media_id: MediaId,
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE_SIZE,
) -> list[PredictionView]:
    """What models have seen on a media, newest first; the `Link` header holds the next page."""
    page = list_predictions(session, access, media_id, cursor, limit)
    if page.next_cursor:
        query = urlencode({"limit": limit, "cursor": page.next_cursor})
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return page.items


@router.post("/predictions", responses=MAY_BE_TOO_FAST)
def predict_many(
    predictions: Annotated[list[PredictionForIn], Field(min_length=1, max_length=MAX_AT_ONCE)],
    session: SessionDep,
    access: AccessDep,
    _counted: CountedPrediction,
) -> list[PredictedOut]:
    """The same for up to a hundred media in one transaction: for each, in order, what is stored or why not."""
    drafts = [_draft(one.media_id, one) for one in predictions]
    return [
        PredictedOut(draft.media_id, None, problem=Problem(retold(outcome.sentence), outcome.code))
        if isinstance(outcome, CurationError)
        else PredictedOut(draft.media_id, outcome.prediction, outcome.repeated)
        for draft, outcome in zip(drafts, add_predictions(session, access, drafts), strict=True)
    ]


def _draft(media_id: int, prediction: PredictionIn) -> PredictionDraft:
    return PredictionDraft(
        media_id,
        prediction.model,
        [shape.model_dump() for shape in prediction.shapes],
        prediction.score,
        prediction.client_id,
    )
