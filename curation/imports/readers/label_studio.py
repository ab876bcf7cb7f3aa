"""Label Studio: a list of tasks, shapes in percent of the picture, turned about their upper left corner.

Nothing that is not understood may turn a task into an answered “nothing here”: it is said, and where nothing else was
answered the picture gets no answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any

from curation.errors import InvalidShape, Refused
from curation.formats.reading import number
from curation.imports.found import Files, FoundMedia
from curation.imports.readers.drawn import BROKEN, NO_WORD, NOT_READ, TURNED, Drawn, Point
from curation.imports.readers.json_stream import entries
from curation.imports.readers.label_studio_tasks import (
    Task,
    TaskPicture,
    is_drawn,
    named_by,
    read_task,
    region_of,
)
from curation.imports.readers.measuring import NO_SIZE, said_size, size_of
from curation.imports.readers.names import Pictures
from curation.imports.readers.reading import LONGEST_WORD, Reading

NO_PICTURE = "A task names no picture and was left out."
SEVERAL = "A task has several answers: the last one was read."
ROUND = "An ellipse became its box."
NOT_A_SHAPE = "A text, a rating, a taxonomy or a relation was passed over."
EACH_CLASS = "A shape has several label classes: it became a shape for each of them."
OF_A_SHAPE = (
    "What was chosen for a single shape was passed over: label classes are those of shapes or of pictures."
)
NO_CHOICE = "A choice is no word, or too long: it was passed over."
WHICH_PICTURE = "A task has several pictures, and a part of its answer says none of them: it was left out."
NONE_OF_SEVERAL = "A task has several pictures and an answer without anything on them: they get no answer."
TURNED_PICTURE = "A picture was turned while it was drawn on: what was drawn was left out."

# What says something of a shape, and repeats where that is.
_NOT_DRAWN = frozenset(("text", "rating", "taxonomy", "number", "datetime", "ranker"))


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these exports (JSON, or JSON-MIN)."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        named = cache(partial(_named_in, files, name))
        try:
            with files.open(name) as file:
                for place, (_, entry) in enumerate(entries(file), 1):
                    where = f"{name}:{entry.get('id', place) if isinstance(entry, dict) else place}"
                    task = read_task(entry) if isinstance(entry, dict) else None
                    if task is None or not task.pictures:
                        reading.remark(where, NO_PICTURE, fatal=True)
                    else:
                        yield from _found(files, task, where, name, pictures, reading, named)
        except Refused as error:
            reading.remark(name, error.sentence, fatal=True)


def _named_in(files: Files, name: str) -> frozenset[str]:
    """What the results of a file are about, as far as to tell one from several: who draws on two pictures names both.

    The file is read once more for it, where its tasks have several pictures and leave open which of them is meant.
    """
    named: set[str] = set()
    # Where it is damaged, it is said as soon as its tasks are read that far.
    with suppress(Refused), files.open(name) as file:
        for _, entry in entries(file):
            task = read_task(entry) if isinstance(entry, dict) else None
            named.update(named_by(task.results or ()) if task else ())
            if len(named) > 1:
                break
    return frozenset(named)


def _found(
    files: Files,
    task: Task,
    where: str,
    file: str,
    pictures: Pictures,
    reading: Reading,
    named: Callable[[], frozenset[str]],
) -> Iterator[FoundMedia]:
    """The pictures of a task that were answered for; of a task with one picture that one, whatever was answered."""
    first, *others = task.pictures
    if task.results is None:
        yield FoundMedia(pictures.find(first.path, file) or first.path)
    elif not others:
        yield _answered(files, task, first, task.results, where, file, pictures, reading)
    elif not task.results:
        if picture := task.looked_at(named()):
            yield _answered(files, task, picture, [], where, file, pictures, reading)
        else:
            # Of which of them nobody has drawn anything on purpose, the file does not say.
            reading.remark(where, NONE_OF_SEVERAL, fatal=True)
            yield FoundMedia(pictures.find(first.path, file) or first.path)
    else:
        of_file = frozenset() if task.says_all() else named()
        meant: dict[TaskPicture | None, list[dict[str, Any]]] = {}
        for result in task.results:
            meant.setdefault(task.picture_of(result, of_file), []).append(result)
        for _ in meant.pop(None, ()):
            reading.remark(where, WHICH_PICTURE, fatal=True)
        for picture in task.pictures:
            if picture in meant:
                yield _answered(files, task, picture, meant[picture], where, file, pictures, reading)


def _answered(
    files: Files,
    task: Task,
    picture: TaskPicture,
    results: list[dict[str, Any]],
    where: str,
    file: str,
    pictures: Pictures,
    reading: Reading,
) -> FoundMedia:
    name = pictures.find(picture.path, file) or picture.path
    size = None
    for result in results:
        size = size or said_size(result.get("original_width"), result.get("original_height"))
    if size is None and any(_turning(result) for result in results):
        size = size_of(files, name)
    drawn = Drawn(size)
    if task.several:
        drawn.remark(where, SEVERAL)
    for _ in range(task.broken):
        drawn.leave_out(where, BROKEN)
    for _ in range(task.texts):
        drawn.pass_over(where, NOT_A_SHAPE)
    regions = {region_of(result) for result in results if is_drawn(result)} - {None}
    named = {region_of(result) for result in results if is_drawn(result) and _words(result)} - {None}
    for result in results:
        _draw(drawn, where, result, size, reading, regions, named)
    return FoundMedia(name, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _draw(
    drawn: Drawn,
    where: str,
    result: dict[str, Any],
    size: tuple[int, int] | None,
    reading: Reading,
    regions: set[str | None],
    named: set[str | None],
) -> None:
    value = result["value"]
    if "choices" in value:
        if is_drawn(result) or region_of(result) in regions:
            drawn.pass_over(where, OF_A_SHAPE)
        else:
            _choose(drawn, where, value["choices"], reading)
        return
    words = _words(result)
    if words is None and (not is_drawn(result) or not _NOT_DRAWN.isdisjoint(value)):
        drawn.pass_over(where, NOT_A_SHAPE)
        return
    if result.get("image_rotation"):
        drawn.leave_out(where, TURNED_PICTURE)
        return
    if not words:
        # Drawn with one tool and named with another, a shape is there twice: once without its label class.
        if region_of(result) not in named:
            drawn.leave_out(where, NO_WORD)
        return
    if len(words) > 1:
        drawn.remark(where, EACH_CLASS)
    for word in words:
        reading.name_class(word[:LONGEST_WORD])
        try:
            _draw_shape(drawn, where, word, value, size)
        except (InvalidShape, TypeError, ValueError):
            drawn.leave_out(where, BROKEN)


def _words(result: dict[str, Any]) -> list[str] | None:
    """The label classes of what was drawn, None where it is nothing that has any."""
    listed = [
        value for key, value in result["value"].items() if key.endswith("labels") and isinstance(value, list)
    ]
    if not listed:
        return None
    return list(dict.fromkeys(word for words in listed for word in words if isinstance(word, str) and word))


def _choose(drawn: Drawn, where: str, chosen: Any, reading: Reading) -> None:
    for word in chosen if isinstance(chosen, list) else [chosen]:
        if isinstance(word, str) and 0 < len(word) <= LONGEST_WORD:
            reading.name_class(word)
            drawn.label_class(word)
        else:
            drawn.pass_over(where, NO_CHOICE)


def _draw_shape(
    drawn: Drawn, where: str, word: str, value: dict[str, Any], size: tuple[int, int] | None
) -> None:
    if isinstance(value.get("points"), list):
        points = [(number(x, "points") / 100, number(y, "points") / 100) for x, y in value["points"]]
        drawn.polygon(where, word, points)
        return
    sides = ("radiusX", "radiusY") if "radiusX" in value else ("width", "height")
    if not all(key in value for key in ("x", "y", *sides)):
        drawn.leave_out(where, NOT_READ)
        return
    x, y, across, down = (number(value[key], key) / 100 for key in ("x", "y", *sides))
    turned = number(value.get("rotation") or 0, "rotation") % 360
    if turned and size is None:
        # In percent a shape is not turned but bent, as long as nobody knows how wide and high its picture is.
        drawn.leave_out(where, NO_SIZE)
    elif "radiusX" in value:
        drawn.remark(where, ROUND)
        if turned and size is not None:
            across, down = _turned_ellipse(across, down, turned, size)
        drawn.box(where, word, (x - across, y - down, x + across, y + down))
    elif turned and size is not None:
        drawn.remark(where, TURNED)
        drawn.box(where, word, _around(x, y, across, down, turned, size))
    else:
        drawn.box(where, word, (x, y, x + across, y + down))


def _turning(result: dict[str, Any]) -> bool:
    return bool(result["value"].get("rotation"))


def _turned_ellipse(across: float, down: float, degrees: float, size: tuple[int, int]) -> tuple[float, float]:
    """Half the sides of the upright box around an ellipse that is turned about its middle."""
    width, height = size
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    wide, high = across * width, down * height
    return math.hypot(wide * cosine, high * sine) / width, math.hypot(wide * sine, high * cosine) / height


def _around(
    x: float, y: float, width: float, height: float, degrees: float, size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """The upright box around one that is turned clockwise about its upper left corner."""
    across, down = size
    turn = math.radians(degrees)
    corners: list[Point] = [
        (
            x + (right * math.cos(turn) - low * math.sin(turn)) / across,
            y + (right * math.sin(turn) + low * math.cos(turn)) / down,
        )
        for right in (0.0, width * across)
        for low in (0.0, height * down)
    ]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(xs), min(ys), max(xs), max(ys)
