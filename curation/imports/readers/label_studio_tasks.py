"""Tasks of Label Studio, in full or in short (JSON-MIN): their pictures, and what the last answer holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curation.imports.readers.names import clean_path, is_media

# What is said beside the answer in short exports.
_ABOUT = frozenset(
    (
        *(
            "id",
            "annotator",
            "annotation_id",
            "created_at",
            "updated_at",
            "lead_time",
            "agreement",
            "project",
        ),
        *(
            "inner_id",
            "comment_count",
            "unresolved_comment_count",
            "last_comment_updated_at",
            "comment_authors",
        ),
        *("ground_truth", "was_cancelled", "task_id", "total_annotations", "meta"),
    )
)
# How controls are called whose only answer is a word; the default of Label Studio is “choice”.
_CHOOSES = re.compile(r"choice|class|label|categor|sentiment", re.IGNORECASE)
# A choice is a word or a few; what is longer was typed.
_LONGEST_CHOICE = 60
_HASHED = re.compile(r"[0-9a-f]{8}-(?=.)")


@dataclass(frozen=True)
class TaskPicture:
    """A picture of a task: under which name of its data, and at which place where that is a list."""

    key: str
    index: int | None
    path: str

    @property
    def place(self) -> tuple[str, int]:
        """What a result says that is about this one of several pictures."""
        return self.key, self.index or 0


@dataclass
class Task:
    """A task: `results` are those of its last answer, None where nobody has answered."""

    pictures: list[TaskPicture]
    results: list[dict[str, Any]] | None
    several: bool = False
    broken: int = 0  # entries of the answer that are none
    texts: int = 0  # answers in short that are no choice, or may be none


def read_task(entry: dict[str, Any]) -> Task:
    """What a task holds; each of its results has a `value`."""
    if "data" not in entry:
        return _in_short(entry)
    data = entry["data"]
    task = Task(_pictures(data if isinstance(data, dict) else {}), None)
    answers = entry.get("annotations", entry.get("completions"))
    counted = [
        answer
        for answer in (answers if isinstance(answers, list) else ())
        if isinstance(answer, dict) and not answer.get("was_cancelled")
    ]
    if not counted:
        return task
    task.several = len(counted) > 1
    last = max(counted, key=lambda answer: str(answer.get("updated_at") or answer.get("created_at") or ""))
    _take(task, last.get("result"))
    return task


def is_drawn(result: Mapping[str, Any]) -> bool:
    """Whether a result has a place on the picture."""
    value = result["value"]
    return any(key in value for key in ("points", "x", "width", "radiusX", "rle", "vertices", "sequence"))


def region_of(result: Mapping[str, Any]) -> str | None:
    """What results about the same shape have in common."""
    region = result.get("id")
    return str(region) if isinstance(region, str | int) else None


def _take(task: Task, result: Any) -> None:
    task.results = [] if task.results is None else task.results
    if not isinstance(result, list):
        task.broken += 1
        return
    for one in result:
        value = one.get("value", one) if isinstance(one, dict) else None
        if isinstance(value, dict):
            task.results.append({**one, "value": value})
        else:
            task.broken += 1


def place_of(result: Mapping[str, Any]) -> tuple[str, int] | None:
    """Which of several pictures a result is about, None where it does not say so."""
    to, index = result.get("to_name"), result.get("item_index") or 0
    return (to.lstrip("$"), index) if isinstance(to, str) and isinstance(index, int) else None


def _pictures(data: Mapping[str, Any]) -> list[TaskPicture]:
    """The pictures that the data of a task name, each once: many tell the address and the file name."""
    found: list[TaskPicture] = []
    # Paths, and names without folders by whether a path or another such name was met.
    paths: set[str] = set()
    lasts: dict[bool, set[str]] = {True: set(), False: set()}
    for key in sorted(data, key=lambda key: key != "image"):
        several = isinstance(data[key], list)
        for index, value in enumerate(data[key] if several else [data[key]]):
            path = clean_path(value)
            if path is None or not is_media(path):
                continue
            last, bare = _HASHED.sub("", path.rpartition("/")[2].lower()), "/" not in path
            if path not in paths and last not in lasts[True] and not (bare and last in lasts[False]):
                found.append(TaskPicture(key, index if several else None, path))
            paths.add(path)
            lasts[bare].add(last)
    # An address that does not end as pictures do.
    image = clean_path(data.get("image")) if not found else None
    return [TaskPicture("image", None, image)] if image is not None else found


def _in_short(entry: Mapping[str, Any]) -> Task:
    """A task of JSON-MIN: data and answers stand beside each other, a single choice as a bare word."""
    task = Task(_pictures({key: value for key, value in entry.items() if isinstance(value, str)}), [])
    told, shown = _told(entry), {picture.key for picture in task.pictures}
    for key, value in entry.items():
        named = _CHOOSES.search(key) is not None
        if (
            key in _ABOUT
            or key in shown
            or value is None
            or value == ""
            or not (told is None or key in told or named)
        ):
            continue
        if isinstance(value, str):
            path = clean_path(value)
            if (path is not None and is_media(path)) or "://" in value:
                continue
            if (named or told is not None) and len(value) <= _LONGEST_CHOICE and value.isprintable():
                _take(task, [{"choices": [value]}])
            else:
                # A text, or something that was known of the task before.
                task.texts += 1
        elif isinstance(value, dict):
            _take(task, [value])
        elif isinstance(value, list):
            words = [one for one in value if isinstance(one, str)]
            # More than one word is written only of what was chosen shape by shape.
            task.texts += len(words)
            _take(task, [one for one in value if not isinstance(one, str)])
        else:
            task.texts += 1
    return task


def _told(entry: Mapping[str, Any]) -> set[str] | None:
    """The answers of a short task: Label Studio writes them behind its number and before who gave them.

    None where the order of the file is another one.
    """
    keys = list(entry)
    if "id" not in keys or "annotator" not in keys:
        return None
    begin, end = keys.index("id"), keys.index("annotator")
    return set(keys[begin + 1 : end]) if begin < end and _ABOUT.issuperset(keys[end:]) else None
