"""Our own JSON Lines, also as the manifest of an archive: a media a line, with everything that is known of it."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.datasets.records import ABOUT
from curation.errors import InvalidShape
from curation.formats.reading import number
from curation.imports.found import Files, FoundAnswer, FoundMedia
from curation.imports.readers.drawn import Drawn, likelihood
from curation.imports.readers.measuring import said_size
from curation.imports.readers.names import Pictures, clean_path
from curation.imports.readers.own_pictures import find_own
from curation.imports.readers.reading import LARGEST_ENTRY, LARGEST_LIST, LONGEST_WORD, Reading
from curation.imports.readers.signs import writable, writable_from
from db.models import State

BROKEN_LINE = "A line is no JSON, or too long: it was left out."
NO_NAME = "A line names no media: it was left out."
NO_SHAPE = "A shape is neither a box nor a polygon and was left out."
NOT_READABLE = "Its answer is a file that nobody here can read: it was left out."
ODD_REPLY = "A reply that is neither yes nor no was left out."
NO_WORD = "A label class of a picture is no word, or too long: it was left out."
NO_STATE = "A state that is not known here was left out."

# What stands in places of its own.
_ELSEWHERE = {"media_id", "sha256", "width", "height", "state", "answer", "file", "removed", "split"}
_STATES = frozenset(State)


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these files, line by line."""
    reading = Reading()
    for name in chosen:
        _name_classes(files, name, reading)
    reading.media = _media(files, chosen, reading)
    return reading


def _name_classes(files: Files, name: str, reading: Reading) -> None:
    """What lies beside a manifest says what its label classes are called."""
    folder = name.rpartition("/")[0]
    beside = f"{folder}/{ABOUT}" if folder else ABOUT
    try:
        with files.open(beside) as file:
            document = writable(json.loads(file.read(LARGEST_LIST)))
    except (KeyError, ValueError, RecursionError):
        return
    listed = document.get("label_classes") if isinstance(document, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        word = text(entry.get("key")) if isinstance(entry, dict) else None
        if word:
            reading.name_class(word, text(entry.get("name")), text(entry.get("colour")))


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        taken_out = 0
        with files.open(name) as file:
            for place, line in enumerate(iter(lambda: file.readline(LARGEST_ENTRY), b""), 1):
                if not line.strip():
                    continue
                where = f"{name}:{place}"
                try:
                    written = line.removeprefix(BOM_UTF8).decode()
                    document = writable_from(json.loads(written), written)
                except (ValueError, RecursionError):
                    document = None
                if not isinstance(document, dict):
                    reading.remark(where, BROKEN_LINE, fatal=True)
                elif document.get("removed") is not None:
                    taken_out += 1
                elif (media := _found(files, document, name, where, pictures, reading)) is None:
                    reading.remark(where, NO_NAME, fatal=True)
                else:
                    yield media
        if taken_out:
            reading.remark(name, f"{taken_out:,} media were taken out of the dataset: they were passed over.")


def _found(
    files: Files, document: dict[str, Any], file: str, where: str, pictures: Pictures, reading: Reading
) -> FoundMedia | None:
    said = clean_path(document.get("file")) or clean_path(document.get("file_name"))
    if said is None:
        said = text(document.get("sha256"))
    if said is None:
        return None
    size = said_size(document.get("width"), document.get("height"))
    drawn, answer, about = Drawn(size), None, document.get("answer")
    if isinstance(about, dict):
        if about.get("readable") is False:
            drawn.remark(where, NOT_READABLE, fatal=True)
        else:
            _draw(drawn, about.get("shapes"), where)
            answer = answer_from(about, drawn, where)
    for word in [shape.label_class for shape in answer.shapes] if answer else []:
        reading.name_class(word)
    for word in answer.label_classes if answer else ():
        reading.name_class(word)
    name, why = find_own(files, pictures, document, said, file, clean_path(document.get("file")))
    return found_from(document, name, where, size, answer, drawn, unclear=why)


def _draw(drawn: Drawn, shapes: Any, where: str) -> None:
    for shape in shapes if isinstance(shapes, list) else ():
        if not isinstance(shape, dict):
            drawn.leave_out(where, NO_SHAPE)
            continue
        known = {
            "confidence": likelihood(shape.get("confidence")),
            "origin": text(shape.get("origin")),
            "model": text(shape.get("model")),
        }
        try:
            if shape.get("points") is not None:
                points = [(number(x, "points"), number(y, "points")) for x, y in shape["points"]]
                drawn.polygon(where, shape.get("label_class"), points, **known)
            else:
                x_min, y_min, x_max, y_max = (number(value, "box") for value in shape["box"])
                drawn.box(where, shape.get("label_class"), (x_min, y_min, x_max, y_max), **known)
        except (InvalidShape, KeyError, TypeError, ValueError):
            drawn.leave_out(where, NO_SHAPE)


def answer_from(about: Mapping[str, Any], drawn: Drawn, where: str) -> FoundAnswer | None:
    """The answer that was drawn, with what a document of ours says of the whole picture."""
    words, replies = about.get("label_classes"), about.get("replies")
    for word in words if isinstance(words, list) else ():
        if text(word) and len(word) <= LONGEST_WORD:
            drawn.label_class(word)
        else:
            drawn.leave_out(where, NO_WORD)
    kept: dict[str, bool] = {}
    for key, reply in replies.items() if isinstance(replies, dict) else ():
        if isinstance(reply, bool) and len(key) <= LONGEST_WORD:
            kept[key] = reply
        else:
            drawn.remark(where, ODD_REPLY)
    return drawn.answer(kept, text(about.get("comment")))


def found_from(
    document: Mapping[str, Any],
    name: str,
    where: str,
    size: tuple[int, int] | None,
    answer: FoundAnswer | None,
    drawn: Drawn,
    *,
    unclear: str | None = None,
) -> FoundMedia:
    """A media with all that a document of ours says of it, and the answer that was read."""
    media_id, state = document.get("media_id"), text(document.get("state"))
    if state is not None and state not in _STATES:
        drawn.remark(where, NO_STATE)
        state = None
    return FoundMedia(
        name,
        sha256=text(document.get("sha256")),
        media_id=media_id if type(media_id) is int and 0 < media_id < 2**63 else None,
        size=size,
        answer=answer,
        state=state,
        details={
            key: value if isinstance(value, str | int) else writable(value)
            for key, value in document.items()
            if key not in _ELSEWHERE
        },
        remarks=tuple(drawn.remarks),
        unclear=unclear,
    )


def text(value: Any) -> str | None:
    """A text that is not empty, None for everything else."""
    return value if isinstance(value, str) and value else None
