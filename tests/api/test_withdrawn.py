"""A withdrawn media is out of everybody's sight at once, and what is deleted says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from curation.clean_up import clean_up
from db.models import Blob, Media, Review, Scope, utc_now
from db.session import open_session
from storage import open_bucket
from tests.factories import a_jpeg

GRACE = timedelta(days=30)


@pytest.fixture
def media(client, caller) -> int:
    """An annotated media whose content is in the bucket."""
    sent = client.post("/uploads", headers=caller(), files={"file": ("a.jpg", a_jpeg(640, 480))})
    media_id: int = sent.json()["media"]["id"]
    answer = {"shapes": [{"label_class": "wildfire", "box": [0.1, 0.2, 0.3, 0.4]}]}
    assert client.post(f"/media/{media_id}/annotations", headers=caller(), json=answer).status_code == 201
    return media_id


def purge() -> None:
    """As a month after everything was withdrawn, and a day later."""
    now = utc_now()
    with open_session() as session:
        session.execute(update(Review).values(created_at=now - GRACE))
    for later in (timedelta(0), timedelta(days=1)):
        assert clean_up(open_session, open_bucket(), now + later, grace=GRACE)


def test_withdrawing_takes_a_media_out_of_everything_at_once(client, caller, media):
    curator, admin = caller(), caller(Scope.ADMIN)
    link = client.get(f"/media/{media}/url", headers=curator).json()["url"]
    assert client.get(link).status_code == 200
    taken = client.post("/queue?queue=to_review", headers=curator).json()["items"]
    assert [item["id"] for item in taken] == [media]
    assert client.post("/leases", headers=curator, json={"media_ids": [media]}).json()["held"] == [media]

    assert client.delete(f"/media/{media}", headers=admin).json()["state"] == "withdrawn"
    for path in ("", "/picture", "/picture?size=original", "/history", "/annotations", "/neighbours", "/url"):
        assert client.get(f"/media/{media}{path}", headers=curator).status_code == 404, path
    assert client.get(link).status_code == 403
    assert client.get("/media", headers=curator).json() == []
    assert client.get("/annotations", headers=curator).json() == []
    assert client.post("/queue?queue=to_review", headers=curator).json()["items"] == []
    assert client.post("/leases", headers=curator, json={"media_ids": [media]}).json()["lost"] == [media]
    assert len(client.get("/exports/media.csv", headers=curator).text.splitlines()) == 1
    draft = {"drawing": {"shapes": []}, "made_at": utc_now().isoformat()}
    assert client.put(f"/drafts/{media}", headers=curator, json=draft).status_code == 404
    assert client.get(f"/media/{media}/picture", headers=admin).status_code == 200


def test_what_was_deleted_says_so_and_what_was_said_about_it_stays(client, caller, media):
    admin = caller(Scope.ADMIN)
    assert client.get(f"/media/{media}", headers=admin).json()["purged_at"] is None
    client.delete(f"/media/{media}", headers=admin)
    purge()
    assert list(open_bucket().list()) == []
    found = client.get(f"/media/{media}", headers=admin).json()
    assert found["purged_at"] and found["file_name"] == "a.jpg"
    assert (found["width"], found["sha256"], found["bucket_key"]) == (None, None, None)
    assert found["annotation"]["shapes"]
    listed = client.get("/media?state=withdrawn", headers=admin).json()
    assert [one["purged_at"] for one in listed] == [found["purged_at"]]
    for size in ("thumb", "screen", "original"):
        missing = client.get(f"/media/{media}/picture?size={size}", headers=admin)
        assert (missing.status_code, missing.json()["code"]) == (404, "content_missing")
        assert f"The content of media {media} was deleted on 2" in missing.json()["detail"]
    assert client.get(f"/media/{media}/history", headers=admin).json()[0]["what"] == "purged"
    assert len(client.get(f"/media/{media}/annotations", headers=admin).json()) == 1
    answer = found["annotation"]["id"]
    assert client.get(f"/annotations/{answer}/url", headers=admin).status_code == 200
    refused = client.post(f"/media/{media}/restore", headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert "cannot be restored" in refused.json()["detail"]
    again = client.post(f"/media/{media}/upload", headers=admin, files={"file": ("a.jpg", a_jpeg())})
    assert again.status_code == 409


def test_the_same_picture_sent_after_its_deletion_is_another_media(client, caller):
    admin, content = caller(Scope.ADMIN), a_jpeg()
    first = client.post("/uploads", headers=admin, files={"file": ("a.jpg", content)}).json()["media"]["id"]
    client.delete(f"/media/{first}", headers=admin)
    purge()
    sent = client.post("/uploads", headers=admin, files={"file": ("a.jpg", content)})
    assert (sent.status_code, sent.json()["twin"]) == (201, False)
    second = sent.json()["media"]["id"]
    assert second != first
    assert client.get(f"/media/{second}/picture?size=original", headers=admin).content == content


def test_an_admin_may_delete_withdrawn_content_before_its_time(client, caller, media):
    admin = caller(Scope.ADMIN)
    assert client.post(f"/media/{media}/purge", headers=admin).status_code == 409, "it is not withdrawn"
    client.delete(f"/media/{media}", headers=admin)
    assert client.post(f"/media/{media}/purge", headers=caller()).status_code == 403
    assert client.post(f"/media/{media}/purge", headers=admin).json()["purged_at"] is not None
    assert client.get(f"/media/{media}/picture", headers=admin).status_code == 404
    assert client.post(f"/media/{media}/purge", headers=admin).status_code == 409
    with open_session(read_only=True) as session:
        assert session.scalars(select(Media.blob_id)).all() == [None]
        assert session.scalars(select(Blob.state)).all() == ["trash"]
