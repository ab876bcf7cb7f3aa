"""Whoever has a picture to answer blind reads its answer in no export: not in others', nor in their own of before."""

from __future__ import annotations

import pytest

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.datasets.giving_away import as_shown_to, require_gives_nothing_away
from curation.datasets.keeping import expire_exports, sweep_exports
from curation.errors import Unavailable, WrongState
from db.models import Blob, Export, ExportFormat, ExportState, MediaType, Scope, utc_now
from db.session import open_session
from storage import open_bucket
from storage.errors import BucketUnreachable
from tests.api.test_dataset_exports import downloads
from tests.exported import a_stored_media, an_asked_export, ask, exported, make
from tests.factories import a_box, an_access

ALWAYS = ReviewPolicy(second_opinion_share=1.0)


@pytest.fixture
def author(installation):
    with open_session() as session:
        return an_access(session, login="nora")


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_access(session, Scope.ADMIN, login="olaf")


@pytest.fixture
def media(author):
    with open_session() as session:
        found = [a_stored_media(session, author, source=f"CAM-{number}").id for number in range(2)]
        submit_annotation(session, author, found[0], shapes=[a_box()], policy=ALWAYS)
        submit_annotation(session, author, found[1], shapes=[a_box()])
    return found


def give_a_look(access, media):
    with open_session() as session:
        assert looks.take(session, access, ALWAYS, 1) == media[:1]


def read(client, headers, made, what="file"):
    return client.get(f"/exports/{made.id}/{what}", headers=headers)


@pytest.mark.parametrize("options", [{}, {"pictures": True}], ids=["bare", "pictures"])
def test_an_export_is_not_read_by_who_has_its_media_to_answer(client, caller, author, admin, media, options):
    theirs, own = exported(author, options=options), exported(admin, options=options)
    elsewhere = exported(author, options=options, wanted={"source": ["CAM-1"]})
    headers = caller(access=admin)
    assert read(client, headers, theirs).status_code == 200
    give_a_look(admin, media)
    taken = len(downloads())

    for made in (theirs, own):
        for what in ("file", "receipt"):
            refused = read(client, headers, made, what)
            assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
            assert refused.json()["detail"].startswith("1 media in this export are yours to answer")
        part = client.get(f"/exports/{made.id}/file", headers={**headers, "Range": "bytes=1-"})
        assert part.status_code == 409
    assert len(downloads()) == taken
    assert read(client, headers, elsewhere).status_code == 200
    assert read(client, headers, exported(admin, options=options)).status_code == 200
    assert read(client, caller(access=author), theirs).status_code == 200

    with open_session() as session:
        (look,) = looks.given_looks(session, admin).values()
        submit_annotation(session, admin, media[0], shapes=[a_box()], look=look)
    assert read(client, headers, theirs).status_code == 200
    assert read(client, headers, theirs, "receipt").status_code == 200


def test_nor_its_receipt_in_short(client, caller, author, admin, media):
    theirs = exported(author, ExportFormat.YOLO)
    elsewhere = exported(author, wanted={"source": ["CAM-1"]})
    own = exported(admin)
    headers = caller(access=admin)

    def shown(headers=headers):
        found = client.get("/exports", headers=headers).json()
        one_by_one = [client.get(f"/exports/{made['id']}", headers=headers).json() for made in found]
        return [
            {made["id"] for made in views if made["receipt"] is not None} for views in (found, one_by_one)
        ]

    everything = {theirs.id, elsewhere.id, own.id}
    assert shown() == [everything, everything]
    give_a_look(admin, media)
    without = exported(admin)
    # For the list the bucket is not asked: what was made for others may have it.
    assert shown() == [{without.id}, {without.id, elsewhere.id}]
    assert shown(caller(access=author)) == [{theirs.id, elsewhere.id}] * 2

    with open_session() as session:
        (look,) = looks.given_looks(session, admin).values()
        submit_annotation(session, admin, media[0], shapes=[a_box()], look=look)
    assert shown() == [everything | {without.id}] * 2


def test_nor_when_it_is_asked_for_once_more(client, caller, admin, media):
    headers = caller(access=admin)
    order = {"format": "jsonl", "client_id": "nightly-export"}
    made = make(admin, client.post("/exports", headers=headers, json=order).json()["id"])
    assert made.state == "ready"
    assert client.post("/exports", headers=headers, json=order).json()["receipt"] is not None
    give_a_look(admin, media)
    again = client.post("/exports", headers=headers, json=order).json()
    assert (again["id"], again["receipt"]) == (made.id, None)


def test_nor_while_the_bucket_is_away_and_nobody_can_tell(author, admin, media):
    made = exported(author, wanted={"source": ["CAM-1"]})

    class Away:
        def open(self, key):
            raise BucketUnreachable("away")

    assert as_shown_to(open_session, Away(), admin, made) == made
    give_a_look(admin, media)
    assert as_shown_to(open_session, open_bucket(), admin, made) == made
    assert as_shown_to(open_session, Away(), admin, made).receipt is None


def test_what_was_left_out_is_told_of_as_well(client, caller, author, admin):
    with open_session() as session:
        film = a_stored_media(session, author, type=MediaType.VIDEO)
        session.get_one(Blob, film.blob_id).content_type = "video/mp4"
        submit_annotation(session, author, film.id, shapes=[], label_classes=["low_cloud"], policy=ALWAYS)
        media = [film.id]
    made = exported(author, ExportFormat.COCO)
    assert made.receipt is not None and made.receipt["left_out"][0]["first"] == media
    headers = caller(access=admin)
    assert read(client, headers, made, "receipt").status_code == 200
    give_a_look(admin, media)
    for what in ("file", "receipt"):
        assert read(client, headers, made, what).status_code == 409
    # What was left out of one's own because it is to be answered tells nothing of its answer.
    own = exported(admin, ExportFormat.COCO)
    assert own.receipt is not None
    assert [(reason["why"], reason["first"]) for reason in own.receipt["left_out"]] == [("to_answer", media)]
    assert read(client, headers, own, "receipt").status_code == 200


def test_nor_the_receipt_of_one_whose_days_are_over(client, caller, author, admin, media):
    made = exported(author)
    later = utc_now().replace(year=utc_now().year + 1)
    assert expire_exports(open_session, later) == 1
    sweep_exports(open_session, open_bucket(), later)
    headers = caller(access=admin)
    whole = read(client, headers, made, "receipt").json()
    assert whole["files_in_it"]
    give_a_look(admin, media)
    assert read(client, headers, made, "receipt").status_code == 409


def test_while_one_is_made_nobody_knows_unless_it_was_begun_without(author, admin, media):
    with open_session() as session:
        theirs = an_asked_export(session, author, state=ExportState.RUNNING).id
        before = an_asked_export(session, admin, state=ExportState.RUNNING, frozen_at=utc_now()).id
    give_a_look(admin, media)
    with open_session() as session:
        after = an_asked_export(session, admin, state=ExportState.RUNNING, frozen_at=utc_now()).id
        waiting = an_asked_export(session, admin).id

    def hand_out(export_id):
        require_gives_nothing_away(open_session, open_bucket(), admin, export_id)

    for export_id in (theirs, before):
        with pytest.raises(Unavailable, match="when it is ready"):
            hand_out(export_id)
    hand_out(after)
    hand_out(waiting)


def test_without_the_list_of_its_media_an_export_may_have_any(author, admin, media):
    made = exported(author, wanted={"source": ["CAM-1"]})
    (listed,) = (found.key for found in open_bucket().list("exports/") if found.key.endswith("media.bin"))
    open_bucket().delete(listed)
    require_gives_nothing_away(open_session, open_bucket(), admin, made.id)
    give_a_look(admin, media)
    with pytest.raises(WrongState):
        require_gives_nothing_away(open_session, open_bucket(), admin, made.id)


def test_an_export_that_failed_has_nothing_to_give_away(author, admin, media):
    asked = ask(author)
    with open_session() as session:
        session.get_one(Export, asked.id).state = ExportState.FAILED
    give_a_look(admin, media)
    require_gives_nothing_away(open_session, open_bucket(), admin, asked.id)
