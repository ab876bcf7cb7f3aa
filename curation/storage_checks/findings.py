"""What a storage check can find, and the report that it writes: of a bounded size, whatever it finds."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

EXAMPLES = 20  # of each kind, in a report
REPAIRED_AT_ONCE = 10_000  # what is beyond that waits for the next check


class Kind(enum.StrEnum):
    """What may be wrong; the letters are those of `manage.py fsck --help`."""

    OBJECT_MISSING = "object_missing"  # K1
    OBJECT_WITHOUT_ROW = "object_without_row"  # K2
    OBJECT_TWICE = "object_twice"  # K2: its content has a row, which leads to another key
    SIZE_DIFFERS = "size_differs"  # K3
    CONTENT_DIFFERS = "content_differs"  # K4
    CONTENT_UNREAD = "content_unread"  # K4: its bytes ended early, as often as it was read
    FOUND_AGAIN = "found_again"  # what was lost or damaged, and is whole
    UPLOAD_UNFINISHED = "upload_unfinished"  # K5
    CONTENT_UNUSED = "content_unused"  # K5: stored, and no media has it
    MEDIA_UNFILLED = "media_unfilled"  # K5
    DERIVED_WITHOUT_CONTENT = "derived_without_content"  # K6
    FILE_LEFT_BEHIND = "file_left_behind"  # K7
    PARTS_LEFT_BEHIND = "parts_left_behind"  # K8
    REFERENCE_BROKEN = "reference_broken"  # K9
    NUMBERS_BROKEN = "numbers_broken"  # K9
    HISTORY_DIFFERS = "history_differs"  # K9
    CONTENT_CLAIMED_WRONGLY = "content_claimed_wrongly"  # K10
    SHAPE_OUTSIDE = "shape_outside"  # K10
    ANSWER_FILE_MISSING = "answer_file_missing"  # K11


# What can be put right without a person having looked: nothing of it is the only copy of anything.
HARMLESS = frozenset(
    {
        Kind.FOUND_AGAIN,
        Kind.UPLOAD_UNFINISHED,
        Kind.CONTENT_UNUSED,
        Kind.MEDIA_UNFILLED,
        Kind.DERIVED_WITHOUT_CONTENT,
        Kind.FILE_LEFT_BEHIND,
        Kind.PARTS_LEFT_BEHIND,
        Kind.ANSWER_FILE_MISSING,
    }
)
# What is only changed when an admin asks for it, and never many at once.
WEIGHTY = frozenset(
    {
        Kind.OBJECT_MISSING,
        Kind.OBJECT_WITHOUT_ROW,
        Kind.OBJECT_TWICE,
        Kind.SIZE_DIFFERS,
        Kind.CONTENT_DIFFERS,
        Kind.HISTORY_DIFFERS,
    }
)
# Marked for what it is, and still to be healed: by the same content sent again.
STAYS = frozenset({Kind.OBJECT_MISSING, Kind.SIZE_DIFFERS, Kind.CONTENT_DIFFERS})
# Why a check could not look, beside what bucket and brakes say.
INTERRUPTED = "It was interrupted before it had ended."
DATABASE_AWAY = "The database did not answer, or not in time."


@dataclass(frozen=True)
class Finding:
    """One thing that differs; `about` names it in words of JSON: ids, keys, sizes."""

    kind: Kind
    about: dict[str, Any]


@dataclass
class Report:
    """What was looked at, found and repaired. Findings are counted, and only so many of them kept."""

    looked_at: Counter[str] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    repaired: Counter[Kind] = field(default_factory=Counter)
    examples: dict[Kind, list[dict[str, Any]]] = field(default_factory=dict)
    repairable: list[Finding] = field(default_factory=list)
    # How many rows and objects a repair would change that are not harmless.
    weighty: int = 0
    # What lies in the bucket and is not ours: no drift, and never touched.
    foreign: int = 0
    foreign_examples: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(self, finding: Finding, *, changes: bool = True) -> None:
        """Note a finding; `changes` is whether a repair would do anything about it."""
        self.found[finding.kind] += 1
        shown = self.examples.setdefault(finding.kind, [])
        if len(shown) < EXAMPLES:
            shown.append(finding.about)
        if not changes or finding.kind not in HARMLESS | WEIGHTY:
            return
        self.weighty += finding.kind in WEIGHTY
        if len(self.repairable) < REPAIRED_AT_ONCE:
            self.repairable.append(finding)

    def add_foreign(self, key: str) -> None:
        """Note an object that is none of ours."""
        self.foreign += 1
        if len(self.foreign_examples) < EXAMPLES:
            self.foreign_examples.append(key)

    @property
    def left(self) -> int:
        """How much of what was found is still not as it should be."""
        return self.found.total() - sum(number for kind, number in self.repaired.items() if kind not in STAYS)

    def as_json(self) -> dict[str, Any]:
        """The report as it is stored and told."""
        return {
            "looked_at": dict(self.looked_at),
            "found": {kind.value: self.found[kind] for kind in Kind if self.found[kind]},
            "repaired": {kind.value: self.repaired[kind] for kind in Kind if self.repaired[kind]},
            "examples": {kind.value: self.examples[kind] for kind in Kind if kind in self.examples},
            "foreign": {"objects": self.foreign, "examples": self.foreign_examples},
            "facts": self.facts,
        }
