"""What is shown of a prediction: plain values read from rows, the same for pages and programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from db.queries import newest_predictions_of, predicted_shapes_of


@dataclass(frozen=True, slots=True)
class PredictedShapeView:
    """A shape as a model proposes it: `box` is x_min, y_min, x_max, y_max in fractions, `confidence` 0 to 1."""

    label_class: str
    box: tuple[float, float, float, float]
    points: list[list[float]] | None
    confidence: float


@dataclass(frozen=True, slots=True)
class PredictionView:
    id: int
    model: str
    score: float | None
    created_at: datetime
    shapes: list[PredictedShapeView]


class Predicted(Protocol):
    """A media on its way to a screen."""

    id: int
    predictions: list[PredictionView]


def fill_predictions(session: Session, views: Sequence[Predicted]) -> None:
    """Add to each media the newest prediction of every model: one question, two where there are any."""
    if not views:
        return
    rows = session.execute(newest_predictions_of([view.id for view in views])).all()
    by_id = {found.id: found for found in prediction_views(session, [tuple(row)[1:] for row in rows])}
    by_media: dict[int, list[PredictionView]] = defaultdict(list)
    for row in rows:
        by_media[row.media_id].append(by_id[row.id])
    for view in views:
        view.predictions = by_media.get(view.id, [])


def prediction_views(session: Session, rows: Iterable[Sequence[Any]]) -> list[PredictionView]:
    """Predictions with their shapes, from rows of (id, model, score, created_at), in the same order."""
    read = list(rows)
    shapes = predicted_shapes(session, [row[0] for row in read])
    return [PredictionView(row[0], row[1], row[2], row[3], shapes.get(row[0], [])) for row in read]


def predicted_shapes(session: Session, prediction_ids: Sequence[int]) -> dict[int, list[PredictedShapeView]]:
    """The shapes of predictions, as their models gave them."""
    shapes: dict[int, list[PredictedShapeView]] = defaultdict(list)
    if prediction_ids:
        for number, key, x_min, y_min, x_max, y_max, points, confidence in session.execute(
            predicted_shapes_of(prediction_ids)
        ):
            shapes[number].append(PredictedShapeView(key, (x_min, y_min, x_max, y_max), points, confidence))
    return shapes
