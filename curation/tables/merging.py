"""Three ways into one: how a table was, what it says now, and what has become of its media meanwhile.

What only the table has changed is taken over; what both have changed alike is there already; what both have changed
differently is a conflict, and stays as it is unless the table's is chosen. Tags are merged one by one; `lat` and `lon`
are one value, or somebody's latitude would come to stand beside another's longitude.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from curation.errors import CurationError
from curation.imports.found import Remark
from curation.label_classes import require_compatible
from curation.looks import TO_ANSWER
from curation.tables.cells import Value, Words, same_value
from curation.tables.comparing import REASON, CellProblem, Edit, Edits
from curation.tables.paths import require_path, wanted_after
from curation.tables.standing import Now
from db.models import State

NO_SUCH_MEDIA = "There is no such media, or not for you."
GONE = "This shape is in the answer that counts no more, so its label class cannot be changed."
NO_SHAPES = "Its answer is a file that nobody here can read, so its label classes cannot be changed."
ANSWER_COLUMNS = ("label_classes", "label_class")
# What has to be answered blind is told by any of these.
OF_ANSWER = ("state", *ANSWER_COLUMNS)
POSITION = ("lat", "lon")
Place = Callable[[int, Now], int | None]


@dataclass(frozen=True)
class Change:
    """One cell as it will be: `old` now, `new` by the table, `base` when that was written.

    In a conflict somebody else has changed it too. `shape` is the place of the shape in the answer that counts.
    """

    row: int
    column: str
    base: Value
    old: Value
    new: Value
    conflict: bool = False
    shape: int | None = None

    @property
    def place(self) -> str:
        """By what a choice names it."""
        return f"{self.row}:{self.column}"

    @property
    def places(self) -> frozenset[str]:
        """By what a choice may name it: either half of a position stands for both."""
        columns = POSITION if self.column in POSITION else (self.column,)
        return frozenset(f"{self.row}:{column}" for column in columns)


@dataclass(frozen=True)
class MediaChange:
    """The changes of one media, done in one go or not at all, and where it stood when they were looked at."""

    media_id: int
    file_name: str | None
    annotation_id: int | None
    position: tuple[Value, ...]
    comment: str | None
    changes: tuple[Change, ...]

    @property
    def row(self) -> int:
        return self.changes[0].row

    def to_payload(self) -> dict[str, Any]:
        """As an import keeps it."""
        return {
            "annotation_id": self.annotation_id,
            "position": list(self.position),
            "comment": self.comment,
            "changes": [asdict(change) for change in self.changes],
            # How many of what is looked through: where there are none it is not read.
            "cells": {
                "change": sum(not change.conflict for change in self.changes),
                "conflict": sum(change.conflict for change in self.changes),
            },
        }


@dataclass
class Merged:
    """What a table would do: changes by media, cells that are that way already, and what is wrong."""

    media: list[MediaChange] = field(default_factory=list)
    already: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def merge(
    edits: Edits,
    standing: dict[int, Now],
    place_of: Place,
    words: Words,
    *,
    to_answer: Collection[int] = (),
) -> Merged:
    """Every change of a table beside how its media stand now.

    Of media that whoever sends it has `to_answer` blind, nothing is compared that would tell what was answered.
    """
    merged = Merged(problems=list(edits.problems), remarks=list(edits.remarks))
    decided: set[int] = set()
    for media_id, edited in edits.edited.items():
        now = standing.get(media_id)
        if now is None:
            row = edited[0].row
            merged.problems.append(CellProblem(row, "media_id", str(media_id), NO_SUCH_MEDIA, media_id))
            continue
        comment = _reason(edits, now)
        try:
            if media_id in to_answer:
                _require_untold(edited)
            same_answer = edits.annotations[media_id] == now.annotation_id
            changes = _merge_media(edited, now, place_of, same_answer=same_answer)
            moves = _merge_position(edited, edits.positions[media_id], now)
            already = len([edit for edit in edited if edit.column not in POSITION]) - len(changes)
            if not moves:
                already += len([edit for edit in edited if edit.column in POSITION])
            changes += moves
            if _decides(changes, now, comment, words):
                decided.add(media_id)
        except _Impossible as problem:
            merged.problems.append(
                CellProblem(problem.edit.row, problem.edit.column, "", problem.sentence, media_id)
            )
            continue
        merged.already += already
        if changes:
            position = tuple(now.cells[column] for column in POSITION)
            merged.media.append(
                MediaChange(media_id, now.file_name, now.annotation_id, position, comment, tuple(changes))
            )
    decided.update(problem.media_id for problem in merged.problems if problem.media_id is not None)
    if unused := sorted(edit.row for edit in edits.reasons.values() if edit.media_id not in decided):
        merged.remarks.append(Remark(REASON, _not_taken_over(unused)))
    return merged


def _not_taken_over(rows: Sequence[int]) -> str:
    sentence = (
        "Reasons of media about which nothing is decided are not taken over:"
        f" {len(rows)}, the first in row {rows[0]}."
    )
    return sentence


class _Impossible(Exception):
    def __init__(self, edit: Edit | Change, sentence: str) -> None:
        super().__init__(sentence)
        self.edit, self.sentence = edit, sentence


def _reason(edits: Edits, now: Now) -> str | None:
    """What was typed as the reason of a changed state; of an older table what stands there and is not said already."""
    if typed := edits.reasons.get(now.media_id):
        reason: str | None = typed.mine
        return reason
    said = edits.comments.get(now.media_id)
    return said if said != now.comment else None


def _require_untold(edits: Iterable[Edit]) -> None:
    for edit in edits:
        if edit.column in OF_ANSWER:
            raise _Impossible(edit, TO_ANSWER)


def _merge_media(edits: Iterable[Edit], now: Now, place_of: Place, *, same_answer: bool) -> list[Change]:
    changes = []
    for edit in edits:
        if edit.column in POSITION:
            continue
        if edit.column in ANSWER_COLUMNS and not now.is_readable:
            raise _Impossible(edit, NO_SHAPES)
        shape = None
        if edit.shape_id is not None:
            shape = place_of(edit.shape_id, now)
            if shape is None:
                raise _Impossible(edit, GONE)
        theirs = now.cell(edit.column, shape)
        if edit.column == "tags":
            mine = sorted(
                (set(theirs) | (set(edit.mine) - set(edit.base))) - (set(edit.base) - set(edit.mine))
            )
            conflict = False
        else:
            mine = edit.mine
            # Deciding about an answer that nobody saw in this table is no less a conflict.
            unseen = edit.column == "state" and not same_answer
            conflict = unseen or not same_value(edit.column, theirs, edit.base)
        if not same_value(edit.column, mine, theirs):
            changes.append(Change(edit.row, edit.column, edit.base, theirs, mine, conflict, shape))
    return changes


def _merge_position(edits: Iterable[Edit], was: tuple[Value, ...], now: Now) -> list[Change]:
    """Both halves of where a media stands; in a conflict the table's would replace both."""
    edited = [edit for edit in edits if edit.column in POSITION]
    if not edited:
        return []
    mine = {**dict(zip(POSITION, was, strict=True)), **{edit.column: edit.mine for edit in edited}}
    base = dict(zip(POSITION, was, strict=True))
    differing = [column for column in POSITION if not same_value(column, mine[column], now.cells[column])]
    conflict = any(not same_value(column, base[column], now.cells[column]) for column in POSITION)
    return [
        Change(edited[0].row, column, base[column], now.cells[column], mine[column], conflict)
        for column in differing
    ]


def _decides(changes: list[Change], now: Now, comment: str | None, words: Words) -> bool:
    """Whether something is decided by the changes, which can have a reason.

    Raises _Impossible for the first cell that could not be written as the media stands now.
    """
    by_column = {change.column: change for change in changes}
    cells = {**now.cells, **{column: change.new for column, change in by_column.items()}}
    for column in ("lat", "lon"):
        if column in by_column and (cells["lat"] is None) != (cells["lon"] is None):
            raise _Impossible(by_column[column], "lat and lon come together or not at all.")
    if labels := by_column.get("label_classes"):
        try:
            require_compatible(words.by_key[key] for key in labels.new if key in words.by_key)
        except CurationError as problem:
            raise _Impossible(labels, problem.sentence) from None
    submits = any(change.column in ANSWER_COLUMNS for change in changes)
    state = by_column.get("state")
    if not changes or not (submits or state):
        return False
    said = State(state.new) if state is not None else None
    wanted = wanted_after(now.state, said, submits=submits)
    try:
        return require_path(
            now.state, wanted, has_answer=now.annotation is not None, submits=submits, comment=comment
        )
    except CurationError as problem:
        raise _Impossible(state or changes[0], problem.sentence) from None
