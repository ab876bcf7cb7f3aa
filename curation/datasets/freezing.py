"""Freezing a release: everything that a filter shows at one moment, written down item by item.

Its items come a few hundred at a time, each part in a transaction of its own, so that nobody who works meanwhile waits
for long; nobody sees any of them before `frozen_at` is set. A freezing that is killed begins again, as of a new moment.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from curation import jobs
from curation.datasets.items import DatasetItem, to_record
from curation.datasets.records import to_line
from curation.datasets.source import of_filter
from curation.datasets.splits import Split
from curation.datasets.vocabulary import vocabulary_record
from curation.errors import CurationError
from curation.events import record
from curation.kill_points import reached
from curation.media_filter import MediaFilter
from curation.releases import FREEZE_RELEASE, described
from db.clock import database_now
from db.models import Access, Media, Release, ReleaseItem, State
from db.outages import is_away, told
from db.streaming import hold_still
from db.types import Sessions

AT_A_TIME = 500
DELETED_AT_A_TIME = 5_000
BUG = "It could not be frozen because of an error of ours. It was written down for whoever keeps this installation."
# What a decision says about a media is not what the media is: to have looked at it again changes nothing.
OF_REVIEWS = ("split", "reviewer", "decision", "decided_at", "review_comment")

log = logging.getLogger(__name__)


class _Unwanted(Exception):
    """The release was deleted meanwhile, or is frozen already."""


def freeze_release(sessions: Sessions, release_id: int) -> None:
    """The job. Harmless to repeat; one that is frozen, or deleted, is left alone. An outage is waited for."""
    try:
        with jobs.kept_alive(sessions, FREEZE_RELEASE, release_id):
            _clear(sessions, release_id)
            _freeze(sessions, release_id)
    except _Unwanted:
        log.info("release %s is not wanted any more", release_id)
    except Exception as error:  # repeating it helps against an outage alone; whoever asked wants to know why
        if is_away(error):
            raise
        log.warning("release %s was not frozen: %s", release_id, told(error))
        if not isinstance(error, CurationError):
            log.error("that was our own fault", exc_info=error)
        _explain(sessions, release_id, error.sentence if isinstance(error, CurationError) else BUG)


def _clear(sessions: Sessions, release_id: int) -> None:
    """Take away what an attempt that was killed has left."""
    some = select(ReleaseItem.media_id).where(ReleaseItem.release_id == release_id).limit(DELETED_AT_A_TIME)
    while True:
        with sessions() as session:
            _hold(session, release_id)
            gone = delete(ReleaseItem).where(
                ReleaseItem.release_id == release_id, ReleaseItem.media_id.in_(some)
            )
            if len(session.execute(gone.returning(ReleaseItem.media_id)).all()) < DELETED_AT_A_TIME:
                return


def _freeze(sessions: Sessions, release_id: int) -> None:
    with sessions(read_only=True) as session:
        # Asked for before: what comes in between is in what has changed since this moment, not in nothing.
        frozen_at = database_now(session)
    with sessions(read_only=True) as session:
        hold_still(session)
        release = session.get_one(Release, release_id)
        access = session.get_one(Access, release.access_id)
        split = Split.from_payload(release.split) if release.split is not None else None
        dataset = of_filter(session, access, MediaFilter.from_query(release.filter), split=split)
        in_scope, counts = dataset.count(), Counts()
        # Frozen for everybody: what its maker may not see would be in there for its maker too.
        for _item in dataset.to_answer():
            counts.leave_out("to_answer")
        walk = dataset.items()
        while items := list(islice(walk, AT_A_TIME)):
            kept = [item for item in items if counts.take(item)]
            rows = _rows(session, release_id, counts.media - len(kept), kept)
            with sessions() as writing:
                held = _hold(writing, release_id)
                if rows:
                    writing.execute(insert(ReleaseItem), rows)
                held.counts = {"done": counts.seen, "in_scope": in_scope}
            reached("release.part")
        vocabulary = vocabulary_record(dataset.vocabulary)
    with sessions() as session:
        held = _hold(session, release_id)
        held.counts, held.vocabulary, held.sha256 = counts.to_payload(), vocabulary, counts.sha256
        held.frozen_at, held.error = frozen_at, None
        record(session, session.get_one(Access, held.access_id), "release_frozen", described(held))


def _hold(session: Session, release_id: int) -> Release:
    release = session.get(Release, release_id, with_for_update=True)
    if release is None or release.frozen_at is not None:
        raise _Unwanted
    return release


def give_up_release(session: Session, release_id: int, error: Exception) -> bool:
    """Its job is tried no more: say so, unless it is frozen. Whoever asked may ask for the same name again."""
    release = session.get(Release, release_id, with_for_update=True)
    if release is None or release.frozen_at is not None:
        return False
    _fail(session, release, jobs.AWAY_TOO_LONG if is_away(error) else BUG)
    return True


def _explain(sessions: Sessions, release_id: int, sentence: str) -> None:
    with sessions() as session:
        release = session.get(Release, release_id, with_for_update=True)
        if release is not None and release.frozen_at is None:
            _fail(session, release, sentence)


def _fail(session: Session, release: Release, sentence: str) -> None:
    release.error = sentence
    access = session.get_one(Access, release.access_id)
    record(session, access, "release_failed", {**described(release), "why": sentence})


def _rows(
    session: Session, release_id: int, first: int, items: Sequence[DatasetItem]
) -> list[dict[str, Any]]:
    media_ids = [item.media_id for item in items]
    rows = session.execute(select(Media.id, Media.changed_at).where(Media.id.in_(media_ids)))
    changed_at = {row.id: row.changed_at for row in rows}
    return [
        {
            "release_id": release_id,
            "media_id": item.media_id,
            "position": position,
            "annotation_id": item.answer.id if item.answer is not None else None,
            "state": item.state,
            "split": item.split,
            "changed_at": changed_at[item.media_id],
            "record": _record(item),
        }
        for position, item in enumerate(items, start=first)
    ]


def _record(item: DatasetItem) -> dict[str, Any]:
    """What is kept of an item, and by what comparing tells what of it has changed."""
    record = to_record(item)
    media = {name: value for name, value in record.items() if name not in OF_REVIEWS}
    record["media_sha256"] = _digest(media)
    if item.answer is not None:
        answer = item.answer
        shapes = sorted(
            json.dumps([shape.label_class, shape.x_min, shape.y_min, shape.x_max, shape.y_max, shape.points])
            for shape in answer.shapes
        )
        said = [answer.readable, shapes, sorted(answer.label_classes), sorted(answer.replies)]
        # A file that nobody here can read is like no other.
        record["answer_sha256"] = _digest(said if answer.readable else answer.id)
    return record


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


class Counts:
    """The sums of a release, and the SHA-256 of its items as lines of JSON."""

    def __init__(self) -> None:
        self.seen = self.media = self.shapes = self.answered = self.size = 0
        self._states: Counter[str] = Counter()
        self._splits: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._label_classes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._hash = hashlib.sha256()

    def leave_out(self, why: str) -> None:
        """Count an item that does not become part of the release."""
        self.seen += 1
        self._left_out[why] += 1

    def take(self, item: DatasetItem) -> bool:
        """Whether the item becomes part of the release; it is counted either way."""
        if item.sha256 is None or item.state in (State.AWAITING_CONTENT, State.WITHDRAWN):
            self.leave_out("no_content" if item.state != State.WITHDRAWN else "withdrawn")
            return False
        self.seen += 1
        self.media += 1
        self.size += item.size or 0
        self._states[item.state.value] += 1
        if item.split is not None:
            self._splits[item.split] += 1
        if item.answer is not None:
            self.answered += 1
            self.shapes += len(item.answer.shapes)
            for shape in item.answer.shapes:
                self._label_classes[shape.label_class]["shapes"] += 1
            named = {shape.label_class for shape in item.answer.shapes} | set(item.answer.label_classes)
            for key in named:
                self._label_classes[key]["media"] += 1
        self._hash.update(to_line(item))
        return True

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def to_payload(self) -> dict[str, Any]:
        return {
            "in_scope": self.seen,
            "media": self.media,
            "left_out": dict(sorted(self._left_out.items())),
            "answered": self.answered,
            "shapes": self.shapes,
            "bytes": self.size,
            "states": dict(sorted(self._states.items())),
            "splits": dict(sorted(self._splits.items())),
            "label_classes": {
                key: {"media": sums["media"], "shapes": sums["shapes"]}
                for key, sums in sorted(self._label_classes.items())
            },
        }
