"""Which media an export shows the pixels of, and whether those may still be handed out.

Their ids stand in an object of their own beside the file. Few media are withdrawn in the days that an export is kept:
those are asked for first, and only when there are some is the object read.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from curation.datasets.asking import UNDER_WAY
from curation.datasets.files import shown_key
from curation.datasets.id_files import IdFile, read_ids
from curation.datasets.items import DatasetItem
from curation.datasets.options import ExportOptions
from curation.errors import Unavailable, WrongState
from db.models import Export, ExportState, Media, Review, State
from db.types import Sessions
from storage import Bucket
from storage.errors import ObjectMissing

# An act begun just before an export froze its moment may have been finished after it, or by a clock that is behind.
BEFORE = timedelta(minutes=10)
NOT_YET = "Media were withdrawn or deleted while this export is being made. It can be read when it is ready."
PURGED = (
    "The file of this export was deleted: it has pictures that were deleted for good since. Ask for it again."
)


class ShownMedia:
    """The media that go into an export with their pixels; close it, or use it in a `with`."""

    def __init__(self, sessions: Sessions, folder: Path) -> None:
        self._sessions = sessions
        self._ids = IdFile(folder)

    def withdrawn(self, items: Sequence[DatasetItem]) -> AbstractSet[int]:
        """Those of some that were withdrawn since they were frozen: their pixels are not to be read any more."""
        ids = [item.media_id for item in items if item.state != State.WITHDRAWN]
        with self._sessions(read_only=True) as session:
            wanted = select(Media.id).where(Media.id.in_(ids), Media.state == State.WITHDRAWN)
            return set(session.scalars(wanted))

    def note(self, item: DatasetItem) -> None:
        """That its pixels go into the export. Withdrawn already it was asked for as such, by an admin: less than 0."""
        withdrawn = item.state == State.WITHDRAWN
        self._ids.add(-item.media_id if withdrawn else item.media_id)

    def put(self, bucket: Bucket, bucket_key: str) -> None:
        """Store what was noted beside the file of the export."""
        self._ids.put(bucket, shown_key(bucket_key))

    def close(self) -> None:
        self._ids.close()

    def __enter__(self) -> ShownMedia:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def withdrawals_since(session: Session, frozen_at: datetime) -> int:
    """How many acts of withdrawing there are of those that may have come after an export froze its moment.

    Acts are never deleted: there are as many later as the moment itself has, unless one came after it.
    """
    acts = select(func.count()).where(
        Review.state_after == State.WITHDRAWN, Review.created_at >= frozen_at - BEFORE
    )
    return session.scalar(acts) or 0


def require_handed_out(sessions: Sessions, bucket: Bucket, export_id: int) -> None:
    """Raises WrongState when media whose pixels an export shows were withdrawn since, Unavailable while it is made and
    nobody can tell."""
    with sessions(read_only=True) as session:
        export = session.get_one(Export, export_id)
        if export.frozen_at is None or not _shows_pixels(export):
            return
        gone = _gone_since(session, export.frozen_at)
        if not gone.withdrawn and not gone.purged:
            return
        under_way = export.state in UNDER_WAY
        known = under_way and withdrawals_since(session, export.frozen_at) == (export.withdrawals_known or 0)
    if under_way:
        if gone.purged or not known:
            raise Unavailable(NOT_YET)
        return
    if export.bucket_key is not None and (number := _count(bucket, export.bucket_key, gone)):
        raise WrongState(
            f"{number} media whose pictures are in this export were withdrawn since. Ask for it again.",
            state=export.state.value,
        )


def expire_purged(sessions: Sessions, bucket: Bucket) -> int:
    """End the exports that show pixels of what was deleted for good since. Returns how many."""
    with sessions(read_only=True) as session:
        kept = session.scalars(select(Export).where(Export.state == ExportState.READY)).all()
    return sum(_expire_if_purged(sessions, bucket, export) for export in kept if _shows_pixels(export))


def _expire_if_purged(sessions: Sessions, bucket: Bucket, export: Export) -> bool:
    if export.frozen_at is None or export.bucket_key is None:
        return False
    with sessions(read_only=True) as session:
        purged = _Gone(frozenset(), _gone_since(session, export.frozen_at).purged)
    if not purged.purged or not _count(bucket, export.bucket_key, purged):
        return False
    with sessions() as session:
        ended = session.execute(
            update(Export)
            .where(Export.id == export.id, Export.state == ExportState.READY)
            .values(state=ExportState.EXPIRED, bucket_key=None, error=PURGED)
            .returning(Export.id)
        )
        return ended.first() is not None


@dataclass(frozen=True)
class _Gone:
    """Media that nobody is shown any more, by id."""

    withdrawn: AbstractSet[int]
    purged: AbstractSet[int]


def _gone_since(session: Session, moment: datetime) -> _Gone:
    withdrawn = (
        select(Media.id)
        .join(Review, Review.id == Media.last_review_id)
        .where(Media.state == State.WITHDRAWN, Review.created_at >= moment - BEFORE)
    )
    purged = select(Media.id).where(Media.state == State.WITHDRAWN, Media.purged_at >= moment - BEFORE)
    return _Gone(set(session.scalars(withdrawn)), set(session.scalars(purged)))


def _count(bucket: Bucket, bucket_key: str, gone: _Gone) -> int:
    """How many of them an export shows."""
    try:
        return sum(
            number in gone.withdrawn or abs(number) in gone.purged
            for ids in read_ids(bucket, shown_key(bucket_key))
            for number in ids
        )
    except ObjectMissing:  # then it may be any of them
        return len(gone.withdrawn | gone.purged)


def _shows_pixels(export: Export) -> bool:
    return ExportOptions.from_payload(export.options).reads_bucket
