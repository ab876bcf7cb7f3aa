"""Label Studio: a list of tasks, shapes in percent of the picture, turned about their upper left corner."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from curation.errors import InvalidShape, Refused
from curation.formats.reading import number
from curation.imports.found import Files, FoundMedia
from curation.imports.readers.drawn import BROKEN, NOT_READ, TURNED, Drawn, Point
from curation.imports.readers.json_stream import entries
from curation.imports.readers.measuring import said_size
from curation.imports.readers.names import Pictures, clean_path, is_media
from curation.imports.readers.reading import LONGEST_WORD, Reading

NO_PICTURE = "A task names no picture and was left out."
SEVERAL = "A task has several answers: the last one was read."
ROUND = "An ellipse became its box."
NOT_A_SHAPE = "A text, a rating or a relation was passed over."


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these exports (JSON, or JSON-MIN)."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        try:
            with files.open(name) as file:
                for place, (_, task) in enumerate(entries(file), 1):
                    where = f"{name}:{task.get('id', place) if isinstance(task, dict) else place}"
                    found = _found(task, where, name, pictures, reading) if isinstance(task, dict) else None
                    if found is None:
                        reading.remark(where, NO_PICTURE, fatal=True)
                    else:
                        yield found
        except Refused as error:
            reading.remark(name, error.sentence, fatal=True)


def _found(
    task: dict[str, Any], where: str, file: str, pictures: Pictures, reading: Reading
) -> FoundMedia | None:
    path = _picture(task)
    if path is None:
        return None
    results, several = _results(task)
    size = None
    for result in results or ():
        size = size or said_size(result.get("original_width"), result.get("original_height"))
    drawn = Drawn(size)
    if several:
        drawn.remark(where, SEVERAL)
    for result in results or ():
        _draw(drawn, where, result, size, reading)
    answer = drawn.answer() if results is not None else None
    return FoundMedia(
        pictures.find(path, file) or path, size=size, answer=answer, remarks=tuple(drawn.remarks)
    )


def _picture(task: dict[str, Any]) -> str | None:
    data = task.get("data") if isinstance(task.get("data"), dict) else task
    assert isinstance(data, dict)
    for value in (data.get("image"), *data.values()):
        path = clean_path(value)
        if path is not None and is_media(path):
            return path
    return clean_path(data.get("image"))


def _results(task: dict[str, Any]) -> tuple[list[dict[str, Any]] | None, bool]:
    """What was drawn and chosen, None where nobody has answered; and whether there were several answers."""
    if "data" not in task:
        listed = [value for value in task.values() if isinstance(value, list)]
        return [one for values in listed for one in values if isinstance(one, dict)], False
    answers = task.get("annotations", task.get("completions"))
    counted = [
        answer
        for answer in (answers if isinstance(answers, list) else ())
        if isinstance(answer, dict) and not answer.get("was_cancelled")
    ]
    if not counted:
        return None, False
    last = max(counted, key=lambda answer: str(answer.get("updated_at") or answer.get("created_at") or ""))
    result = last.get("result")
    return [one for one in result if isinstance(one, dict)] if isinstance(result, list) else [], len(
        counted
    ) > 1


def _draw(
    drawn: Drawn, where: str, result: dict[str, Any], size: tuple[int, int] | None, reading: Reading
) -> None:
    value = result.get("value", result)
    if not isinstance(value, dict):
        return
    if isinstance(chosen := value.get("choices"), list):
        for word in chosen:
            if isinstance(word, str) and 0 < len(word) <= LONGEST_WORD:
                reading.name_class(word)
                drawn.label_class(word)
        return
    words = next(
        (value[key] for key in value if key.endswith("labels") and isinstance(value[key], list)), None
    )
    if words is None and "points" not in value and "width" not in value:
        drawn.remark(where, NOT_A_SHAPE)
        return
    word = words[0] if words and isinstance(words[0], str) else None
    if word is not None:
        reading.name_class(word[:LONGEST_WORD])
    try:
        _draw_shape(drawn, where, word, value, size)
    except (InvalidShape, TypeError, ValueError):
        drawn.leave_out(where, BROKEN)


def _draw_shape(
    drawn: Drawn, where: str, word: str | None, value: dict[str, Any], size: tuple[int, int] | None
) -> None:
    if isinstance(value.get("points"), list):
        points = [(number(x, "points") / 100, number(y, "points") / 100) for x, y in value["points"]]
        drawn.polygon(where, word, points)
    elif "radiusX" in value:
        x, y, across, down = (number(value.get(key), key) / 100 for key in ("x", "y", "radiusX", "radiusY"))
        drawn.remark(where, ROUND)
        drawn.box(where, word, (x - across, y - down, x + across, y + down))
    elif all(key in value for key in ("x", "y", "width", "height")):
        x, y, width, height = (number(value[key], key) / 100 for key in ("x", "y", "width", "height"))
        turned = number(value.get("rotation") or 0, "rotation") % 360
        if turned:
            drawn.remark(where, TURNED)
            drawn.box(where, word, _around(x, y, width, height, turned, size))
        else:
            drawn.box(where, word, (x, y, x + width, y + height))
    else:
        drawn.leave_out(where, NOT_READ)


def _around(
    x: float, y: float, width: float, height: float, degrees: float, size: tuple[int, int] | None
) -> tuple[float, float, float, float]:
    """The upright box around one that is turned clockwise about its upper left corner."""
    across, down = size or (1, 1)
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
