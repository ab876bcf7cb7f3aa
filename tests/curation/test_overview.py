"""Numbers of the Overview: each equals the length of the list that its filter shows, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from curation import overview
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.browse import list_page
from curation.media_filter import MediaFilter
from curation.queues import Queue, count_queues, next_media
from curation.reviews import decide
from db.models import Decision, State
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

NOON = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def people(session):
    return [an_access(session, login=f"curator-{number}") for number in range(3)]


@pytest.fixture
def collection(session, people):
    """Forty media in every listed state and a withdrawn one, with and without times, sources and answers."""
    found = []
    for number in range(40):
        media = a_media(
            session,
            source=[None, "north", "south"][number % 3],
            captured_at=None if number % 8 == 0 else NOON - timedelta(hours=number * 3),
            created_at=NOON - timedelta(hours=number * 5),
        )
        found.append(media)
        if number % 5 == 0:
            continue
        submit_annotation(
            session,
            people[number % 3],
            media.id,
            shapes=[a_box(["wildfire", "industrial"][place % 2]) for place in range(number % 4)],
            label_classes=["wildfire"] if number % 2 else [],
        )
        _decide(session, people[number % 2], media, number)
    return found


def _decide(session, who, media, number):
    decision = {
        1: Decision.ACCEPTED,
        2: Decision.SENT_BACK,
        3: Decision.UNSURE,
        4: Decision.PARKED,
        6: Decision.REJECTED,
    }.get(number % 9)
    if decision is None:
        return
    decide(session, who, media.id, decision, annotation_id=media.current_annotation_id, comment="see there")
    if number % 4 == 0:
        decide(session, who, media.id, Decision.UNDONE, annotation_id=media.current_annotation_id)
    if number == 33:
        decide(session, an_admin(session), media.id, Decision.WITHDRAWN)


def length(session, access, wanted):
    return len(list_page(session, access, wanted, limit=200).items)


def assert_equal(session, access, tally):
    assert tally.count == length(session, access, tally.wanted), tally
    read_back = MediaFilter.from_query(tally.wanted.to_query())
    assert read_back == tally.wanted, "the address says exactly this filter"


def test_states(session, collection, people):
    states = overview.count_states(session, people[0])
    assert State.WITHDRAWN not in states
    for tally in states.values():
        assert_equal(session, people[0], tally)
    assert_equal(session, people[0], overview.waiting_for_anyone(states))
    assert_equal(session, people[0], overview.accepted(states))
    assert sum(tally.count for tally in states.values()) == length(session, people[0], MediaFilter())


@pytest.mark.parametrize("policy", [ReviewPolicy(), ReviewPolicy(2, True), ReviewPolicy(1, False)])
def test_queues(session, collection, people, policy):
    for who in people:
        queues = count_queues(session, who, policy=policy)
        for queue, tally in queues.items():
            listed = next_media(session, who, queue, limit=50, policy=policy).items
            assert tally.count.value == len(listed), queue
        assert_equal(session, who, overview.count_sent_back(session, who))


def test_own_answers_do_not_wait_for_who_must_not_review_them(session, people):
    media = a_media(session)
    submit_annotation(session, people[0], media.id, shapes=[])
    policy = ReviewPolicy(review_own=False)
    counts = [
        overview.waiting_for(count_queues(session, who, policy=policy)).count.value for who in people[:2]
    ]
    assert counts == [0, 1]


@pytest.mark.parametrize("day_of", ["uploaded", "captured"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns"])
def test_days(session, collection, people, day_of, zone):
    days = overview.media_per_day(session, people[0], day_of, last=NOON.date(), days=10, zone=ZoneInfo(zone))
    assert [day.day for day in days] == [NOON.date() - timedelta(days=9 - number) for number in range(10)]
    for day in days:
        assert day.count == length(session, people[0], day.wanted)
        for tally in day.states.values():
            assert_equal(session, people[0], tally)
    together = overview.days_by_state(days)
    for tally in together.values():
        assert_equal(session, people[0], tally)
    assert sum(tally.count for tally in together.values()) == sum(day.count for day in days) > 0


def test_the_day_of_a_moment_is_that_of_the_zone(session, people):
    a_media(session, captured_at=datetime(2026, 8, 12, 23, 30, tzinfo=UTC))
    paris, utc = (
        overview.newest_day(session, people[0], "captured", ZoneInfo(zone))
        for zone in ("Europe/Paris", "UTC")
    )
    assert (paris.day, utc.day) == (13, 12)


def test_a_day_may_have_twenty_three_hours(session, people):
    """The night summer begins in Paris: whatever the clock skips, no media is lost or counted twice."""
    begin = datetime(2026, 3, 28, 0, 15, tzinfo=UTC)
    for number in range(60):
        a_media(session, uploaded_by=people[0], captured_at=begin + timedelta(hours=number))
    days = overview.media_per_day(
        session,
        people[0],
        "captured",
        last=begin.date() + timedelta(days=2),
        days=3,
        zone=ZoneInfo("Europe/Paris"),
    )
    assert [day.count for day in days] == [23, 23, 14]


def test_no_media_has_no_newest_day(session, people):
    assert overview.newest_day(session, people[0], "uploaded") is None


def test_label_classes(session, collection, people):
    uses = overview.shapes_per_label_class(session, people[0])
    assert {use.key for use in uses} == {"wildfire", "industrial"}
    for use in uses:
        assert_equal(session, people[0], use.media)
        listed = list_page(session, people[0], use.media.wanted, limit=200, answers=True).items
        shapes = [shape for media in listed if media.annotation for shape in media.annotation.shapes]
        assert use.shapes == len([shape for shape in shapes if shape.label_class == use.key])


def test_only_the_answer_that_counts_is_counted(session, people):
    media = a_media(session)
    first = submit_annotation(session, people[0], media.id, shapes=[a_box("wildfire")])
    submit_annotation(
        session, people[0], media.id, shapes=[a_box("dust")], based_on=media.current_annotation_id
    )
    assert first is not None
    assert [use.key for use in overview.shapes_per_label_class(session, people[0])] == ["dust"]


def test_sources(session, collection, people):
    sources = overview.media_per_source(session, people[0])
    assert [source.name for source in sources] == ["north", "south"]
    for source in sources:
        assert_equal(session, people[0], source.media)


def test_curators(session, collection, people):
    curators = overview.decisions_per_curator(session, people[0])
    assert {curator.name for curator in curators} == {"curator-0", "curator-1"}
    for curator in curators:
        assert_equal(session, people[0], curator.media)


def test_a_viewer_has_no_queue(session, collection):
    viewer = a_viewer(session)
    queues = count_queues(session, viewer)
    assert queues == {}
    assert overview.waiting_for(queues) is None
    assert overview.fullest_queue(queues) is None


def test_the_fullest_queue_is_the_one_to_go_on_with(session, people):
    for _ in range(3):
        media = a_media(session)
        submit_annotation(session, people[0], media.id, shapes=[])
        decide(
            session,
            people[1],
            media.id,
            Decision.PARKED,
            annotation_id=media.current_annotation_id,
            comment="fog",
        )
    assert overview.fullest_queue(count_queues(session, people[0])) is None, "parked media wait"
    a_media(session)
    submit_annotation(session, people[0], a_media(session).id, shapes=[])
    fullest = overview.fullest_queue(count_queues(session, people[0]))
    assert fullest.queue == Queue.TO_REVIEW, "of equally full ones, what is nearest to its end"
    a_media(session)
    assert overview.fullest_queue(count_queues(session, people[0])).queue == Queue.TO_ANNOTATE
