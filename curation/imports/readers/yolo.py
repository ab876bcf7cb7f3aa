"""YOLO: a text file a picture, a line a shape, numbers as fractions; what classes are called stands in a list.

Lists are `dataset.yaml` (Ultralytics, Roboflow), `classes.txt` or `obj.names` (Darknet). Boxes are centre and size,
perhaps with a confidence; longer lines are polygons (segments, oriented boxes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from curation.errors import InvalidShape
from curation.formats.reading import number
from curation.imports.found import Files, FoundMedia
from curation.imports.readers.drawn import Drawn, Point, likelihood
from curation.imports.readers.names import Pictures
from curation.imports.readers.reading import LARGEST_LIST, LONGEST_WORD, MOST_CLASSES, Reading
from curation.imports.readers.signs import writable

LISTS_OF_LINES = ("classes.txt", "obj.names", "_darknet.labels", "names.txt", "labels.txt")
NOT_LABELS = (*LISTS_OF_LINES, "train.txt", "val.txt", "valid.txt", "test.txt", "readme.txt")
_NOT_LABELS = re.compile(r"readme.*|notes|license.*|requirements")
# A list of two thousand names has less, and YAML is read slowly.
_LARGEST_YAML = 2**17

BROKEN_LIST = "This list of classes cannot be read."
REPEATED = (
    "This list of classes stands for parts of itself by references (& and * in YAML), which are not followed: it "
    "was not read. Write them out."
)
NO_WORD = "A class of this list has a name that is no word: it was passed over."
BROKEN_LINE = "A line is no class number with numbers behind it: it was left out."
NOT_NAMED = "A class number stands in no list of classes."
KEY_POINTS = "Key points were passed over; the box was read."
TOO_LARGE = "This file is too large for the shapes of one picture: it was left out."
NO_TEXT = "This file is no text: it was left out."


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these label files; lists of classes among them are read first."""
    reading = Reading()
    lists = {name: _read_list(files, name, reading) for name in chosen if is_list(name)}
    for listed in lists.values():
        for place, word in sorted(listed.items()):
            reading.name_class(word, number=place if len(lists) == 1 else None)
    labels = [name for name in chosen if name not in lists]
    pointed = any(_has_key_points(files, name) for name in lists if name.endswith((".yaml", ".yml")))
    reading.media = _media(files, labels, lists, reading, pointed=pointed)
    return reading


def is_list(name: str) -> bool:
    """Whether a file says what classes are called, by its name."""
    last = name.rpartition("/")[2].lower()
    return last in LISTS_OF_LINES or last.endswith((".yaml", ".yml", ".names"))


def is_label_file(name: str) -> bool:
    """Whether a text file may be that of a picture, by its name."""
    last = name.rpartition("/")[2].lower()
    return last not in NOT_LABELS and not _NOT_LABELS.fullmatch(last.rpartition(".")[0])


def _read_list(files: Files, name: str, reading: Reading) -> dict[int, str]:
    with files.open(name) as file:
        content = file.read(LARGEST_LIST + 1)
    try:
        text = content.decode("utf-8-sig")
        if name.lower().endswith((".yaml", ".yml")):
            names = _names_of(_document(content))
        else:
            names = dict(enumerate(line.strip() for line in text.rstrip().splitlines()))
        words = {int(place): word for place, word in names.items()}
    except _Repeated:
        reading.remark(name, REPEATED, fatal=True)
        return {}
    except (UnicodeDecodeError, ValueError, TypeError, OverflowError):
        reading.remark(name, BROKEN_LIST, fatal=True)
        return {}
    if not all(isinstance(word, str) for word in words.values()):
        reading.remark(name, NO_WORD)
    listed = {place: writable(word) for place, word in words.items() if isinstance(word, str)}
    fitting = {place: word for place, word in listed.items() if 0 < len(word) <= LONGEST_WORD}
    return dict(sorted(fitting.items())[:MOST_CLASSES])


def _names_of(document: dict[str, Any]) -> dict[Any, Any]:
    """What a YAML file says that classes are called, by their numbers. Raises ValueError for what is no list."""
    names = document.get("names") or {}
    if isinstance(names, list):
        return dict(enumerate(names))
    if not isinstance(names, dict):
        raise ValueError("no list of classes")
    return names


class _Repeated(ValueError):
    """A YAML file that stands for parts of itself by references."""


class _PlainLoader(yaml.BaseLoader):  # type: ignore[misc]
    """YAML whose every value is the text that was written: a class called `no` or `2024` keeps its name.

    References are not followed: a few lines of them, each ten times the one before, stand for more than memory holds.
    Nor are tags, which ask for something that is no text.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise _Repeated
        if getattr(event, "tag", None) not in _TAGS:
            raise ValueError("no plain YAML")
        return super().compose_node(parent, index)


_TAGS = (None, "!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "seq", "map")))


def _document(content: bytes) -> dict[str, Any]:
    """A YAML file as texts, lists and dictionaries. Raises ValueError for what is none, or too large for a list."""
    if len(content) > _LARGEST_YAML:
        raise ValueError("too large")
    try:
        document = yaml.load(content, _PlainLoader)
    except (yaml.YAMLError, RecursionError, AttributeError):
        raise ValueError("no YAML") from None
    if not isinstance(document, dict):
        raise ValueError("no list of classes")
    return document


def _has_key_points(files: Files, name: str) -> bool:
    try:
        with files.open(name) as file:
            return "kpt_shape" in _document(file.read(_LARGEST_YAML + 1))
    except ValueError:
        return False


def _media(
    files: Files, labels: list[str], lists: dict[str, dict[int, str]], reading: Reading, *, pointed: bool
) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in labels:
        if files.size(name) > LARGEST_LIST:
            reading.remark(name, TOO_LARGE, fatal=True)
            continue
        with files.open(name) as file:
            content = file.read(LARGEST_LIST)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            reading.remark(name, NO_TEXT, fatal=True)
            continue
        drawn, listed = Drawn(), _nearest(name, lists)
        for place, line in enumerate(text.splitlines(), 1):
            if line.strip():
                _draw(drawn, f"{name}:{place}", line.split(), listed, reading, pointed=pointed)
        path = _picture_path(name)
        yield FoundMedia(
            pictures.find(path, name) or path, answer=drawn.answer(), remarks=tuple(drawn.remarks)
        )


def _nearest(name: str, lists: dict[str, dict[int, str]]) -> dict[int, str]:
    """The list in the same folder, or in the nearest one above; the only one, wherever it is."""
    folders = {path.rpartition("/")[0]: listed for path, listed in lists.items() if listed}
    folder = name.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folders.get(folder) or (next(iter(folders.values())) if len(folders) == 1 else {})


def _picture_path(name: str) -> str:
    """Where the picture of a label file is, without its ending: `labels` in the path stands for `images`."""
    parts = name.rpartition(".")[0].split("/")
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] == "labels":
            parts[at] = "images"
            break
    return "/".join(parts)


def _draw(
    drawn: Drawn, where: str, words: list[str], listed: dict[int, str], reading: Reading, *, pointed: bool
) -> None:
    try:
        numbers = [number(word, "line") for word in words]
    except InvalidShape:
        numbers = []
    if len(numbers) < 5 or numbers[0] < 0 or numbers[0] != int(numbers[0]):
        drawn.leave_out(where, BROKEN_LINE)
        return
    class_number, places = int(numbers[0]), numbers[1:]
    word = listed.get(class_number)
    if word is None:
        word = f"class {class_number}"
        drawn.remark(where, NOT_NAMED)
        reading.name_class(word, number=class_number)
    if pointed and len(places) > 4:
        drawn.remark(where, KEY_POINTS)
        places = places[:4]
    if len(places) <= 5:
        confidence = likelihood(places[4]) if len(places) == 5 else None
        drawn.box(where, word, _corners(places), confidence=confidence)
        return
    if len(places) % 2:
        drawn.leave_out(where, BROKEN_LINE)
        return
    points = list(zip(places[0::2], places[1::2], strict=True))
    if (rectangle := _rectangle(points)) is not None:
        drawn.box(where, word, rectangle)
    else:
        drawn.polygon(where, word, points)


def _corners(places: list[float]) -> tuple[float, float, float, float]:
    x, y, width, height = places[:4]
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _rectangle(points: list[Point]) -> tuple[float, float, float, float] | None:
    """The box that four upright corners are: files that hold polygons have boxes written so."""
    xs, ys = sorted({x for x, _ in points}), sorted({y for _, y in points})
    if len(points) != 4 or len(xs) != 2 or len(ys) != 2 or len(set(points)) != 4:
        return None
    return xs[0], ys[0], xs[1], ys[1]
