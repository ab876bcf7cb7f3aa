"""Whose a shape of an answer is: a person's, or a model's that was taken as it was.

What a submission takes from a prediction says so, as it was or corrected, whatever the program at the other end claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.answers import ShapeDraft
from curation.errors import UnknownPrediction
from curation.geometry import Box
from curation.prediction_view import PredictedShapeView, predicted_shapes
from db.models import Origin, Prediction

# Less than a hundredth of a pixel on the largest picture: rounding on the way, and no correction.
SAME_WITHIN = 6e-7


def with_origins(session: Session, media_id: int, shapes: Sequence[ShapeDraft]) -> tuple[ShapeDraft, ...]:
    """Shapes of an answer, each that names a prediction with the origin that this comparison finds.

    One that is in that prediction is the model's, with its confidence; any other one is its curator's, who has
    corrected it. Raises UnknownPrediction for one that is not about this media.
    """
    named = {shape.prediction for shape in shapes if shape.prediction is not None}
    if not named:
        return tuple(shapes)
    models = {
        row.id: row.model
        for row in session.execute(
            select(Prediction.id, Prediction.model).where(
                Prediction.id.in_(named), Prediction.media_id == media_id
            )
        )
    }
    for number in sorted(named - models.keys()):
        raise UnknownPrediction(f"There is no prediction {number} about media {media_id}.")
    predicted = predicted_shapes(session, sorted(named))
    return tuple(
        shape
        if shape.prediction is None
        else _with_origin(shape, models[shape.prediction], predicted.get(shape.prediction, ()))
        for shape in shapes
    )


def _with_origin(shape: ShapeDraft, model: str, predicted: Iterable[PredictedShapeView]) -> ShapeDraft:
    same = next((one for one in predicted if _is_same(shape, one)), None)
    if same is None:
        return replace(shape, origin=Origin.HUMAN, confidence=None, model=model)
    # Its very numbers: what is called the model's is the model's to the last digit.
    points = tuple((x, y) for x, y in same.points) if same.points else None
    return replace(
        shape, box=Box(*same.box), points=points, origin=Origin.MODEL, confidence=same.confidence, model=model
    )


def _is_same(shape: ShapeDraft, predicted: PredictedShapeView) -> bool:
    if shape.label_class != predicted.label_class or bool(shape.points) != bool(predicted.points):
        return False
    box = (shape.box.x_min, shape.box.y_min, shape.box.x_max, shape.box.y_max)
    ours = list(chain.from_iterable(shape.points)) if shape.points else list(box)
    theirs = list(chain.from_iterable(predicted.points)) if predicted.points else list(predicted.box)
    return len(ours) == len(theirs) and all(
        abs(one - other) <= SAME_WITHIN for one, other in zip(ours, theirs, strict=True)
    )
