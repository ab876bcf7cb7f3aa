"""The shapes of one media as a file has them: pulled or cut inside where they reach over the edge, and said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curation.answers import MAX_LABELS, MAX_SHAPES
from curation.errors import InvalidShape
from curation.formats.reading import number
from curation.geometry import MAX_POINTS, Box
from curation.imports.found import FoundAnswer, FoundShape, Remark
from curation.imports.readers.reading import LONGEST_WORD
from curation.imports.remarks import RemarkBook

Point = tuple[float, float]

# What is outside by less than this is the rounding of the digits in a file.
_ROUNDING = 1e-6
# Where a file does not say how large its picture is, a pixel is that of a small one.
_UNKNOWN_SIDE = 640
# Of a shape that reaches over the edge at least so much has to lie inside for it to be cut there.
_LEAST_INSIDE = 0.5

PULLED = "A shape reached over the edge by at most a pixel and was pulled inside."
CUT = "A shape reached over the edge and was cut there."
OUTSIDE = "A shape lies outside its picture and was left out."
NO_AREA = "A shape has no area and was left out."
NOTHING_DRAWN = "No annotation names this picture: it is read as “nothing here”."
TURNED = "A turned box became the upright one around it."
BROKEN = "A shape holds something that is no number: it was left out."
NOT_READ = "Something drawn is neither a box nor a polygon and was left out."
NO_WORD = "A shape has no label class and was left out."
NOT_FOUR = "A box that is not four numbers was left out."
ATTRIBUTES = "What is said of a shape beside its label class (attributes) is not kept."
HIDDEN = "A shape is marked as hidden in part, which is not kept."
TOO_MANY_POINTS = "A polygon has too many points and became its box."
TOO_MANY_SHAPES = "A picture has more shapes than an answer may have: none of them was read."
TOO_MANY_CLASSES = "A picture has more label classes than an answer may have: its answer was not read."
NONE_LEFT = "None of its shapes could be read, so it gets no answer."
NOTHING_UNDERSTOOD = "Nothing of what was answered could be read, so it gets no answer."


class Drawn:
    """An answer in the making. `size` is in pixels, None where nobody has said it."""

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        self.remarks = RemarkBook()
        self._shapes: list[FoundShape] = []
        self._label_classes: list[str] = []
        self._size = size
        self._lost = 0
        self._passed_over = 0
        self._last_place = ""

    def box(self, where: str, word: object, corners: Sequence[float], **known: Any) -> None:
        """Add a box, its corners fractions."""
        x_min, y_min, x_max, y_max = corners
        if not (x_min < x_max and y_min < y_max):
            self.leave_out(where, NO_AREA)
            return
        inside = (max(0.0, x_min), max(0.0, y_min), min(1.0, x_max), min(1.0, y_max))
        share = _area(inside) / ((x_max - x_min) * (y_max - y_min))
        if self._stays(where, max(0.0, -x_min, x_max - 1), max(0.0, -y_min, y_max - 1), share):
            self._add(where, word, inside, None, known)

    def polygon(self, where: str, word: object, points: Sequence[Point], **known: Any) -> None:
        """Add a polygon, its points fractions."""
        outline = list(points[:-1]) if len(points) > 3 and points[0] == points[-1] else list(points)
        corners = _corners(outline)
        if len(outline) < 3 or _area(corners) <= 0:
            self.leave_out(where, NO_AREA)
            return
        if len(outline) > MAX_POINTS:
            self.remark(where, TOO_MANY_POINTS)
            self.box(where, word, corners, **known)
            return
        over_x, over_y = max(0.0, -corners[0], corners[2] - 1), max(0.0, -corners[1], corners[3] - 1)
        if not over_x and not over_y:
            self._add(where, word, corners, tuple(outline), known)
            return
        inside = _cut(outline)
        share = _gauss(inside) / (_gauss(outline) or 1.0)
        if self._stays(where, over_x, over_y, share):
            pulled = [(min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in outline]
            kept = pulled if self._is_pixel(over_x, over_y) else inside
            if len(kept) < 3 or len(kept) > MAX_POINTS or _area(_corners(kept)) <= 0:
                self.leave_out(where, NO_AREA)
                return
            self._add(where, word, _corners(kept), tuple(kept), known)

    def label_class(self, word: str) -> None:
        """Add a label class of the whole picture."""
        if word not in self._label_classes:
            self._label_classes.append(word)

    def remark(self, where: str, sentence: str, *, fatal: bool = False) -> None:
        self.remarks.note(Remark(where, sentence, fatal))

    def leave_out(self, where: str, sentence: str) -> None:
        """Say that something drawn is not among the shapes, and why."""
        self._lost += 1
        self._last_place = where
        self.remark(where, sentence, fatal=True)

    def pass_over(self, where: str, sentence: str) -> None:
        """Say that something answered is not read: alone it makes no “nothing here”, beside a shape it does no harm."""
        self._passed_over += 1
        self._last_place = where
        self.remark(where, sentence)

    def answer(
        self, replies: Mapping[str, bool] | None = None, comment: str | None = None
    ) -> FoundAnswer | None:
        """The answer; None rather than “nothing here” where all that was drawn had to be left out."""
        if len(self._shapes) > MAX_SHAPES:
            self.remark(self._last_place, TOO_MANY_SHAPES, fatal=True)
            return None
        if len(self._label_classes) > MAX_LABELS:
            self.remark(self._last_place, TOO_MANY_CLASSES, fatal=True)
            return None
        if self._lost and not self._shapes:
            self.remark(self._last_place, NONE_LEFT, fatal=True)
            return None
        if self._passed_over and not self._shapes and not self._label_classes:
            self.remark(self._last_place, NOTHING_UNDERSTOOD, fatal=True)
            return None
        return FoundAnswer(tuple(self._shapes), tuple(self._label_classes), dict(replies or {}), comment)

    def _stays(self, where: str, over_x: float, over_y: float, share: float) -> bool:
        if share < _LEAST_INSIDE and not self._is_pixel(over_x, over_y):
            self.leave_out(where, OUTSIDE)
            return False
        if share <= 0:
            self.leave_out(where, NO_AREA)
            return False
        if max(over_x, over_y) > _ROUNDING:
            self.remark(where, PULLED if self._is_pixel(over_x, over_y) else CUT)
        return True

    def _is_pixel(self, over_x: float, over_y: float) -> bool:
        width, height = self._size or (_UNKNOWN_SIDE, _UNKNOWN_SIDE)
        return over_x * width <= 1 + 1e-6 and over_y * height <= 1 + 1e-6

    def _add(
        self,
        where: str,
        word: object,
        corners: tuple[float, float, float, float],
        points: tuple[Point, ...] | None,
        known: dict[str, Any],
    ) -> None:
        self._last_place = where
        if not isinstance(word, str) or not 0 < len(word) <= LONGEST_WORD:
            self.leave_out(where, NO_WORD)
            return
        try:
            Box(*corners)
        except InvalidShape:
            self.leave_out(where, NO_AREA)
            return
        # One more than may be is enough to know that there are too many.
        if len(self._shapes) <= MAX_SHAPES:
            self._shapes.append(FoundShape(word, corners, points, **known))


def likelihood(value: Any) -> float | None:
    """A confidence between 0 and 1; what is none of these is not known."""
    try:
        read = number(value, "score")
    except InvalidShape:
        return None
    return read if 0 <= read <= 1 else None


def _area(corners: tuple[float, float, float, float]) -> float:
    return max(0.0, corners[2] - corners[0]) * max(0.0, corners[3] - corners[1])


def _corners(points: Sequence[Point]) -> tuple[float, float, float, float]:
    if not points:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _gauss(points: Sequence[Point]) -> float:
    """The area inside a closed line (Gauss's formula)."""
    if not points:
        return 0.0
    around = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in around)) / 2


def _cut(points: list[Point]) -> list[Point]:
    """The part of a polygon inside the picture, an edge after the other (Sutherland and Hodgman)."""
    for axis, limit, side in ((0, 0.0, 1), (0, 1.0, -1), (1, 0.0, 1), (1, 1.0, -1)):
        kept: list[Point] = []
        for before, point in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
            enters = (point[axis] - limit) * side >= 0
            if enters != ((before[axis] - limit) * side >= 0):
                part = (limit - before[axis]) / (point[axis] - before[axis])
                other = before[1 - axis] + part * (point[1 - axis] - before[1 - axis])
                kept.append((limit, other) if axis == 0 else (other, limit))
            if enters:
                kept.append(point)
        points = kept
    return points
