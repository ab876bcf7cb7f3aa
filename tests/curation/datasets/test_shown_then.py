"""Of what a release held, an increment says of nothing else that it is gone than what its filter showed then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from curation.annotations import submit_annotation
from curation.datasets.shown_then import (
    BY_ANSWER,
    BY_RECORD,
    FIELDS,
    NEVER_CHANGES,
    ONLY_GROWS,
    ORDER,
    UNTOLD,
)
from curation.datasets.since import Since
from curation.errors import Refused
from curation.media_filter import FILTER_NAMES, MediaFilter
from curation.predictions import PredictionDraft, add_prediction
from curation.questions import create_question
from curation.two_step import change_media
from db.models import Asked, Decision, ExportFormat, Media, MediaType, NearTwin, State, utc_now
from db.session import open_session
from tests.curation.datasets.test_releases import (
    ACCEPTED,
    act,
    an_accepted_media,
    freeze,
    items,
    matches,
    told,
)
from tests.exported import ask, exported
from tests.factories import a_box, a_media, an_access, an_admin

AUGUST = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_admin(session)


@pytest.fixture
def two(admin):
    """Two accepted media that have nothing in common but what every filter leaves open."""
    with open_session() as session:
        curator = an_access(session, login="curator")
        film = a_media(session, type=MediaType.VIDEO).id
        one = a_media(
            session,
            uploaded_by=curator,
            source="ridge",
            tags=["dawn"],
            file_name="Été 9.jpg",
            captured_at=AUGUST,
            extracted_from_id=film,
        ).id
        other = a_media(
            session,
            source="valley",
            tags=["noon"],
            file_name="march.jpg",
            captured_at=AUGUST - timedelta(days=90),
            type=MediaType.VIDEO,
        ).id
        question = create_question(session, admin, key="distant", sentence="Far away?", asked=Asked.OPTIONAL)
        submit_annotation(
            session, curator, one, shapes=[a_box("dust")], replies={question.key: True}, accept=True
        )
        submit_annotation(
            session,
            admin,
            other,
            shapes=[],
            label_classes=["low_cloud"],
            replies={question.key: False},
            accept=True,
        )
        draft = PredictionDraft(media_id=one, model="smoke-1")
        add_prediction(session, curator, draft)
        session.get_one(Media, one).created_at = AUGUST
        session.get_one(Media, other).created_at = AUGUST - timedelta(days=90)
    return one, other


# Filters that show the first of the two, and not the other.
SHOWS_ONE = {
    "state": MediaFilter(state=(State.ACCEPTED,), source=("ridge",)),
    "label_class": MediaFilter(label_class=("dust",)),
    "reply": MediaFilter(reply=("distant:yes",)),
    "has_shapes": MediaFilter(has_shapes=True),
    "predicted": MediaFilter(predicted="smoke-1"),
    "source": MediaFilter(source=("ridge",)),
    "captured_from": MediaFilter(captured_from=AUGUST),
    "uploaded_from": MediaFilter(uploaded_from=AUGUST),
    "uploader": MediaFilter(uploader="curator"),
    "annotator": MediaFilter(annotator="curator"),
    "reviewer": MediaFilter(reviewer="curator"),
    "acted_by": MediaFilter(acted_by="curator"),
    "tag": MediaFilter(tag=("dawn", "dusk")),
    "file_name": MediaFilter(file_name="ÉTÉ"),
    "type": MediaFilter(type=MediaType.IMAGE),
}
SHOWS_OTHER = {
    "has_shapes": MediaFilter(has_shapes=False),
    "predicted": MediaFilter(predicted="no"),
    "captured_to": MediaFilter(captured_to=AUGUST),
    "uploaded_to": MediaFilter(uploaded_to=AUGUST),
}


def test_of_everything_a_filter_may_ask_for_it_is_decided_what_tells_it():
    kinds = [ORDER, NEVER_CHANGES, ONLY_GROWS, UNTOLD, set(BY_RECORD), set(BY_ANSWER)]
    assert set(FILTER_NAMES) == FIELDS
    assert sum(map(len, kinds)) == len(FIELDS)
    tried = {*SHOWS_ONE, *SHOWS_OTHER, "extracted_from", "acted_from"}
    assert tried | ORDER | UNTOLD == FIELDS


@pytest.mark.parametrize("name", SHOWS_ONE)
def test_nothing_is_said_of_what_the_filter_never_showed(admin, two, name):
    one, other = two
    _only_one_of_both_was_shown(admin, one, other, SHOWS_ONE[name])


@pytest.mark.parametrize("name", SHOWS_OTHER)
def test_nor_of_what_only_its_opposite_showed(admin, two, name):
    one, other = two
    _only_one_of_both_was_shown(admin, other, one, SHOWS_OTHER[name])


def test_nor_of_frames_of_another_video(admin, two):
    one, other = two
    with open_session(read_only=True) as session:
        film = session.get_one(Media, one).extracted_from_id
    _only_one_of_both_was_shown(admin, one, other, MediaFilter(extracted_from=film))


def _only_one_of_both_was_shown(admin, one, other, wanted):
    accepted = replace(wanted, state=(State.ACCEPTED,))
    since = Since(release_id=freeze(admin).id)
    assert told(matches(admin, since, accepted)) == {}
    act(admin, one, Decision.WITHDRAWN)
    act(admin, other, Decision.WITHDRAWN)
    assert told(matches(admin, since, accepted)) == {one: "withdrawn"}
    # One release leads to the other, whatever their filters.
    following = freeze(admin, MediaFilter(state=(State.NEW,)))
    assert {one: "withdrawn", other: "withdrawn"}.items() <= told(items(following.id, since)).items()


def test_an_act_after_the_release_does_not_make_it_shown_then(admin, two):
    _, other = two
    since = Since(release_id=freeze(admin).id)
    with open_session() as session:
        moment = utc_now()
        later = an_access(session, login="later")
    with open_session() as session:
        add_prediction(session, admin, PredictionDraft(media_id=other, model="smoke-1"))
    act(later, other, Decision.SENT_BACK, "again")
    for wanted in (
        replace(ACCEPTED, acted_by="later"),
        replace(ACCEPTED, acted_from=moment),
        replace(ACCEPTED, predicted="smoke-1"),
    ):
        assert told(matches(admin, since, wanted)) == {}
    assert told(matches(admin, since, replace(ACCEPTED, acted_by=admin.login))) == {other: "sent_back"}
    assert told(matches(admin, since, replace(ACCEPTED, predicted="no"))) == {other: "sent_back"}


def test_near_twins_of_then_are_known_of_a_release_that_asked_for_them_alone(admin):
    first, second = an_accepted_media(admin), an_accepted_media(admin)
    with open_session() as session:
        session.add(NearTwin(media_id=second, other_id=first, distance=1))
    wanted = replace(ACCEPTED, near_twins=True)
    all_of_them, twins = freeze(admin), freeze(admin, wanted)
    with pytest.raises(Refused, match="near twins"):
        ask(admin, wanted=wanted.to_query(), since_release_id=all_of_them.id)
    act(admin, first, Decision.WITHDRAWN)
    made = exported(admin, ExportFormat.JSONL, wanted=wanted.to_query(), since_release_id=twins.id)
    assert made.receipt is not None
    assert made.receipt["tombstones"]["why"] == {"no_longer_matches": 1, "withdrawn": 1}


@pytest.mark.parametrize("unsure", [True, False])
def test_since_a_moment_a_receipt_warns_of_tombstones_that_the_history_does_not_tell(admin, unsure):
    media = an_accepted_media(admin, captured_at=AUGUST)
    since = utc_now()
    with open_session() as session:
        change_media(session, admin, media, {"captured_at": AUGUST - timedelta(days=90)})
    act(admin, media, Decision.SENT_BACK, "look again")
    wanted = replace(ACCEPTED, captured_from=AUGUST) if unsure else ACCEPTED
    made = exported(admin, ExportFormat.JSONL, wanted=wanted.to_query(), since_at=since)
    assert made.receipt is not None
    assert made.receipt["tombstones"]["exported"] == 1
    assert [warning["why"] for warning in made.receipt["warnings"]] == ["tombstones"] * unsure
