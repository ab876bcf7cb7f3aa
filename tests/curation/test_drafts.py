"""Drafts: kept for their author alone until they are handed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from curation import drafts
from curation.annotations import submit_annotation
from curation.drafts import drop_draft, keep_draft, list_drafts
from curation.errors import (
    AnnotationNotFound,
    InvalidShape,
    InvalidText,
    MediaNotFound,
    NotAllowed,
    WrongState,
)
from curation.reviews import decide
from db.models import Decision, Draft, Look, LookKind, State, utc_now
from tests.factories import a_box, a_media, a_viewer, an_access


def keep(session, access, media_id, *, shapes=(), labels=(), replies=None, based_on=None, made_at=None):
    keep_draft(
        session,
        access,
        media_id,
        shapes=list(shapes),
        labels=list(labels),
        replies=replies or {},
        based_on=based_on,
        made_at=made_at or utc_now(),
    )


def kept(session, access):
    return {draft.media_id: draft for draft in list_drafts(session, access)}


def test_a_drawing_comes_back_as_it_was_left(session):
    curator, media = an_access(session), a_media(session)
    unnamed = {"label_class": None, "points": [[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]}
    keep(
        session, curator, media.id, shapes=[a_box(), unnamed], labels=["fog"], replies={"missed_smoke": True}
    )
    draft = kept(session, curator)[media.id]
    box, polygon = draft.drawing["shapes"]
    assert (box["label_class"], box["box"]) == ("wildfire", [0.1, 0.2, 0.3, 0.4])
    assert (polygon["label_class"], polygon["points"]) == (None, unnamed["points"])
    assert (draft.drawing["labels"], draft.drawing["replies"]) == (["fog"], {"missed_smoke": True})


def test_of_two_the_later_one_stays_in_whichever_order_they_arrive(session):
    curator, media = an_access(session), a_media(session)
    now = utc_now() - timedelta(minutes=5)
    keep(session, curator, media.id, shapes=[a_box()], made_at=now)
    keep(session, curator, media.id, shapes=[], made_at=now - timedelta(seconds=2))
    assert len(kept(session, curator)[media.id].drawing["shapes"]) == 1
    keep(session, curator, media.id, shapes=[a_box()] * 2, made_at=now + timedelta(seconds=2))
    assert len(kept(session, curator)[media.id].drawing["shapes"]) == 2


def test_a_browser_whose_clock_is_ahead_does_not_outdo_what_is_drawn_later(session):
    curator, media = an_access(session), a_media(session)
    keep(session, curator, media.id, shapes=[a_box()] * 3, made_at=utc_now() + timedelta(days=400))
    keep(session, curator, media.id, shapes=[a_box()])
    assert len(kept(session, curator)[media.id].drawing["shapes"]) == 1


def test_drafts_are_their_authors_alone(session):
    curator, colleague, media = an_access(session), an_access(session), a_media(session)
    keep(session, curator, media.id, shapes=[a_box()])
    assert kept(session, colleague) == {}
    drop_draft(session, colleague, media.id)
    keep(session, colleague, media.id)
    assert len(kept(session, curator)[media.id].drawing["shapes"]) == 1
    for forbidden in (lambda who: keep(session, who, media.id), lambda who: list_drafts(session, who)):
        with pytest.raises(NotAllowed):
            forbidden(a_viewer(session))


def test_submitting_takes_ones_own_draft_away_and_no_other(session):
    curator, colleague, media = an_access(session), an_access(session), a_media(session)
    other = a_media(session).id
    for who, media_id in ((curator, media.id), (curator, other), (colleague, media.id)):
        keep(session, who, media_id)
    submit_annotation(session, curator, media.id, shapes=[a_box()])
    assert set(kept(session, curator)) == {other}
    assert set(kept(session, colleague)) == {media.id}


def test_accepting_takes_ones_own_draft_away_and_what_hands_nothing_in_does_not(session):
    curator, media = an_access(session), a_media(session)
    keep(session, curator, media.id)
    decide(session, curator, media.id, Decision.UNSURE)
    decide(session, curator, media.id, Decision.PARKED, comment="later")
    decide(session, curator, media.id, Decision.REJECTED)
    decide(session, curator, media.id, Decision.UNDONE)
    assert set(kept(session, curator)) == {media.id}
    decide(session, curator, media.id, Decision.UNPARKED)
    annotation_id = submit_annotation(session, an_access(session), media.id).annotation.id
    decide(session, curator, media.id, Decision.ACCEPTED, annotation_id=annotation_id)
    assert kept(session, curator) == {}


def test_a_draft_that_arrives_after_its_own_submission_is_not_offered_again(session):
    curator, media = an_access(session), a_media(session)
    answer = submit_annotation(session, curator, media.id, shapes=[a_box()]).annotation
    keep(session, curator, media.id, shapes=[a_box()])
    assert kept(session, curator) == {}
    keep(session, curator, media.id, shapes=[a_box()] * 2, based_on=answer.id)
    assert set(kept(session, curator)) == {media.id}, "the next one is another matter"


def test_one_that_somebody_else_was_faster_than_is_kept(session):
    curator, media = an_access(session), a_media(session)
    submit_annotation(session, an_access(session), media.id, shapes=[a_box()])
    keep(session, curator, media.id, shapes=[a_box()])
    assert set(kept(session, curator)) == {media.id}


def test_ones_own_old_answer_that_comes_back_to_be_given_blind_may_be_drafted(session):
    curator, media = an_access(session), a_media(session)
    answer = submit_annotation(session, curator, media.id, shapes=[a_box()]).annotation
    session.add(
        Look(
            kind=LookKind.SELF_CHECK,
            media_id=media.id,
            annotation_id=answer.id,
            access_id=curator.id,
            taken_at=utc_now(),
        )
    )
    session.flush()
    keep(session, curator, media.id, shapes=[a_box()])
    assert set(kept(session, curator)) == {media.id}


def test_what_nobody_came_back_to_for_a_week_is_gone(session):
    curator = an_access(session)
    old, fresh = a_media(session).id, a_media(session).id
    for media_id in (old, fresh):
        keep(session, curator, media_id)
    week_ago = utc_now() - timedelta(days=7, seconds=1)
    session.execute(update(Draft).where(Draft.media_id == old).values(saved_at=week_ago))
    assert set(kept(session, curator)) == {fresh}
    drafts.sweep(session)
    assert session.scalars(select(Draft.media_id)).all() == [fresh]


@pytest.mark.parametrize(
    ("drawing", "problem"),
    [
        ({"shapes": [{"label_class": "wildfire", "box": [0, 0, 1, 2]}]}, InvalidShape),
        ({"shapes": [{"box": [0.5, 0, 0.5, 1]}]}, InvalidShape),
        ({"shapes": [{"points": [[0, 0], [1, 1]]}]}, InvalidShape),
        ({"shapes": [{}]}, InvalidShape),
        ({"shapes": [a_box()] * 501}, InvalidShape),
        ({"labels": ["x" * 61]}, InvalidText),
        ({"labels": ["a\x00"]}, InvalidText),
        ({"replies": {str(number): True for number in range(51)}}, InvalidText),
        ({"based_on": 10**9}, AnnotationNotFound),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_cannot_be_a_drawing_is_refused(session, drawing, problem):
    curator, media = an_access(session), a_media(session)
    with pytest.raises(problem):
        keep(session, curator, media.id, **drawing)
    assert kept(session, curator) == {}


def test_a_draft_needs_a_picture_that_is_there(session):
    curator = an_access(session)
    empty = a_media(session, state=State.AWAITING_CONTENT)
    empty.blob_id = None
    session.flush()
    with pytest.raises(WrongState):
        keep(session, curator, empty.id)
    with pytest.raises(MediaNotFound):
        keep(session, curator, 10**9)
    foreign = submit_annotation(session, curator, a_media(session).id).annotation.id
    with pytest.raises(AnnotationNotFound):
        keep(session, curator, a_media(session).id, based_on=foreign)
