"""What has changed since a release, or since a moment: what is sent again, and tombstones for the rest.

A release remembers what it held, so that nothing is missed and nothing is said of media that it never had. Of a moment
the history tells in which state a media was then, and nothing else of what it looked like: whoever was sent nothing of
a media may be told that it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from curation.datasets.items import DatasetItem, from_record
from curation.datasets.shown_then import ShownThen, unchanging
from curation.errors import Refused
from curation.media_filter import MediaFilter
from curation.states import LISTED_STATES, LIVE_STATES
from db.media_queries import media_acted_on
from db.models import (
    Access,
    Annotation,
    Blob,
    Decision,
    Media,
    NearTwin,
    Release,
    ReleaseItem,
    Review,
    State,
    TwinDecision,
)
from db.queries import is_answer
from db.streaming import stream_rows
from db.types import AnyRow, AnySelect

AT_A_TIME = 500
# A change bears the time at which it was begun: one that was on its way at a moment is sent once more.
ON_ITS_WAY = timedelta(seconds=15)

REMOVED = {
    State.WITHDRAWN: "withdrawn",
    State.REJECTED: "rejected",
    State.SENT_BACK: "sent_back",
}
REMOVED_BY = {Decision.REOPENED: "reopened", Decision.UNDONE: "undone"}
NO_LONGER_MATCHES = "no_longer_matches"


@dataclass(frozen=True)
class Since:
    """Where an increment begins: a release, or a moment; exactly one of them. Raises Refused."""

    release_id: int | None = None
    moment: datetime | None = None

    def __post_init__(self) -> None:
        if (self.release_id is None) == (self.moment is None):
            raise Refused("Changes are since a release or since a moment.")


def changed(since: Since, of: MediaFilter | Release) -> list[ColumnElement[bool]]:
    """What must hold of a media of this filter, or of an item of this release, to be sent again.

    Since a release it also holds of media that were changed and changed back: `sent_already` tells which.
    """
    if isinstance(of, Release):
        return [_changed_item(since, MediaFilter.from_query(of.filter))]
    return [_changed_media(since, of)]


def sent_already(session: Session, since: Since, items: Sequence[DatasetItem]) -> set[int]:
    """Those of these media that the release of `since` has as they are: changed, and changed back.

    In which split an item is counts where it is in one.
    """
    if since.release_id is None:
        return set()  # of a moment nobody knows what they looked like
    had = select(ReleaseItem.media_id, ReleaseItem.annotation_id, ReleaseItem.record).where(
        ReleaseItem.release_id == since.release_id,
        ReleaseItem.media_id.in_([item.media_id for item in items]),
    )
    before = {
        row.media_id: (row.annotation_id, from_record(row.record, None)) for row in session.execute(had)
    }
    found = set()
    for item in items:
        annotation_id, known = before.get(item.media_id, (None, None))
        if known is None or annotation_id != (item.answer.id if item.answer is not None else None):
            continue
        if replace(item, answer=None, split=item.split or known.split) == known:
            found.add(item.media_id)
    return found


def tombstones(
    session: Session, since: Since, wanted: MediaFilter, kept: Sequence[ColumnElement[bool]] | Release
) -> Iterator[DatasetItem]:
    """What was in the dataset of `wanted` and is `kept` no more, by id: neither by what must hold of a media, nor in
    a release. `removed` says why, as of the session's moment, or that of the release.

    Of what a release held, only what was in that dataset too (`shown_then`). From one release to another
    it is all that the first has and the second has not.
    """
    until = kept.frozen_at if isinstance(kept, Release) else None
    gone = _gone(kept)
    if since.release_id is not None:
        was = (
            select(ReleaseItem.media_id, ReleaseItem.annotation_id, ReleaseItem.record)
            .join(Media, Media.id == ReleaseItem.media_id)
            .where(ReleaseItem.release_id == since.release_id, gone)
            .order_by(ReleaseItem.media_id)
        )
    else:
        assert since.moment is not None
        was = (
            select(
                Media.id.label("media_id"),
                Media.type,
                Media.file_name,
                Media.created_at,
                Access.login,
                Blob.sha256,
            )
            .join(Access, Access.id == Media.uploaded_by_id)
            .outerjoin(Blob, Blob.id == Media.blob_id)
            .where(Media.created_at <= since.moment, *unchanging(wanted), _changed_media(since, wanted), gone)
            .order_by(Media.id)
        )
    shown = None
    if since.release_id is not None and until is None:
        shown = ShownThen(session, wanted, session.get_one(Release, since.release_id))
    for rows in stream_rows(session, was, AT_A_TIME):
        media_ids = [row.media_id for row in rows]
        now = _standing(session, media_ids, until)
        before = _standing(session, media_ids, since.moment) if since.moment is not None else {}
        had = shown.of(rows) if shown is not None else set(media_ids)
        for row in rows:
            state, decision = now.get(row.media_id, (State.NEW, None))
            if row.media_id not in had:
                continue
            if since.release_id is not None:
                item = from_record(row.record, None)
            elif before.get(row.media_id, (State.NEW, None))[0] in (wanted.state or LISTED_STATES):
                item = _bare(row, state)
            else:
                continue
            yield replace(item, state=state, removed=why_removed(state, decision))


def why_removed(state: State, decision: Decision | None) -> str:
    """Why a media is not in a dataset any more, from where it stands and the decision that brought it there."""
    if state in REMOVED:
        return REMOVED[state]
    return REMOVED_BY.get(decision, NO_LONGER_MATCHES) if decision is not None else NO_LONGER_MATCHES


def standing_at(session: Session, media_ids: Sequence[int], until: datetime | None) -> dict[int, str]:
    """Why each of these media is in no dataset of that moment; what nobody has acted on is not there."""
    return {
        media_id: why_removed(*standing)
        for media_id, standing in _standing(session, media_ids, until).items()
    }


def _changed_media(since: Since, wanted: MediaFilter) -> ColumnElement[bool]:
    if since.release_id is not None:
        return ~exists().where(
            ReleaseItem.release_id == since.release_id,
            ReleaseItem.media_id == Media.id,
            ReleaseItem.annotation_id.is_not_distinct_from(Media.current_annotation_id),
            ReleaseItem.changed_at.is_not_distinct_from(Media.changed_at),
        )
    assert since.moment is not None
    start = since.moment - ON_ITS_WAY
    # Acts too: of what was written before media knew when they were changed, they tell.
    acted = media_acted_on(None, start)
    return or_(
        Media.created_at >= start, Media.changed_at >= start, acted, *_by_its_twins(wanted, Media.id, start)
    )


def _changed_item(since: Since, wanted: MediaFilter) -> ColumnElement[bool]:
    if since.release_id is not None:
        before = aliased(ReleaseItem)
        return ~exists().where(
            before.release_id == since.release_id,
            before.media_id == ReleaseItem.media_id,
            before.annotation_id.is_not_distinct_from(ReleaseItem.annotation_id),
            # As it is written: what has not changed is the same text.
            cast(before.record, Text) == cast(ReleaseItem.record, Text),
        )
    assert since.moment is not None
    start = since.moment - ON_ITS_WAY
    return or_(
        ReleaseItem.changed_at >= start,
        exists().where(Media.id == ReleaseItem.media_id, Media.created_at >= start),
        exists().where(Annotation.id == ReleaseItem.annotation_id, Annotation.created_at >= start),
        *_by_its_twins(wanted, ReleaseItem.media_id, start),
    )


def _by_its_twins(wanted: MediaFilter, media_id: Any, start: datetime) -> list[ColumnElement[bool]]:
    """Where a filter asks for near twins, a media comes and goes by what becomes of another one."""
    if wanted.near_twins is None:
        return []
    other = aliased(Media)
    sides = ((NearTwin.media_id, NearTwin.other_id), (NearTwin.other_id, NearTwin.media_id))
    pairs = [
        select(one)
        .join(other, other.id == twin)
        .outerjoin(TwinDecision, TwinDecision.id == NearTwin.decision_id)
        .where(
            or_(
                NearTwin.created_at >= start,
                TwinDecision.created_at >= start,
                other.changed_at >= start,
            )
        )
        for one, twin in sides
    ]
    # Where the first of several has gone, they come and go by each other.
    first, sibling = aliased(Media), aliased(NearTwin)
    led = (
        select(sibling.other_id)
        .join(first, first.id == sibling.other_id)
        .join(other, other.id == sibling.media_id)
        .outerjoin(TwinDecision, TwinDecision.id == sibling.decision_id)
        .where(
            first.state.not_in(LIVE_STATES),
            or_(
                sibling.created_at >= start,
                TwinDecision.created_at >= start,
                other.changed_at >= start,
            ),
        )
    )
    pairs.append(select(NearTwin.media_id).where(NearTwin.other_id.in_(led)))
    return [media_id.in_(union_all(*pairs))]


def _gone(kept: Sequence[ColumnElement[bool]] | Release) -> ColumnElement[bool]:
    if isinstance(kept, Release):
        there = aliased(ReleaseItem)
        return ~exists().where(there.release_id == kept.id, there.media_id == Media.id)
    # What is unknown of a media does not match either.
    return and_(*kept).is_not(True)


def _standing(
    session: Session, media_ids: Sequence[int], until: datetime | None
) -> dict[int, tuple[State, Decision | None]]:
    """The state of media after the last act until then, and the decision when that was one; new ones are not there."""
    answers: AnySelect = select(Annotation.media_id, Annotation.act, Annotation.state_after).where(
        Annotation.media_id.in_(media_ids), Annotation.act > 0, is_answer()
    )
    reviews: AnySelect = select(Review.media_id, Review.act, Review.state_after, Review.decision).where(
        Review.media_id.in_(media_ids)
    )
    if until is not None:
        answers, reviews = (
            answers.where(Annotation.created_at <= until),
            reviews.where(Review.created_at <= until),
        )
    acts = [(row.act, row.media_id, row.state_after, None) for row in session.execute(answers)]
    acts += [(row.act, row.media_id, row.state_after, row.decision) for row in session.execute(reviews)]
    acts.sort(key=lambda act: act[0])
    return {media_id: (state, decision) for _, media_id, state, decision in acts}


def _bare(row: AnyRow, state: State) -> DatasetItem:
    """As much of a media as whoever has it needs to know in order to drop it."""
    unknown = dict.fromkeys(
        (
            *(
                "bucket_key",
                "content_type",
                "size",
                "width",
                "height",
                "duration",
                "source",
                "azimuth",
                "lat",
            ),
            *("lon", "sequence", "captured_at", "score", "extracted_from", "extracted_at", "reviewer"),
            *("decision", "decided_at", "review_comment", "answer"),
        )
    )
    return DatasetItem(
        media_id=row.media_id,
        type=row.type,
        state=state,
        file_name=row.file_name,
        sha256=row.sha256,
        orientation=1,
        captured_at_assumed=False,
        uploaded_at=row.created_at,
        uploader=row.login,
        tags=(),
        **unknown,
    )
