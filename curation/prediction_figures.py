"""How much of what models predict curators use: per model, in the answers of the last weeks that count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from curation.accesses import PEOPLE, require_scope
from curation.browse import conditions, count_matches
from curation.media_filter import MediaFilter
from db.models import Access, Annotation, Media, Origin, PredictedShape, Prediction, Shape


@dataclass(frozen=True)
class ModelUse:
    """What became of a model's shapes in answers given after it had said something; `wanted` lists their media.

    `missed` are the shapes that people drew themselves on these media, from no prediction.
    """

    model: str
    media: int
    as_is: int
    corrected: int
    not_taken: int
    missed: int
    wanted: MediaFilter


def model_uses(session: Session, access: Access, since: datetime) -> list[ModelUse]:
    """Every model about whose media somebody has acted since then, the busiest first."""
    require_scope(access, *PEOPLE)
    # Where nothing is predicted, and that is most installations, nothing is counted.
    if session.scalar(select(Prediction.id).limit(1)) is None:
        return []
    # What the answer's author could see: of each model the newest prediction before it.
    seen = (
        select(
            func.max(Prediction.id).label("prediction_id"),
            Prediction.model,
            Annotation.id.label("annotation_id"),
        )
        .join(Media, Media.id == Prediction.media_id)
        .join(Annotation, Annotation.id == Media.current_annotation_id)
        .where(
            *conditions(access, MediaFilter(acted_from=since)), Prediction.created_at <= Annotation.created_at
        )
        .group_by(Prediction.model, Annotation.id)
        .cte("seen")
    )
    proposed: Counter[str] = Counter()
    for model, count in session.execute(
        select(seen.c.model, func.count())
        .join(PredictedShape, PredictedShape.prediction_id == seen.c.prediction_id)
        .group_by(seen.c.model)
    ):
        proposed[model] = count
    source = aliased(Prediction)
    taken: Counter[tuple[str, Origin]] = Counter()
    for model, origin, count in session.execute(
        select(seen.c.model, Shape.origin, func.count())
        .join(Shape, Shape.annotation_id == seen.c.annotation_id)
        .join(source, (source.id == Shape.prediction_id) & (source.model == seen.c.model))
        .group_by(seen.c.model, Shape.origin)
    ):
        taken[model, origin] = count
    missed: Counter[str] = Counter()
    for model, count in session.execute(
        select(seen.c.model, func.count())
        .join(Shape, Shape.annotation_id == seen.c.annotation_id)
        .where(Shape.prediction_id.is_(None), Shape.origin == Origin.HUMAN)
        .group_by(seen.c.model)
    ):
        missed[model] = count
    uses = []
    for model in session.scalars(select(seen.c.model).distinct()):
        wanted = MediaFilter(predicted=model, acted_from=since)
        as_is, corrected = taken[model, Origin.MODEL], taken[model, Origin.HUMAN]
        uses.append(
            ModelUse(
                model,
                count_matches(session, access, wanted, cap=None).value,
                as_is,
                corrected,
                max(0, proposed[model] - as_is - corrected),
                missed[model],
                wanted,
            )
        )
    return sorted(uses, key=lambda use: (-use.media, use.model))
