"""What readers of annotation formats are told, what they give back, and the numbers they share."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from curation.errors import InvalidShape

LARGEST_NUMBER = 10**9


@dataclass(frozen=True)
class Picture:
    """The picture that a file is about: pixels when upright, its name as sent, and its content."""

    width: int
    height: int
    file_name: str | None
    sha256: str


@dataclass(frozen=True)
class FileAnswer:
    """An answer as `AnnotationDraft.from_payload` reads it; label classes by key or by name, as the file has them."""

    shapes: list[dict[str, Any]]
    label_classes: list[str] = field(default_factory=list)
    replies: dict[str, Any] = field(default_factory=dict)
    comment: str | None = None


def number(value: Any, what: str) -> float:
    """A finite number, also where it is written as text. Raises InvalidShape, naming `what`."""
    try:
        read = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        read = math.nan
    if not abs(read) <= LARGEST_NUMBER:
        raise InvalidShape(f"“{what}” is not a number that can be read.")
    return read


def measured(width: Any, height: Any, picture: Picture) -> tuple[float, float]:
    """The size in pixels that a file measures by: its own, else the picture's. Raises InvalidShape."""
    if width is None or height is None:
        return picture.width, picture.height
    size = number(width, "width"), number(height, "height")
    if min(size) < 1:
        raise InvalidShape("The file says that its picture has no size.")
    if size == (picture.height, picture.width) != (picture.width, picture.height):
        raise InvalidShape(
            "The file measures the picture lying on its side. Boxes are those of the upright one."
        )
    return size
