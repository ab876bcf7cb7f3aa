"""The preview of a dataset's import: counted while the dataset is read, in bounded memory, whatever its size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from curation.imports.found import FoundAnswer, FoundClass, Remark
from curation.imports.readers.signs import writable
from curation.imports.remarks import AND_MORE, LONGEST_PLACE, RemarkBook
from db.models import AppliesTo, LabelClass

MOST_CLASSES = 2_000
MOST_COUNTED = 20_000  # of the label classes beyond those
MOST_QUESTIONS = 200
NAMES_SHOWN = 20
NO_VIDEO = "The video that it was taken from is not here: it comes in as a picture of its own."
MEDIA_KINDS = ("new", "known", "restored", "withdrawn", "unmatched", "unnamed")


@dataclass
class _Used:
    found: FoundClass
    shapes: int = 0
    media: int = 0


class PreviewBook:
    """What a preview is made of."""

    def __init__(self) -> None:
        self.media: Counter[str] = Counter()
        self.matched_by: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.replies: Counter[str] = Counter()
        self.shapes = 0
        self.unmatched: list[str] = []
        self._remarks = RemarkBook()
        self._classes: dict[str, _Used] = {}
        self._beyond: dict[str, None] = {}
        self._contents: set[int] = set()
        self._videos: set[str] = set()
        # Of the videos that frames were taken from: the first frame, and how many there are.
        self._frames: dict[str, tuple[str, int]] = {}

    def remark(self, remarks: Iterable[Remark]) -> None:
        """Count remarks by their sentences, with the first places of each."""
        for remark in remarks:
            self._remarks.note(remark)

    def why_left_out(self) -> str | None:
        """What was said of the first thing that was left out, None where nothing was."""
        return next((remark.sentence for remark in self._remarks if remark.fatal), None)

    def name_classes(self, found: Iterable[FoundClass]) -> None:
        """Note the label classes that the dataset lists, also those that nothing uses."""
        for one in found:
            self._used(one)

    def answer(self, answer: FoundAnswer) -> None:
        """Count what an answer holds."""
        self.shapes += len(answer.shapes)
        for key in answer.replies:
            if key in self.replies or len(self.replies) < MOST_QUESTIONS:
                self.replies[key] += 1
            else:
                self._remarks.note(Remark(key, AND_MORE))
        for shape in answer.shapes:
            if (used := self._used(FoundClass(shape.label_class))) is not None:
                used.shapes += 1
        for word in answer.label_classes:
            if (used := self._used(FoundClass(word))) is not None:
                used.media += 1

    def is_first(self, sha256: str) -> bool:
        """Whether no picture before had this content; a number for each is enough to tell."""
        number = hash(sha256)
        first = number not in self._contents
        self._contents.add(number)
        return first

    def video(self, number: str) -> None:
        """Note the number that a video has in the dataset, whose frames will be known as its own."""
        self._videos.add(number)

    def frame(self, name: str, number: str) -> None:
        """Note a new picture that was taken from the video of this number."""
        first, count = self._frames.get(number, (name, 0))
        self._frames[number] = first, count + 1

    def leave_unmatched(self, name: str) -> None:
        self.media["unmatched"] += 1
        if len(self.unmatched) < NAMES_SHOWN:
            self.unmatched.append(name[:LONGEST_PLACE])

    def _used(self, found: FoundClass) -> _Used | None:
        if found.word not in self._classes and len(self._classes) >= MOST_CLASSES:
            if len(self._beyond) < MOST_COUNTED:
                self._beyond[found.word] = None
            return None
        return self._classes.setdefault(found.word, _Used(found))

    def _all_remarks(self) -> RemarkBook:
        """What was noticed so far, and what the preview itself has to leave out."""
        remarks = RemarkBook()
        if self._beyond:
            sentence = (
                f"Only the first {MOST_CLASSES:,} label classes can be mapped: what says one of the "
                f"{len(self._beyond):,} others is left out."
            )
            for word in self._beyond:
                remarks.note(Remark(word, sentence, fatal=True))
        for remark in self._remarks:
            remarks.note(remark)
        for number, (where, count) in self._frames.items():
            if number not in self._videos:
                remarks.note(Remark(where, NO_VIDEO, count=count))
        return remarks

    def to_payload(self, ours: Iterable[LabelClass], questions: Iterable[str]) -> dict[str, Any]:
        """The preview, with the label class of ours that each word of the dataset means, as far as that is plain."""
        known = Words(ours)
        asked = set(questions)
        payload = {
            "media": {kind: self.media[kind] for kind in MEDIA_KINDS},
            "matched_by": dict(self.matched_by),
            "answers": {
                kind: self.answers[kind] for kind in ("to_new", "to_unanswered", "to_answered", "empty")
            },
            "shapes": self.shapes,
            "states": dict(self.states),
            "classes": [
                {
                    "word": word,
                    "name": used.found.name,
                    "colour": used.found.colour,
                    "number": used.found.number,
                    "shapes": used.shapes,
                    "media": used.media,
                    **known.meant_by(used.found, shapes=bool(used.shapes), media=bool(used.media)),
                }
                for word, used in self._classes.items()
            ],
            "unknown_questions": {key: count for key, count in self.replies.items() if key not in asked},
            "unmatched": self.unmatched,
            "remarks": self._all_remarks().to_payload(),
        }
        # Whatever a reader, or the name of a file, has let through: nobody could look at the preview, nor at the list.
        shown: dict[str, Any] = writable(payload)
        return shown


class Words:
    """Our label classes by key and by name, as words of a dataset may mean them."""

    def __init__(self, ours: Iterable[LabelClass]) -> None:
        self._by_key: dict[str, LabelClass] = {}
        self._by_name: dict[str, LabelClass] = {}
        for label_class in ours:
            self._by_key[label_class.key] = label_class
            self._by_name.setdefault(_folded(label_class.name), label_class)

    def meant_by(self, found: FoundClass, *, shapes: bool, media: bool) -> Mapping[str, str | None]:
        """The key of ours in `to`, and `by` what it was recognised; both None when somebody has to say it.

        One that does not go where the word is used, on shapes or on whole media, is not what it means.
        """
        means = [("key", self._by_key.get(found.word))]
        for word in (found.word, found.name or ""):
            means += [("name", self._by_name.get(_folded(word))), ("name", self._by_key.get(_as_key(word)))]
        for by, ours in means:
            if ours is not None and why_not(ours, shapes=shapes, media=media) is None:
                return {"to": ours.key, "by": by}
        return {"to": None, "by": None}


def why_not(ours: LabelClass, *, shapes: bool, media: bool) -> str | None:
    """Why a label class cannot be chosen for shapes, or for whole media; None when it can."""
    if ours.retired_at is not None:
        return f"The label class “{ours.name}” is retired. Choose another one."
    if shapes and ours.applies_to == AppliesTo.MEDIA:
        return f"“{ours.name}” says something about a whole picture and cannot label a shape."
    if media and ours.applies_to == AppliesTo.SHAPE:
        return f"“{ours.name}” labels shapes and cannot stand for a whole picture."
    return None


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _as_key(name: str) -> str:
    return _folded(name).replace(" ", "_")
