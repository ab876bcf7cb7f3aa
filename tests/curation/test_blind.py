"""Blind answers, the disputes they lead to, and how those are settled and undone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import browse, history, looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.comparisons import add_comparison
from curation.errors import AnswerIncomplete, Conflict, MovedOn, NotAllowed, StaleAnnotation, WrongState
from curation.media_filter import MediaFilter
from curation.media_view import annotation_views
from curation.reviews import decide
from curation.states import OPEN_STATES
from db.models import (
    Access,
    Annotation,
    AnnotationReply,
    Asked,
    Comparison,
    ComparisonLabel,
    Decision,
    Look,
    Media,
    Question,
    Review,
    State,
)
from db.session import open_session
from tests.curation.test_looks import AGAIN, ALWAYS, an_old_answer
from tests.factories import a_box, a_media, an_access, an_admin
from tests.histories import assert_told_by_history

ELSEWHERE = a_box(box=(0.6, 0.6, 0.7, 0.7))
NEARLY = a_box(box=(0.1, 0.2, 0.31, 0.41))


def state_of(session: Session, media: Media) -> State:
    session.flush()
    session.refresh(media)
    assert_told_by_history(session, media.id)
    return media.state


def look_of(session: Session, access: Access, media: Media) -> int:
    """The look by which this access shall answer the media blind, taken now."""
    assert media.id in looks.take(session, access, ALWAYS, 10)
    return looks.given_looks(session, access)[media.id]


@pytest.fixture
def author(session):
    return an_access(session, login="author")


@pytest.fixture
def other(session):
    return an_access(session, login="other")


@pytest.fixture
def media(session, author):
    media = a_media(session)
    submit_annotation(session, author, media.id, shapes=[a_box()], policy=ALWAYS)
    return media


@pytest.fixture
def disputed(session, media, other):
    look = look_of(session, other, media)
    submit_annotation(session, other, media.id, shapes=[ELSEWHERE], look=look)
    return media


def second_of(session: Session, media: Media) -> int:
    return session.scalars(
        select(Annotation.id).where(Annotation.media_id == media.id, Annotation.blind)
    ).one()


# --- answering a look -----------------------------------------------------------------------------


def test_who_agrees_moves_nothing_and_is_told_what_a_first_answer_is_told(session, media, author, other):
    first = media.current_annotation_id
    look = look_of(session, other, media)
    told = submit_annotation(session, other, media.id, shapes=[NEARLY], look=look, accept=True)
    assert state_of(session, media) == State.ANNOTATED and media.current_annotation_id == first
    assert (told.annotation.number, told.annotation.based_on, told.review) == (1, None, None)
    assert (told.media.state, told.media.current_annotation_id) == ("annotated", told.annotation.id)
    assert told.act == told.media.acts == 2
    stored = session.get_one(Annotation, told.annotation.id)
    assert (stored.blind, stored.based_on_id, stored.number) == (True, first, 2)
    assert looks.open_looks(session, other) == []
    comparison = session.scalars(select(Comparison)).one()
    assert (comparison.agrees, comparison.look_id, comparison.act) == (True, look, 2)
    assert (comparison.first_access_id, comparison.second_access_id) == (author.id, other.id)
    assert [
        (row.both, row.only_first, row.only_second) for row in session.scalars(select(ComparisonLabel))
    ] == [(1, 0, 0)]


def test_who_disagrees_is_told_the_same_but_the_media_is_disputed(session, media, other):
    first = media.current_annotation_id
    told = submit_annotation(
        session,
        other,
        media.id,
        shapes=[ELSEWHERE],
        look=look_of(session, other, media),
        client_id="client-1",
    )
    assert (told.media.state, told.media.current_annotation_id) == ("annotated", told.annotation.id)
    assert state_of(session, media) == State.DISPUTED and media.current_annotation_id == first
    again = submit_annotation(session, other, media.id, look=99, client_id="client-1")
    assert again.repeated and (again.annotation, again.media, again.act) == (
        told.annotation,
        told.media,
        told.act,
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"shapes": [ELSEWHERE]}, "shapes"),
        ({}, "shapes"),
        ({"shapes": [a_box(), ELSEWHERE]}, "shapes"),
        ({"shapes": [a_box("industrial")]}, "label_classes"),
        ({"shapes": [a_box()], "label_classes": ["wildfire"]}, "label_classes"),
    ],
    ids=str,
)
def test_a_dispute_shows_both_answers_and_why(session, media, author, other, answer, reason):
    submit_annotation(session, other, media.id, **answer, look=look_of(session, other, media))
    for shown in (
        browse.get_details(session, author, media.id),
        browse.list_page(session, author, MediaFilter(state=(State.DISPUTED,)), answers=True).items[0],
    ):
        assert shown.annotation is not None and shown.annotation.author == "author"
        assert shown.dispute is not None and shown.dispute.other is not None
        assert (shown.dispute.other.author, shown.dispute.reason) == ("other", reason)
        assert shown.dispute.review is None and shown.last_review is None


@pytest.mark.parametrize(
    ("replies", "agrees"), [((True, True), True), ((True, False), False), ((True, None), True)]
)
def test_another_reply_to_a_question_is_a_disagreement(session, author, other, replies, agrees):
    media = a_media(session)
    submit_annotation(session, author, media.id, policy=ALWAYS)
    look = session.get_one(Look, look_of(session, other, media))
    blind = Annotation(
        media_id=media.id,
        number=2,
        author_id=other.id,
        based_on_id=look.annotation_id,
        blind=True,
        act=2,
        state_before=State.ANNOTATED,
        state_after=State.ANNOTATED,
    )
    question = Question(key="any_smoke", sentence="Is there any smoke?", asked=Asked.OPTIONAL)
    session.add_all([blind, question])
    session.flush()
    for annotation_id, yes in zip((look.annotation_id, blind.id), replies, strict=True):
        if yes is not None:
            session.add(AnnotationReply(annotation_id=annotation_id, question_id=question.id, yes=yes))
    session.flush()
    first, second = annotation_views(session, [look.annotation_id, blind.id])
    assert add_comparison(session, look, other, 2, first, second) is agrees


def test_a_blind_rejection_disputes_and_unsure_or_parked_move_nothing(session, author):
    for decision, after in (
        (Decision.REJECTED, State.DISPUTED),
        (Decision.UNSURE, State.ANNOTATED),
        (Decision.PARKED, State.ANNOTATED),
    ):
        media, other = a_media(session), an_access(session)
        first = submit_annotation(session, author, media.id, shapes=[a_box()], policy=ALWAYS).annotation.id
        look = looks.take(session, other, ALWAYS, 1) and look_of(session, other, media)
        told = decide(
            session, other, media.id, decision, look=look, comment="too dark", client_id=f"client-{decision}"
        )
        assert (told.media.state, told.media.current_annotation_id) == (decision.value, None)
        assert (told.review.annotation_id, told.review.state_before) == (None, "new")
        assert told.review.state_after == decision.value
        assert state_of(session, media) == after and media.current_annotation_id == first
        again = decide(session, other, media.id, decision, client_id=f"client-{decision}")
        assert again.repeated and (again.review, again.media) == (told.review, told.media)
        shown = browse.get_details(session, author, media.id)
        assert shown.last_review is None
        if after == State.DISPUTED:
            assert shown.dispute is not None and shown.dispute.other is None
            assert shown.dispute.review is not None and shown.dispute.review.comment == "too dark"
            assert shown.dispute.reason == "decision"
        assert [entry.blind for entry in history.get_history(session, author, media.id)] == [
            True,
            False,
            False,
        ]


def test_a_blind_decision_is_refused_what_a_new_media_would_be_refused(session, media, other):
    look = look_of(session, other, media)
    with pytest.raises(AnswerIncomplete, match="nothing is here"):
        decide(session, other, media.id, Decision.ACCEPTED, look=look)
    with pytest.raises(AnswerIncomplete, match="note"):
        decide(session, other, media.id, Decision.PARKED, look=look)
    for decision in (Decision.SENT_BACK, Decision.REOPENED, Decision.SETTLED, Decision.UNPARKED):
        with pytest.raises(WrongState, match="is new"):
            decide(session, other, media.id, decision, look=look, comment="words")
    assert looks.open_looks(session, other) == [media.id]


def test_a_look_of_somebody_else_or_answered_is_refused(session, media, author, other):
    look = look_of(session, other, media)
    with pytest.raises(Conflict, match="somebody else"):
        submit_annotation(session, author, media.id, look=look)
    with pytest.raises(Conflict, match="somebody else"):
        submit_annotation(session, other, a_media(session).id, look=look)
    with pytest.raises(Conflict, match="somebody else"):
        decide(session, other, media.id, Decision.REJECTED, look=look + 1)
    submit_annotation(session, other, media.id, shapes=[a_box()], look=look)
    with pytest.raises(Conflict, match="already"):
        submit_annotation(session, other, media.id, look=look)
    with pytest.raises(Conflict, match="already"):
        decide(session, other, media.id, Decision.REJECTED, look=look)


def test_an_answer_to_a_look_whose_media_moved_on_is_told_so_and_can_be_kept(session, media, author, other):
    look = look_of(session, other, media)
    newer = submit_annotation(session, author, media.id, based_on=media.current_annotation_id).annotation
    with pytest.raises(StaleAnnotation) as stale:
        submit_annotation(session, other, media.id, shapes=[a_box()], look=look)
    assert stale.value.extra["current_annotation_id"] == newer.id
    kept = submit_annotation(session, other, media.id, shapes=[a_box()], based_on=newer.id)
    assert (kept.annotation.number, media.current_annotation_id) == (3, kept.annotation.id)


def test_an_answer_to_a_look_whose_media_was_sent_back_is_told_so(session, media, author, other):
    look = look_of(session, other, media)
    decide(
        session, author, media.id, Decision.SENT_BACK, annotation_id=media.current_annotation_id, comment="!"
    )
    with pytest.raises(MovedOn, match="sent back"):
        submit_annotation(session, other, media.id, shapes=[a_box()], look=look)


def test_a_blind_answer_that_moved_nothing_makes_nobody_too_late(session, media, author, other):
    submit_annotation(session, other, media.id, shapes=[a_box()], look=look_of(session, other, media))
    decide(
        session, author, media.id, Decision.ACCEPTED, annotation_id=media.current_annotation_id, seen_acts=1
    )
    assert state_of(session, media) == State.ACCEPTED
    with pytest.raises(MovedOn):
        decide(
            session,
            author,
            media.id,
            Decision.SENT_BACK,
            annotation_id=media.current_annotation_id,
            seen_acts=2,
        )


def test_one_answers_a_look_that_two_windows_send_at_once(installation):
    with open_session() as session:
        author, other, media = an_access(session), an_access(session), a_media(session)
        submit_annotation(session, author, media.id, shapes=[a_box()], policy=ALWAYS)
        look, media_id = look_of(session, other, media), media.id
    barrier, said = threading.Barrier(2), []

    def send() -> None:
        barrier.wait()
        try:
            with open_session() as session:
                submit_annotation(session, other, media_id, shapes=[ELSEWHERE], look=look)
            said.append("stored")
        except Conflict as conflict:
            said.append(conflict.code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["conflict", "stored"]
    with open_session() as session:
        assert session.scalars(select(Comparison.agrees)).all() == [False]


# --- one's own old answers ------------------------------------------------------------------------


def test_answering_ones_own_old_media_otherwise_disputes_nothing_and_nobody_else_sees_it(session):
    author, admin = an_access(session), an_admin(session)
    media, rejected = an_old_answer(session, author, days=9), an_old_answer(session, author)
    for _ in range(2):
        looks.take(session, author, AGAIN, 5)
    given = looks.given_looks(session, author)
    submit_annotation(session, author, media.id, look=given[media.id])
    decide(session, author, rejected.id, Decision.REJECTED, look=given[rejected.id])
    for one in (media, rejected):
        assert state_of(session, one) == State.ANNOTATED
        assert [entry.what for entry in history.get_history(session, admin, one.id)] == [
            "submitted",
            "registered",
        ]
        assert len(history.get_history(session, author, one.id)) == 3
    assert len(history.list_annotations(session, admin, media.id)) == 1
    assert len(history.list_annotations(session, author, media.id)) == 2
    assert session.scalars(select(Comparison.agrees)).all() == [False, False]
    decide(session, author, media.id, Decision.UNDONE)
    assert [entry.what for entry in history.get_history(session, admin, media.id)] == [
        "submitted",
        "registered",
    ]
    assert looks.open_looks(session, author) == [media.id]


# --- settling -------------------------------------------------------------------------------------


def test_settling_for_either_answer_makes_it_count(session, disputed):
    first, second = disputed.current_annotation_id, second_of(session, disputed)
    for chosen in (first, second):
        judge = an_access(session)
        told = decide(session, judge, disputed.id, Decision.SETTLED, annotation_id=first, chooses=chosen)
        assert told.media.current_annotation_id == chosen
        assert state_of(session, disputed) == State.ACCEPTED and disputed.current_annotation_id == chosen
        assert browse.get_details(session, judge, disputed.id).dispute is None
        decide(session, judge, disputed.id, Decision.UNDONE)
        assert state_of(session, disputed) == State.DISPUTED and disputed.current_annotation_id == first
        assert browse.get_details(session, judge, disputed.id).dispute is not None


def test_settling_needs_one_of_the_two_answers(session, disputed, other):
    first = disputed.current_annotation_id
    foreign = submit_annotation(session, other, a_media(session).id).annotation.id
    for chosen in (None, foreign):
        with pytest.raises(AnswerIncomplete, match="one of the two"):
            decide(session, other, disputed.id, Decision.SETTLED, annotation_id=first, chooses=chosen)
    with pytest.raises(StaleAnnotation):
        decide(session, other, disputed.id, Decision.SETTLED, annotation_id=None, chooses=first)


def test_a_dispute_settled_for_ones_own_answer_waits_where_own_ones_do_not_count(session, disputed, other):
    policy, first = ReviewPolicy(review_own=False), disputed.current_annotation_id
    settle = {"annotation_id": first, "chooses": second_of(session, disputed), "policy": policy}
    decide(session, other, disputed.id, Decision.SETTLED, **settle)
    assert state_of(session, disputed) == State.ANNOTATED
    decide(session, other, disputed.id, Decision.UNDONE)
    decide(session, an_access(session), disputed.id, Decision.SETTLED, **settle)
    assert state_of(session, disputed) == State.ACCEPTED


@pytest.mark.parametrize(("review_own", "after"), [(True, State.ACCEPTED), (False, State.ANNOTATED)])
def test_settling_counts_as_one_acceptance_where_two_are_required(
    session, disputed, other, review_own, after
):
    policy, second = ReviewPolicy(2, review_own), second_of(session, disputed)
    first = disputed.current_annotation_id
    decide(session, other, disputed.id, Decision.SETTLED, annotation_id=first, chooses=second, policy=policy)
    assert state_of(session, disputed) == State.ANNOTATED
    decide(session, an_access(session), disputed.id, Decision.ACCEPTED, annotation_id=second, policy=policy)
    assert state_of(session, disputed) == after


def test_one_who_rejects_what_another_accepted_disputes_it_where_two_are_required(session, author, other):
    policy, media = ReviewPolicy(2), a_media(session)
    first = submit_annotation(session, author, media.id, accept=True, policy=policy).annotation.id
    decide(session, other, media.id, Decision.REJECTED, annotation_id=first, comment="a cloud", policy=policy)
    assert state_of(session, media) == State.DISPUTED
    shown = browse.get_details(session, author, media.id)
    assert shown.dispute is not None and shown.dispute.review is not None
    assert (shown.dispute.reason, shown.dispute.review.author) == ("decision", "other")
    decide(session, other, media.id, Decision.UNDONE)
    assert state_of(session, media) == State.ANNOTATED
    assert session.scalars(select(Comparison)).all() == []
    decide(session, other, media.id, Decision.REJECTED, annotation_id=first, policy=policy)
    settle = {"annotation_id": first, "chooses": first, "policy": policy}
    decide(session, an_access(session), media.id, Decision.SETTLED, **settle)
    assert state_of(session, media) == State.ACCEPTED


def test_rejecting_what_nobody_else_accepted_rejects(session, author, other):
    policy = ReviewPolicy(2)
    own, untouched = a_media(session), a_media(session)
    submitted = submit_annotation(session, author, own.id, accept=True, policy=policy)
    decide(session, author, own.id, Decision.REJECTED, annotation_id=submitted.annotation.id, policy=policy)
    submitted = submit_annotation(session, author, untouched.id, policy=policy)
    decide(
        session, other, untouched.id, Decision.REJECTED, annotation_id=submitted.annotation.id, policy=policy
    )
    assert state_of(session, own) == state_of(session, untouched) == State.REJECTED


# --- every way out of a dispute, and back ---------------------------------------------------------


def test_a_plain_submission_leaves_no_dispute(session, disputed, author):
    with pytest.raises(WrongState, match="disagree"):
        submit_annotation(session, author, disputed.id, based_on=disputed.current_annotation_id)
    assert state_of(session, disputed) == State.DISPUTED


def test_accepting_a_third_drawing_ends_a_dispute_and_undo_brings_it_back(session, disputed):
    judge, first = an_access(session), disputed.current_annotation_id
    drawn = submit_annotation(
        session, judge, disputed.id, shapes=[NEARLY], based_on=first, accept=True, policy=ALWAYS
    )
    assert state_of(session, disputed) == State.ACCEPTED
    assert disputed.current_annotation_id == drawn.annotation.id
    # What was settled is not asked once more.
    assert looks.take(session, an_access(session), ALWAYS, 5) == []
    decide(session, judge, disputed.id, Decision.UNDONE)
    assert state_of(session, disputed) == State.DISPUTED and disputed.current_annotation_id == first
    shown = browse.get_details(session, judge, disputed.id)
    assert shown.dispute is not None and shown.dispute.other is not None


@pytest.mark.parametrize("decision", [Decision.REJECTED, Decision.SENT_BACK, Decision.PARKED])
def test_a_dispute_can_be_rejected_sent_back_or_parked_and_each_undone(session, disputed, decision):
    judge, first = an_access(session), disputed.current_annotation_id
    decide(session, judge, disputed.id, decision, annotation_id=first, comment="words")
    assert state_of(session, disputed) == decision.value
    assert browse.get_details(session, judge, disputed.id).dispute is None
    decide(session, judge, disputed.id, Decision.UNDONE)
    assert state_of(session, disputed) == State.DISPUTED
    if decision == Decision.PARKED:
        decide(session, judge, disputed.id, Decision.PARKED, annotation_id=first, comment="words")
        decide(session, judge, disputed.id, Decision.UNPARKED, annotation_id=first)
        assert state_of(session, disputed) == State.DISPUTED
        assert browse.get_details(session, judge, disputed.id).dispute is not None


def test_undoing_a_blind_answer_takes_the_dispute_and_the_comparison_away_and_gives_the_look_back(
    session, media, author, other
):
    decide(session, author, media.id, Decision.ACCEPTED, annotation_id=media.current_annotation_id)
    look = look_of(session, other, media)
    act = submit_annotation(session, other, media.id, look=look).act
    assert state_of(session, media) == State.DISPUTED
    told = decide(session, other, media.id, Decision.UNDONE, undoes=act, client_id="client-undo")
    assert (told.media.state, told.media.current_annotation_id, told.media.acts) == ("new", None, 0)
    assert told.review.annotation_id is None and told.review.state_after == "new"
    again = decide(session, other, media.id, Decision.UNDONE, undoes=act, client_id="client-undo")
    assert again.repeated and (again.media, again.review) == (told.media, told.review)
    assert state_of(session, media) == State.ACCEPTED
    assert session.scalars(select(Comparison)).all() == []
    assert session.scalars(select(ComparisonLabel)).all() == []
    assert looks.open_looks(session, other) == [media.id]
    submit_annotation(session, other, media.id, shapes=[a_box()], look=look)
    assert state_of(session, media) == State.ACCEPTED
    assert looks.open_looks(session, other) == []


def test_undoing_a_blind_decision_gives_the_look_back_too(session, media, other):
    look = look_of(session, other, media)
    decide(session, other, media.id, Decision.REJECTED, look=look)
    decide(session, other, media.id, Decision.UNDONE)
    assert state_of(session, media) == State.ANNOTATED
    assert looks.given_looks(session, other) == {media.id: look}


def test_quiet_answers_stand_in_nobodys_way_when_others_undo(session, media, author, other):
    act = submit_annotation(
        session, other, media.id, shapes=[a_box()], look=look_of(session, other, media)
    ).act
    first = media.current_annotation_id
    decide(session, author, media.id, Decision.ACCEPTED, annotation_id=first)
    # Its author takes the quiet answer back although somebody decided since; that stays decided.
    decide(session, other, media.id, Decision.UNDONE, undoes=act)
    assert state_of(session, media) == State.ACCEPTED and media.current_annotation_id == first
    decide(session, author, media.id, Decision.UNDONE)
    assert state_of(session, media) == State.ANNOTATED
    decide(session, author, media.id, Decision.UNDONE, undoes=1)
    assert state_of(session, media) == State.NEW and media.current_annotation_id is None


def test_undoing_the_first_answer_forgets_what_was_compared_with_it(session, media, author, other):
    submit_annotation(session, other, media.id, shapes=[a_box()], look=look_of(session, other, media))
    decide(session, author, media.id, Decision.UNDONE, undoes=1)
    assert state_of(session, media) == State.NEW
    assert session.scalars(select(Comparison)).all() == []


def test_only_an_admin_undoes_the_blind_answer_of_another(session, disputed, author, other):
    with pytest.raises(NotAllowed):
        decide(session, author, disputed.id, Decision.UNDONE)
    told = decide(session, an_admin(session), disputed.id, Decision.UNDONE)
    assert told.media.state == State.ANNOTATED
    assert looks.open_looks(session, other) == [disputed.id]


# --- every state and every act --------------------------------------------------------------------

# What each act leads to, by the state it starts from; where a state is missing the act is refused.
LEADS_TO: dict[str, dict[State, State]] = {
    "submit": dict.fromkeys(OPEN_STATES - {State.DISPUTED}, State.ANNOTATED),
    "submit_and_accept": dict.fromkeys(OPEN_STATES, State.ACCEPTED),
    "accepted": {State.ANNOTATED: State.ACCEPTED, State.UNSURE: State.ACCEPTED},
    "rejected": dict.fromkeys(OPEN_STATES, State.REJECTED),
    "sent_back": dict.fromkeys(
        [State.ANNOTATED, State.UNSURE, State.ACCEPTED, State.DISPUTED], State.SENT_BACK
    ),
    "unsure": dict.fromkeys([State.NEW, State.ANNOTATED, State.SENT_BACK], State.UNSURE),
    "parked": dict.fromkeys(OPEN_STATES - {State.PARKED}, State.PARKED),
    "unparked": {State.PARKED: State.ANNOTATED},
    "reopened": {State.ACCEPTED: State.ANNOTATED, State.REJECTED: State.ANNOTATED},
    "settled": {State.DISPUTED: State.ACCEPTED},
    "agree_blind": {State.ANNOTATED: State.ANNOTATED, State.ACCEPTED: State.ACCEPTED},
    "disagree_blind": {State.ANNOTATED: State.DISPUTED, State.ACCEPTED: State.DISPUTED},
    "reject_blind": {State.ANNOTATED: State.DISPUTED, State.ACCEPTED: State.DISPUTED},
    "unsure_blind": {State.ANNOTATED: State.ANNOTATED, State.ACCEPTED: State.ACCEPTED},
}
REACHED = [*sorted(OPEN_STATES), State.ACCEPTED, State.REJECTED]


def a_media_in(session: Session, state: State, author: Access, other: Access) -> tuple[Media, int | None]:
    """A media that came into a state by acts, and a look that `other` was given while it still could be."""
    media = a_media(session)
    if state == State.NEW:
        return media, None
    submit_annotation(session, author, media.id, shapes=[a_box()], policy=ALWAYS)
    current = media.current_annotation_id
    if state == State.DISPUTED:
        second = an_access(session)
        decide(session, second, media.id, Decision.REJECTED, look=look_of(session, second, media))
        return media, None
    look = look_of(session, other, media)
    if state != State.ANNOTATED:
        decide(session, author, media.id, Decision(state.value), annotation_id=current, comment="words")
    return media, look


def act_on(session: Session, access: Access, media: Media, act: str, look: int | None) -> None:
    current = media.current_annotation_id
    if act.startswith("submit"):
        accept = act == "submit_and_accept"
        submit_annotation(session, access, media.id, shapes=[a_box()], based_on=current, accept=accept)
    elif act.endswith("_blind"):
        if look is None:
            raise WrongState("No look was ever given.")
        if act in ("agree_blind", "disagree_blind"):
            box = a_box() if act == "agree_blind" else ELSEWHERE
            submit_annotation(session, access, media.id, shapes=[box], look=look)
        else:
            decision = Decision.REJECTED if act == "reject_blind" else Decision.UNSURE
            decide(session, access, media.id, decision, look=look)
    else:
        decide(
            session, access, media.id, Decision(act), annotation_id=current, chooses=current, comment="words"
        )


@pytest.mark.parametrize("act", LEADS_TO)
def test_every_act_leads_from_every_state_where_it_shall_and_back(session, author, other, act):
    for state in REACHED:
        media, look = a_media_in(session, state, author, other)
        current = media.current_annotation_id
        expected = LEADS_TO[act].get(state)
        if expected is None:
            with pytest.raises((Conflict, AnswerIncomplete)), session.begin_nested():
                act_on(session, other, media, act, look)
            assert state_of(session, media) == state
            continue
        act_on(session, other, media, act, look)
        assert state_of(session, media) == expected, f"{act} from {state}"
        decide(session, other, media.id, Decision.UNDONE, undoes=media.act_count)
        assert state_of(session, media) == state, f"{act} from {state}, undone"
        assert media.current_annotation_id == current
        shown = browse.get_details(session, author, media.id)
        assert (shown.dispute is not None) == (state == State.DISPUTED)
        # Every act and its undoing stand in the history, numbered without a gap.
        numbers = {*session.scalars(select(Annotation.act).where(Annotation.media_id == media.id))}
        numbers |= {*session.scalars(select(Review.act).where(Review.media_id == media.id))}
        assert numbers == set(range(1, media.act_count + 1))
