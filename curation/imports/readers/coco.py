"""COCO, object detection format: one file names pictures, shapes in pixels, and categories, in any order.

Shapes wait on the disk until their picture comes by, so that a file of any size is read with the same memory. What
our own export says beside the format stands under `vigie`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

from curation.datasets.records import BOX, DRAWN
from curation.errors import InvalidShape, Refused
from curation.formats.reading import number
from curation.imports.found import Files, FoundAnswer, FoundMedia
from curation.imports.readers import lines
from curation.imports.readers.drawn import ATTRIBUTES, NOT_FOUR, NOTHING_DRAWN, Drawn, likelihood
from curation.imports.readers.json_stream import entries
from curation.imports.readers.measuring import NO_SIZE, said_size, size_of
from curation.imports.readers.names import Pictures, clean_path
from curation.imports.readers.own_pictures import find_own
from curation.imports.readers.reading import LONGEST_WORD, Reading
from curation.imports.readers.shelf import Shelf
from curation.imports.readers.yolo import KEY_POINTS

NO_FILE_NAME = "An image of the file has no file name and was left out."
TWICE = "An image of the file has the id of another one and was left out."
NO_CATEGORY = "An annotation has a category that the file does not name."
MASK = "A mask became its box."
PIECES = "A polygon in several pieces became its box."
HALF_A_POINT = "A polygon has half a point and was left out."
CROWD = "A shape is marked as a crowd of objects and is read as one."
NO_BOX = "An annotation has a mask and no box: it was left out."


@dataclass
class _Document:
    """What a file was found to hold."""

    name: str
    images: Shelf
    annotations: Shelf
    categories: dict[str, str] = field(default_factory=dict)


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these files. A file that cannot be read is named, the others are read."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        with ExitStack() as stack:
            document = _Document(
                name, stack.enter_context(closing(Shelf())), stack.enter_context(closing(Shelf()))
            )
            try:
                _put_aside(files, document, reading)
            except Refused as error:
                reading.remark(name, error.sentence, fatal=True)
                continue
            yield from _images(files, pictures, document, reading)


def _put_aside(files: Files, document: _Document, reading: Reading) -> None:
    with files.open(document.name) as file:
        for part, entry in entries(file):
            if not isinstance(entry, dict):
                continue
            if part == "images":
                document.images.put(str(entry.get("id")), entry)
            elif part == "annotations":
                # As text: some writers quote one of the two ids and not the other.
                document.annotations.put(str(entry.get("image_id")), entry)
            elif part == "categories":
                _name_category(document, entry, reading)


def _name_category(document: _Document, entry: dict[str, Any], reading: Reading) -> None:
    word, ours = entry.get("name"), entry.get("vigie")
    if not isinstance(word, str) or not 0 < len(word) <= LONGEST_WORD:
        return
    number_here = entry.get("id")
    document.categories[str(number_here)] = word
    about = ours if isinstance(ours, dict) else {}
    reading.name_class(
        word,
        lines.text(about.get("name")),
        lines.text(about.get("colour")),
        number_here if type(number_here) is int else None,
    )


def _images(files: Files, pictures: Pictures, document: _Document, reading: Reading) -> Iterator[FoundMedia]:
    for key in document.images.each_key():
        where = f"{document.name}:{key}"
        try:
            image, *others = document.images.take(key)
            drawn_here = document.annotations.take(key)
        except Refused as error:
            reading.remark(where, error.sentence, fatal=True)
            continue
        if others:
            reading.remark(where, TWICE, fatal=True)
        path = clean_path(image.get("file_name"))
        if path is None:
            reading.remark(where, NO_FILE_NAME, fatal=True)
            continue
        yield _found(files, pictures, document, reading, image, drawn_here, path)
    if orphans := len(document.annotations):
        reading.remark(
            document.name,
            f"{orphans:,} annotations are about pictures that the file does not name: they were left out.",
            fatal=True,
        )


def _found(
    files: Files,
    pictures: Pictures,
    document: _Document,
    reading: Reading,
    image: dict[str, Any],
    drawn_here: list[dict[str, Any]],
    path: str,
) -> FoundMedia:
    ours, why = image.get("vigie"), None
    if isinstance(ours, dict):
        name, why = find_own(files, pictures, ours, path, document.name, path)
    else:
        name = pictures.find(path, document.name) or path
    where = f"{document.name}:{image.get('id')}"
    size = said_size(image.get("width"), image.get("height"))
    if size is None and drawn_here and why is None:
        size = size_of(files, name)
    drawn = Drawn(size)
    for annotation in drawn_here:
        _draw(drawn, annotation, document, reading, size)
    if isinstance(ours, dict):
        answer = _our_answer(ours, drawn, where)
        return lines.found_from(ours, name, where, size, answer, drawn, unclear=why)
    if not drawn_here:
        drawn.remark(where, NOTHING_DRAWN)
    return FoundMedia(name, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _our_answer(ours: Mapping[str, Any], drawn: Drawn, where: str) -> FoundAnswer | None:
    """Beside the shapes of the file, what we say of the whole picture."""
    about = ours.get("answer")
    if not isinstance(about, dict) or about.get("readable") is False:
        return None
    return lines.answer_from(about, drawn, where)


def _draw(
    drawn: Drawn,
    annotation: dict[str, Any],
    document: _Document,
    reading: Reading,
    size: tuple[int, int] | None,
) -> None:
    where = f"{document.name}:{annotation.get('id')}"
    category = str(annotation.get("category_id"))[:LONGEST_WORD]
    word = document.categories.get(category)
    if word is None:
        word = f"category {category}"[:LONGEST_WORD]
        reading.name_class(word)
        drawn.remark(where, NO_CATEGORY)
    _remark_the_rest(drawn, annotation, where)
    if size is None:
        drawn.leave_out(where, NO_SIZE)
        return
    known = {
        "confidence": likelihood(annotation.get("score")),
        "origin": lines.text(annotation.get("origin")),
        "model": lines.text(annotation.get("model")),
    }
    width, height = size
    pieces, box = annotation.get("segmentation"), annotation.get("bbox")
    if annotation.get(DRAWN) == BOX and box:
        pieces = None
    try:
        if isinstance(pieces, list) and len(pieces) == 1 and isinstance(pieces[0], list):
            if len(pieces[0]) % 2:
                drawn.leave_out(where, HALF_A_POINT)
                return
            numbers = [number(value, "segmentation") for value in pieces[0]]
            points = [(x / width, y / height) for x, y in zip(numbers[0::2], numbers[1::2], strict=True)]
            if len(points) >= 3:
                drawn.polygon(where, word, points, **known)
                return
        if not box:
            if pieces:
                drawn.leave_out(where, NO_BOX)
            else:
                drawn.label_class(word)
            return
        if not isinstance(box, list) or len(box) != 4:
            drawn.leave_out(where, NOT_FOUR)
            return
        left, top, across, down = (number(value, "bbox") for value in box)
    except InvalidShape:
        drawn.leave_out(where, NOT_FOUR)
        return
    if isinstance(pieces, dict):
        drawn.remark(where, MASK)
    elif isinstance(pieces, list) and len(pieces) > 1:
        drawn.remark(where, PIECES)
    corners = left / width, top / height, (left + across) / width, (top + down) / height
    drawn.box(where, word, corners, **known)


def _remark_the_rest(drawn: Drawn, annotation: Mapping[str, Any], where: str) -> None:
    """Say what an annotation holds that has no place here; what says no, or nothing, is not missed."""
    if annotation.get("iscrowd") in (1, True, "1"):
        drawn.remark(where, CROWD)
    attributes, points = annotation.get("attributes"), annotation.get("keypoints")
    if isinstance(attributes, dict | list) and any(
        attributes.values() if isinstance(attributes, dict) else attributes
    ):
        drawn.remark(where, ATTRIBUTES)
    if isinstance(points, list) and any(points):
        drawn.remark(where, KEY_POINTS)
