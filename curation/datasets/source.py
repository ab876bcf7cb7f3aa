"""What an export is made of: the media of a filter, or of a release, walked through as often as a format needs.

Everything is read from one session that was held still before (`db.streaming.hold_still`): each walk sees the same
media with the same answers, in the same order, a few hundred at a time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session, aliased

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.browse import conditions
from curation.csv_columns import Content, LastReview, Place, Reviewer, Uploader
from curation.datasets.answers import Answers
from curation.datasets.items import DatasetAnswer, DatasetItem, Vocabulary, from_record
from curation.datasets.since import Since, changed, sent_already, tombstones
from curation.datasets.splits import Assignment, Split
from curation.datasets.vocabulary import kept_vocabulary, numbered_as_in, read_vocabulary
from curation.errors import ReleaseNotFound
from curation.media_filter import MediaFilter
from curation.tags import tags_by_media
from db.models import Access, Media, Release, ReleaseItem, State
from db.streaming import be_patient, stream_rows
from db.types import AnyRow, AnySelect

AT_A_TIME = 500


class Dataset(ABC):
    """Media with their answers as of one moment; `vocabulary` says what their label classes are called."""

    vocabulary: Vocabulary

    def __init__(self) -> None:
        # Called now and then while much is read of which nothing is handed out; it may raise.
        self.still_wanted: Callable[[], None] = lambda: None

    @abstractmethod
    def items(self, split: str | None = None) -> Iterator[DatasetItem]:
        """A walk through all of it, or one split of it: the same items in the same order each time, in the memory of
        a few hundred. Tombstones come last; they are in no split, and are left out when one is asked for."""

    @abstractmethod
    def is_split(self) -> bool:
        """Whether each item is in a split."""

    @abstractmethod
    def count(self) -> int:
        """How many items are in scope, tombstones aside: those of a walk, and those `to_answer`. Of changes since a
        release about so many: what was changed and changed back, and what is on another side, the walk alone tells."""

    @abstractmethod
    def to_answer(self) -> Iterator[DatasetItem]:
        """What walks leave out because whoever asked shall answer it blind (`looks`), as if nobody had answered it."""

    @abstractmethod
    def moved(self) -> int:
        """How many media of the release since which these are the changes are here on another side of the split."""

    @abstractmethod
    def withheld(self, media_ids: Sequence[int]) -> AbstractSet[int]:
        """Those of some media whose pictures are not handed out any more, though the dataset still has them."""


def of_filter(
    session: Session,
    access: Access,
    wanted: MediaFilter,
    *,
    split: Split | None = None,
    since: Since | None = None,
) -> Dataset:
    """What a filter shows to an access at this moment, by id: of a list's order nothing is left, so that the same
    media are the same bytes. With `since` only what has changed, and tombstones. What the access has to answer blind is
    left out: shown as it is it would give the answer away, shown without one it would be a lie. Raises NotAllowed.
    """
    require_scope(access, *PEOPLE)
    be_patient(session)
    given = list(looks.given_looks(session, access))
    return _OfFilter(session, wanted, conditions(access, wanted), split, since, given)


def of_release(session: Session, access: Access, release_id: int, *, since: Since | None = None) -> Dataset:
    """A release as it was frozen; with `since` only what it has that is new, and tombstones.

    Without what the access has to answer blind, as in `of_filter`. Raises NotAllowed, ReleaseNotFound.
    """
    require_scope(access, *PEOPLE)
    release = session.get(Release, release_id)
    if release is None or release.frozen_at is None:
        raise ReleaseNotFound(f"There is no release {release_id}.")
    be_patient(session)
    return _OfRelease(session, release, since, list(looks.given_looks(session, access)))


class _OfFilter(Dataset):
    def __init__(
        self,
        session: Session,
        wanted: MediaFilter,
        matching: Sequence[ColumnElement[bool]],
        split: Split | None,
        since: Since | None,
        given: Sequence[int],
    ) -> None:
        super().__init__()
        self._session = session
        self._wanted = wanted
        self._given = given
        self._matching = matching
        self._since = since
        self._changed = changed(since, wanted) if since is not None else []
        self._shown = [*matching, *self._changed]
        base = since.release_id if since is not None else None
        self._assigned = None
        if split is not None:
            self._assigned = Assignment(session, split, base, still_wanted=self._go_on)
        self._answers = Answers(session)
        shown = read_vocabulary(session, [*matching, *_none_of(Media.id, given)])
        self.vocabulary = numbered_as_in(session, base, shown)

    def _go_on(self) -> None:
        self.still_wanted()  # as somebody has set it by then

    def items(self, split: str | None = None) -> Iterator[DatasetItem]:
        yield from self._walk(_none_of(Media.id, self._given), split)
        if split is None:
            yield from (item for item in self._tombstones() if item.media_id not in self._given)

    def to_answer(self) -> Iterator[DatasetItem]:
        if self._given:
            yield from map(_as_if_new, self._walk([Media.id.in_(self._given)]))
            yield from (_as_if_new(item) for item in self._tombstones() if item.media_id in self._given)

    def _walk(self, these: Sequence[ColumnElement[bool]], split: str | None = None) -> Iterator[DatasetItem]:
        changed = self._items(self._rows([*self._shown, *these]), split)
        moved = self._items(self._moved_rows(these), split)
        yield from merge(changed, moved, key=lambda item: item.media_id)

    def _rows(self, these: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[AnyRow]]:
        return stream_rows(self._session, _media_rows(these), AT_A_TIME)

    def _moved_rows(self, these: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[AnyRow]]:
        """Media that are to be sent only because they are on another side than in the release."""
        for media_ids in self._moved():
            alone = [*self._matching, not_(and_(*self._changed)), *these, Media.id.in_(media_ids)]
            yield self._session.execute(_media_rows(alone)).all()

    def _moved(self) -> Iterator[Sequence[int]]:
        moved = self._assigned.moved if self._assigned is not None else ()
        for start in range(0, len(moved), AT_A_TIME):
            yield list(moved[start : start + AT_A_TIME])

    def _items(self, read: Iterator[Sequence[AnyRow]], split: str | None) -> Iterator[DatasetItem]:
        for rows in read:
            splits = {row.id: self._assigned.of(row.id) for row in rows} if self._assigned is not None else {}
            kept = [row for row in rows if split is None or splits.get(row.id) == split]
            answers = self._answers.read(row.current_annotation_id for row in kept)
            found = _items(kept, answers, tags_by_media(self._session, [row.id for row in kept]))
            items = [item.in_split(splits[item.media_id]) if splits else item for item in found]
            sent = sent_already(self._session, self._since, items) if self._since is not None else ()
            yield from (item for item in items if item.media_id not in sent)

    def _tombstones(self) -> Iterator[DatasetItem]:
        if self._since is not None:
            yield from tombstones(self._session, self._since, self._wanted, self._matching)

    def is_split(self) -> bool:
        return self._assigned is not None

    def count(self) -> int:
        return self._session.scalar(select(func.count()).select_from(Media).where(*self._shown)) or 0

    def moved(self) -> int:
        seen = [*self._matching, *_none_of(Media.id, self._given)]
        counted = select(func.count()).select_from(Media).where(*seen)
        return sum(
            self._session.scalar(counted.where(Media.id.in_(media_ids))) or 0 for media_ids in self._moved()
        )

    def withheld(self, media_ids: Sequence[int]) -> AbstractSet[int]:
        return frozenset()


class _OfRelease(Dataset):
    def __init__(self, session: Session, release: Release, since: Since | None, given: Sequence[int]) -> None:
        super().__init__()
        self._session = session
        self._given = given
        self._release = release
        self._since = since
        self._shown = [ReleaseItem.release_id == release.id]
        if since is not None:
            self._shown += changed(since, release)
        self._answers = Answers(session)
        base = since.release_id if since is not None else None
        self.vocabulary = numbered_as_in(session, base, kept_vocabulary(release.vocabulary))

    def items(self, split: str | None = None) -> Iterator[DatasetItem]:
        yield from self._walk(_none_of(ReleaseItem.media_id, self._given), split)
        if split is None:
            yield from (item for item in self._tombstones() if item.media_id not in self._given)

    def to_answer(self) -> Iterator[DatasetItem]:
        if self._given:
            yield from map(_as_if_new, self._walk([ReleaseItem.media_id.in_(self._given)]))
            yield from (_as_if_new(item) for item in self._tombstones() if item.media_id in self._given)

    def _walk(self, these: Sequence[ColumnElement[bool]], split: str | None = None) -> Iterator[DatasetItem]:
        rows = select(ReleaseItem.annotation_id, ReleaseItem.record).where(*self._shown, *these)
        if split is not None:
            rows = rows.where(ReleaseItem.split == split)
        for batch in stream_rows(self._session, rows.order_by(ReleaseItem.position), AT_A_TIME):
            answers = self._answers.read(row.annotation_id for row in batch)
            for row in batch:
                yield from_record(row.record, answers.get(row.annotation_id))

    def _tombstones(self) -> Iterator[DatasetItem]:
        if self._since is not None:
            wanted = MediaFilter.from_query(self._release.filter)
            yield from tombstones(self._session, self._since, wanted, self._release)

    def is_split(self) -> bool:
        return self._release.split is not None

    def count(self) -> int:
        return self._session.scalar(select(func.count()).select_from(ReleaseItem).where(*self._shown)) or 0

    def moved(self) -> int:
        if self._since is None or self._since.release_id is None:
            return 0
        before = aliased(ReleaseItem)
        counted = (
            select(func.count())
            .select_from(ReleaseItem)
            .join(before, before.media_id == ReleaseItem.media_id)
            .where(
                ReleaseItem.release_id == self._release.id,
                before.release_id == self._since.release_id,
                before.split != ReleaseItem.split,
                *_none_of(ReleaseItem.media_id, self._given),
            )
        )
        return self._session.scalar(counted) or 0

    def withheld(self, media_ids: Sequence[int]) -> AbstractSet[int]:
        wanted = select(Media.id).where(Media.id.in_(media_ids), Media.state == State.WITHDRAWN)
        return set(self._session.scalars(wanted))


def _none_of(column: Any, given: Sequence[int]) -> list[ColumnElement[bool]]:
    return [column.not_in(given)] if given else []


def _as_if_new(item: DatasetItem) -> DatasetItem:
    return replace(
        item,
        state=State.NEW,
        answer=None,
        reviewer=None,
        decision=None,
        decided_at=None,
        review_comment=None,
    )


def _media_rows(matching: Sequence[ColumnElement[bool]]) -> AnySelect:
    return (
        select(
            Media.id,
            Media.type,
            Media.state,
            Media.file_name,
            Content.sha256,
            Content.bucket_key,
            Content.content_type,
            Content.size,
            Content.width,
            Content.height,
            Content.orientation,
            Content.duration,
            Place.name,
            Media.azimuth,
            Media.lat,
            Media.lon,
            Media.sequence,
            Media.captured_at,
            Media.captured_at_assumed,
            Media.created_at,
            Uploader.login,
            Media.score,
            Media.extracted_from_id,
            Media.extracted_at,
            Reviewer.login,
            LastReview.decision,
            LastReview.created_at,
            LastReview.comment,
            Content.frame_rate,
            Content.codec,
            Media.current_annotation_id,
        )
        .outerjoin(Content, Content.id == Media.blob_id)
        .outerjoin(Place, Place.id == Media.source_id)
        .join(Uploader, Uploader.id == Media.uploaded_by_id)
        .outerjoin(LastReview, LastReview.id == Media.last_review_id)
        .outerjoin(Reviewer, Reviewer.id == LastReview.access_id)
        .where(*matching)
        .order_by(Media.id)
    )


def _items(
    rows: Sequence[AnyRow], answers: Mapping[int, DatasetAnswer], tags: Mapping[int, list[str]]
) -> Iterator[DatasetItem]:
    for row in rows:
        known = tuple(row)
        decision = known[25].value if known[25] is not None else None
        reviewed = (*known[22:25], decision, *known[26:28])
        answer = answers.get(known[30])
        # As the fields of an item follow one another; it is in no split yet, and not removed.
        values: tuple[Any, ...] = (
            *known[:10],
            known[10] or 1,
            *known[11:22],
            tuple(tags[row.id]),
            *reviewed,
            answer,
            None,
            None,
            *known[28:30],
        )
        yield DatasetItem(*values)
