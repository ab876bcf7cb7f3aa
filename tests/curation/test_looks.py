"""Looks: who gets which, that only one does, and that nothing gives the first answer away."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation import browse, history, looks, neighbours
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.errors import NotAllowed
from curation.media_filter import MediaFilter
from curation.reviews import decide
from db.media_queries import media_shuffled_below
from db.models import Access, Annotation, Decision, Lease, Look, LookKind, Media, utc_now
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access

ALWAYS = ReviewPolicy(second_opinion_share=1.0)
AGAIN = ReviewPolicy(self_check_share=1.0)


def an_answered_media(session: Session, author: Access, **columns) -> Media:
    media = a_media(session, **columns)
    submit_annotation(session, author, media.id, shapes=[a_box()], policy=ALWAYS)
    return media


def an_old_answer(session: Session, author: Access, days: int = 8) -> Media:
    media = a_media(session)
    submit_annotation(session, author, media.id, shapes=[a_box()])
    made_at = utc_now() - timedelta(days=days)
    session.execute(update(Annotation).where(Annotation.media_id == media.id).values(created_at=made_at))
    return media


def let_time_pass(session: Session, days: int) -> None:
    for look in session.scalars(select(Look)):
        look.created_at -= timedelta(days=days)
        if look.taken_at is not None:
            look.taken_at -= timedelta(days=days)
    session.flush()


def test_the_share_has_no_bias_and_always_says_the_same():
    chosen = [number for number in range(1, 20_001) if looks.gets_second_opinion(number, 0.05)]
    assert 900 < len(chosen) < 1_100
    assert 400 < len([number for number in chosen if number % 2]) < 600
    assert 400 < len([number for number in chosen if number <= 10_000]) < 600
    assert all(looks.gets_second_opinion(number, 0.06) for number in chosen)
    assert not looks.gets_second_opinion(1, 0.0) and looks.gets_second_opinion(1, 1.0)


def test_an_answer_in_the_share_is_offered_to_somebody_else(session):
    author, other = an_access(session), an_access(session)
    media = an_answered_media(session, author)
    assert looks.take(session, author, ALWAYS, 5) == []
    assert looks.take(session, other, ALWAYS, 5) == [media.id]
    assert looks.open_looks(session, other) == [media.id]
    # Asked again, as after a reload, it is the same one.
    assert looks.take(session, other, ALWAYS, 5) == [media.id]
    assert looks.take(session, an_access(session), ALWAYS, 5) == []


def test_what_a_model_drew_alone_and_what_lies_outside_the_share_get_no_second_opinion(session):
    author = an_access(session)
    drawn = {**a_box(), "origin": "model", "confidence": 0.4}
    submit_annotation(session, author, a_media(session).id, shapes=[drawn], policy=ALWAYS)
    submit_annotation(session, author, a_media(session).id, shapes=[a_box()])
    assert session.scalars(select(Look)).all() == []


def test_who_has_acted_on_a_media_never_gives_a_second_opinion(session):
    author, reviewer = an_access(session), an_access(session)
    media = an_answered_media(session, author)
    decide(session, reviewer, media.id, Decision.UNSURE, annotation_id=media.current_annotation_id)
    decide(session, reviewer, media.id, Decision.UNDONE)
    assert looks.take(session, reviewer, ALWAYS, 5) == []


def test_a_look_is_given_only_while_its_answer_counts(session):
    author, reviewer, other = an_access(session), an_access(session), an_access(session)
    media = an_answered_media(session, author)
    decide(
        session,
        reviewer,
        media.id,
        Decision.SENT_BACK,
        annotation_id=media.current_annotation_id,
        comment="!",
    )
    assert looks.take(session, other, ALWAYS, 5) == []
    decide(session, reviewer, media.id, Decision.UNDONE)
    assert looks.take(session, other, ALWAYS, 5) == [media.id]
    decide(session, reviewer, media.id, Decision.REJECTED, annotation_id=media.current_annotation_id)
    assert looks.open_looks(session, other) == []


def test_a_media_on_somebodys_screen_is_not_given(session):
    author, other = an_access(session), an_access(session)
    media = an_answered_media(session, author)
    lease = Lease(media_id=media.id, access_id=other.id, expires_at=utc_now() + timedelta(minutes=1))
    session.add(lease)
    session.flush()
    assert looks.take(session, other, ALWAYS, 5) == []
    lease.expires_at = utc_now() - timedelta(seconds=1)
    session.flush()
    assert looks.take(session, other, ALWAYS, 5) == [media.id]


def test_no_more_are_open_at_once_than_were_asked_for(session):
    author, other = an_access(session), an_access(session)
    for _ in range(4):
        an_answered_media(session, author)
    first = looks.take(session, other, ALWAYS, 2)
    assert len(first) == 2
    assert looks.take(session, other, ALWAYS, 2) == first
    assert len(looks.take(session, other, ALWAYS, 3)) == 3


def test_a_look_never_answered_is_free_again_after_some_days(session):
    author, away, other = an_access(session), an_access(session), an_access(session)
    media = an_answered_media(session, author)
    looks.take(session, away, ALWAYS, 5)
    let_time_pass(session, 2)
    assert looks.take(session, other, ALWAYS, 5) == []
    let_time_pass(session, 2)
    assert looks.open_looks(session, away) == []
    assert looks.take(session, other, ALWAYS, 5) == [media.id]
    assert looks.take(session, away, ALWAYS, 5) == []


def test_nothing_is_given_once_second_opinions_are_switched_off(session):
    an_answered_media(session, an_access(session))
    assert looks.take(session, an_access(session), ReviewPolicy(), 5) == []


def test_a_viewer_is_given_nothing(session):
    with pytest.raises(NotAllowed):
        looks.take(session, a_viewer(session), ALWAYS, 5)


def test_of_two_who_ask_at_once_one_gets_the_look(installation):
    with open_session() as session:
        media = an_answered_media(session, an_access(session))
        people = [an_access(session) for _ in range(6)]
        media_id = media.id
    barrier, given = threading.Barrier(len(people)), []

    def ask(access: Access) -> None:
        barrier.wait()
        with open_session() as session:
            given.extend(looks.take(session, access, ALWAYS, 3))

    threads = [threading.Thread(target=ask, args=(access,)) for access in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == [media_id]


def test_own_old_answers_come_back_to_nobody_else(session):
    author, other = an_access(session), an_access(session)
    media = an_old_answer(session, author)
    an_old_answer(session, author, days=6)
    assert looks.take(session, other, AGAIN, 5) == []
    assert looks.take(session, author, AGAIN, 5) == [media.id]
    # Each comes back once.
    assert looks.take(session, author, AGAIN, 5) == [media.id]
    assert [look.kind for look in session.scalars(select(Look))] == [LookKind.SELF_CHECK]


def test_only_a_few_of_ones_own_answers_are_back_at_once(session):
    author = an_access(session)
    old = [an_old_answer(session, author, days=30 - number).id for number in range(6)]
    for _ in range(6):
        found = looks.take(session, author, AGAIN, 10)
    assert found == old[: looks.MOST_SELF_CHECKS_OPEN]


def test_a_self_check_left_lying_is_the_same_persons_again(session):
    author = an_access(session)
    media = an_old_answer(session, author)
    looks.take(session, author, AGAIN, 5)
    let_time_pass(session, 4)
    assert looks.open_looks(session, author) == []
    assert looks.take(session, an_access(session), ALWAYS, 5) == []
    assert looks.take(session, author, AGAIN, 5) == [media.id]


def test_about_the_share_of_a_persons_media_comes_back(session):
    author, other = an_access(session), an_access(session)
    places = {author.id: 0, other.id: 0}
    for number in range(400):
        media = a_media(session, uploaded_by=author, shuffle=number * 2**31 // 400)
        for access_id in places:
            hit = select(Media.id).where(Media.id == media.id, media_shuffled_below(0.1, for_id=access_id))
            places[access_id] += session.scalar(hit) is not None
    assert all(38 <= hits <= 42 for hits in places.values())


def test_while_a_look_is_open_nothing_gives_the_answer_away(session):
    author, other = an_access(session), an_access(session)
    media = an_answered_media(session, author, source="north", score=0.7)
    assert media.captured_at is not None
    before = a_media(session, source="north", captured_at=media.captured_at - timedelta(minutes=1))
    looks.take(session, other, ALWAYS, 5)
    seen = browse.get_details(session, other, media.id)
    look_id = session.scalars(select(Look.id)).one()
    assert (seen.look, seen.state, seen.acts, seen.score) == (look_id, "new", 0, 0.7)
    assert (seen.annotation, seen.annotation_id, seen.last_review, seen.dispute) == (None,) * 4
    for answers in (True, False):
        page = browse.list_page(session, other, MediaFilter(), answers=answers)
        shown = {item.id: item for item in page.items}[media.id]
        assert (shown.state, shown.annotation_id, shown.look) == ("new", None, look_id)
        assert browse.shapes_for(session, [shown]) == {media.id: []}
    assert [entry.what for entry in history.get_history(session, other, media.id)] == ["registered"]
    assert history.list_annotations(session, other, media.id) == []
    around = neighbours.list_neighbours(session, other, before.id)
    assert [(neighbour.state, neighbour.shapes) for neighbour in around] == [("new", []), ("new", [])]
    # Everybody else sees what there is.
    assert browse.get_details(session, author, media.id).annotation is not None
    assert len(history.list_annotations(session, author, media.id)) == 1
    assert neighbours.list_neighbours(session, author, before.id)[1].shapes
