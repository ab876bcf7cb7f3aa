"""The size in pixels that a file measures by: as it says, or as its picture is where that came along."""

from __future__ import annotations

from typing import Any

from curation.errors import InvalidShape
from curation.formats.reading import number
from curation.imports.found import Files
from curation.imports.readers.picture_size import picture_layout

NO_SIZE = "The file measures in pixels and does not say how large its picture is, which did not come along."


def said_size(width: Any, height: Any) -> tuple[int, int] | None:
    """A size that a file states; None where it states none that a picture can have."""
    if width is None or height is None:
        return None
    try:
        size = round(number(width, "width")), round(number(height, "height"))
    except InvalidShape:
        return None
    return size if min(size) >= 1 else None


def size_of(files: Files, name: str) -> tuple[int, int] | None:
    """The size of a picture that came along, upright."""
    try:
        with files.open(name) as file:
            layout = picture_layout(file)
    except KeyError:
        return None
    return layout.upright if layout is not None else None
