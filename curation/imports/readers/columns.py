"""What the columns of a table are called, by us and by other tools; and tables that do not name theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curation.errors import InvalidShape
from curation.formats import reading
from curation.imports.readers.drawn import NOT_FOUR
from curation.imports.readers.own_dates import Dates

SEPARATORS = (",", ";", "\t", "|")
# How Excel is told what stands between the cells, before the names of the columns.
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?;*", re.IGNORECASE)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")

# The likelier a name of the file, the earlier: the others are numbers where both are there.
_FILE_WORDS = (
    ("filename", "file", "filepath", "path", "imagepath", "imgpath", "imagename"),
    ("image", "img"),
    ("imageid",),
)
_CALLED: Mapping[str, tuple[str, ...]] = {
    "file": tuple(word for words in _FILE_WORDS for word in words),
    "class": ("class", "label", "classname", "labelclass", "category", "labelname", "name", "species", "object"),
    "x_min": ("xmin", "x1", "left", "bboxx1", "minx", "x0", "xtl", "bboxxmin", "bboxleft"),
    "y_min": ("ymin", "y1", "top", "bboxy1", "miny", "y0", "ytl", "bboxymin", "bboxtop"),
    "x_max": ("xmax", "x2", "right", "bboxx2", "maxx", "xbr", "bboxxmax", "bboxright"),
    "y_max": ("ymax", "y2", "bottom", "bboxy2", "maxy", "ybr", "bboxymax", "bboxbottom"),
    "x": ("x", "bboxx", "bx"),
    "y": ("y", "bboxy", "by"),
    "x_center": ("xcenter", "xcentre", "centerx", "centrex", "cx", "xc", "bboxxcenter", "bboxcx", "boxcenterx", "xmid"),
    "y_center": ("ycenter", "ycentre", "centery", "centrey", "cy", "yc", "bboxycenter", "bboxcy", "boxcentery", "ymid"),
    "w": ("w", "bboxwidth", "bboxw", "boxwidth", "bw"),
    "h": ("h", "bboxheight", "bboxh", "boxheight", "bh"),
    "bbox": ("bbox", "box", "boundingbox", "bboxxywh", "xywh"),
    "bbox_corners": ("bboxxyxy", "xyxy", "boxxyxy"),
    # The size of the picture by its full name; by the short one it may be that of the shape.
    "width": ("imagewidth", "imgwidth", "picturewidth", "photowidth", "imagew", "imgw"),
    "height": ("imageheight", "imgheight", "pictureheight", "photoheight", "imageh", "imgh"),
    "bare_width": ("width",),
    "bare_height": ("height",),
    "outline": ("polygon", "segmentation", "points", "rle", "mask", "segments", "vertices", "outline", "encodedpixels"),
    "confidence": ("confidence", "score", "probability"),
}  # fmt: skip
# In which ways a table says where a shape is, the first of them that is whole is read.
_PLACES: tuple[tuple[str, ...], ...] = (
    ("x_min", "y_min", "x_max", "y_max"),
    ("x", "y", "w", "h"),
    ("x_center", "y_center", "w", "h"),
    ("x_min", "y_min", "w", "h"),
    ("bbox_corners",),
    ("bbox",),
)
_OF_PLACES = frozenset((*(name for place in _PLACES for name in place), "outline"))
# Beside the names that are known: what no table calls anything but where something is.
_LIKE_A_PLACE = re.compile(
    r"bbox|bounding|polygon|segmentation|keypoint|vertices|xyxy|xywh|regionshape|[xy](min|max|cent)|cent(er|re)[xy]"
    r"|^[xy]\d+$"
)
# What may say where a shape is, and as well where a camera is, how many points there are, or which file holds a mask.
_PERHAPS_A_PLACE = frozenset({"points", "mask", "segments", "geometry", "coords", "coordinates"})
_NUMBER = re.compile(r"[-+]?\d+([.]\d+)?(e[-+]?\d+)?", re.IGNORECASE)
# Without a line of names: RetinaNet's, and Make Sense's.
_HEADLESS = (
    ("file", "x_min", "y_min", "x_max", "y_max", "class"),
    ("class", "x", "y", "w", "h", "file", "width", "height"),
)
_MORE_CORNERS = re.compile(r"[xy][3-9]")


@dataclass
class Columns:
    """The columns of one table by our names for them, and what its numbers turn out to mean."""

    names: list[str]
    ours: bool = False
    headless: bool = False
    decimal_comma: bool = False
    pixels: bool = False  # a corner was met that no fraction reaches
    # The columns that say where a shape is; empty where the table is about whole pictures.
    place: tuple[str, ...] = ()
    # Columns that seem to say where a shape is, in a way that nobody here understands.
    not_understood: tuple[str, ...] = ()
    # Columns that only do so where one of their cells does, by where they stand in a line.
    perhaps_places: Mapping[int, str] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)

    def corners(self, cells: Mapping[str, str]) -> list[float] | None:
        """Where the shape of a line is: its left, top, right and low edge; None where it has none.

        Raises InvalidShape for what is no number.
        """
        written = self._written(cells)
        if not any(written):
            return None
        if len(written) != 4:
            raise InvalidShape(NOT_FOUR)
        x, y, to_x, to_y = (self._number(one) for one in written)
        if self.place[-1] in ("h", "bbox"):
            to_x, to_y = x + to_x, y + to_y
        if self.place[0] == "x_center":
            across, down = (to_x - x) / 2, (to_y - y) / 2
            x, y, to_x, to_y = x - across, y - down, to_x - across, to_y - down
        return [x, y, to_x, to_y]

    def look_at(self, cells: Mapping[str, str]) -> None:
        """Learn from a line whether corners are pixels: a fraction that reaches over the edge is at most 2."""
        for one in self._written(cells) if not (self.ours or self.pixels) else ():
            try:
                self.pixels = self.pixels or self._number(one) > 2
            except InvalidShape:
                continue

    def place_in(self, row: Sequence[str]) -> str | None:
        """The column that says where a shape is after all, in a way that nobody here understands."""
        for at, called in self.perhaps_places.items():
            if at < len(row) and _is_place(row[at]):
                return called
        return None

    def _written(self, cells: Mapping[str, str]) -> list[str]:
        """The numbers of a line as they are written there."""
        if len(self.place) == 1:
            return [one for one in re.split(r"[\s,;\[\](){}]+", cells.get(self.place[0], "")) if one]
        return [cells.get(column, "") for column in self.place]

    def _number(self, cell: str) -> float:
        """A number as the table writes it. Raises InvalidShape."""
        return reading.number(cell.replace(",", ".") if self.decimal_comma else cell, "corner")


def said_separator(line: str) -> str | None:
    """What stands between the cells, where this line is there to say it to Excel."""
    found = _SEPARATOR_LINE.fullmatch(line.strip(" \r\n\ufeff"))
    return found[1] if found is not None else None


def find_columns(first: Sequence[str]) -> Columns | None:
    """What the first line of a table says its columns are; None when it names no file and nobody knows the order."""
    bare = [cell.strip().lower() for cell in first]
    if {"media_id", "state"} <= set(bare) or {"media_id", "sha256"} <= set(bare):
        return Columns(bare, ours=True, place=_PLACES[0])
    words = [_NOT_WORDS.sub("", cell) for cell in bare]
    if {"x0", "y0", "x1", "y1"} <= set(words) and "x2" not in words:
        # Counted from 0, the second corner is called as the first one is otherwise.
        words = [{"x1": "x2", "y1": "y2"}.get(word, word) for word in words]
    called = [next((name for name, also in _CALLED.items() if word in also), "") for word in words]
    file = _file_column(words)
    names: list[str] = []
    for at, name in enumerate(called):
        names.append(name if name not in names and (name != "file" or at == file) else "")
    names = _sizes_told_apart(names)
    # Of four corners two would be read, and the others not be missed.
    many_corners = any(_MORE_CORNERS.fullmatch(word) for word in words)
    place = next((place for place in _PLACES if set(place) <= set(names) and not many_corners), ())
    perhaps: dict[int, str] = {}
    odd: list[str] = []
    for at, (cell, word, name) in enumerate(zip(first, words, names, strict=True)):
        # Without a class, nothing else can be what such a table is about.
        if word in _PERHAPS_A_PLACE and "class" in names:
            perhaps[at] = cell.strip()
        elif (
            word in _PERHAPS_A_PLACE
            or {name, called[at]} & _OF_PLACES
            or (not name and _LIKE_A_PLACE.search(word))
        ):
            odd.append(cell.strip())
    if "file" in names and ("class" in names or odd):
        if place:
            return Columns(names, place=place)
        names = ["" if at in perhaps else name for at, name in enumerate(names)]
        return Columns(names, not_understood=tuple(odd), perhaps_places=perhaps)
    for order in _HEADLESS:
        if len(first) == len(order) and _fits(first, order):
            return Columns(
                list(order), headless=True, place=next(place for place in _PLACES if set(place) <= set(order))
            )
    return None


def _file_column(words: Sequence[str]) -> int | None:
    """Which column names the file: the likeliest, and of several such the first."""
    for alike in _FILE_WORDS:
        for at, word in enumerate(words):
            if word in alike:
                return at
    return None


def _is_place(cell: str) -> bool:
    """Whether a cell holds what a box or an outline is written as: four numbers at least, or something in brackets."""
    if re.search(r"[\[({].*[\])}]", cell, re.DOTALL):
        return True
    return sum(_NUMBER.fullmatch(one) is not None for one in re.split(r"[\s,;|]+", cell)) >= 4


def _sizes_told_apart(names: Sequence[str]) -> list[str]:
    """Width and height by their short names are those of the shape where one is drawn from them, else the picture's."""
    of_shape = not ({"w", "h"} & set(names) or {"x_max", "y_max"} & set(names)) and bool(
        {"x", "y", "x_center", "y_center", "x_min", "y_min"} & set(names)
    )
    told = (
        {"bare_width": "w", "bare_height": "h"}
        if of_shape
        else {"bare_width": "width", "bare_height": "height"}
    )
    settled: list[str] = []
    for name in names:
        meant = told.get(name, name)
        settled.append(meant if name == meant or meant not in names else "")
    return settled


def _fits(cells: Sequence[str], order: Sequence[str]) -> bool:
    """Whether numbers stand where numbers belong; a picture without shapes has none."""
    for cell, name in zip(cells, order, strict=True):
        is_number = re.fullmatch(r"-?\d+([.,]\d+)?", cell.strip()) is not None
        if is_number == (name in ("file", "class")) and (cell.strip() or name == "file"):
            return False
    return True
