"""What a camera has shown before at the same spot: “14 times antenna, last on Tuesday”.

The same spot is a shape of the same source and azimuth whose box overlaps by 0.3 or more, the figure that
pyro-annotator tuned on 857 sequences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, require_scope
from curation.errors import InvalidBox
from curation.geometry import Box
from curation.media_view import get_visible_media
from db.media_queries import media_in_states, media_of_view
from db.models import Access, LabelClass, Media, Shape, State
from db.types import AnySelect

MIN_OVERLAP = 0.3
MAX_BOXES = 20
# The newest media of a camera that are looked through, and the newest shapes near the boxes that are compared.
MAX_MEDIA = 10_000
MAX_SHAPES = 2_000
EARLIEST = datetime.min.replace(tzinfo=UTC)
ANSWERED = (State.ANNOTATED, State.ACCEPTED)


@dataclass(frozen=True)
class Spot:
    """How many other media of this camera show a label class at a spot, and the last of them."""

    label_class: str
    count: int
    last_at: datetime | None
    last_media_id: int


@dataclass(frozen=True, slots=True)
class _Near:
    media_id: int
    captured_at: datetime | None
    label_class: str
    box: Box


def list_spots(
    session: Session, access: Access, media_id: int, boxes: Sequence[Sequence[float]]
) -> list[list[Spot]]:
    """For each box what the same camera has shown there, most frequent first.

    Boxes are fractions: x_min, y_min, x_max, y_max. Counted are other media, each once per label class, with
    the answer that counts, annotated or accepted. Raises MediaNotFound, InvalidBox.
    """
    require_scope(access, *PEOPLE)
    asked = _read(boxes)
    media = get_visible_media(session, access, media_id)
    if media.source_id is None or not asked:
        return [[] for _ in asked]
    near = [
        _Near(row.id, row.captured_at, row.key, Box(row.x_min, row.y_min, row.x_max, row.y_max))
        for row in session.execute(_shapes_near(media, asked))
    ]
    return [_spots_at(box, near) for box in asked]


def _read(boxes: Sequence[Sequence[float]]) -> list[Box]:
    if len(boxes) > MAX_BOXES:
        raise InvalidBox(f"At most {MAX_BOXES} boxes at once.")
    if any(len(box) != 4 for box in boxes):
        raise InvalidBox("A box is four numbers: x_min, y_min, x_max, y_max.")
    return [Box(*box) for box in boxes]


def _shapes_near(media: Media, boxes: Sequence[Box]) -> AnySelect:
    """The newest shapes of the camera that may be at one of the spots: one question for all boxes.

    It walks the camera's media from the newest back, and looks at so many of them and no more.
    """
    answered = (
        select(Media.id, Media.captured_at, Media.current_annotation_id)
        .where(
            *media_of_view(media.source_id, media.azimuth),
            media_in_states(ANSWERED),
            Media.id != media.id,
        )
        .order_by(Media.captured_at.desc(), Media.id.desc())
        .limit(MAX_MEDIA)
        .subquery()
    )
    return (
        select(
            answered.c.id,
            answered.c.captured_at,
            LabelClass.key,
            Shape.x_min,
            Shape.y_min,
            Shape.x_max,
            Shape.y_max,
        )
        .join(Shape, Shape.annotation_id == answered.c.current_annotation_id)
        .join(LabelClass, LabelClass.id == Shape.label_class_id)
        .where(or_(*(_may_overlap(box) for box in boxes)))
        .order_by(answered.c.captured_at.desc(), answered.c.id.desc())
        .limit(MAX_SHAPES)
    )


def _may_overlap(box: Box) -> ColumnElement[bool]:
    """Without this a shape cannot overlap enough: along both sides they share that much of either one's length."""
    width, height = box.x_max - box.x_min, box.y_max - box.y_min
    return and_(
        Shape.x_min <= box.x_max - MIN_OVERLAP * width,
        Shape.x_max >= box.x_min + MIN_OVERLAP * width,
        Shape.y_min <= box.y_max - MIN_OVERLAP * height,
        Shape.y_max >= box.y_min + MIN_OVERLAP * height,
        Shape.x_max - Shape.x_min <= width / MIN_OVERLAP,
        Shape.y_max - Shape.y_min <= height / MIN_OVERLAP,
    )


def _spots_at(box: Box, near: Sequence[_Near]) -> list[Spot]:
    shown: dict[str, dict[int, datetime | None]] = defaultdict(dict)
    for shape in near:
        if box.overlap(shape.box) >= MIN_OVERLAP:
            shown[shape.label_class][shape.media_id] = shape.captured_at
    spots = [_spot(key, media) for key, media in shown.items()]
    return sorted(spots, key=lambda spot: (-spot.count, spot.label_class))


def _spot(key: str, media: dict[int, datetime | None]) -> Spot:
    # Databases differ on where unknown times stand: here they come before all others.
    last_at, last_media_id = max(
        ((captured_at, media_id) for media_id, captured_at in media.items()),
        key=lambda last: (last[0] is not None, last[0] or EARLIEST, last[1]),
    )
    return Spot(key, len(media), last_at, last_media_id)
