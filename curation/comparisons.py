"""Comparing two answers about one media: which shapes mean the same, and whether the answers agree.

Shapes are paired by overlap, best first, within one label class; what finds no partner, on either side, is
what the answers disagree about. Which answer is called the first makes no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageDraw
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from curation.geometry import Box
from curation.media_view import AnnotationView, ShapeView
from db.models import (
    Access,
    Annotation,
    AnnotationReply,
    Comparison,
    ComparisonLabel,
    LabelClass,
    Look,
    LookKind,
    Media,
    Review,
)

SAME_FROM = 0.5
# Polygons are compared by the cells they cover of a grid over both, which takes a millisecond a pair; of answers
# with more pairs than this to look at, only the boxes around them are.
CELLS = 256
MOST_DRAWN_PAIRS = 400

Reason = Literal["shapes", "label_classes", "decision"]
Corners = tuple[float, float, float, float]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Named:
    """How often both answers named a label class, and how often only one of them did."""

    both: int = 0
    only_first: int = 0
    only_second: int = 0


@dataclass(frozen=True)
class Outcome:
    """What comparing two answers says; `reason` tells what they disagree about, where they do."""

    reason: Reason | None
    label_classes: dict[str, Named]

    @property
    def agrees(self) -> bool:
        return self.reason is None


def compare(first: AnnotationView, second: AnnotationView, *, same_replies: bool = True) -> Outcome:
    """Whether two answers agree: every shape has its partner, and the whole picture is called the same.

    The reason is “label_classes” where the shapes lie in the same places and only what they are called
    differs, or what is said of the whole picture; else “shapes”.
    """
    overlaps = _overlaps(first.shapes, second.shapes)
    pairs = _pair(first.shapes, second.shapes, overlaps, same_label_class=True)
    paired = Counter(first.shapes[one].label_class for one, _ in pairs)
    # What is said of the whole picture counts like one more shape of that label class.
    of_first = Counter(shape.label_class for shape in first.shapes) + Counter(first.label_classes)
    of_second = Counter(shape.label_class for shape in second.shapes) + Counter(second.label_classes)
    shared = paired + Counter(set(first.label_classes) & set(second.label_classes))
    named = {
        key: Named(shared[key], of_first[key] - shared[key], of_second[key] - shared[key])
        for key in sorted(of_first.keys() | of_second.keys())
    }
    if same_replies and all(count.only_first == count.only_second == 0 for count in named.values()):
        return Outcome(None, named)
    places = _pair(first.shapes, second.shapes, overlaps, same_label_class=False)
    in_the_same_places = len(places) == len(first.shapes) == len(second.shapes)
    return Outcome("label_classes" if in_the_same_places else "shapes", named)


def overlap(first: ShapeView, second: ShapeView) -> float:
    """Shared area over the area of both together, 0 to 1; of polygons as they are drawn on a fine grid."""
    boxes = Box(*first.box), Box(*second.box)
    by_boxes = boxes[0].overlap(boxes[1])
    if by_boxes == 0 or (first.points is None and second.points is None):
        return by_boxes
    around = (
        min(boxes[0].x_min, boxes[1].x_min),
        min(boxes[0].y_min, boxes[1].y_min),
        max(boxes[0].x_max, boxes[1].x_max),
        max(boxes[0].y_max, boxes[1].y_max),
    )
    drawn = _drawn(first, around), _drawn(second, around)
    either = ImageChops.logical_or(*drawn).histogram()[255]
    both = ImageChops.logical_and(*drawn).histogram()[255]
    return both / either if either else by_boxes


def add_comparison(
    session: Session,
    look: Look,
    access: Access,
    act: int,
    first: AnnotationView,
    second: AnnotationView,
) -> bool:
    """Store how the answer to a look compares with the one that it was about; returns whether they agree."""
    outcome = compare(first, second, same_replies=_same_replies(session, first.id, second.id))
    comparison = _comparison(session, look.kind, look.media_id, first.id, access, act)
    comparison.look_id = look.id
    comparison.second_annotation_id = second.id
    comparison.agrees = outcome.agrees
    session.add(comparison)
    session.flush()
    wanted = select(LabelClass.key, LabelClass.id).where(LabelClass.key.in_(outcome.label_classes))
    ids = {row.key: row.id for row in session.execute(wanted)}
    for key, named in outcome.label_classes.items():
        session.add(
            ComparisonLabel(
                comparison_id=comparison.id,
                label_class_id=ids[key],
                both=named.both,
                only_first=named.only_first,
                only_second=named.only_second,
            )
        )
    return outcome.agrees


def add_rejection(session: Session, access: Access, media: Media, review: Review, look: Look | None) -> None:
    """Store that somebody rejects what another answered: blind, by a look, or after another person accepted it."""
    assert review.annotation_id is not None
    kind = look.kind if look is not None else LookKind.SECOND_OPINION
    comparison = _comparison(session, kind, media.id, review.annotation_id, access, review.act)
    comparison.look_id = look.id if look is not None else None
    comparison.second_review_id = review.id
    comparison.agrees = False
    session.add(comparison)


def take_away(session: Session, media_id: int, act: int, annotation_id: int | None) -> None:
    """Forget what an act compared that is being undone, and what was compared with its answer."""
    by_it = [Comparison.act == act]
    if annotation_id is not None:
        by_it.append(Comparison.first_annotation_id == annotation_id)
    session.execute(delete(Comparison).where(Comparison.media_id == media_id, or_(*by_it)))


def forget(session: Session, annotation_id: int) -> None:
    """Forget everything that was compared with an annotation which is being withdrawn."""
    either = or_(
        Comparison.first_annotation_id == annotation_id, Comparison.second_annotation_id == annotation_id
    )
    session.execute(delete(Comparison).where(either))


def _comparison(
    session: Session, kind: LookKind, media_id: int, first_annotation_id: int, access: Access, act: int
) -> Comparison:
    return Comparison(
        kind=kind,
        media_id=media_id,
        first_annotation_id=first_annotation_id,
        first_access_id=session.scalars(
            select(Annotation.author_id).where(Annotation.id == first_annotation_id)
        ).one(),
        second_access_id=access.id,
        act=act,
    )


def _same_replies(session: Session, first_id: int, second_id: int) -> bool:
    """Whether no question that both answers reply to is replied to differently."""
    replies: dict[int, dict[int, bool]] = {first_id: {}, second_id: {}}
    for annotation_id, question_id, yes in session.execute(
        select(AnnotationReply.annotation_id, AnnotationReply.question_id, AnnotationReply.yes).where(
            AnnotationReply.annotation_id.in_(replies)
        )
    ):
        replies[annotation_id][question_id] = yes
    first, second = replies[first_id], replies[second_id]
    return all(first[question] == second[question] for question in first.keys() & second.keys())


def _overlaps(first: Sequence[ShapeView], second: Sequence[ShapeView]) -> dict[Pair, float]:
    """The overlap of every two shapes that are near enough the same to be paired."""
    touching = {
        (one, other): size
        for one, shape in enumerate(first)
        for other, against in enumerate(second)
        if (size := Box(*shape.box).overlap(Box(*against.box))) > 0
    }
    drawn = [pair for pair in touching if first[pair[0]].points or second[pair[1]].points]
    if len(drawn) <= MOST_DRAWN_PAIRS:
        touching |= {(one, other): overlap(first[one], second[other]) for one, other in drawn}
    return {pair: size for pair, size in touching.items() if size >= SAME_FROM}


def _pair(
    first: Sequence[ShapeView],
    second: Sequence[ShapeView],
    overlaps: dict[Pair, float],
    *,
    same_label_class: bool,
) -> list[Pair]:
    """Shapes paired greedily, largest overlap first, each at most once."""

    def order(pair: Pair) -> tuple[float, list[tuple[Corners, list[list[float]]]]]:
        # Equal overlaps are ordered by the two places as a set, so that swapping the answers changes nothing.
        drawn = first[pair[0]], second[pair[1]]
        return -overlaps[pair], sorted((shape.box, shape.points or []) for shape in drawn)

    found: list[Pair] = []
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    for one, other in sorted(overlaps, key=order):
        if one in taken_first or other in taken_second:
            continue
        if same_label_class and first[one].label_class != second[other].label_class:
            continue
        found.append((one, other))
        taken_first.add(one)
        taken_second.add(other)
    return found


def _drawn(shape: ShapeView, around: Corners) -> Image.Image:
    """A shape as the cells that it covers of a grid laid over `around`."""
    x_min, y_min, x_max, y_max = shape.box
    points = shape.points or [[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]]
    width, height = around[2] - around[0], around[3] - around[1]
    grid = Image.new("1", (CELLS, CELLS))
    ImageDraw.Draw(grid).polygon(
        [((x - around[0]) / width * (CELLS - 1), (y - around[1]) / height * (CELLS - 1)) for x, y in points],
        fill=1,
    )
    return grid
