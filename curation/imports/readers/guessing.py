"""Which formats a heap of files may be in: told by their names, and by how a few of each kind begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from curation.datasets.records import ABOUT, MANIFEST
from curation.imports.found import Files
from curation.imports.readers.columns import SEPARATORS, find_columns, said_separator
from curation.imports.readers.names import is_packed_along
from curation.imports.readers.reading import Guess
from curation.imports.readers.yolo import is_label_file, is_list

_START_BYTES = 2**16
# Files of one kind in one folder are of one format: a few of them are enough.
_LOOKS_PER_FOLDER = 5
_MOST_LOOKS = 200

OUR_MANIFEST = "A manifest of ours: nothing is lost."
OUR_LINES = "A media a line, as our own export writes it."
LABEL_STUDIO = "A JSON file with tasks, as Label Studio exports them."
CVAT = "An XML file with images or tracks, as CVAT exports them."
VOC = "XML files of one picture each, as Pascal VOC has them."
YOLO = "Text files of numbers beside a list of classes, as YOLO has them."
YOLO_WITHOUT_LIST = "Text files of numbers, as YOLO has them; no list says what the classes are called."
OUR_TABLE = "A table of ours, with the numbers of media."
TABLE = "A table with a column that names files."
COCO = "A JSON file with images and annotations, as COCO has them."


@dataclass
class Seen:
    """The files by the ending of their names, and how the looked-at ones begin."""

    by_ending: dict[str, list[str]] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)

    def like(self, endings: Iterable[str], is_one: Callable[[str], bool]) -> tuple[str, ...]:
        """The files of these endings that begin so, and those beside them that nobody has looked into.

        An empty file goes with its folder: a picture with nothing on it has one.
        """
        found: list[str] = []
        for ending in endings:
            names = self.by_ending.get(ending, ())
            looked_at = {name: is_one(self.starts[name]) for name in names if name in self.starts}
            folders: dict[str, bool] = {}
            for name, verdict in looked_at.items():
                folder = name.rpartition("/")[0]
                folders[folder] = folders.get(folder, False) or verdict
            anywhere = any(folders.values())
            for name in names:
                beside = folders.get(name.rpartition("/")[0], anywhere)
                unknown = name not in looked_at or not self.starts[name].strip()
                if looked_at.get(name) or (unknown and beside):
                    found.append(name)
        return tuple(found)


def guess(files: Files) -> list[Guess]:
    """The formats that these files may be in, the likeliest first."""
    seen = _look(files)
    guesses = [found for look in _LOOKS for found in look(seen)]
    return sorted(guesses, key=lambda found: -found.certainty)


def is_told_in(name: str) -> bool:
    """Whether a file may hold annotations or say what classes are called, by its name.

    What is packed along, and hidden files, do not.
    """
    hidden = name.rpartition("/")[2].startswith(".") or is_packed_along(name)
    return _ending(name) in _ENDINGS and not hidden


def _ending(name: str) -> str:
    last = name.rpartition("/")[2]
    return last.rpartition(".")[2].lower() if "." in last else ""


def _look(files: Files) -> Seen:
    seen = Seen()
    looks: dict[tuple[str, str], int] = {}
    for name in files.names():
        if not is_told_in(name):
            continue
        folder, ending = name.rpartition("/")[0], _ending(name)
        seen.by_ending.setdefault(ending, []).append(name)
        looks[folder, ending] = looks.get((folder, ending), 0) + 1
        if looks[folder, ending] <= _LOOKS_PER_FOLDER and len(seen.starts) < _MOST_LOOKS:
            seen.starts[name] = _start(files, name)
    return seen


def _start(files: Files, name: str) -> str:
    with files.open(name) as file:
        start = file.read(_START_BYTES)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", errors="replace")
    return start.decode("utf-8-sig", errors="replace")


def _lines(seen: Seen) -> list[Guess]:
    manifests = [name for name in seen.by_ending.get("jsonl", ()) if name.rpartition("/")[2] == MANIFEST]
    if manifests:
        return [Guess("jsonl", 1.0, tuple(manifests), OUR_MANIFEST)]
    found = seen.like(
        ("jsonl", "ndjson"), lambda start: start.startswith("{") and '"media_id"' in start[:2_000]
    )
    return [Guess("jsonl", 0.95, found, OUR_LINES)] if found else []


def _coco(seen: Seen) -> list[Guess]:
    def is_one(start: str) -> bool:
        keys = [
            bool(re.search(rf'"{key}"\s*:\s*\[', start)) for key in ("images", "annotations", "categories")
        ]
        # The list that comes first may be longer than what was looked at.
        inside = bool(re.search(r'"(bbox|image_id|category_id|file_name)"\s*:', start))
        return start.lstrip().startswith("{") and (sum(keys) >= 2 or (any(keys) and inside))

    found = tuple(name for name in seen.like(("json",), is_one) if name.rpartition("/")[2] != ABOUT)
    return [Guess("coco", 0.9, found, COCO)] if found else []


def _label_studio(seen: Seen) -> list[Guess]:
    def is_one(start: str) -> bool:
        in_full = '"data"' in start and ('"annotations"' in start or '"completions"' in start)
        drawn = '"original_width"' in start and ('labels"' in start or '"choices"' in start)
        minimal = drawn or ('"annotator"' in start and '"annotation_id"' in start)
        return start.lstrip().startswith("[") and (in_full or minimal)

    found = seen.like(("json",), is_one)
    return [Guess("label_studio", 0.85, found, LABEL_STUDIO)] if found else []


def _cvat(seen: Seen) -> list[Guess]:
    found = seen.like(("xml",), lambda start: re.search(r"<annotations[\s>]", start) is not None)
    return [Guess("cvat", 0.9, found, CVAT)] if found else []


def _voc(seen: Seen) -> list[Guess]:
    found = seen.like(("xml",), lambda start: re.search(r"<annotation[\s>]", start) is not None)
    return [Guess("voc", 0.9, found, VOC)] if found else []


def _yolo(seen: Seen) -> list[Guess]:
    found = tuple(
        name for name in seen.like(("txt",), _is_label_text) if is_label_file(name) and not is_list(name)
    )
    # A folder of nothing but empty files says that nothing is on any of its pictures, if it is called so.
    said = {name.rpartition("/")[0] for name in found}
    empty = [
        name
        for name in seen.by_ending.get("txt", ())
        if "labels" in name.split("/")[:-1]
        and name.rpartition("/")[0] not in said
        and is_label_file(name)
        and not seen.starts.get(name, " ").strip()
    ]
    found = (*found, *empty)
    lists = tuple(
        name
        for ending in ("yaml", "yml", "txt", "names", "labels")
        for name in seen.by_ending.get(ending, ())
        if is_list(name) and (ending not in ("yaml", "yml") or _names_classes(seen.starts.get(name, "")))
    )
    if not found:
        return []
    return (
        [Guess("yolo", 0.85, (*lists, *found), YOLO)]
        if lists
        else [Guess("yolo", 0.6, found, YOLO_WITHOUT_LIST)]
    )


def _names_classes(start: str) -> bool:
    return re.search(r"^[\"']?names[\"']?\s*:", start, re.MULTILINE) is not None


def _is_label_text(start: str) -> bool:
    written = [line for line in start.splitlines()[:20] if line.strip()]
    fitting = sum(_LABEL_LINE.fullmatch(line) is not None for line in written)
    return 0 < len(written) <= 2 * fitting


def _table(seen: Seen) -> list[Guess]:
    found: dict[bool, list[str]] = {True: [], False: []}
    for name in (*seen.by_ending.get("csv", ()), *seen.by_ending.get("tsv", ())):
        head, _, behind = seen.starts.get(name, "").partition("\n")
        separator = said_separator(head)
        if separator is not None:
            head = behind.partition("\n")[0]
        separator = separator or max(SEPARATORS, key=head.count)
        columns = find_columns([cell.strip(' "\r') for cell in head.split(separator)])
        if columns is not None:
            found[columns.ours].append(name)
    return [
        Guess("csv", 0.8 if ours else 0.7, tuple(names), OUR_TABLE if ours else TABLE)
        for ours, names in found.items()
        if names
    ]


_LABEL_LINE = re.compile(r"\s*\d+(\.0*)?(\s+[-+]?[\d.]+(e[-+]?\d+)?){4,}\s*", re.IGNORECASE)
_ENDINGS = {"json", "jsonl", "ndjson", "xml", "txt", "yaml", "yml", "names", "labels", "csv", "tsv"}
_LOOKS: tuple[Callable[[Seen], list[Guess]], ...] = (
    _lines,
    _coco,
    _label_studio,
    _cvat,
    _voc,
    _yolo,
    _table,
)
