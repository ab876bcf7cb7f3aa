"""The balance of an export: what was in scope, what came into the file, what did not and why, and every file's hash.

Sums are kept in memory, as many as there are states, label classes, splits and reasons. What grows with the dataset
(each file, each media that was left out or reduced) goes to temporary files line by line.
"""

from __future__ import annotations

import enum
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from curation.datasets.id_files import IdFile
from curation.datasets.items import DatasetItem
from storage import Bucket

FIRST_MEDIA = 20  # examples of each reason in the short form
FIRST_FILES = 100
SAID_OF_TOTALS = ("in_scope", "exported", "left_out")
# What no key of a label class looks like: one of them may be called “none”.
NO_LABEL_CLASS, NO_SPLIT = "(none)", "none"
# What is drawn of pictures, as the receipt calls it.
CROPS, CONTACT_SHEETS = "crops", "contact_sheets"
NEEDED = ("train", "val")  # the parts of a split that nobody trains without


class Reason(enum.StrEnum):
    """Why a media, or something of it, is not in the file."""

    VIDEO = "video"
    NO_CONTENT = "no_content"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    TO_ANSWER = "to_answer"
    PICTURE_MISSING = "picture_missing"
    PICTURE_DAMAGED = "picture_damaged"
    UNDECODABLE = "undecodable"
    POLYGON_TO_BOX = "polygon_to_box"
    BOX_TO_POLYGON = "box_to_polygon"
    IMAGE_CLASSES = "image_classes"
    REPLIES = "replies"
    COMMENT = "comment"
    ORIGIN = "origin"
    SHAPES = "shapes"
    ASSUMED_TIME = "assumed_time"
    COLUMNS = "columns"


REASONS: dict[Reason, str] = {
    Reason.VIDEO: "It is a video, and this format holds pictures only.",
    Reason.NO_CONTENT: "Its content is not there: it never came, or was deleted for good.",
    Reason.NO_ANSWER: "Nobody has answered it, and this format cannot tell that from “nothing here”.",
    Reason.UNREADABLE: "Its answer is a file that nobody here can read.",
    Reason.REMOVED: "It is in the dataset no more, and this format has no place to say so.",
    Reason.WITHDRAWN: "It was withdrawn since: its picture is not handed out any more.",
    Reason.TO_ANSWER: "Whoever asked for this has it to answer, and sees no answer before that.",
    Reason.PICTURE_MISSING: "Its picture is not in the bucket.",
    Reason.PICTURE_DAMAGED: "Its picture in the bucket is not the one that was stored.",
    Reason.UNDECODABLE: "Its picture is damaged and cannot be drawn.",
    Reason.POLYGON_TO_BOX: "A polygon became its box.",
    Reason.BOX_TO_POLYGON: "A box became a polygon with its four corners.",
    Reason.IMAGE_CLASSES: "Label classes of the whole picture are not carried.",
    Reason.REPLIES: "Replies to questions are not carried.",
    Reason.COMMENT: "Comments are not carried.",
    Reason.ORIGIN: "Who or what drew a shape, and how sure a model was, is not carried.",
    Reason.SHAPES: "Its boxes and polygons are not carried: the table has no columns for them.",
    Reason.ASSUMED_TIME: "That the time zone of its capture was assumed is not carried.",
    Reason.COLUMNS: "Something of it stands in columns that were not chosen.",
}


class Caution(enum.StrEnum):
    """What to know of a file before it is used."""

    EMPTY_TRAIN = "empty_train"
    EMPTY_VAL = "empty_val"
    MOVED = "moved"
    TOMBSTONES = "tombstones"


WARNINGS: dict[Caution, str] = {
    Caution.EMPTY_TRAIN: "Nothing is in train: ask for other shares, another seed, or more media.",
    Caution.EMPTY_VAL: "Nothing is in validation: ask for other shares, another seed, or more media.",
    Caution.TOMBSTONES: (
        "What is said to be gone may never have been in your dataset: of that time states alone are known, and nothing "
        "else that this filter asks for. Look before you drop it."
    ),
}


class ReceiptBook:
    """Everything that went into an export, told item by item and file by file; close it, or use it in a `with`.

    Of each item its writer says once that it is in scope, and once what became of it, however often it walks
    through the dataset; `in_scope` = `exported` + `left_out` then holds in every sum. What is kept but for something
    the format cannot carry is exported and `reduced`. Not to be shared between threads.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where the temporary files go, if not where they usually do."""
        self._totals: Counter[str] = Counter()
        self._shapes: Counter[str] = Counter()
        self._tombstones: Counter[str] = Counter()
        self._removed: Counter[str] = Counter()
        self._by: dict[str, defaultdict[str, _Sums]] = {
            name: defaultdict(_Sums) for name in ("state", "label_class", "split")
        }
        self._by_both: defaultdict[str, defaultdict[str, _Sums]] = defaultdict(lambda: defaultdict(_Sums))
        self._reasons: dict[str, Counter[str]] = {"left_out": Counter(), "reduced": Counter()}
        self._pictures: Counter[str] = Counter()
        self._pictures_left_out: Counter[str] = Counter()
        self._drawn: Counter[str] = Counter()
        self._not_drawn: dict[str, Counter[str]] = {CROPS: Counter(), CONTACT_SHEETS: Counter()}
        self._examples: dict[str, list[int]] = {}
        self._first_files: list[dict[str, Any]] = []
        self._moved = 0
        self._unsure = False
        self._files = 0
        self._bytes = 0
        self._media = IdFile(folder)
        self._notes: IO[str] = _lines(folder)
        self._listed: IO[str] = _lines(folder)

    @property
    def told(self) -> int:
        """How many items were said to be in scope so far, tombstones included."""
        return self._totals["in_scope"] + self._tombstones["in_scope"]

    @property
    def pictures(self) -> int:
        """How many pictures are over, written or left out."""
        return self._pictures["written"] + self._pictures["left_out"]

    @property
    def exported_by_split(self) -> dict[str, int]:
        return {split: sums.media["exported"] for split, sums in self._by["split"].items()}

    def in_scope(self, item: DatasetItem) -> None:
        self._count(item, "in_scope")

    def exported(self, item: DatasetItem, *, shapes: bool = True) -> None:
        """`shapes` says whether its shapes are in the file too."""
        self._media.add(item.media_id)
        self._count(item, "exported", "exported" if shapes else "left_out")
        if item.removed is not None:
            self._removed[item.removed] += 1

    def left_out(self, item: DatasetItem, reason: Reason) -> None:
        # Why it was left out, and under which label class it is counted, tells of its answer. What whoever asked has to
        # answer comes here as if nobody had: of that nothing is told, and they may read what they asked for.
        if reason is not Reason.TO_ANSWER:
            self._media.add(item.media_id)
        self._count(item, "left_out")
        self._note("left_out", item.media_id, reason)

    def reduced(self, item: DatasetItem, reason: Reason) -> None:
        """An exported item that the format does not carry as a whole; once for each reason."""
        self._note("reduced", item.media_id, reason)

    def picture(self) -> None:
        """A picture was written as it is in the bucket."""
        self._pictures["written"] += 1

    def picture_left_out(self, media_id: int, reason: Reason) -> None:
        """The picture of a media that is in the file is not."""
        self._pictures["left_out"] += 1
        self._pictures_left_out[reason.value] += 1
        self._write_note("picture", media_id, reason)

    def drawn(self, what: str) -> None:
        """A crop or a contact sheet was written."""
        self._drawn[what] += 1

    def not_drawn(self, what: str, media_id: int, reason: Reason) -> None:
        """There are no crops of a media, or it is on its contact sheet without its picture."""
        self._not_drawn[what][reason.value] += 1
        self._write_note(what, media_id, reason)

    def moved(self, number: int) -> None:
        """So many media are on another side of the split than in the release that these changes are added to."""
        self._moved = number

    def unsure_of_tombstones(self) -> None:
        """What the tombstones are about may not all have been in the dataset that these changes are added to."""
        self._unsure = True

    def file(self, name: str, size: int, sha256: str) -> None:
        """A file of the export, whole; size in bytes."""
        described = {"name": name, "size": size, "sha256": sha256}
        self._files += 1
        self._bytes += size
        if len(self._first_files) < FIRST_FILES:
            self._first_files.append(described)
        self._listed.write(json.dumps(described, ensure_ascii=False) + "\n")

    def to_payload(self) -> dict[str, Any]:
        """All sums, with some examples: of the same length for a hundred media as for a million."""
        return {
            "media": _said(self._totals),
            "shapes": _said(self._shapes),
            "tombstones": {
                **_said(self._tombstones),
                "why": dict(sorted(self._removed.items())),
            },
            **{f"by_{name}": _payload(sums) for name, sums in self._by.items()},
            "by_label_class_and_state": {key: _payload(sums) for key, sums in sorted(self._by_both.items())},
            **{kind: self._explained(kind, counted) for kind, counted in self._reasons.items()},
            "pictures": {
                "written": self._pictures["written"],
                "left_out": self._explained("picture", self._pictures_left_out),
            },
            **{
                what: {"written": self._drawn[what], "left_out": self._explained(what, counted)}
                for what, counted in self._not_drawn.items()
            },
            "warnings": self._warnings(),
            "files": {"number": self._files, "bytes": self._bytes, "first": list(self._first_files)},
        }

    def chunks(self, head: Mapping[str, Any]) -> Iterator[bytes]:
        """The whole receipt as JSON: `head`, the sums, every file, and every media that is not in it as it is."""
        short = self.to_payload()
        short["files"] = {name: short["files"][name] for name in ("number", "bytes")}
        text = json.dumps({**head, **short}, ensure_ascii=False, indent=1)
        yield text.removesuffix("\n}").encode()
        for name, lines in (("files_in_it", self._listed), ("not_as_they_are", self._notes)):
            yield f',\n "{name}": ['.encode()
            lines.flush()
            lines.seek(0)
            before = "\n  "
            for line in lines:
                yield (before + line.rstrip("\n")).encode()
                before = ",\n  "
            yield b"\n ]"
            lines.seek(0, 2)
        yield b"\n}\n"

    def put_media(self, bucket: Bucket, key: str) -> None:
        """Store the ids of all media that the export, or its receipt, tells of."""
        self._media.put(bucket, key)

    def close(self) -> None:
        self._media.close()
        self._notes.close()
        self._listed.close()

    def __enter__(self) -> ReceiptBook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _warnings(self) -> list[dict[str, Any]]:
        cautions = [{"why": why.value, "sentence": WARNINGS[why]} for why in self._empty()]
        if self._unsure and self._tombstones["exported"]:
            why = Caution.TOMBSTONES
            cautions.append({"why": why.value, "sentence": WARNINGS[why]})
        if self._moved:
            sentence = (
                f"In the release {self._moved:,} media are on another side of the split: before you add this to it, "
                "take away what it says of them."
            )
            cautions.append({"why": Caution.MOVED.value, "sentence": sentence})
        return cautions

    def _empty(self) -> list[Caution]:
        splits = self._by["split"]
        if not set(splits) - {NO_SPLIT}:
            return []
        exported = {part for part, sums in splits.items() if sums.media["exported"]}
        return [Caution(f"empty_{part}") for part in NEEDED if part not in exported]

    def _count(self, item: DatasetItem, what: str, of_shapes: str | None = None) -> None:
        """One more media of which `what` holds; of its shapes the same, or `of_shapes`."""
        if item.removed is not None:
            self._tombstones[what] += 1
            return
        shapes = item.answer.shapes if item.answer is not None else ()
        of_shapes = of_shapes or what
        self._totals[what] += 1
        self._shapes[of_shapes] += len(shapes)
        state = item.state.value
        self._by["state"][state].add(what, of_shapes, len(shapes))
        self._by["split"][item.split or NO_SPLIT].add(what, of_shapes, len(shapes))
        drawn = Counter(shape.label_class for shape in shapes)
        of_the_whole = item.answer.label_classes if item.answer is not None else ()
        for key in {*drawn, *of_the_whole} or {NO_LABEL_CLASS}:
            self._by["label_class"][key].add(what, of_shapes, drawn[key])
            self._by_both[key][state].add(what, of_shapes, drawn[key])

    def _note(self, kind: str, media_id: int, reason: Reason) -> None:
        self._reasons[kind][reason.value] += 1
        self._write_note(kind, media_id, reason)

    def _write_note(self, kind: str, media_id: int, reason: Reason) -> None:
        examples = self._examples.setdefault(f"{kind} {reason.value}", [])
        if len(examples) < FIRST_MEDIA:
            examples.append(media_id)
        self._notes.write(json.dumps({"media_id": media_id, "what": kind, "why": reason.value}) + "\n")

    def _explained(self, kind: str, counted: Counter[str]) -> list[dict[str, Any]]:
        return [
            {
                "why": why,
                "sentence": REASONS[Reason(why)],
                "media": number,
                "first": list(self._examples[f"{kind} {why}"]),
            }
            for why, number in sorted(counted.items())
        ]


class _Sums:
    """Media and shapes, how many in scope, exported and left out."""

    def __init__(self) -> None:
        self.media: Counter[str] = Counter()
        self.shapes: Counter[str] = Counter()

    def add(self, what: str, of_shapes: str, shapes: int) -> None:
        self.media[what] += 1
        self.shapes[of_shapes] += shapes

    def to_payload(self) -> dict[str, Any]:
        return {**_said(self.media), "shapes": _said(self.shapes)}


def _payload(sums: Mapping[str, _Sums]) -> dict[str, dict[str, Any]]:
    return {key: sums[key].to_payload() for key in sorted(sums)}


def _said(counted: Counter[str]) -> dict[str, int]:
    return {name: counted[name] for name in SAID_OF_TOTALS}


def _lines(folder: Path | None) -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder)
