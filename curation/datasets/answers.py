"""The annotations that count, as datasets carry them: read for a few hundred media at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.datasets.items import DatasetAnswer, DatasetShape
from db.models import (
    Access,
    Annotation,
    AnnotationContent,
    AnnotationLabel,
    AnnotationReply,
    LabelClass,
    Prediction,
    Question,
    Shape,
)


class Answers:
    """Reads annotations with their shapes, label classes and replies, in a session that was held still.

    Label classes and replies stand in the order of their keys: the order in which people see them may be changed,
    and what was frozen before is the same bytes for ever.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        # Asked once, not joined to each shape.
        self._keys = {row.id: row.key for row in session.execute(select(LabelClass.id, LabelClass.key))}
        self._questions = {row.id: row.key for row in session.execute(select(Question.id, Question.key))}

    def read(self, annotation_ids: Iterable[int | None]) -> dict[int, DatasetAnswer]:
        """Answers by their ids."""
        wanted = [annotation_id for annotation_id in annotation_ids if annotation_id is not None]
        if not wanted:
            return {}
        shapes, labels, replies = self._shapes(wanted), self._labels(wanted), self._replies(wanted)
        rows = self._session.execute(
            select(
                Annotation.id,
                Annotation.number,
                Access.login,
                Annotation.origin,
                Annotation.created_at,
                Annotation.content,
                Annotation.comment,
            )
            .join(Access, Access.id == Annotation.author_id)
            .where(Annotation.id.in_(wanted))
        )
        return {
            number: DatasetAnswer(
                number,
                place,
                author,
                origin,
                created_at,
                content == AnnotationContent.SHAPES,
                tuple(shapes.get(number, ())),
                tuple(labels.get(number, ())),
                tuple(replies.get(number, ())),
                comment,
            )
            for number, place, author, origin, created_at, content, comment in rows
        }

    def _shapes(self, wanted: Sequence[int]) -> dict[int, list[DatasetShape]]:
        found: dict[int, list[DatasetShape]] = defaultdict(list)
        rows = self._session.execute(
            select(
                Shape.annotation_id,
                Shape.label_class_id,
                Shape.x_min,
                Shape.y_min,
                Shape.x_max,
                Shape.y_max,
                Shape.points,
                Shape.origin,
                Shape.confidence,
                Shape.prediction_id,
                Shape.id,
            )
            .where(Shape.annotation_id.in_(wanted))
            .order_by(Shape.annotation_id, Shape.position, Shape.id)
        ).all()
        models = self._models_of({row.prediction_id for row in rows if row.prediction_id is not None})
        keys = self._keys
        for annotation_id, label_class_id, left, top, right, bottom, points, *drawn in rows:
            origin, confidence, prediction_id, shape_id = drawn
            found[annotation_id].append(
                DatasetShape(
                    keys[label_class_id],
                    left,
                    top,
                    right,
                    bottom,
                    _outline(points),
                    origin,
                    confidence,
                    models.get(prediction_id),
                    shape_id,
                )
            )
        return found

    def _models_of(self, prediction_ids: set[int]) -> dict[int | None, str]:
        # Most answers take nothing from predictions: no join for the sake of the others.
        if not prediction_ids:
            return {}
        wanted = select(Prediction.id, Prediction.model).where(Prediction.id.in_(prediction_ids))
        return {row.id: row.model for row in self._session.execute(wanted)}

    def _labels(self, wanted: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        rows = self._session.execute(
            select(AnnotationLabel.annotation_id, AnnotationLabel.label_class_id).where(
                AnnotationLabel.annotation_id.in_(wanted)
            )
        )
        for annotation_id, label_class_id in rows:
            found[annotation_id].append(self._keys[label_class_id])
        return {annotation_id: sorted(keys) for annotation_id, keys in found.items()}

    def _replies(self, wanted: Sequence[int]) -> dict[int, list[tuple[str, bool]]]:
        found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
        rows = self._session.execute(
            select(AnnotationReply.annotation_id, AnnotationReply.question_id, AnnotationReply.yes).where(
                AnnotationReply.annotation_id.in_(wanted)
            )
        )
        for annotation_id, question_id, yes in rows:
            found[annotation_id].append((self._questions[question_id], yes))
        return {annotation_id: sorted(said) for annotation_id, said in found.items()}


def _outline(points: list[Any] | None) -> tuple[tuple[float, float], ...] | None:
    return None if points is None else tuple((x, y) for x, y in points)
