"""What the columns of a table are called, by us and by other tools; and tables that do not name theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.errors import InvalidShape
from curation.formats import reading

SEPARATORS = (",", ";", "\t", "|")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")

_CALLED: Mapping[str, tuple[str, ...]] = {
    "file": ("filename", "file", "imagepath", "image", "path", "imagename", "img", "imgpath", "imageid", "filepath"),
    "class": ("class", "label", "classname", "labelclass", "category", "labelname", "name", "species", "object"),
    "x_min": ("xmin", "x1", "left", "bboxx1", "minx", "x0", "xtl"),
    "y_min": ("ymin", "y1", "top", "bboxy1", "miny", "y0", "ytl"),
    "x_max": ("xmax", "x2", "right", "bboxx2", "maxx", "xbr"),
    "y_max": ("ymax", "y2", "bottom", "bboxy2", "maxy", "ybr"),
    "x": ("x", "bboxx", "bx"),
    "y": ("y", "bboxy", "by"),
    "w": ("w", "bboxwidth", "bboxw", "boxwidth", "bw"),
    "h": ("h", "bboxheight", "bboxh", "boxheight", "bh"),
    "width": ("width", "imagewidth", "imgwidth"),
    "height": ("height", "imageheight", "imgheight"),
    "confidence": ("confidence", "score", "probability"),
}  # fmt: skip
# Without a line of names: RetinaNet's, and Make Sense's.
_HEADLESS = (
    ("file", "x_min", "y_min", "x_max", "y_max", "class"),
    ("class", "x", "y", "w", "h", "file", "width", "height"),
)


@dataclass
class Columns:
    """The columns of one table by our names for them, and what its numbers turn out to mean."""

    names: list[str]
    ours: bool = False
    headless: bool = False
    decimal_comma: bool = False
    pixels: bool = False  # a corner was met that no fraction reaches

    @property
    def sizes(self) -> bool:
        """Whether shapes are given by a corner and their size."""
        return "x_max" not in self.names

    @property
    def corners(self) -> tuple[str, ...]:
        return ("x", "y", "w", "h") if self.sizes else ("x_min", "y_min", "x_max", "y_max")

    def number(self, cell: str) -> float:
        """A number as the table writes it. Raises InvalidShape."""
        return reading.number(cell.replace(",", ".") if self.decimal_comma else cell, "corner")

    def look_at(self, cells: Mapping[str, str]) -> None:
        """Learn from a line whether corners are pixels: a fraction that reaches over the edge is at most 2."""
        for column in self.corners if not (self.ours or self.pixels) else ():
            try:
                self.pixels = self.pixels or self.number(cells.get(column, "")) > 2
            except InvalidShape:
                continue


def find_columns(first: Sequence[str]) -> Columns | None:
    """What the first line of a table says its columns are; None when it names no file and nobody knows the order."""
    bare = [cell.strip().lower() for cell in first]
    if {"media_id", "state"} <= set(bare) or {"media_id", "sha256"} <= set(bare):
        return Columns(bare, ours=True)
    names: list[str] = []
    for cell in bare:
        word = _NOT_WORDS.sub("", cell)
        called = next((name for name, words in _CALLED.items() if word in words), "")
        names.append(called if called not in names else "")
    if "x" in names and "w" not in names and "width" in names:
        # Where a corner stands alone, width and height are those of the shape.
        names = [{"width": "w", "height": "h"}.get(name, name) for name in names]
    if "file" in names and ("class" in names or "x_min" in names):
        return Columns(names)
    for order in _HEADLESS:
        if len(first) == len(order) and _fits(first, order):
            return Columns(list(order), headless=True)
    return None


def _fits(cells: Sequence[str], order: Sequence[str]) -> bool:
    """Whether numbers stand where numbers belong; a picture without shapes has none."""
    for cell, name in zip(cells, order, strict=True):
        is_number = re.fullmatch(r"-?\d+([.,]\d+)?", cell.strip()) is not None
        if is_number == (name in ("file", "class")) and (cell.strip() or name == "file"):
            return False
    return True
