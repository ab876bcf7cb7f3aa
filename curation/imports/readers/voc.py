"""Pascal VOC: an XML file a picture, corners in pixels counted from 1; polygons as x1, y1, x2, … beside their box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from curation.errors import InvalidShape
from curation.formats import LARGEST_READ
from curation.formats.reading import number
from curation.formats.voc import CORNERS
from curation.geometry import MAX_POINTS
from curation.imports.found import Files, FoundMedia
from curation.imports.readers.drawn import NO_WORD, Drawn, Point
from curation.imports.readers.measuring import NO_SIZE, said_size, size_of
from curation.imports.readers.names import Pictures, clean_path
from curation.imports.readers.reading import LONGEST_WORD, Reading

BROKEN = "This is no XML file of one picture, or it is damaged: it was left out."
NO_BOX = "An object has no box and was left out."
FROM_ZERO = "Its corners count pixels from 0."


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these files, one each."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        root = _root(files, name)
        if root is None:
            reading.remark(name, BROKEN, fatal=True)
        else:
            yield _found(files, pictures, name, root, reading)


def _root(files: Files, name: str) -> Element | None:
    with files.open(name) as file:
        content = file.read(LARGEST_READ + 1)
    try:
        root = fromstring(content) if len(content) <= LARGEST_READ else None
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root if root is not None and root.tag == "annotation" else None


def _found(files: Files, pictures: Pictures, name: str, root: Element, reading: Reading) -> FoundMedia:
    stem = name.rpartition(".")[0]
    said = clean_path(root.findtext("filename")) or stem.rpartition("/")[2]
    # Files are renamed together with their picture, and go on naming the old one.
    picture = pictures.claim([said, stem.rpartition("/")[2]], name, _folder(root))
    objects = root.findall("object")
    size = said_size(root.findtext("size/width"), root.findtext("size/height"))
    if size is None and objects:
        size = size_of(files, picture)
    drawn = Drawn(size)
    first = 1
    if any(_counts_from_zero(found) for found in objects):
        first = 0
        drawn.remark(name, FROM_ZERO)
    for place, found in enumerate(objects, 1):
        _draw(drawn, f"{name}:{place}", found, size, first, reading)
    return FoundMedia(picture, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _folder(root: Element) -> str | None:
    """The folder that a picture lay in when it was annotated."""
    folder = clean_path(root.findtext("folder"))
    return folder and folder.rpartition("/")[2]


def _counts_from_zero(found: Element) -> bool:
    """Whether a corner stands where no pixel is for those who count from 1."""
    try:
        return any(number(found.findtext(f"bndbox/{corner}"), corner) < 0.5 for corner in CORNERS[:2])
    except InvalidShape:
        return False


def _draw(
    drawn: Drawn, where: str, found: Element, size: tuple[int, int] | None, first: int, reading: Reading
) -> None:
    word = (found.findtext("name") or "").strip()
    if not 0 < len(word) <= LONGEST_WORD:
        drawn.leave_out(where, NO_WORD)
        return
    if size is None:
        drawn.leave_out(where, NO_SIZE)
        return
    reading.name_class(word)
    width, height = size
    try:
        if points := _points(found.find("polygon")):
            drawn.polygon(where, word, [((x - first) / width, (y - first) / height) for x, y in points])
            return
        x_min, y_min, x_max, y_max = (
            number(found.findtext(f"bndbox/{corner}"), corner) for corner in CORNERS
        )
    except InvalidShape:
        drawn.leave_out(where, NO_BOX)
        return
    drawn.box(where, word, ((x_min - first) / width, (y_min - first) / height, x_max / width, y_max / height))


def _points(polygon: Element | None) -> list[Point]:
    """The points of a polygon, none for what is not three at least."""
    points: list[Point] = []
    # One more than may be: whoever is told of them says so.
    for place in range(1, MAX_POINTS + 2) if polygon is not None else ():
        x, y = polygon.findtext(f"x{place}"), polygon.findtext(f"y{place}")  # type: ignore[union-attr]
        if x is None or y is None:
            break
        points.append((number(x, "polygon"), number(y, "polygon")))
    return points if len(points) >= 3 else []
