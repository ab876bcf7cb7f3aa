"""What webhooks are told: each acceptance once, whichever way it came about, and nothing that was rolled back."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from curation import announcements, webhooks
from curation.acts import ReviewPolicy
from curation.annotation_content import attach_file
from curation.annotation_entries import create_annotation
from curation.annotations import submit_annotation
from curation.announcements import Announced
from curation.reviews import decide
from curation.spool import Spool, spool_chunks
from curation.spread import spread
from curation.two_step import create_media, upload_content
from curation.uploads import register_media
from db.models import Decision, Delivery, Job, Scope, State
from db.session import get_engine, open_session
from storage import open_bucket
from tests.factories import a_box, a_jpeg, a_media, an_access, an_admin


@pytest.fixture
def listening(installation):
    """A webhook that is told everything."""
    return a_webhook()


def a_webhook(*events: Announced) -> webhooks.WebhookView:
    with open_session() as session:
        made, _secret = webhooks.create_webhook(
            session,
            an_admin(session),
            name="alerts",
            url="https://hook.example.org/",
            events=events or list(Announced),
            to_private=True,
        )
    return made


def told(name: str | None = None) -> list[dict]:
    with open_session(read_only=True) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        jobs = session.scalars(select(Job.subject_id).where(Job.name == announcements.DELIVERY)).all()
        assert {row.id for row in rows} == set(jobs), "each message has its job"
    return [row.payload for row in rows if name in (None, row.event)]


def accepted() -> list[int]:
    return [payload["media_id"] for payload in told(Announced.MEDIA_ACCEPTED)]


def test_an_accepted_media_is_told_with_its_ids_and_names_and_without_its_picture(listening):
    with open_session() as session:
        media = a_media(session, source="CAM-12", file_name="IMG_7.jpg")
        curator = an_access(session, login="marie")
        submitted = submit_annotation(session, curator, media.id, shapes=[a_box()], accept=True)
    (payload,) = told()
    assert payload.pop("at").endswith("+00:00")
    assert payload == {
        "media_id": media.id,
        "annotation_id": submitted.annotation.id,
        "file_name": "IMG_7.jpg",
        "source": "CAM-12",
        "state": "accepted",
        "captured_at": "2026-08-12T17:42:08+00:00",
        "by": "marie",
    }


def test_a_review_that_accepts_is_told_once_and_its_repetition_is_not(listening):
    with open_session() as session:
        media = a_media(session)
        annotation = submit_annotation(session, an_access(session), media.id).annotation
        reviewer = an_access(session)
    assert accepted() == []
    for _ in range(2):
        with open_session() as session:
            decide(
                session,
                reviewer,
                media.id,
                Decision.ACCEPTED,
                annotation_id=annotation.id,
                client_id="client-0001",
            )
    assert accepted() == [media.id]


def test_a_submission_that_accepts_is_told_once_and_its_repetition_is_not(listening):
    with open_session() as session:
        media, curator = a_media(session), an_access(session)
    for _ in range(2):
        with open_session() as session:
            submit_annotation(session, curator, media.id, accept=True, client_id="client-0002")
    assert accepted() == [media.id]


def test_where_no_review_is_required_a_submission_is_an_acceptance(listening):
    policy = ReviewPolicy(reviews_required=0)
    with open_session() as session:
        media = a_media(session)
        submit_annotation(session, an_access(session, login="paul"), media.id, policy=policy)
    assert [payload["by"] for payload in told(Announced.MEDIA_ACCEPTED)] == ["paul"]


def test_where_two_must_accept_the_second_one_is_told(listening):
    policy = ReviewPolicy(reviews_required=2)
    with open_session() as session:
        media, first, second = a_media(session), an_access(session), an_access(session, login="second")
        annotation = submit_annotation(session, first, media.id, accept=True, policy=policy).annotation
    assert accepted() == []
    with open_session() as session:
        decide(session, second, media.id, Decision.ACCEPTED, annotation_id=annotation.id, policy=policy)
    assert [payload["by"] for payload in told(Announced.MEDIA_ACCEPTED)] == ["second"]


def test_settling_a_dispute_is_told(listening):
    policy = ReviewPolicy(reviews_required=2)
    with open_session() as session:
        media, first, second = a_media(session), an_access(session), an_access(session)
        annotation = submit_annotation(session, first, media.id, accept=True, policy=policy).annotation
        decide(session, second, media.id, Decision.REJECTED, annotation_id=annotation.id, policy=policy)
    assert accepted() == []
    with open_session() as session:
        settled = decide(
            session,
            an_access(session),
            media.id,
            Decision.SETTLED,
            annotation_id=annotation.id,
            chooses=annotation.id,
            policy=ReviewPolicy(reviews_required=1),
        )
    assert settled.media.state == State.ACCEPTED
    assert accepted() == [media.id]


def test_each_media_of_a_spread_is_told_where_no_review_is_required(listening):
    with open_session() as session:
        media = [a_media(session, source="CAM-12") for _ in range(3)]
        others = [found.id for found in media[1:]]
        spread(
            session,
            an_access(session),
            media[0].id,
            a_box(),
            others,
            client_id="spread-0001",
            policy=ReviewPolicy(reviews_required=0),
        )
    assert accepted() == others


def test_what_gives_back_an_earlier_state_is_not_told(listening):
    with open_session() as session:
        media, curator, admin = a_media(session), an_access(session), an_admin(session)
        annotation = submit_annotation(session, curator, media.id, accept=True).annotation
        decide(
            session,
            curator,
            media.id,
            Decision.SENT_BACK,
            annotation_id=annotation.id,
            comment="too wide",
        )
        undone = decide(session, curator, media.id, Decision.UNDONE)
        assert undone.media.state == State.ACCEPTED
        decide(session, admin, media.id, Decision.WITHDRAWN)
        restored = decide(session, admin, media.id, Decision.RESTORED)
        assert restored.media.state == State.ACCEPTED
    assert accepted() == [media.id]


def test_what_is_accepted_again_is_told_again(listening):
    with open_session() as session:
        media, curator = a_media(session), an_access(session)
        annotation = submit_annotation(session, curator, media.id, accept=True).annotation
        decide(session, curator, media.id, Decision.UNDONE)
        submit_annotation(session, curator, media.id, accept=True)
    assert accepted() == [media.id, media.id]
    assert annotation.id != told()[1]["annotation_id"]


def test_a_registered_media_is_told_once_and_its_twin_is_not(listening, tmp_path):
    with open_session() as session:
        access = an_access(session, login="uploader")
    content = a_jpeg()
    for _ in range(2):
        with Spool(tmp_path, limit=2**20, name="IMG_1.jpg") as spool:
            spooled = spool_chunks(spool, iter([content]))
            registered = register_media(open_session, open_bucket(), access, spooled, file_name="IMG_1.jpg")
    (payload,) = told()
    assert (payload["media_id"], payload["state"], payload["by"]) == (
        registered.media_id,
        "new",
        "uploader",
    )


def test_a_media_that_is_created_first_is_told_once_it_has_its_content(listening, tmp_path):
    with open_session() as session:
        access = an_access(session, Scope.DEVICE, "camera-12")
        media_id = create_media(session, access, {"source": "CAM-12"})
    assert told() == []
    content = a_jpeg()
    for _ in range(2):
        with Spool(tmp_path, limit=2**20, name="IMG_1.jpg") as spool:
            spooled = spool_chunks(spool, iter([content]))
            upload_content(open_session, open_bucket(), access, media_id, spooled, file_name="IMG_1.jpg")
    (payload,) = told(Announced.MEDIA_REGISTERED)
    assert (payload["media_id"], payload["file_name"], payload["source"], payload["state"]) == (
        media_id,
        "IMG_1.jpg",
        "CAM-12",
        "new",
    )


def test_an_answer_that_comes_as_a_file_is_an_acceptance_where_no_review_is_required(listening, tmp_path):
    with open_session() as session:
        curator, media = an_access(session), a_media(session)
        created = create_annotation(session, curator, media.id)
    assert told() == []
    for _ in range(2):
        with Spool(tmp_path, limit=2**20, name="answer.txt") as spool:
            attach_file(
                open_session,
                open_bucket(),
                curator,
                created.id,
                spool_chunks(spool, iter([b"smoke on the left"])),
                file_name="answer.txt",
                folder="annotations",
                policy=ReviewPolicy(reviews_required=0),
            )
    (payload,) = told(Announced.MEDIA_ACCEPTED)
    assert (payload["media_id"], payload["annotation_id"]) == (media.id, created.id)


def test_what_is_rolled_back_is_not_told(listening):
    with pytest.raises(RuntimeError), open_session() as session:
        submit_annotation(session, an_access(session), a_media(session).id, accept=True)
        raise RuntimeError("the commit never came")
    assert told() == []


def test_each_webhook_is_told_what_it_asked_for(installation):
    registered = a_webhook(Announced.MEDIA_REGISTERED)
    both = a_webhook(Announced.MEDIA_REGISTERED, Announced.MEDIA_ACCEPTED)
    disabled = a_webhook()
    with open_session() as session:
        webhooks.change_webhook(session, an_admin(session), disabled.id, to_private=True, disabled=True)
        submit_annotation(session, an_access(session), a_media(session).id, accept=True)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Delivery.webhook_id)).all() == [both.id]
    assert registered.id != both.id


def test_where_nobody_listens_the_database_is_asked_once_in_a_while(installation):
    asked: list[str] = []
    event.listen(get_engine(), "before_cursor_execute", lambda *given: asked.append(given[2]), named=False)
    for _ in range(5):
        with open_session() as session:
            submit_annotation(session, an_access(session), a_media(session).id, accept=True)
    assert len([statement for statement in asked if "webhooks" in statement]) == 1


def test_a_new_webhook_is_told_from_its_commit_on_and_a_deleted_one_nothing_more(installation):
    with open_session() as session:
        submit_annotation(session, an_access(session), a_media(session).id, accept=True)
    made = a_webhook()
    with open_session() as session:
        submit_annotation(session, an_access(session), a_media(session).id, accept=True)
    assert len(accepted()) == 1
    with open_session() as session:
        webhooks.delete_webhook(session, an_admin(session), made.id)
    # Another process may still take it for a listener: its acts must not fail because of that.
    announcements._listened_to[get_engine()] = (1e12, frozenset(Announced))
    with open_session() as session:
        submit_annotation(session, an_access(session), a_media(session).id, accept=True)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Delivery.id)).all() == []
