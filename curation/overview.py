"""Where everything stands, in numbers. Each number carries the filter of the list that it counted.

The counts are made with the conditions that list media (`browse.conditions`), grouped where the list is
narrowed by one more value, so that a number and the list behind it cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from sqlalchemy import and_, exists, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation.browse import conditions, count_matches
from curation.label_classes import list_label_classes
from curation.media_filter import MediaFilter
from curation.queues import Queue, QueueTally
from curation.states import LISTED_STATES
from db.models import (
    Access,
    AnnotationLabel,
    Decision,
    Media,
    Review,
    Shape,
    Source,
    State,
)
from db.types import UtcDateTime

# In the order of the way a media goes.
STATES_IN_ORDER = tuple(state for state in State if state in LISTED_STATES)
# What somebody could answer now: parked media are set aside, decided ones are done.
WAITING_STATES = (State.NEW, State.ANNOTATED, State.SENT_BACK, State.UNSURE, State.DISPUTED)
# Where reviewing may go on by itself; of two equally full ones the first. Parked media wait for something else.
SENSIBLE_QUEUES = (Queue.TO_REVIEW, Queue.SENT_BACK, Queue.TO_ANNOTATE, Queue.UNSURE, Queue.DISAGREEMENTS)

DayOf = Literal["uploaded", "captured"]


@dataclass(frozen=True)
class Tally:
    """A number of media and the filter that lists exactly these."""

    count: int
    wanted: MediaFilter


@dataclass(frozen=True)
class Day:
    """Media of one day by state; states without any are left out."""

    day: date
    wanted: MediaFilter
    states: dict[State, Tally]

    @property
    def count(self) -> int:
        return sum(tally.count for tally in self.states.values())


@dataclass(frozen=True)
class LabelClassUse:
    """A label class in current annotations: its shapes, and the media that it stands on (or on a shape of)."""

    key: str
    name: str
    colour: str
    shapes: int
    media: Tally


@dataclass(frozen=True)
class NamedTally:
    """A number of media that share a name: a source, a curator."""

    name: str
    media: Tally


def count_states(session: Session, access: Access) -> dict[State, Tally]:
    """Every listed state with the media in it, those without any included."""
    counts: dict[State, int] = {
        state: int(count)
        for state, count in session.execute(
            select(Media.state, func.count()).where(*conditions(access, MediaFilter())).group_by(Media.state)
        )
    }
    return {state: Tally(counts.get(state, 0), MediaFilter(state=(state,))) for state in STATES_IN_ORDER}


def waiting_for_anyone(states: dict[State, Tally]) -> Tally:
    """All media that somebody could answer now, whoever that is."""
    return _together(states, WAITING_STATES)


def accepted(states: dict[State, Tally]) -> Tally:
    return states[State.ACCEPTED]


def count_acted_on(session: Session, access: Access, since: datetime) -> Tally:
    """The media that this person has acted on from a moment on, whatever came of them since."""
    wanted = MediaFilter(acted_by=access.login, acted_from=since)
    return Tally(count_matches(session, access, wanted, cap=None).value, wanted)


def waiting_for(queues: dict[Queue, QueueTally]) -> QueueTally | None:
    """What waits for this person in particular: answers that need a review and that this person may review.

    Own answers are left out when they need someone else, answers this person has accepted already when
    they need a second person. None for who does not review. (New media wait for anyone.)
    """
    return queues.get(Queue.TO_REVIEW)


def count_sent_back(session: Session, access: Access) -> Tally:
    """This person's own answers that were sent back and that nobody has done again."""
    wanted = MediaFilter(state=(State.SENT_BACK,), annotator=access.login)
    return Tally(count_matches(session, access, wanted, cap=None).value, wanted)


def fullest_queue(queues: dict[Queue, QueueTally]) -> QueueTally | None:
    """The queue to go on with: the fullest of those that need no decision to be entered; None when all are empty."""
    found = [queues[queue] for queue in SENSIBLE_QUEUES if queue in queues and queues[queue].count.value]
    return max(found, key=lambda tally: tally.count.value, default=None)


def media_per_day(
    session: Session, access: Access, day_of: DayOf, *, last: date, days: int = 30, zone: tzinfo = UTC
) -> list[Day]:
    """The `days` days of a zone that end with `last`, each with its media by state, earliest first."""
    wanted = [
        _between(day_of, day, day, zone)
        for day in (last - timedelta(days=number) for number in range(days - 1, -1, -1))
    ]
    # Joined with the limits of the days: each is one walk along an index, and every zone has its own days.
    limits = union_all(
        *(
            select(
                literal(number).label("number"),
                literal(start, UtcDateTime()).label("start"),
                literal(end, UtcDateTime()).label("end"),
            )
            for number, (start, end) in enumerate(_limits(day_of, day) for day in wanted)
        )
    ).subquery()
    column = _column(day_of)
    found: dict[int, dict[State, Tally]] = defaultdict(dict)
    for number, state, count in session.execute(
        select(limits.c.number, Media.state, func.count())
        .join(Media, and_(column >= limits.c.start, column < limits.c.end))
        .where(*conditions(access, MediaFilter()))
        .group_by(limits.c.number, Media.state)
    ):
        found[number][state] = Tally(count, replace(wanted[number], state=(state,)))
    return [
        Day(
            day=last - timedelta(days=days - 1 - number),
            wanted=wanted[number],
            states={state: found[number][state] for state in STATES_IN_ORDER if state in found[number]},
        )
        for number in range(days)
    ]


def days_by_state(days: Sequence[Day]) -> dict[State, Tally]:
    """The states of several days in a row, taken together; states without any are left out."""
    first, last = days[0].wanted, days[-1].wanted
    together = replace(first, captured_to=last.captured_to, uploaded_to=last.uploaded_to)
    counts: dict[State, int] = defaultdict(int)
    for day in days:
        for state, tally in day.states.items():
            counts[state] += tally.count
    return {
        state: Tally(counts[state], replace(together, state=(state,)))
        for state in STATES_IN_ORDER
        if state in counts
    }


def newest_day(session: Session, access: Access, day_of: DayOf, zone: tzinfo = UTC) -> date | None:
    """The day in a zone of the newest media, or None when none has such a time."""
    column = _column(day_of)
    newest = session.scalar(
        select(column)
        .where(*conditions(access, MediaFilter()), column.is_not(None))
        .order_by(column.desc())
        .limit(1)
    )
    return None if newest is None else newest.astimezone(zone).date()


def shapes_per_label_class(session: Session, access: Access) -> list[LabelClassUse]:
    """Every label class that current annotations use, most shapes first."""
    listed = conditions(access, MediaFilter())
    # One row per label class and annotation first: counting distinct media afterwards would sort them all.
    on_shapes = (
        select(Shape.label_class_id, Shape.annotation_id, func.count().label("shapes"))
        .group_by(Shape.label_class_id, Shape.annotation_id)
        .subquery()
    )
    shapes: dict[int, int] = {}
    media: dict[int, int] = defaultdict(int)
    for label_class_id, shape_count, media_count in session.execute(
        select(on_shapes.c.label_class_id, func.sum(on_shapes.c.shapes), func.count())
        .join(Media, Media.current_annotation_id == on_shapes.c.annotation_id)
        .where(*listed)
        .group_by(on_shapes.c.label_class_id)
    ):
        shapes[label_class_id], media[label_class_id] = int(shape_count), media_count
    also_on_a_shape = exists().where(
        Shape.annotation_id == AnnotationLabel.annotation_id,
        Shape.label_class_id == AnnotationLabel.label_class_id,
    )
    for label_class_id, media_count in session.execute(
        select(AnnotationLabel.label_class_id, func.count())
        .join(Media, Media.current_annotation_id == AnnotationLabel.annotation_id)
        .where(*listed, ~also_on_a_shape)
        .group_by(AnnotationLabel.label_class_id)
    ):
        media[label_class_id] += media_count
    uses = [
        LabelClassUse(
            found.key,
            found.name,
            found.colour,
            shapes.get(found.id, 0),
            Tally(media[found.id], MediaFilter(label_class=(found.key,))),
        )
        for found in list_label_classes(session, retired=True)
        if found.id in media
    ]
    return sorted(uses, key=lambda use: (-use.shapes, -use.media.count))


def media_per_source(session: Session, access: Access) -> list[NamedTally]:
    """Every source that has media, fullest first. Media without a source are in none of them."""
    counts = (
        select(Media.source_id, func.count().label("media"))
        .where(*conditions(access, MediaFilter()), Media.source_id.is_not(None))
        .group_by(Media.source_id)
        .subquery()
    )
    rows = session.execute(
        select(Source.name, counts.c.media)
        .join(counts, counts.c.source_id == Source.id)
        .order_by(counts.c.media.desc(), Source.name)
    )
    return [NamedTally(name, Tally(count, MediaFilter(source=(name,)))) for name, count in rows]


def decisions_per_curator(session: Session, access: Access) -> list[NamedTally]:
    """Who decided last on how many media, most first: an earlier decision on the same media is history."""
    rows = session.execute(
        select(Access.login, func.count())
        .join(Review, Review.access_id == Access.id)
        .join(Media, Media.last_review_id == Review.id)
        .where(*conditions(access, MediaFilter()), Review.decision != Decision.UNDONE)
        .group_by(Access.login)
        .order_by(func.count().desc(), Access.login)
    )
    return [NamedTally(login, Tally(count, MediaFilter(reviewer=login))) for login, count in rows]


def _together(states: dict[State, Tally], wanted: Sequence[State]) -> Tally:
    return Tally(sum(states[state].count for state in wanted), MediaFilter(state=tuple(wanted)))


def _between(day_of: DayOf, first: date, last: date, zone: tzinfo) -> MediaFilter:
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    if day_of == "captured":
        return MediaFilter(captured_from=start, captured_to=end)
    return MediaFilter(uploaded_from=start, uploaded_to=end)


def _limits(day_of: DayOf, wanted: MediaFilter) -> tuple[datetime | None, datetime | None]:
    if day_of == "captured":
        return wanted.captured_from, wanted.captured_to
    return wanted.uploaded_from, wanted.uploaded_to


def _column(day_of: DayOf) -> InstrumentedAttribute[Any]:
    return Media.captured_at if day_of == "captured" else Media.created_at
