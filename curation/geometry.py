"""Boxes and polygons: validated fractions of the upright picture, and conversions to other conventions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curation.errors import InvalidBox, InvalidShape

MAX_POINTS = 1_000

# A crop shows so many times the shape, and at least so many pixels of the original: smoke is told by its surroundings.
CROP_AROUND = 3
CROP_LEAST = 96
# Corners of crops are told apart by a ten-thousandth: a fifth of a pixel of a common picture.
CROP_STEPS = 10_000


@dataclass(frozen=True)
class Box:
    """Two corners as fractions of the upright picture, each 0 to 1, minimum below maximum (`xyxyn`)."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    def __post_init__(self) -> None:
        numbers = (self.x_min, self.y_min, self.x_max, self.y_max)
        if not all(math.isfinite(number) for number in numbers):
            raise InvalidBox("A box needs four finite numbers.")
        if min(numbers) < 0 or max(numbers) > 1:
            raise InvalidBox("A box lies outside the picture: its corners are fractions between 0 and 1.")
        if self.x_min >= self.x_max or self.y_min >= self.y_max:
            raise InvalidBox("A box has no area: x_min must be below x_max and y_min below y_max.")

    @property
    def area(self) -> float:
        """Share of the picture, 0 to 1."""
        return (self.x_max - self.x_min) * (self.y_max - self.y_min)

    def overlap(self, other: Box) -> float:
        """Shared area over the area of both together, 0 to 1 (intersection over union)."""
        width = min(self.x_max, other.x_max) - max(self.x_min, other.x_min)
        height = min(self.y_max, other.y_max) - max(self.y_min, other.y_min)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / (self.area + other.area - width * height)

    @property
    def crop_mark(self) -> str:
        """A name for the crop around this box: boxes that differ by less than a pixel share it."""
        steps = (
            *(math.floor(number * CROP_STEPS) for number in (self.x_min, self.y_min)),
            *(math.ceil(number * CROP_STEPS) for number in (self.x_max, self.y_max)),
        )
        return "-".join(str(step) for step in steps)

    def to_yolo(self) -> tuple[float, float, float, float]:
        """Centre x, centre y, width, height, all fractions (YOLO text format)."""
        return (
            (self.x_min + self.x_max) / 2,
            (self.y_min + self.y_max) / 2,
            self.x_max - self.x_min,
            self.y_max - self.y_min,
        )

    def to_coco(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, width, height in pixels of a `width` x `height` picture (COCO object detection)."""
        return (
            self.x_min * width,
            self.y_min * height,
            (self.x_max - self.x_min) * width,
            (self.y_max - self.y_min) * height,
        )

    def to_voc(self, width: int, height: int) -> tuple[float, float, float, float]:
        """x_min, y_min, x_max, y_max in pixels counted from 1 (Pascal VOC)."""
        return (
            self.x_min * width + 1,
            self.y_min * height + 1,
            self.x_max * width,
            self.y_max * height,
        )


@dataclass(frozen=True)
class CropWindow:
    """A square of an upright picture, in its pixels. It reaches outside only where the picture is too narrow."""

    left: int
    top: int
    side: int

    def to_fractions(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Two corners as fractions of a `width` x `height` picture; below 0 or above 1 where it reaches outside."""
        return (
            self.left / width,
            self.top / height,
            (self.left + self.side) / width,
            (self.top + self.side) / height,
        )


def crop_window(box: Box, width: int, height: int) -> CropWindow:
    """What a crop around a box shows of a `width` x `height` picture: the box with its surroundings, moved inside."""
    left, top, across, down = box.to_coco(width, height)
    longest = max(across, down)
    wanted = max(CROP_AROUND * longest, CROP_LEAST)
    # A shape longer than the short side of its picture is still shown whole.
    side = math.ceil(round(min(wanted, max(min(width, height), longest)), 6))
    return CropWindow(
        _moved_inside(left + across / 2, side, width), _moved_inside(top + down / 2, side, height), side
    )


def _moved_inside(middle: float, side: int, limit: int) -> int:
    if side >= limit:
        return (limit - side) // 2
    return min(max(round(middle - side / 2), 0), limit - side)


def clamp_numbers(numbers: Sequence[Any], width: int, height: int) -> tuple[list[float], bool]:
    """Alternating x and y fractions, pulled inside when outside by at most one pixel.

    Returns the numbers and whether any was moved. Raises InvalidShape when one lies further out, or is
    not a finite number.
    """
    clamped: list[float] = []
    for index, number in enumerate(numbers):
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise InvalidShape("A shape holds a value that is not a finite number.")
        # The tiny slack is for the rounding of pixels to fractions and back.
        pixel = 1 / (width if index % 2 == 0 else height) * (1 + 1e-9)
        if number < -pixel or number > 1 + pixel:
            raise InvalidShape("A shape lies outside the picture: coordinates are fractions between 0 and 1.")
        clamped.append(min(1.0, max(0.0, float(number))))
    return clamped, any(new != old for new, old in zip(clamped, numbers, strict=True))


@dataclass(frozen=True)
class Polygon:
    """At least three points (x, y), fractions of the upright picture; its box is derived."""

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not 3 <= len(self.points) <= MAX_POINTS:
            raise InvalidShape(
                f"A polygon needs 3 to {MAX_POINTS:,} points, this one has {len(self.points)}."
            )
        _ = self.box  # raises when the points span no area or lie outside

    @property
    def box(self) -> Box:
        xs = [x for x, _ in self.points]
        ys = [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs), max(ys))
