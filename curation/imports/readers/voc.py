"""Pascal VOC: an XML file a picture, corners in pixels counted from 1; polygons as x1, y1, x2, … beside their box.

Some tools count from 0, which only shows where a corner stands there: what the files say waits on the disk until all of
them were looked at, because those of one dataset count alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from curation.errors import InvalidShape, Refused
from curation.formats import LARGEST_READ
from curation.formats.reading import number
from curation.formats.voc import CORNERS
from curation.geometry import MAX_POINTS
from curation.imports.found import Files, FoundMedia
from curation.imports.readers.drawn import ATTRIBUTES, HIDDEN, NO_WORD, Drawn
from curation.imports.readers.measuring import NO_SIZE, said_size, size_of
from curation.imports.readers.names import Pictures, clean_path
from curation.imports.readers.reading import LONGEST_WORD, Reading
from curation.imports.readers.shelf import Shelf

BROKEN = "This is no XML file of one picture, or it is damaged: it was left out."
NO_BOX = "An object has no box and was left out."
FROM_ZERO = "A corner stands at 0, so the corners of all these files were read as counting pixels from 0."
DIFFICULT = "A shape is marked as difficult, which is not kept."
CUT_OFF = "A shape is marked as cut off by the edge of its picture, which is not kept."
PART = "A part of an object was passed over; the object was read."
# What is said of an object and has no place here.
_MARKS = {"difficult": DIFFICULT, "truncated": CUT_OFF, "occluded": HIDDEN}


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these files, one each."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    first = 1
    with closing(Shelf()) as shelf:
        for name in chosen:
            root = _root(files, name)
            if root is None:
                reading.remark(name, BROKEN, fatal=True)
                continue
            document = _document(root)
            if first and any(_stands_at_zero(found["box"]) for found in document["objects"]):
                first = 0
                reading.remark(name, FROM_ZERO)
            shelf.put(name, document)
        for name in shelf.each_key():
            try:
                (document,) = shelf.take(name)
            except Refused as error:
                reading.remark(name, error.sentence, fatal=True)
            else:
                yield _found(files, pictures, name, document, first, reading)


def _root(files: Files, name: str) -> Element | None:
    with files.open(name) as file:
        content = file.read(LARGEST_READ + 1)
    try:
        root = fromstring(content) if len(content) <= LARGEST_READ else None
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root if root is not None and root.tag == "annotation" else None


def _document(root: Element) -> dict[str, Any]:
    """What a file says, as it is put aside: of each object its texts, which are made numbers when it is drawn."""
    return {
        "filename": root.findtext("filename"),
        "folder": root.findtext("folder"),
        "size": [root.findtext("size/width"), root.findtext("size/height")],
        "objects": [
            {
                "name": (found.findtext("name") or "").strip()[: LONGEST_WORD + 1],
                "box": [found.findtext(f"bndbox/{corner}") for corner in CORNERS],
                "points": _points(found.find("polygon")),
                "beside": _beside(found),
            }
            for found in root.findall("object")
        ],
    }


def _beside(found: Element) -> list[str]:
    """What is said of an object beside its place and label class, as sentences of what is passed over."""
    sentences = [
        said for mark, said in _MARKS.items() if (found.findtext(mark) or "0").strip() not in ("", "0")
    ]
    if found.find("part") is not None:
        sentences.append(PART)
    if any((one.findtext("value") or "").strip() for one in found.iterfind("attributes/attribute")):
        sentences.append(ATTRIBUTES)
    return sentences


def _found(
    files: Files, pictures: Pictures, name: str, document: dict[str, Any], first: int, reading: Reading
) -> FoundMedia:
    stem = name.rpartition(".")[0]
    said = clean_path(document["filename"]) or stem.rpartition("/")[2]
    # Files are renamed together with their picture, and go on naming the old one.
    picture = pictures.claim([said, stem.rpartition("/")[2]], name, _folder(document["folder"]))
    size = said_size(*document["size"])
    if size is None and document["objects"]:
        size = size_of(files, picture)
    drawn = Drawn(size)
    for place, found in enumerate(document["objects"], 1):
        _draw(drawn, f"{name}:{place}", found, size, first, reading)
    return FoundMedia(picture, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _folder(said: str | None) -> str | None:
    """The folder that a picture lay in when it was annotated."""
    folder = clean_path(said)
    return folder and folder.rpartition("/")[2]


def _stands_at_zero(box: Sequence[str | None]) -> bool:
    """Whether a corner stands at the edge of those who count from 0: what reaches over it tells nothing."""
    try:
        return any(abs(number(corner, "corner")) < 0.5 for corner in box[:2])
    except InvalidShape:
        return False


def _draw(
    drawn: Drawn,
    where: str,
    found: dict[str, Any],
    size: tuple[int, int] | None,
    first: int,
    reading: Reading,
) -> None:
    word = found["name"]
    if not 0 < len(word) <= LONGEST_WORD:
        drawn.leave_out(where, NO_WORD)
        return
    if size is None:
        drawn.leave_out(where, NO_SIZE)
        return
    reading.name_class(word)
    for sentence in found["beside"]:
        drawn.remark(where, sentence)
    width, height = size
    try:
        if found["points"]:
            points = [(number(x, "polygon"), number(y, "polygon")) for x, y in found["points"]]
            drawn.polygon(where, word, [((x - first) / width, (y - first) / height) for x, y in points])
            return
        x_min, y_min, x_max, y_max = (number(corner, "corner") for corner in found["box"])
    except InvalidShape:
        drawn.leave_out(where, NO_BOX)
        return
    drawn.box(where, word, ((x_min - first) / width, (y_min - first) / height, x_max / width, y_max / height))


def _points(polygon: Element | None) -> list[tuple[str, str]]:
    """The points of a polygon, none for what is not three at least."""
    points: list[tuple[str, str]] = []
    # One more than may be: whoever is told of them says so.
    for place in range(1, MAX_POINTS + 2) if polygon is not None else ():
        x, y = polygon.findtext(f"x{place}"), polygon.findtext(f"y{place}")  # type: ignore[union-attr]
        if x is None or y is None:
            break
        points.append((x, y))
    return points if len(points) >= 3 else []
