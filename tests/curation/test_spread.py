"""One shape for many frames: previewed, applied as one act, undone as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from curation.acts import ReviewPolicy
from curation.annotations import ANNOTATION_FILE, submit_annotation
from curation.batches import ACTED_SINCE, UNDONE_ALREADY, WITHDRAWN, LeftOut, undo_batch
from curation.errors import (
    AnswerIncomplete,
    Conflict,
    InvalidShape,
    InvalidText,
    MediaNotFound,
    NotAllowed,
    NotFound,
    NothingToUndo,
    TooLarge,
    UnknownLabelClass,
)
from curation.media_view import annotation_views
from curation.reviews import decide
from curation.spread import preview_spread, spread
from db.models import (
    Annotation,
    Asked,
    Batch,
    BatchKind,
    Decision,
    Event,
    Job,
    Media,
    Question,
    Scope,
    State,
    utc_now,
)
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin
from tests.histories import assert_told_by_history

START = datetime(2026, 8, 12, tzinfo=UTC)
ANTENNA = a_box("antenna")


@pytest.fixture
def curator(session):
    return an_access(session)


@pytest.fixture
def frames(session):
    """Ten frames of one camera, an hour apart."""
    return [
        a_media(session, source="north", azimuth=45.0, captured_at=START + timedelta(hours=hour))
        for hour in range(10)
    ]


def state_of(session, media):
    session.refresh(media)
    assert_told_by_history(session, media.id)
    return media.state


def ids(media):
    return [found.id for found in media]


def test_the_preview_shows_new_frames_of_the_camera_around_this_one(session, curator, frames):
    submit_annotation(session, curator, frames[3].id)
    a_media(session, source="south", azimuth=45.0, captured_at=START)
    a_media(session, source="north", azimuth=90.0, captured_at=START)
    shown = preview_spread(session, curator, frames[5].id, ANTENNA, before=2, after=2)
    assert ids(shown.media) == ids([frames[2], frames[4], frames[6], frames[7]])
    assert shown.total == 8
    assert (shown.media[0].captured_at, shown.media[0].state) == (frames[2].captured_at, "new")
    assert shown.media[0].file_name == frames[2].file_name
    nothing = preview_spread(session, curator, frames[5].id, ANTENNA, before=0, after=0)
    assert (nothing.media, nothing.total) == ([], 8)


def test_frames_of_one_moment_are_told_apart_by_their_ids(session, curator):
    same = [a_media(session, source="north", captured_at=START) for _ in range(5)]
    shown = preview_spread(session, curator, same[2].id, ANTENNA, before=9, after=9)
    assert ids(shown.media) == ids(same[:2] + same[3:])


def test_without_times_the_order_of_arrival_counts(session, curator):
    same = [a_media(session, source="north", captured_at=None) for _ in range(5)]
    shown = preview_spread(session, curator, same[2].id, ANTENNA, before=1, after=1)
    assert ids(shown.media) == ids([same[1], same[3]])


def test_a_spread_is_an_answer_for_each_as_if_handed_in_one_by_one(session, curator, frames):
    done = spread(session, curator, frames[0].id, ANTENNA, ids(frames[1:4]), client_id="client-0001")
    assert (done.changed, done.left_out, done.repeated) == (ids(frames[1:4]), [], False)
    for frame in frames[1:4]:
        assert state_of(session, frame) == State.ANNOTATED
        (answer,) = annotation_views(session, [frame.current_annotation_id])
        assert (answer.author, answer.origin, answer.comment) == (curator.login, "human", None)
        (shape,) = answer.shapes
        assert (shape.label_class, shape.box, shape.origin) == ("antenna", (0.1, 0.2, 0.3, 0.4), "human")
        annotation = session.get_one(Annotation, answer.id)
        assert (annotation.batch_id, annotation.client_id) == (done.batch_id, None)
        assert session.scalar(
            select(Job.id).where(Job.name == ANNOTATION_FILE, Job.subject_id == annotation.id)
        )
    assert state_of(session, frames[0]) == State.NEW
    (event,) = session.scalars(select(Event).where(Event.name == "shape_spread"))
    assert (event.media_id, event.detail["media"]) == (frames[0].id, 3)


def test_a_polygon_is_spread_too(session, curator, frames):
    points = [[0.1, 0.1], [0.3, 0.15], [0.2, 0.4]]
    shape = {"label_class": "antenna", "box": None, "points": points}
    spread(session, curator, frames[0].id, shape, [frames[1].id], client_id="client-0001")
    session.refresh(frames[1])
    (answer,) = annotation_views(session, [frames[1].current_annotation_id])
    assert answer.shapes[0].points == points


def test_without_required_reviews_a_spread_is_accepted_at_once(session, curator, frames):
    policy = ReviewPolicy(reviews_required=0)
    spread(session, curator, frames[0].id, ANTENNA, [frames[1].id], client_id="client-0001", policy=policy)
    assert state_of(session, frames[1]) == State.ACCEPTED


def test_what_is_not_new_or_not_of_this_camera_is_left_out_and_said(session, curator, frames):
    submit_annotation(session, an_access(session), frames[1].id)
    decide(session, curator, frames[2].id, Decision.PARKED, comment="dark")
    south = a_media(session, source="south", azimuth=45.0)
    turned = a_media(session, source="north", azimuth=60.0)
    wanted = [*ids([frames[1], frames[2], frames[3], south, turned]), 10**9, frames[3].id]
    done = spread(session, curator, frames[0].id, ANTENNA, wanted, client_id="client-0001")
    assert done.changed == [frames[3].id]
    why = {left.media_id: left.why for left in done.left_out}
    assert why == {
        frames[1].id: "It is annotated by now.",
        frames[2].id: "It is parked by now.",
        south.id: "It is of another camera or looks another way.",
        turned.id: "It is of another camera or looks another way.",
        10**9: "There is no such media.",
    }


def test_the_same_client_id_spreads_once(session, curator, frames):
    first = spread(session, curator, frames[0].id, ANTENNA, ids(frames[1:3]), client_id="client-0001")
    again = spread(session, curator, frames[0].id, ANTENNA, ids(frames[1:9]), client_id="client-0001")
    assert again.repeated
    assert (again.batch_id, again.changed, again.left_out) == (first.batch_id, first.changed, [])
    assert session.scalar(select(func.count()).select_from(Annotation)) == 2
    with pytest.raises(Conflict):
        spread(session, an_access(session), frames[0].id, ANTENNA, [frames[4].id], client_id="client-0001")
    with pytest.raises(Conflict):
        spread(session, curator, frames[1].id, ANTENNA, [frames[4].id], client_id="client-0001")


@pytest.mark.parametrize(
    ("shape", "media_count", "client_id", "error"),
    [
        ({"label_class": "dragon", "box": [0, 0, 1, 1]}, 1, "client-0001", UnknownLabelClass),
        ({"label_class": "antenna", "box": [0, 0, 1, 2]}, 1, "client-0001", InvalidShape),
        ({"label_class": "antenna"}, 1, "client-0001", InvalidShape),
        ({}, 1, "client-0001", InvalidShape),
        (ANTENNA, 0, "client-0001", AnswerIncomplete),
        (ANTENNA, 201, "client-0001", TooLarge),
        (ANTENNA, 1, "x", InvalidText),
    ],
)
def test_nonsense_is_refused(session, curator, frames, shape, media_count, client_id, error):
    wanted = [frames[1].id + number for number in range(media_count)]
    with pytest.raises(error):
        spread(session, curator, frames[0].id, shape, wanted, client_id=client_id)


def test_without_a_source_nothing_says_what_is_of_the_same_camera(session, curator):
    media = a_media(session)
    assert preview_spread(session, curator, media.id, ANTENNA).media == []
    with pytest.raises(AnswerIncomplete, match="no source"):
        spread(session, curator, media.id, ANTENNA, [a_media(session).id], client_id="client-0001")


def test_who_may_not(session, frames):
    device = an_access(session, Scope.DEVICE)
    for access in (a_viewer(session), device):
        with pytest.raises(NotAllowed):
            preview_spread(session, access, frames[0].id, ANTENNA)
        with pytest.raises(NotAllowed):
            spread(session, access, frames[0].id, ANTENNA, [frames[1].id], client_id="client-0001")
        with pytest.raises(NotAllowed):
            undo_batch(session, access, 1)
    with pytest.raises(MediaNotFound):
        preview_spread(session, an_access(session), 10**9, ANTENNA)
    with pytest.raises(TooLarge):
        preview_spread(session, an_access(session), frames[0].id, ANTENNA, before=150, after=51)


def test_one_undo_takes_back_all_that_still_stands(session, curator, frames):
    done = spread(session, curator, frames[0].id, ANTENNA, ids(frames[1:7]), client_id="client-0001")
    admin = an_admin(session)
    decide(session, curator, frames[2].id, Decision.UNDONE)
    session.refresh(frames[3])
    decide(
        session,
        an_access(session),
        frames[3].id,
        Decision.ACCEPTED,
        annotation_id=frames[3].current_annotation_id,
    )
    decide(session, admin, frames[4].id, Decision.WITHDRAWN)
    undone = undo_batch(session, curator, done.batch_id)
    assert undone.undone == ids([frames[1], frames[5], frames[6]])
    assert undone.left_out == [
        LeftOut(frames[2].id, UNDONE_ALREADY),
        LeftOut(frames[3].id, ACTED_SINCE),
        LeftOut(frames[4].id, WITHDRAWN),
    ]
    states = [state_of(session, frame) for frame in frames[1:7]]
    assert states == [
        State.NEW,
        State.NEW,
        State.ACCEPTED,
        State.WITHDRAWN,
        State.NEW,
        State.NEW,
    ]
    assert frames[1].current_annotation_id is None
    assert session.get_one(Batch, done.batch_id).undone_at is not None
    assert undo_batch(session, curator, done.batch_id).undone == []
    assert state_of(session, frames[1]) == State.NEW


def test_an_undone_answer_can_be_spread_anew(session, curator, frames):
    first = spread(session, curator, frames[0].id, ANTENNA, [frames[1].id], client_id="client-0001")
    undo_batch(session, curator, first.batch_id)
    second = spread(session, curator, frames[0].id, ANTENNA, [frames[1].id], client_id="client-0002")
    assert second.changed == [frames[1].id]
    assert state_of(session, frames[1]) == State.ANNOTATED
    assert undo_batch(session, curator, first.batch_id).left_out == [LeftOut(frames[1].id, UNDONE_ALREADY)]


def test_only_its_author_undoes_a_spread_within_a_day_and_an_admin_always(session, curator, frames):
    done = spread(session, curator, frames[0].id, ANTENNA, [frames[1].id], client_id="client-0001")
    with pytest.raises(NotAllowed, match="someone else"):
        undo_batch(session, an_access(session), done.batch_id)
    session.get_one(Batch, done.batch_id).created_at = utc_now() - timedelta(hours=25)
    session.flush()
    with pytest.raises(NotAllowed, match="a day"):
        undo_batch(session, curator, done.batch_id)
    assert undo_batch(session, an_admin(session), done.batch_id).undone == [frames[1].id]
    with pytest.raises(NotFound):
        undo_batch(session, curator, 10**9)


def test_a_run_of_undoing_is_not_undone(session):
    admin = an_admin(session)
    batch = Batch(access_id=admin.id, kind=BatchKind.UNDO_RUN)
    session.add(batch)
    session.flush()
    with pytest.raises(NothingToUndo):
        undo_batch(session, admin, batch.id)
    assert session.scalar(select(func.count()).select_from(Media)) == 0


def test_a_required_question_is_replied_to_for_all_of_them(session, curator, frames):
    session.scalars(select(Question).where(Question.key == "missed_smoke")).one().asked = Asked.REQUIRED
    session.flush()
    with pytest.raises(AnswerIncomplete, match="question"):
        spread(session, curator, frames[0].id, ANTENNA, [frames[1].id], client_id="client-0001")


def test_replies_stand_in_every_answer_of_a_spread(session, curator, frames):
    no = {"missed_smoke": False}
    spread(session, curator, frames[0].id, ANTENNA, ids(frames[1:3]), client_id="client-0001", replies=no)
    for frame in frames[1:3]:
        session.refresh(frame)
        assert annotation_views(session, [frame.current_annotation_id])[0].replies == no
