"""Submitting, deciding, undoing: the table of states, as behaviour."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.errors import (
    AnswerIncomplete,
    Conflict,
    InvalidShape,
    MediaNotFound,
    MovedOn,
    NotAllowed,
    NothingToUndo,
    OwnWork,
    StaleAnnotation,
    UnknownLabelClass,
    WrongState,
)
from curation.queues import QUEUE_STATES, Queue, count_queue, next_media
from curation.reviews import decide
from curation.states import OPEN_STATES
from db.models import Decision, Media, State
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin
from tests.histories import assert_told_by_history


def state_of(session: Session, media: Media) -> State:
    session.refresh(media)
    assert_told_by_history(session, media.id)
    return media.state


def test_submitted_shapes_wait_for_their_review(session):
    media, curator = a_media(session), an_access(session)
    submitted = submit_annotation(session, curator, media.id, shapes=[a_box()])
    assert state_of(session, media) == State.ANNOTATED
    assert submitted.annotation.number == 1
    assert submitted.annotation.shapes[0].box == (0.1, 0.2, 0.3, 0.4)
    assert submitted.annotation.author == curator.login


def test_nothing_here_is_an_answer_with_no_shapes(session):
    media = a_media(session)
    submitted = submit_annotation(session, an_access(session), media.id)
    assert submitted.annotation.shapes == []
    assert state_of(session, media) == State.ANNOTATED


def test_without_required_reviews_a_submission_is_accepted_at_once(session):
    media = a_media(session)
    submit_annotation(session, an_access(session), media.id, policy=ReviewPolicy(reviews_required=0))
    assert state_of(session, media) == State.ACCEPTED


def test_accepting_with_shapes_is_one_act_that_one_undo_takes_back(session):
    media, curator = a_media(session), an_access(session)
    submitted = submit_annotation(session, curator, media.id, shapes=[a_box()], accept=True)
    assert submitted.review is not None and submitted.review.decision == "accepted"
    assert state_of(session, media) == State.ACCEPTED
    decide(session, curator, media.id, Decision.UNDONE)
    assert state_of(session, media) == State.NEW
    assert media.current_annotation_id is None


def test_a_new_media_without_an_answer_cannot_be_accepted(session):
    media = a_media(session)
    with pytest.raises(AnswerIncomplete, match="nothing is here"):
        decide(session, an_access(session), media.id, Decision.ACCEPTED)


def test_the_same_client_id_stores_once(session):
    media, curator = a_media(session), an_access(session)
    first = submit_annotation(session, curator, media.id, shapes=[a_box()], client_id="client-0001")
    again = submit_annotation(session, curator, media.id, shapes=[], client_id="client-0001")
    assert again.repeated and again.annotation.id == first.annotation.id
    accepted = decide(
        session,
        curator,
        media.id,
        Decision.ACCEPTED,
        annotation_id=first.annotation.id,
        client_id="client-0002",
    )
    repeated = decide(
        session,
        curator,
        media.id,
        Decision.ACCEPTED,
        annotation_id=first.annotation.id,
        client_id="client-0002",
    )
    assert repeated.repeated and repeated.review.id == accepted.review.id


def test_a_client_id_of_someone_else_is_refused(session):
    media = a_media(session)
    submit_annotation(session, an_access(session), media.id, client_id="client-0001")
    with pytest.raises(Conflict):
        submit_annotation(session, an_access(session), media.id, client_id="client-0001")


def test_a_stale_submission_is_refused_and_nothing_is_overwritten(session):
    media = a_media(session)
    first = submit_annotation(session, an_access(session), media.id, shapes=[a_box()])
    with pytest.raises(StaleAnnotation) as stale:
        submit_annotation(session, an_access(session), media.id, shapes=[])
    assert stale.value.extra["current_annotation_id"] == first.annotation.id
    assert state_of(session, media) == State.ANNOTATED


def test_keeping_ones_own_answer_makes_it_the_next_number(session):
    media = a_media(session)
    first = submit_annotation(session, an_access(session), media.id, shapes=[a_box()])
    second = submit_annotation(session, an_access(session), media.id, based_on=first.annotation.id)
    assert (second.annotation.number, second.annotation.based_on) == (2, first.annotation.id)


def test_a_decision_about_another_annotation_is_stale(session):
    media = a_media(session)
    submit_annotation(session, an_access(session), media.id)
    with pytest.raises(StaleAnnotation):
        decide(session, an_access(session), media.id, Decision.REJECTED, annotation_id=None)


@pytest.mark.parametrize("decision", [Decision.SENT_BACK, Decision.PARKED, Decision.REOPENED])
def test_some_decisions_need_words(session, decision):
    curator, media = an_access(session), a_media(session)
    annotation = submit_annotation(session, curator, media.id).annotation
    if decision == Decision.REOPENED:
        decide(session, curator, media.id, Decision.REJECTED, annotation_id=annotation.id)
    with pytest.raises(AnswerIncomplete):
        decide(session, curator, media.id, decision, annotation_id=annotation.id, comment="  ")


def test_unparking_puts_a_media_back_where_it_was(session):
    curator, media = an_access(session), a_media(session)
    decide(session, curator, media.id, Decision.UNSURE)
    decide(session, curator, media.id, Decision.PARKED, comment="no screen for this")
    assert state_of(session, media) == State.PARKED
    decide(session, curator, media.id, Decision.UNPARKED)
    assert state_of(session, media) == State.UNSURE


def test_reopening_leads_to_annotated_or_new(session):
    curator = an_access(session)
    empty, answered = a_media(session), a_media(session)
    decide(session, curator, empty.id, Decision.REJECTED)
    decide(session, curator, empty.id, Decision.REOPENED, comment="was smoke")
    assert state_of(session, empty) == State.NEW
    annotation = submit_annotation(session, curator, answered.id, accept=True).annotation
    decide(session, curator, answered.id, Decision.REOPENED, comment="box", annotation_id=annotation.id)
    assert state_of(session, answered) == State.ANNOTATED


def test_undo_walks_back_act_by_act_and_says_when_there_is_nothing_left(session):
    curator, media = an_access(session), a_media(session)
    first = submit_annotation(session, curator, media.id, shapes=[a_box()]).annotation
    second = submit_annotation(session, curator, media.id, based_on=first.id).annotation
    decide(session, curator, media.id, Decision.UNSURE, annotation_id=second.id)
    expected = [(State.ANNOTATED, second.id), (State.ANNOTATED, first.id), (State.NEW, None)]
    for state, current in expected:
        decide(session, curator, media.id, Decision.UNDONE)
        assert (state_of(session, media), media.current_annotation_id) == (state, current)
    with pytest.raises(NothingToUndo):
        decide(session, curator, media.id, Decision.UNDONE)


def test_only_an_admin_undoes_what_another_did(session):
    media = a_media(session)
    decide(session, an_access(session), media.id, Decision.REJECTED)
    with pytest.raises(NotAllowed):
        decide(session, an_access(session), media.id, Decision.UNDONE)
    decide(session, an_admin(session), media.id, Decision.UNDONE)
    assert state_of(session, media) == State.NEW


def test_two_people_must_accept_where_two_are_required(session):
    policy = ReviewPolicy(reviews_required=2)
    author, reviewer, media = an_access(session), an_access(session), a_media(session)
    annotation = submit_annotation(session, author, media.id, accept=True, policy=policy).annotation
    assert state_of(session, media) == State.ANNOTATED
    assert count_queue(session, author, Queue.TO_REVIEW, policy=policy).value == 0
    assert count_queue(session, reviewer, Queue.TO_REVIEW, policy=policy).value == 1
    decide(session, author, media.id, Decision.ACCEPTED, annotation_id=annotation.id, policy=policy)
    assert state_of(session, media) == State.ANNOTATED
    decide(session, reviewer, media.id, Decision.ACCEPTED, annotation_id=annotation.id, policy=policy)
    assert state_of(session, media) == State.ACCEPTED


def test_an_acceptance_that_was_undone_does_not_count(session):
    policy = ReviewPolicy(reviews_required=2)
    author, reviewer, media = an_access(session), an_access(session), a_media(session)
    annotation = submit_annotation(session, author, media.id, policy=policy).annotation
    decide(session, author, media.id, Decision.ACCEPTED, annotation_id=annotation.id, policy=policy)
    decide(session, author, media.id, Decision.UNDONE, policy=policy)
    assert count_queue(session, author, Queue.TO_REVIEW, policy=policy).value == 1
    decide(session, reviewer, media.id, Decision.ACCEPTED, annotation_id=annotation.id, policy=policy)
    assert state_of(session, media) == State.ANNOTATED


def test_ones_own_answer_waits_for_someone_else_where_the_policy_says_so(session):
    policy = ReviewPolicy(review_own=False)
    author, media = an_access(session), a_media(session)
    submitted = submit_annotation(session, author, media.id, accept=True, policy=policy)
    assert state_of(session, media) == State.ANNOTATED
    assert "Someone else" in submitted.notes[0]
    with pytest.raises(OwnWork):
        decide(
            session, author, media.id, Decision.ACCEPTED, annotation_id=submitted.annotation.id, policy=policy
        )
    assert count_queue(session, author, Queue.TO_REVIEW, policy=policy).value == 0


def test_a_closed_media_takes_no_answer_until_it_is_reopened(session):
    curator, media = an_access(session), a_media(session)
    decide(session, curator, media.id, Decision.REJECTED)
    with pytest.raises(WrongState, match="rejected"):
        submit_annotation(session, curator, media.id)


def test_viewers_and_devices_decide_nothing(session):
    media = a_media(session)
    with pytest.raises(NotAllowed):
        decide(session, a_viewer(session), media.id, Decision.REJECTED)
    with pytest.raises(NotAllowed):
        submit_annotation(session, a_viewer(session), media.id)


def test_a_withdrawn_media_is_gone_for_all_but_admins_and_can_be_restored(session):
    admin, curator, media = an_admin(session), an_access(session), a_media(session)
    decide(session, curator, media.id, Decision.UNSURE)
    decide(session, admin, media.id, Decision.WITHDRAWN)
    with pytest.raises(MediaNotFound):
        decide(session, curator, media.id, Decision.REJECTED)
    with pytest.raises(NotAllowed):
        decide(session, curator, a_media(session).id, Decision.WITHDRAWN)
    decide(session, admin, media.id, Decision.RESTORED)
    assert state_of(session, media) == State.UNSURE


def test_unknown_label_classes_and_shapes_outside_are_refused(session):
    curator, media = an_access(session), a_media(session)
    with pytest.raises(UnknownLabelClass):
        submit_annotation(session, curator, media.id, shapes=[a_box("dragon")])
    for box in [(0.1, 0.1, 0.2, 1.2), (float("nan"), 0, 1, 1), (0.3, 0.1, 0.2, 0.5)]:
        with pytest.raises(InvalidShape, match="Shape 1"):
            submit_annotation(session, curator, media.id, shapes=[a_box(box=box)])
    assert state_of(session, media) == State.NEW


def test_a_shape_outside_by_a_pixel_is_pulled_inside_and_it_is_said(session):
    media = a_media(session, width=1000, height=1000)
    submitted = submit_annotation(
        session, an_access(session), media.id, shapes=[a_box(box=(-0.001, 0.5, 0.5, 1.001))]
    )
    assert submitted.annotation.shapes[0].box == (0.0, 0.5, 0.5, 1.0)
    assert submitted.notes


def test_smoke_and_false_positives_exclude_each_other_for_a_whole_picture(session):
    curator, media = an_access(session), a_media(session)
    with pytest.raises(AnswerIncomplete, match="exclude each other"):
        submit_annotation(session, curator, media.id, label_classes=["wildfire", "antenna"])
    submitted = submit_annotation(session, curator, media.id, label_classes=["antenna", "tree"])
    assert submitted.annotation.label_classes == ["antenna", "tree"]


def test_every_open_state_has_exactly_one_queue(session):
    queued = [state for states in QUEUE_STATES.values() for state in states]
    assert len(queued) == len(set(queued))
    assert set(queued) == OPEN_STATES


def test_a_media_sent_back_waits_in_the_queue_sent_back(session):
    curator, media = an_access(session), a_media(session)
    annotation = submit_annotation(session, curator, media.id).annotation
    decide(
        session, curator, media.id, Decision.SENT_BACK, annotation_id=annotation.id, comment="box too wide"
    )
    page = next_media(session, an_access(session), Queue.SENT_BACK)
    assert [item.id for item in page.items] == [media.id]
    assert page.items[0].last_review is not None and page.items[0].last_review.comment == "box too wide"
    assert count_queue(session, curator, Queue.SENT_BACK).value == 1


def test_an_answer_from_before_someone_elses_act_is_told_so(session):
    first, second, media = an_access(session), an_access(session), a_media(session)
    decide(session, first, media.id, Decision.PARKED, comment="no screen for this", seen_acts=0)
    with pytest.raises(MovedOn) as moved:
        submit_annotation(session, second, media.id, shapes=[a_box()], seen_acts=0)
    assert (moved.value.extra["acts"], moved.value.extra["state"]) == (1, "parked")
    with pytest.raises(MovedOn):
        decide(session, second, media.id, Decision.REJECTED, seen_acts=0)
    assert state_of(session, media) == State.PARKED
    assert submit_annotation(session, second, media.id, seen_acts=1).media.acts == 2


def test_undo_takes_back_the_act_it_names_and_no_other(session):
    curator, admin, media = an_access(session), an_admin(session), a_media(session)
    first = decide(session, curator, media.id, Decision.UNSURE).media.acts
    decide(session, admin, media.id, Decision.REJECTED)
    with pytest.raises(MovedOn):
        decide(session, curator, media.id, Decision.UNDONE, undoes=first)
    decide(session, admin, media.id, Decision.UNDONE)
    decide(session, curator, media.id, Decision.UNDONE, undoes=first)
    with pytest.raises(NothingToUndo):
        decide(session, curator, media.id, Decision.UNDONE, undoes=first)
    assert state_of(session, media) == State.NEW


def test_a_comment_on_an_answer_stands_in_the_history(session):
    media = a_media(session)
    submitted = submit_annotation(session, an_access(session), media.id, comment="the left plume is steam")
    assert submitted.annotation.comment == "the left plume is steam"


def test_a_restored_media_is_the_twin_of_its_content_again(session):
    admin, media = an_admin(session), a_media(session)
    sha256 = media.upload_sha256
    decide(session, admin, media.id, Decision.WITHDRAWN)
    decide(session, admin, media.id, Decision.RESTORED)
    assert media.upload_sha256 == sha256
    decide(session, admin, media.id, Decision.WITHDRAWN)
    again = a_media(session)
    again.blob_id, again.upload_sha256 = media.blob_id, sha256
    session.flush()
    with pytest.raises(Conflict, match=f"media {again.id}"):
        decide(session, admin, media.id, Decision.RESTORED)
