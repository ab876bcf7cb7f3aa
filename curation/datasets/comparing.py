"""What differs between two releases: counts, and each media as a line of CSV.

Both are frozen, and what the history said when the second was made is what it says for ever: the same two always
differ in the same. Nothing is read into memory but a few hundred media at a time.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.csv_columns import APOSTROPHE, FORMULA_STARTS
from curation.datasets.answers import Answers
from curation.datasets.items import DatasetAnswer
from curation.datasets.since import NO_LONGER_MATCHES, standing_at
from curation.errors import ReleaseNotFound, WrongState
from curation.exports import UTF8_BOM
from db.models import Access, Release, ReleaseItem
from db.streaming import be_patient, stream_rows
from db.types import AnyRow, AnySelect

AT_A_TIME = 500
COLUMNS = (
    *("change", "media_id", "file_name", "sha256", "why", "split_before", "split_after"),
    *("state_before", "state_after", "label_classes_before", "label_classes_after"),
)
Before, After = aliased(ReleaseItem, name="before"), aliased(ReleaseItem, name="after")


@dataclass(frozen=True)
class Comparison:
    """How many media differ from one release to another.

    Those that are not there any more are `withdrawn` or `removed` for another reason. Of those in both, a media is
    `relabelled` when its answer says something else, `moved` when it is in another split, `edited` when anything else
    that is told of it has changed, its state too; it can be several of these. `unchanged` are none.
    """

    release_id: int
    other_id: int
    before: int
    after: int
    added: int
    removed: int
    withdrawn: int
    relabelled: int
    moved: int
    edited: int
    unchanged: int


def compare_releases(session: Session, access: Access, release_id: int, other_id: int) -> Comparison:
    """What came from the first release to the other. Raises ReleaseNotFound, WrongState for one not yet frozen."""
    first, second = _both(session, access, release_id, other_id)
    be_patient(session)
    relabelled, moved, edited = _relabelled(), _moved(), _edited()
    both = session.execute(
        select(
            func.count(),
            *(func.count().filter(one) for one in (relabelled, moved, edited)),
            func.count().filter(or_(relabelled, moved, edited)),
        )
        .select_from(Before)
        .join(After, and_(After.media_id == Before.media_id, After.release_id == second.id))
        .where(Before.release_id == first.id)
    ).one()
    in_both, differing = both[0], both[4]
    why: Counter[str] = Counter()
    for rows in stream_rows(session, _only(first, second), AT_A_TIME):
        reasons = standing_at(session, [row.media_id for row in rows], second.frozen_at)
        why.update("withdrawn" if reasons.get(row.media_id) == "withdrawn" else "removed" for row in rows)
    after = _count(session, second)
    return Comparison(
        release_id=first.id,
        other_id=second.id,
        before=_count(session, first),
        after=after,
        added=after - in_both,
        removed=why["removed"],
        withdrawn=why["withdrawn"],
        relabelled=both[1],
        moved=both[2],
        edited=both[3],
        unchanged=in_both - differing,
    )


class Differences(Iterator[bytes]):
    """Chunks of CSV, a line for each change of a media; `rows` is the number of lines handed out so far.

    Media that are `unseen` have none: what has changed of them says what was answered.
    """

    def __init__(self, session: Session, first: Release, second: Release, unseen: Collection[int]) -> None:
        self.rows = 0
        self._session = session
        self._answers = Answers(session)
        self._first, self._second = first, second
        self._unseen = list(unseen)
        self._chunks = self._written()

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Stop the database where it is."""
        self._chunks.close()

    def _written(self) -> Generator[bytes]:
        yield UTF8_BOM + _line(COLUMNS)
        for rows in self._seen(_only(self._first, self._second)):
            reasons = standing_at(self._session, [row.media_id for row in rows], self._second.frozen_at)
            answers = self._answers.read(row.annotation_id for row in rows)
            yield self._lines(
                _gone(row, reasons.get(row.media_id, NO_LONGER_MATCHES), answers.get(row.annotation_id))
                for row in rows
            )
        for rows in self._seen(_only(self._second, self._first)):
            answers = self._answers.read(row.annotation_id for row in rows)
            yield self._lines(_come(row, answers.get(row.annotation_id)) for row in rows)
        for rows in self._seen(_changed(self._first, self._second)):
            wanted = [number for row in rows for number in (row.annotation_before, row.annotation_after)]
            answers = self._answers.read(wanted)
            yield self._lines(line for row in rows for line in _differing(row, answers))

    def _seen(self, wanted: AnySelect) -> Iterator[Sequence[AnyRow]]:
        if self._unseen:
            wanted = wanted.where(Before.media_id.not_in(self._unseen))
        return stream_rows(self._session, wanted, AT_A_TIME)

    def _lines(self, lines: Iterator[Sequence[Any]]) -> bytes:
        written = [_line(line) for line in lines]
        self.rows += len(written)
        return b"".join(written)


def list_differences(session: Session, access: Access, release_id: int, other_id: int) -> Differences:
    """Every media that differs from the first release to the other: removed ones, added ones, changed ones, by id.

    A media that changed in two ways has two lines; one that the access has to answer blind has none, though it is
    counted by `compare_releases`. Raises as that does.
    """
    first, second = _both(session, access, release_id, other_id)
    be_patient(session)
    return Differences(session, first, second, looks.given_looks(session, access))


def _both(session: Session, access: Access, release_id: int, other_id: int) -> tuple[Release, Release]:
    require_scope(access, *PEOPLE)
    found = []
    for number in (release_id, other_id):
        release = session.get(Release, number)
        if release is None:
            raise ReleaseNotFound(f"There is no release {number}.")
        if release.frozen_at is None:
            raise WrongState(f"The release “{release.name}” is not frozen yet.")
        found.append(release)
    return found[0], found[1]


def _count(session: Session, release: Release) -> int:
    counted = select(func.count()).select_from(ReleaseItem).where(ReleaseItem.release_id == release.id)
    return session.scalar(counted) or 0


def _said(side: Any, name: str) -> ColumnElement[Any]:
    said: ColumnElement[Any] = side.record[name].as_string()
    return said


def _relabelled() -> ColumnElement[bool]:
    return and_(
        Before.annotation_id.is_distinct_from(After.annotation_id),
        _said(Before, "answer_sha256").is_distinct_from(_said(After, "answer_sha256")),
    )


def _moved() -> ColumnElement[bool]:
    return Before.split.is_distinct_from(After.split)


def _edited() -> ColumnElement[bool]:
    return _said(Before, "media_sha256").is_distinct_from(_said(After, "media_sha256"))


def _only(here: Release, not_there: Release) -> Any:
    return (
        select(Before.media_id, Before.annotation_id, Before.state, Before.split, Before.record)
        .outerjoin(After, and_(After.media_id == Before.media_id, After.release_id == not_there.id))
        .where(Before.release_id == here.id, After.media_id.is_(None))
        .order_by(Before.media_id)
    )


def _changed(first: Release, second: Release) -> Any:
    relabelled, moved, edited = _relabelled(), _moved(), _edited()
    return (
        select(
            Before.media_id,
            After.record,
            Before.split.label("split_before"),
            After.split.label("split_after"),
            Before.state.label("state_before"),
            After.state.label("state_after"),
            Before.annotation_id.label("annotation_before"),
            After.annotation_id.label("annotation_after"),
            relabelled.label("relabelled"),
            moved.label("moved"),
            edited.label("edited"),
        )
        .join(After, and_(After.media_id == Before.media_id, After.release_id == second.id))
        .where(Before.release_id == first.id, or_(relabelled, moved, edited))
        .order_by(Before.media_id)
    )


def _gone(row: AnyRow, why: str, answer: DatasetAnswer | None) -> Sequence[Any]:
    change = "withdrawn" if why == "withdrawn" else "removed"
    before = (row.split, None, row.state.value, None, _classes(answer), None)
    return (change, row.media_id, *_named(row.record), why, *before)


def _come(row: AnyRow, answer: DatasetAnswer | None) -> Sequence[Any]:
    after = (None, row.split, None, row.state.value, None, _classes(answer))
    return ("added", row.media_id, *_named(row.record), None, *after)


def _differing(row: AnyRow, answers: dict[int, DatasetAnswer]) -> Iterator[Sequence[Any]]:
    told = (
        *(row.media_id, *_named(row.record), None, row.split_before, row.split_after),
        *(row.state_before.value, row.state_after.value),
        *(_classes(answers.get(number)) for number in (row.annotation_before, row.annotation_after)),
    )
    for change in ("relabelled", "moved", "edited"):
        if getattr(row, change):
            yield (change, *told)


def _named(record: dict[str, Any]) -> tuple[Any, Any]:
    return record.get("file_name"), record.get("sha256")


def _classes(answer: DatasetAnswer | None) -> str | None:
    """“wildfire 2; fog”: the label classes of shapes with how many there are, then those of the whole media."""
    if answer is None:
        return None
    drawn = Counter(shape.label_class for shape in answer.shapes)
    return "; ".join([*(f"{key} {number}" for key, number in sorted(drawn.items())), *answer.label_classes])


def _line(cells: Sequence[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(_harmless(cell) for cell in cells)
    return line.getvalue().encode()


def _harmless(cell: Any) -> Any:
    """Text that begins like a formula gets an apostrophe, as in other exports."""
    if isinstance(cell, str) and cell and ord(cell[0]) in (*FORMULA_STARTS, APOSTROPHE):
        return f"'{cell}"
    return cell
