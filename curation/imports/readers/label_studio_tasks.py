"""Tasks of Label Studio, in full or in short (JSON-MIN): their pictures, and what the last answer holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from curation.imports.readers.names import clean_path, is_media, unhashed

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
# How most projects call the picture that is worked on.
_IMAGE = "image"


# Under which name of its data a task has a picture, and at which place where that is a list.
Place = tuple[str, int]


@dataclass(frozen=True)
class TaskPicture:
    """A picture of a task. Two addresses are two pictures, whatever their paths have in common."""

    address: str
    path: str


@dataclass
class Task:
    """A task: `results` are those of its last answer, None where nobody has answered."""

    places: dict[Place, TaskPicture]
    results: list[dict[str, Any]] | None
    keys: frozenset[str] = frozenset()  # of all of its data
    several: bool = False
    broken: int = 0  # entries of the answer that are none
    texts: int = 0  # answers in short that are no choice, or may be none
    pictures: list[TaskPicture] = field(init=False)  # each once

    def __post_init__(self) -> None:
        self.pictures = list(dict.fromkeys(self.places.values()))

    def says_all(self) -> bool:
        """Whether each result says by itself which of the pictures it is about."""
        return bool(self.results) and all(_place_of(one) in self.places for one in self.results or ())

    def picture_of(self, result: Mapping[str, Any], named: Set[str]) -> TaskPicture | None:
        """The one of several pictures that a result is about; `named` is what the results of its file are about.

        `to_name` is what the tag of a picture is called, which its key in the data may be called too, or not.
        """
        to, index = _place_of(result)
        if len(named) == 1 and (to is None or (to in named and to not in self.keys)):
            to = self._usual(named)
        return self.places.get((to, index)) if to is not None else None

    def looked_at(self, named: Set[str]) -> TaskPicture | None:
        """The one of several pictures on which an answer without results found nothing, None if nobody can tell."""
        key = self._usual(named)
        pages = [picture for (name, _), picture in self.places.items() if name == key]
        return pages[0] if len(pages) == 1 else None

    def _usual(self, named: Set[str]) -> str | None:
        """The key of the picture that is worked on, where a file does not say so task by task."""
        keys = {key for key, _ in self.places}
        if len(named) == 1 and named <= keys:
            return next(iter(named))
        if len(keys) == 1:
            return next(iter(keys))
        # Others beside it were only shown, unless they are what is spoken of.
        return _IMAGE if _IMAGE in keys and (_IMAGE in named or not named & self.keys) else None


def read_task(entry: dict[str, Any]) -> Task:
    """What a task holds; each of its results has a `value`."""
    if "data" not in entry:
        return _in_short(entry)
    data = entry["data"] if isinstance(entry["data"], dict) else {}
    answers = entry.get("annotations", entry.get("completions"))
    counted = [
        answer
        for answer in (answers if isinstance(answers, list) else ())
        if isinstance(answer, dict) and not answer.get("was_cancelled")
    ]
    if not counted:
        return Task(_places(data), None, frozenset(data))
    last = max(counted, key=lambda answer: str(answer.get("updated_at") or answer.get("created_at") or ""))
    results, broken = _results_of(last.get("result"))
    places = _places(data, named_by(results))
    return Task(places, results, frozenset(data), several=len(counted) > 1, broken=broken)


def named_by(results: Iterable[Mapping[str, Any]]) -> set[str]:
    """What these results are about."""
    return {to for to, _ in map(_place_of, results) if to is not None}


def is_drawn(result: Mapping[str, Any]) -> bool:
    """Whether a result has a place on the picture."""
    value = result["value"]
    return any(key in value for key in ("points", "x", "width", "radiusX", "rle", "vertices", "sequence"))


def region_of(result: Mapping[str, Any]) -> str | None:
    """What results about the same shape have in common."""
    region = result.get("id")
    return str(region) if isinstance(region, str | int) else None


def _results_of(listed: Any) -> tuple[list[dict[str, Any]], int]:
    """The results of an answer, and how many of its entries are none."""
    if not isinstance(listed, list):
        return [], 1
    results = []
    for one in listed:
        value = one.get("value", one) if isinstance(one, dict) else None
        if isinstance(value, dict):
            results.append({**one, "value": value})
    return results, len(listed) - len(results)


def _place_of(result: Mapping[str, Any]) -> tuple[str | None, int]:
    """What a result says it is about, None where it does not say so, and at which place; −1 is nowhere."""
    to, index = result.get("to_name"), result.get("item_index") or 0
    return to.lstrip("$") if isinstance(to, str) else None, index if isinstance(index, int) else -1


def _places(data: Mapping[str, Any], named: Set[str] = frozenset()) -> dict[Place, TaskPicture]:
    """The pictures that the data of a task name. Many tell the address and, beside it, what the file is called.

    What the answer is about (`named`) is a picture, however it is written.
    """
    found: dict[Place, TaskPicture] = {}
    addressed: set[str] = set()  # paths of addresses
    called: set[str] = set()  # what the files of all paths are called
    names: list[Place] = []
    for key in sorted(data, key=lambda key: key != _IMAGE):
        for index, value in enumerate(data[key] if isinstance(data[key], list) else [data[key]]):
            path = clean_path(value)
            if path is None or not is_media(path):
                continue
            address = "://" in value or value.startswith("/")
            found[key, index] = TaskPicture(value if address else path, path)
            if address:
                addressed.add(path.lower())
            if address or "/" in path:
                called.update(_last_names(path.lower()))
            if not address and key not in named:
                names.append((key, index))
    for place in names:
        path = found[place].path.lower()
        if path in (addressed if "/" in path else called):
            del found[place]
    if not found and (image := clean_path(data.get(_IMAGE))) is not None:
        # An address that does not end as pictures do.
        found[_IMAGE, 0] = TaskPicture(image, image)
    return found


def _last_names(path: str) -> list[str]:
    """What the file of a path is called, and was called before it was uploaded: elsewhere eight digits are a date."""
    folders, _, last = path.rpartition("/")
    before = unhashed(last) if "upload" in folders.split("/") else None
    return [last] if before is None else [last, before]


def _in_short(entry: Mapping[str, Any]) -> Task:
    """A task of JSON-MIN: data and answers stand beside each other, a single choice as a bare word."""
    places = _places({key: value for key, value in entry.items() if isinstance(value, str)})
    results: list[Any] = []
    texts = 0
    told, shown = _told(entry), {key for key, _ in places}
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
                results.append({"choices": [value]})
            else:
                # A text, or something that was known of the task before.
                texts += 1
        elif isinstance(value, dict):
            results.append(value)
        elif isinstance(value, list):
            words = [one for one in value if isinstance(one, str)]
            # More than one word is written only of what was chosen shape by shape.
            texts += len(words)
            results += [one for one in value if not isinstance(one, str)]
        else:
            texts += 1
    understood, broken = _results_of(results)
    return Task(places, understood, frozenset(shown), broken=broken, texts=texts)


def _told(entry: Mapping[str, Any]) -> set[str] | None:
    """The answers of a short task: Label Studio writes them behind its number and before who gave them.

    None where the order of the file is another one.
    """
    keys = list(entry)
    if "id" not in keys or "annotator" not in keys:
        return None
    begin, end = keys.index("id"), keys.index("annotator")
    return set(keys[begin + 1 : end]) if begin < end and _ABOUT.issuperset(keys[end:]) else None
