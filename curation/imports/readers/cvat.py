"""CVAT for images 1.1 and for video 1.1: one XML file, shapes in pixels, pictures by name or tracks by frame."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from curation.errors import InvalidShape, Refused
from curation.formats.reading import number
from curation.imports.found import Files, FoundMedia
from curation.imports.readers.cvat_tasks import Tasks, read_tasks
from curation.imports.readers.drawn import (
    ATTRIBUTES,
    BROKEN,
    HIDDEN,
    NO_WORD,
    NOT_READ,
    NOTHING_DRAWN,
    TURNED,
    Drawn,
)
from curation.imports.readers.measuring import NO_SIZE, said_size, size_of
from curation.imports.readers.names import Pictures, clean_path
from curation.imports.readers.reading import LARGEST_ENTRY, LONGEST_WORD, Reading
from curation.imports.readers.shelf import Shelf

_DEEPEST = 30
# Elements between two pictures: a picture has at most some hundred shapes, a track a few for each frame.
_MOST_ELEMENTS = 500_000

DAMAGED = "This is no XML file, or it is damaged from some place on."
TOO_LARGE = "An entry of this XML file is too large."
NO_NAME = "An image of the file has no name and was left out."
NO_LABEL = "A label of a whole picture is no word, or too long: it was passed over."


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these files: pictures by their names, and frames of tracks by their numbers."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        with files.open(name) as file, closing(Shelf()) as frames:
            tasks = Tasks()
            try:
                for element in _elements(file):
                    if element.tag == "image":
                        media = _image(files, pictures, name, element, tasks, reading)
                        if media is not None:
                            yield media
                    elif element.tag == "track":
                        _put_aside(frames, element)
                    elif element.tag == "meta":
                        read_tasks(element, tasks)
                        _name_labels(element, reading)
            except Refused as error:
                reading.remark(name, error.sentence, fatal=True)
            tasks_with: Counter[str] = Counter(key.partition(":")[2] for key in frames.each_key())
            for key in frames.each_key():
                task, _, frame = key.partition(":")
                shared = tasks_with[frame] > 1
                try:
                    shapes = frames.take(key)
                except Refused as error:
                    reading.remark(f"{name}:{frame}", error.sentence, fatal=True)
                else:
                    yield _frame(files, pictures, name, task, frame, shapes, tasks, reading, shared=shared)


def _elements(file: BinaryIO) -> Iterator[Element]:
    """What stands below the root, each forgotten once it was looked at. Raises Refused."""
    root: Element | None = None
    depth = elements = 0
    pieces = _Pieces(file)
    try:
        for event, element in iterparse(pieces, events=("start", "end")):
            if event == "start":
                root = element if root is None else root
                depth, elements = depth + 1, elements + 1
                if depth > _DEEPEST or elements > _MOST_ELEMENTS:
                    raise Refused(TOO_LARGE)
                continue
            depth -= 1
            if depth == 1 and root is not None:
                yield element
                root.clear()
                elements = pieces.taken = 0
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refused(DAMAGED) from None


class _Pieces:
    """A file of which no more is taken than one entry may have: texts and attributes are in memory until it ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self.taken += len(piece)
        if self.taken > LARGEST_ENTRY:
            raise Refused(TOO_LARGE)
        return piece


def _name_labels(meta: Element, reading: Reading) -> None:
    for label in meta.iter("label"):
        word, colour = (label.findtext("name") or "").strip(), label.findtext("color")
        if 0 < len(word) <= LONGEST_WORD:
            reading.name_class(word, colour=colour or None)


def _image(
    files: Files, pictures: Pictures, file: str, image: Element, tasks: Tasks, reading: Reading
) -> FoundMedia | None:
    where = f"{file}:{image.get('id')}"
    path = clean_path(image.get("name"))
    if path is None:
        reading.remark(where, NO_NAME, fatal=True)
        return None
    task = image.get("task_id", "").replace(":", "")
    name = tasks.picture(pictures, file, task, image.get("subset", ""), path)
    size = said_size(image.get("width"), image.get("height")) or size_of(files, name)
    drawn = Drawn(size)
    for element in image:
        known = _known(element, element.get("label", ""))
        if element.tag == "tag":
            _label(drawn, where, known, reading)
        else:
            _draw(drawn, where, element.tag, known, size, reading)
    if not len(image):
        drawn.remark(where, NOTHING_DRAWN)
    return FoundMedia(name, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _known(element: Element, word: str) -> dict[str, str]:
    """What is known of a shape: what CVAT tells beside it only as far as that is to be remarked."""
    described = any((attribute.text or "").strip() for attribute in element.iter("attribute"))
    return {**element.attrib, "label": word.strip(), "described": "1" if described else ""}


def _label(drawn: Drawn, where: str, known: dict[str, str], reading: Reading) -> None:
    word = known["label"]
    if not 0 < len(word) <= LONGEST_WORD:
        drawn.pass_over(where, NO_LABEL)
        return
    if known["described"]:
        drawn.remark(where, ATTRIBUTES)
    reading.name_class(word)
    drawn.label_class(word)


def _put_aside(frames: Shelf, track: Element) -> None:
    task = track.get("task_id", "").replace(":", "")
    for element in track:
        # Where the object has left the picture its last box goes on as one that is outside.
        if element.tag != "attribute" and element.get("outside") != "1":
            known = _known(element, track.get("label", ""))
            # Each task of a project counts its frames from 0.
            frames.put(f"{task}:{element.get('frame')}", [element.tag, known])


def _frame(
    files: Files,
    pictures: Pictures,
    file: str,
    task: str,
    frame: str,
    shapes: list[Any],
    tasks: Tasks,
    reading: Reading,
    *,
    shared: bool,
) -> FoundMedia:
    """A frame of a video, which CVAT writes as `frame_000012.PNG`; otherwise a picture that is called by its number."""
    called = (
        f"frame_{int(frame):06d}" if frame.isascii() and frame.isdigit() and len(frame) < 10 else frame[:40]
    )
    # The frames of each video are counted from 0, and its file is often called as it is.
    video = file.rpartition("/")[2].rpartition(".")[0]
    paths = [path for path in map(clean_path, (called, frame[:40])) if path is not None]
    # Of several tasks only what is plainly a frame of this one.
    own = tasks.find(pictures, files, file, task, (called, frame[:40]), shared=shared)
    name = own or pictures.claim(paths or ["frame"], file, video)
    size = tasks.size(task) or size_of(files, name)
    drawn = Drawn(size)
    for tag, known in shapes:
        _draw(drawn, f"{file}:{called}", tag, known, size, reading)
    return FoundMedia(name, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _draw(
    drawn: Drawn,
    where: str,
    kind: str,
    known: dict[str, str],
    size: tuple[int, int] | None,
    reading: Reading,
) -> None:
    word = (known.get("label") or "").strip()
    if not 0 < len(word) <= LONGEST_WORD:
        drawn.leave_out(where, NO_WORD)
        return
    if kind not in ("box", "polygon"):
        drawn.leave_out(where, NOT_READ)
        return
    if size is None:
        drawn.leave_out(where, NO_SIZE)
        return
    reading.name_class(word)
    if known.get("occluded") == "1":
        drawn.remark(where, HIDDEN)
    if known.get("described"):
        drawn.remark(where, ATTRIBUTES)
    width, height = size
    try:
        if kind == "polygon":
            pairs = [pair.split(",") for pair in known.get("points", "").split(";")]
            points = [(number(x, "points") / width, number(y, "points") / height) for x, y in pairs]
            drawn.polygon(where, word, points)
            return
        left, top, right, low = (number(known.get(key), key) for key in ("xtl", "ytl", "xbr", "ybr"))
        turned = number(known.get("rotation") or 0, "rotation") % 360
    except (InvalidShape, ValueError):
        drawn.leave_out(where, BROKEN)
        return
    if turned:
        drawn.remark(where, TURNED)
        left, top, right, low = _around(left, top, right, low, turned)
    drawn.box(where, word, (left / width, top / height, right / width, low / height))


def _around(
    left: float, top: float, right: float, low: float, degrees: float
) -> tuple[float, float, float, float]:
    """The upright box around one that is turned about its middle, in pixels."""
    cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    across = ((right - left) * cosine + (low - top) * sine) / 2
    down = ((right - left) * sine + (low - top) * cosine) / 2
    x, y = (left + right) / 2, (top + low) / 2
    return x - across, y - down, x + across, y + down
