"""Queues: every open media in exactly one, counts that are the length of their lists, nothing given twice."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from curation import leases, looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.errors import AnswerIncomplete, NotAllowed, UnknownFilter
from curation.history import get_history
from curation.media_filter import MediaFilter, Sort
from curation.queues import (
    QUEUE_NAMES,
    QUEUE_STATES,
    Queue,
    count_queue,
    count_queues,
    next_media,
    take_media,
)
from curation.reviews import decide
from curation.states import OPEN_STATES
from db.models import Access, Decision, Look, LookKind, Media, State, utc_now
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

NOON = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)
READY = tuple(QUEUE_STATES)


def a_look(session, media, access, *, kind=LookKind.SECOND_OPINION):
    """A media to be answered blind, given to this access already."""
    session.add(
        Look(
            kind=kind,
            media_id=media.id,
            annotation_id=media.current_annotation_id,
            access_id=access.id,
            taken_at=utc_now(),
        )
    )
    session.flush()


@pytest.fixture
def people(session):
    return [an_access(session, login=f"curator-{number}") for number in range(3)]


@pytest.fixture
def collection(session, people):
    """Media in every open state; some are held by others, some were given to curator-0 to be answered blind."""
    states = sorted(OPEN_STATES)
    found = []
    for number in range(48):
        media = a_media(
            session,
            source=[None, "north", "south"][number % 3],
            captured_at=None if number % 8 == 0 else NOON - timedelta(hours=number * 7 % 40),
            file_name=None if number % 11 == 0 else f"frame_{number * 5 % 17}.jpg",
            score=None if number % 4 == 0 else number % 7 / 7,
            tags=["night"] if number % 5 == 0 else [],
        )
        state = states[number % len(states)]
        if state != State.NEW:
            submit_annotation(session, people[number % 3], media.id, shapes=[a_box()] * (number % 2))
            media.state = state
        if number % 9 == 1 and state == State.ANNOTATED:
            a_look(session, media, people[0])
        found.append(media)
    session.flush()
    leases.take(session, people[1], [media.id for media in found[::6]], seconds=60)
    leases.take(session, people[1], [media.id for media in found[4:30:5]], seconds=60)
    leases.take(session, people[0], [media.id for media in found[1::10]], seconds=60)
    return found


def stepped_through(session, access, queue, wanted, **options):
    ids, cursor = [], None
    while True:
        page = next_media(session, access, queue, wanted, cursor=cursor, limit=8, **options)
        ids += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return ids


FILTERS = [
    {},
    {"source": "north"},
    {"tag": "night"},
    {"file_name": "frame_1"},
    {"captured_from": "2026-08-12T00:00:00Z", "captured_to": "2026-08-13"},
    {"has_shapes": "yes"},
    {"has_shapes": "no"},
    {"label_class": "wildfire"},
    {"annotator": "curator-1"},
    {"acted_by": "curator-2", "acted_from": "2026-01-01"},
]


@pytest.mark.parametrize("queue", Queue)
def test_the_count_is_what_one_steps_through(session, collection, people, queue):
    for sort in Sort:
        for query in FILTERS:
            wanted = MediaFilter.from_query({**query, "sort": sort.value, "seed": "5"})
            for who in people[:2]:
                ids = stepped_through(session, who, queue, wanted)
                assert len(set(ids)) == len(ids), (sort, query)
                count = count_queue(session, who, queue, wanted)
                assert (count.value, count.capped) == (len(ids), False), (sort, query)


@pytest.mark.parametrize("policy", [ReviewPolicy(), ReviewPolicy(2, True), ReviewPolicy(1, False)])
def test_the_counts_of_all_queues_are_those_of_each(session, collection, people, policy):
    for who in people:
        tallies = count_queues(session, who, policy=policy)
        assert tuple(tallies) == READY
        for queue, tally in tallies.items():
            ids = stepped_through(session, who, queue, MediaFilter(), policy=policy)
            assert tally.count.value == len(ids), queue
    assert count_queues(session, a_viewer(session)) == {}


def test_each_open_state_is_in_exactly_one_queue():
    in_queues = [state for states in QUEUE_STATES.values() for state in states]
    assert len(in_queues) == len(set(in_queues))
    assert set(in_queues) == OPEN_STATES
    assert set(QUEUE_NAMES) == set(Queue) == {*READY, Queue.FILTER}


@pytest.mark.parametrize("state", State)
def test_a_media_of_each_state_is_in_its_queue_and_no_other(session, state):
    media, curator = a_media(session, state=state), an_access(session)
    found = [queue for queue in READY if next_media(session, curator, queue).items]
    assert found == [queue for queue, states in QUEUE_STATES.items() if state in states]
    assert len(found) == (1 if state in OPEN_STATES else 0)
    for queue in found:
        assert [item.id for item in next_media(session, curator, queue).items] == [media.id]


def test_what_others_have_before_them_is_left_out_and_said_by_a_filter(session):
    first, second = an_access(session), an_access(session)
    held, free = a_media(session).id, a_media(session).id
    leases.take(session, first, [held], seconds=60)

    def ids(who, queue):
        return [
            item.id for item in next_media(session, who, queue, MediaFilter(sort=Sort.UPLOADED_FIRST)).items
        ]

    assert ids(second, Queue.TO_ANNOTATE) == [free]
    assert ids(first, Queue.TO_ANNOTATE) == ids(second, Queue.FILTER) == [held, free]


def test_taking_holds_what_it_gives_and_looking_holds_nothing(session):
    first, second = an_access(session), an_access(session)
    ids = [a_media(session).id for _ in range(5)]
    next_media(session, first, Queue.TO_ANNOTATE, limit=5)
    page = take_media(session, first, Queue.TO_ANNOTATE, limit=2, lease_seconds=60)
    assert [item.id for item in page.items] == ids[:2]
    more = take_media(session, first, Queue.TO_ANNOTATE, cursor=page.next_cursor, limit=1, lease_seconds=60)
    assert [item.id for item in more.items] == ids[2:3]
    rest = take_media(session, second, Queue.TO_ANNOTATE, lease_seconds=60)
    assert [item.id for item in rest.items] == ids[3:]
    assert count_queue(session, second, Queue.TO_ANNOTATE).value == 2
    assert take_media(session, an_access(session), Queue.TO_ANNOTATE, lease_seconds=60).items == []
    everything = take_media(session, an_access(session), Queue.FILTER, lease_seconds=60)
    assert len(everything.items) == 5
    assert len(leases.holders(session, an_access(session), ids)) == 5


def test_who_does_not_curate_has_no_queue(session):
    a_media(session)
    for ask in (next_media, count_queue):
        with pytest.raises(NotAllowed):
            ask(session, a_viewer(session), Queue.TO_ANNOTATE)
    with pytest.raises(NotAllowed):
        take_media(session, a_viewer(session), Queue.TO_ANNOTATE, lease_seconds=60)


def test_a_queue_has_a_state_of_its_own(session):
    with pytest.raises(UnknownFilter):
        next_media(session, an_access(session), Queue.DISAGREEMENTS, MediaFilter(state=(State.NEW,)))


def test_many_who_ask_at_the_same_instant_are_given_everything_and_nothing_twice(installation):
    with open_session() as session:
        ids = [a_media(session).id for _ in range(60)]
        people = [an_access(session).id for _ in range(6)]
    barrier, given, problems = threading.Barrier(len(people)), [], []

    def ask(access_id):
        try:
            barrier.wait()
            while True:
                with open_session() as session:
                    access = session.get_one(Access, access_id)
                    page = take_media(session, access, Queue.TO_ANNOTATE, limit=4, lease_seconds=60)
                    fresh = [item.id for item in page.items if (access_id, item.id) not in given]
                    for media_id in fresh:
                        # Answered at once: it leaves the queue for everybody.
                        session.get_one(Media, media_id).state = State.ACCEPTED
                given.extend((access_id, media_id) for media_id in fresh)
                if not page.items:
                    return
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(media_id for _, media_id in given) == ids


def test_leases_taken_at_the_same_instant_are_of_different_media(installation):
    with open_session() as session:
        ids = [a_media(session).id for _ in range(20)]
        people = [an_access(session).id for _ in range(5)]
    barrier, given = threading.Barrier(len(people)), {}

    def ask(access_id):
        barrier.wait()
        with open_session() as session:
            access = session.get_one(Access, access_id)
            page = take_media(session, access, Queue.TO_ANNOTATE, limit=4, lease_seconds=60)
            given[access_id] = [item.id for item in page.items]

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(media_id for found in given.values() for media_id in found) == ids


def test_who_loses_everything_to_a_race_is_given_the_next_ones(installation):
    with open_session() as session:
        ids = [a_media(session).id for _ in range(6)]
        holder, other = an_access(session).id, an_access(session).id
        leases.take(session, session.get_one(Access, holder), ids[:4], seconds=0)
    given = []

    def ask():
        with open_session() as session:
            access = session.get_one(Access, other)
            page = take_media(session, access, Queue.TO_ANNOTATE, limit=4, lease_seconds=60)
            given.extend(item.id for item in page.items)

    asking = threading.Thread(target=ask)
    with open_session() as session:
        # Renewed at the last moment: the other one has listed them as free already.
        leases.take(session, session.get_one(Access, holder), ids[:4], seconds=60)
        asking.start()
        if session.get_bind().dialect.name == "postgresql":
            while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                session.execute(text("SELECT pg_sleep(0.01)"))
    asking.join()
    assert given == ids[4:]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_what_is_to_be_answered_blind_stands_at_its_place_among_what_is_new(session, sort, limit):
    """Walked by cursors from either end, the queue has the order of a list in which it were new."""
    author, curator = an_access(session), an_access(session)
    made = []
    for number in range(15):
        media = a_media(
            session,
            source=[None, "south", "north"][number % 3],
            captured_at=None if number % 7 == 0 else NOON + timedelta(minutes=number * 5 % 8),
            file_name=None if number % 6 == 0 else f"É{number % 3}.jpg",
            score=None if number % 5 == 0 else number % 3 / 3,
        )
        made.append(media)
    wanted = MediaFilter(sort=sort, seed=3)
    as_new = [item.id for item in next_media(session, curator, Queue.TO_ANNOTATE, wanted, limit=50).items]
    for media in made[::4]:
        submit_annotation(session, author, media.id, shapes=[a_box()])
        a_look(session, media, curator)
    ids, cursor, pages = [], None, []
    while True:
        page = next_media(session, curator, Queue.TO_ANNOTATE, wanted, cursor=cursor, limit=limit)
        ids += [item.id for item in page.items]
        pages.append(page)
        if (cursor := page.next_cursor) is None:
            break
    assert ids == as_new
    for before, page in itertools.pairwise(pages):
        back = next_media(
            session, curator, Queue.TO_ANNOTATE, wanted, cursor=page.previous_cursor, limit=limit
        )
        assert [item.id for item in back.items] == [item.id for item in before.items]
    for start in (made[4].id, made[5].id):
        page = next_media(session, curator, Queue.TO_ANNOTATE, wanted, start=start, limit=50)
        assert [item.id for item in page.items] == as_new[as_new.index(start) :]
    assert count_queue(session, curator, Queue.TO_ANNOTATE, wanted).value == 15
    assert count_queue(session, author, Queue.TO_ANNOTATE, wanted).value == 11


def test_what_is_to_be_answered_blind_looks_new_and_is_not_there_to_be_reviewed(session):
    author, curator = an_access(session), an_access(session)
    media = a_media(session, source="north")
    submit_annotation(session, author, media.id, shapes=[a_box()])
    a_look(session, media, curator)
    (item,) = take_media(session, curator, Queue.TO_ANNOTATE, lease_seconds=60).items
    assert (item.id, item.state, item.annotation, item.look is None) == (media.id, "new", None, False)
    assert next_media(session, curator, Queue.TO_REVIEW).items == []
    assert [found.id for found in next_media(session, author, Queue.TO_REVIEW).items] == [media.id], (
        "nobody else is kept from it"
    )
    for query, found in (
        ({"source": "north"}, 1),
        ({"source": "south"}, 0),
        ({"has_shapes": "yes"}, 0),
        ({"annotator": author.login}, 0),
        ({"acted_by": author.login}, 0),
    ):
        wanted = MediaFilter.from_query(query)
        assert count_queue(session, curator, Queue.TO_ANNOTATE, wanted).value == found, query


def test_a_share_of_answers_comes_to_somebody_else_among_what_is_new(session):
    author, curator = an_access(session), an_access(session)
    policy = ReviewPolicy(second_opinion_share=1.0)
    new, answered = a_media(session).id, a_media(session).id
    submit_annotation(session, author, answered, shapes=[a_box()], policy=policy)
    assert [item.id for item in next_media(session, curator, Queue.TO_ANNOTATE, policy=policy).items] == [new]
    page = take_media(session, curator, Queue.TO_ANNOTATE, policy=policy, lease_seconds=60)
    assert [(item.id, item.state) for item in page.items] == [(new, "new"), (answered, "new")]
    assert looks.open_looks(session, curator) == [answered]
    assert count_queue(session, curator, Queue.TO_ANNOTATE, policy=policy).value == 2


@pytest.fixture
def sent_back(session):
    """Sends an answer of the first person back: to them alone, or to anyone. The second person decides."""
    author, other, admin = an_access(session, login="anna"), an_access(session), an_admin(session)

    def send(*, to_annotator, media=None):
        media = media or a_media(session)
        if media.current_annotation_id is None:
            submit_annotation(session, author, media.id)
        decided = decide(
            session,
            other,
            media.id,
            Decision.SENT_BACK,
            annotation_id=media.current_annotation_id,
            comment="too wide",
            to_annotator=to_annotator,
        )
        assert decided.review.sent_to == ("anna" if to_annotator else None)
        return media

    return author, other, admin, send


def who_has(session, media, *people):
    """Who of these finds the media in the queue of what was sent back; the count agrees with the list."""
    found = []
    for number, who in enumerate(people):
        ids = [item.id for item in next_media(session, who, Queue.SENT_BACK).items]
        assert count_queue(session, who, Queue.SENT_BACK).value == len(ids)
        assert count_queues(session, who)[Queue.SENT_BACK].count.value == len(ids)
        found += [number] * (media.id in ids)
    return found


def test_what_is_sent_back_to_its_annotator_is_theirs_and_the_admins(session, sent_back):
    author, other, admin, send = sent_back
    to_one, to_all = send(to_annotator=True), send(to_annotator=False)
    assert who_has(session, to_one, author, other, admin) == [0, 2]
    assert who_has(session, to_all, author, other, admin) == [0, 1, 2]
    taken = take_media(session, other, Queue.SENT_BACK, lease_seconds=60)
    assert [item.id for item in taken.items] == [to_all.id]
    assert [item.last_review.sent_to for item in next_media(session, author, Queue.SENT_BACK).items] == [
        "anna"
    ]
    assert get_history(session, other, to_one.id)[0].sent_to == "anna"
    assert get_history(session, other, to_all.id)[0].sent_to is None


def test_whoever_it_was_sent_back_to_stays_through_what_is_undone_or_taken_up_again(session, sent_back):
    author, other, admin, send = sent_back
    media = send(to_annotator=True)
    seen = {"annotation_id": media.current_annotation_id}
    decide(session, admin, media.id, Decision.PARKED, comment="later", **seen)
    assert who_has(session, media, author, other, admin) == []
    decide(session, admin, media.id, Decision.UNPARKED, **seen)
    assert who_has(session, media, author, other, admin) == [0, 2]
    decide(session, admin, media.id, Decision.UNSURE, **seen)
    decide(session, admin, media.id, Decision.UNDONE)
    assert who_has(session, media, author, other, admin) == [0, 2]


def test_who_it_is_sent_back_to_is_said_anew_each_time_and_undone_with_it(session, sent_back):
    author, other, admin, send = sent_back
    media = send(to_annotator=True)
    submit_annotation(session, author, media.id, based_on=media.current_annotation_id)
    send(to_annotator=False, media=media)
    assert who_has(session, media, author, other, admin) == [0, 1, 2]
    decide(session, other, media.id, Decision.UNDONE)
    assert media.state == State.ANNOTATED
    decide(session, author, media.id, Decision.UNDONE)
    assert who_has(session, media, author, other, admin) == [0, 2]
    decide(session, other, media.id, Decision.UNDONE)
    assert media.state == State.ANNOTATED
    send(to_annotator=False, media=media)
    assert who_has(session, media, author, other, admin) == [0, 1, 2]


def test_only_an_answer_that_is_sent_back_is_for_its_annotator(session):
    author, media = an_access(session), a_media(session)
    decide(session, author, media.id, Decision.UNSURE)
    with pytest.raises(AnswerIncomplete):
        decide(session, author, media.id, Decision.SENT_BACK, comment="why?", to_annotator=True)
    with pytest.raises(AnswerIncomplete):
        decide(session, author, media.id, Decision.REJECTED, to_annotator=True)
    assert media.state == State.UNSURE
