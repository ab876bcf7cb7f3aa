"""Undoing a whole run of one person's acts."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from curation import undo_runs
from curation.annotations import submit_annotation
from curation.batches import ACTED_SINCE
from curation.errors import AccessNotFound, InvalidText, NotAllowed
from curation.reviews import decide
from curation.undoing import NOT_UNDONE_BUT_RESTORED
from db.models import Annotation, Batch, BatchKind, Decision, Event, Media, Review, Scope, State, utc_now
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin
from tests.histories import assert_told_by_history


@pytest.fixture
def curator(session):
    return an_access(session, login="anna")


@pytest.fixture
def admin(session):
    return an_admin(session)


def span():
    return utc_now() - timedelta(hours=1), utc_now() + timedelta(hours=1)


def answer(session, access, media, accept=False):
    return submit_annotation(
        session, access, media.id, shapes=[a_box()], based_on=media.current_annotation_id, accept=accept
    )


def decided(session, access, media, decision, comment=None):
    decide(session, access, media.id, decision, annotation_id=media.current_annotation_id, comment=comment)


def state_of(session, media):
    session.refresh(media)
    assert_told_by_history(session, media.id)
    return media.state


def test_everything_that_still_stands_is_undone_and_a_second_time_changes_nothing(session, curator, admin):
    first, second, third = (a_media(session) for _ in range(3))
    answer(session, curator, first)
    decided(session, curator, first, Decision.UNSURE)
    decided(session, curator, first, Decision.PARKED, "dark")
    answer(session, curator, second, accept=True)
    theirs = answer(session, an_access(session), third).annotation
    decided(session, curator, third, Decision.REJECTED)

    shown = undo_runs.preview(session, admin, "Anna", *span())
    assert (shown.undoable, shown.left, shown.more) == (5, {}, False)
    assert [act.what for act in shown.first] == ["rejected", "accepted", "parked", "unsure", "submitted"]
    assert [act.media_id for act in shown.first] == [third.id, second.id, first.id, first.id, first.id]
    assert (shown.first[0].file_name, shown.first[0].why) == (third.file_name, None)
    assert state_of(session, first) == State.PARKED, "looking changes nothing"

    done = undo_runs.apply(session, admin, "anna", *span())
    assert (done.undone, done.left) == (5, {})
    assert [state_of(session, media) for media in (first, second, third)] == [
        State.NEW,
        State.NEW,
        State.ANNOTATED,
    ]
    assert (first.current_annotation_id, third.current_annotation_id) == (None, theirs.id)
    batch = session.get_one(Batch, done.batch_id)
    assert (batch.kind, batch.access_id) == (BatchKind.UNDO_RUN, admin.id)
    undoing = session.scalars(select(Review).where(Review.batch_id == batch.id).order_by(Review.id)).all()
    assert [review.media_id for review in undoing] == [third.id, second.id, first.id, first.id, first.id]
    assert {(review.decision, review.access_id) for review in undoing} == {(Decision.UNDONE, admin.id)}
    (event,) = session.scalars(select(Event).where(Event.name == "run_undone"))
    assert (event.detail["login"], event.detail["undone"]) == ("anna", 5)

    again = undo_runs.apply(session, admin, "anna", *span())
    assert (again.undone, again.left, again.batch_id) == (0, {}, None)
    assert undo_runs.preview(session, admin, "anna", *span()).undoable == 0
    assert session.scalar(select(func.count()).select_from(Batch)) == 1


def test_what_somebody_has_acted_on_since_stays_and_is_said(session, curator, admin):
    media, untouched = a_media(session), a_media(session)
    answer(session, curator, media)
    decided(session, an_access(session), media, Decision.ACCEPTED)
    answer(session, curator, untouched)
    shown = undo_runs.preview(session, admin, "anna", *span())
    assert (shown.undoable, shown.left) == (1, {ACTED_SINCE: 1})
    assert {act.media_id: act.why for act in shown.first} == {media.id: ACTED_SINCE, untouched.id: None}
    done = undo_runs.apply(session, admin, "anna", *span())
    assert (done.undone, done.left) == (1, {ACTED_SINCE: 1})
    assert state_of(session, media) == State.ACCEPTED
    assert undo_runs.apply(session, admin, "anna", *span()).left == {ACTED_SINCE: 1}


def test_of_several_acts_on_one_media_those_above_somebody_elses_are_undone(session, curator, admin):
    media = a_media(session)
    answer(session, curator, media)
    decided(session, an_access(session), media, Decision.UNSURE)
    decided(session, curator, media, Decision.REJECTED)
    done = undo_runs.apply(session, admin, "anna", *span())
    assert (done.undone, done.left) == (1, {ACTED_SINCE: 1})
    assert state_of(session, media) == State.UNSURE


def test_what_was_taken_back_already_is_no_part_of_a_run(session, curator, admin):
    media = a_media(session)
    answer(session, curator, media)
    decided(session, curator, media, Decision.UNSURE)
    decide(session, curator, media.id, Decision.UNDONE)
    shown = undo_runs.preview(session, admin, "anna", *span())
    assert [act.what for act in shown.first] == ["submitted"]
    assert undo_runs.apply(session, admin, "anna", *span()).undone == 1
    assert state_of(session, media) == State.NEW


def test_only_acts_of_the_span_are_undone(session, curator, admin):
    media = a_media(session)
    answer(session, curator, media)
    decided(session, curator, media, Decision.UNSURE)
    early = session.scalars(select(Annotation)).one()
    early.created_at = utc_now() - timedelta(days=2)
    session.flush()
    assert undo_runs.apply(session, admin, "anna", *span()).undone == 1
    assert state_of(session, media) == State.ANNOTATED
    day = (utc_now() - timedelta(days=3), utc_now() - timedelta(days=1))
    assert undo_runs.preview(session, admin, "anna", *day).undoable == 1


def test_the_end_of_the_span_is_outside(session, curator, admin):
    answer(session, curator, a_media(session))
    at = session.scalars(select(Annotation.created_at)).one()
    assert undo_runs.preview(session, admin, "anna", at, at + timedelta(seconds=1)).undoable == 1
    assert undo_runs.preview(session, admin, "anna", at - timedelta(seconds=1), at).undoable == 0


def test_withdrawing_is_restored_and_not_undone(session, admin):
    media = a_media(session)
    answer(session, admin, media)
    decide(session, admin, media.id, Decision.WITHDRAWN)
    done = undo_runs.apply(session, admin, admin.login, *span())
    assert (done.undone, done.left) == (0, {NOT_UNDONE_BUT_RESTORED: 1, ACTED_SINCE: 1})
    assert state_of(session, media) == State.WITHDRAWN


def test_a_long_run_is_undone_in_parts_the_newest_first(session, curator, admin, monkeypatch):
    monkeypatch.setattr(undo_runs, "MAX_ACTS", 3)
    media = [a_media(session) for _ in range(5)]
    for found in media:
        answer(session, curator, found)
    shown = undo_runs.preview(session, admin, "anna", *span())
    assert (shown.undoable, shown.more) == (3, True)
    done = undo_runs.apply(session, admin, "anna", *span())
    assert (done.undone, done.more) == (3, True)
    assert [state_of(session, found) for found in media] == [State.ANNOTATED] * 2 + [State.NEW] * 3
    assert undo_runs.apply(session, admin, "anna", *span()).undone == 2


def test_only_admins_undo_runs(session, curator):
    for access in (curator, a_viewer(session), an_access(session, Scope.DEVICE)):
        for act in (undo_runs.preview, undo_runs.apply):
            with pytest.raises(NotAllowed):
                act(session, access, "anna", *span())


def test_a_run_needs_a_person_and_a_span(session, curator, admin):
    start, end = span()
    for act in (undo_runs.preview, undo_runs.apply):
        with pytest.raises(AccessNotFound):
            act(session, admin, "nobody", start, end)
        with pytest.raises(InvalidText):
            act(session, admin, "anna", end, start)


def test_two_admins_at_once_undo_a_run_once(installation):
    with open_session() as session:
        curator, admins = an_access(session, login="anna"), [an_admin(session) for _ in range(2)]
        media = [a_media(session) for _ in range(20)]
        for found in media:
            answer(session, curator, found)
    start, end = span()
    barrier, undone = threading.Barrier(2), []

    def run(admin):
        barrier.wait()
        with open_session() as session:
            undone.append(undo_runs.apply(session, admin, "anna", start, end).undone)

    threads = [threading.Thread(target=run, args=(admin,)) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(undone) == [0, 20]
    with open_session(read_only=True) as session:
        for found in session.scalars(select(Media)):
            assert (found.state, found.act_count) == (State.NEW, 2)
