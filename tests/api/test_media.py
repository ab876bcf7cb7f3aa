"""Media over HTTP: lists, pictures, tags, and faults beneath."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image

from curation.annotations import submit_annotation
from curation.reviews import decide
from db.models import Access, Decision, Media, Scope
from db.session import open_session
from storage import open_bucket
from tests.factories import a_jpeg, a_media, an_access, an_admin


@pytest.fixture
def registered(client, caller):
    """A media that was uploaded, with the header of its uploader."""
    headers = caller()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Acme"
    content = a_jpeg(2400, 1200, exif=exif)
    files = {"file": ("side.jpg", content)}
    media = client.post("/uploads", headers=headers, files=files).json()["media"]
    return media, headers, content


def picture(client, headers, media_id, size, **more):
    return client.get(f"/media/{media_id}/picture?size={size}", headers={**headers, **more})


def test_a_picture_stands_upright_in_every_size_and_the_original_is_untouched(client, registered):
    media, headers, content = registered
    assert (media["width"], media["height"], media["camera"]) == (1200, 2400, "Acme")
    for size, longest in (("thumb", 320), ("screen", 1600)):
        answer = picture(client, headers, media["id"], size)
        drawn = Image.open(io.BytesIO(answer.content))
        assert (drawn.format, max(drawn.size), drawn.height > drawn.width) == ("JPEG", longest, True)
        assert not drawn.getexif(), "small sizes carry no metadata"
        assert answer.headers["cache-control"] == "private, max-age=3600"
    original = picture(client, headers, media["id"], "original")
    assert original.content == content
    assert original.headers["cache-control"] == "private, no-cache"


def test_pictures_are_served_so_that_no_browser_runs_them(client, registered):
    media, headers, _ = registered
    for size in ("thumb", "screen", "original"):
        sent = picture(client, headers, media["id"], size).headers
        assert sent["x-content-type-options"] == "nosniff"
        assert sent["content-security-policy"] == "default-src 'none'; sandbox"
        assert sent["cross-origin-resource-policy"] == "same-origin"
        assert sent["content-type"] == "image/jpeg"


def test_a_picture_that_is_known_is_not_sent_again(client, registered):
    media, headers, _ = registered
    etag = picture(client, headers, media["id"], "original").headers["etag"]
    again = picture(client, headers, media["id"], "original", **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_strangers_foreign_devices_and_withdrawn_media_get_no_byte(client, caller, registered):
    media, headers, _ = registered
    assert picture(client, {}, media["id"], "thumb").status_code == 401
    assert picture(client, caller(Scope.DEVICE), media["id"], "thumb").status_code == 404
    with open_session() as session:
        decide(session, an_admin(session), media["id"], Decision.WITHDRAWN)
    assert picture(client, headers, media["id"], "original").status_code == 404
    assert picture(client, caller(Scope.ADMIN), media["id"], "original").status_code == 200


def test_a_lost_object_is_a_404_with_its_key_and_a_thumbnail_can_be_made_again(client, registered):
    media, headers, _ = registered
    bucket = open_bucket()
    for stored in list(bucket.list("derived")):
        bucket.delete(stored.key)
    assert picture(client, headers, media["id"], "thumb").status_code == 200
    bucket.delete(media["bucket_key"])
    lost = picture(client, headers, media["id"], "original")
    assert (lost.status_code, lost.json()["code"]) == (404, "content_missing")


def test_lists_page_through_everything_by_their_link(client, caller):
    with open_session() as session:
        ids = {a_media(session).id for _ in range(7)}
    headers, address, seen = caller(), "/media/?limit=3", []
    while address:
        answer = client.get(address, headers=headers)
        seen += [media["id"] for media in answer.json()]
        link = answer.headers.get("link")
        address = link.partition(">")[0].removeprefix("<") if link else None
    assert (len(seen), set(seen)) == (7, ids)


def test_tags_in_bulk_over_http(client, caller):
    with open_session() as session:
        ids = [a_media(session).id for _ in range(3)]
    headers = caller()
    assert client.post("/media/tags", headers=headers, json={"ids": ids, "add": ["night"]}).json() == {
        "changed": 3
    }
    assert len(client.get("/media/?tag=night", headers=headers).json()) == 3
    viewer = client.post("/media/tags", headers=caller(Scope.VIEWER), json={"ids": ids, "add": ["x"]})
    assert viewer.status_code == 403


def test_nothing_of_a_foreign_media_differs_from_an_absent_one(client, caller):
    with open_session() as session:
        foreign = a_media(session).id
    device = caller(Scope.DEVICE)
    for path in ("", "/history", "/annotations", "/neighbours", "/picture?size=thumb"):
        there = client.get(f"/media/{foreign}{path}", headers=device)
        absent = client.get(f"/media/888888{path}", headers=device)
        assert there.status_code == absent.status_code in (403, 404)
        assert there.text.replace(str(foreign), "#") == absent.text.replace("888888", "#")


def test_a_device_does_not_read_what_curators_say_about_its_pictures(client, caller):
    with open_session() as session:
        device = an_access(session, Scope.DEVICE)
        media = a_media(session, uploaded_by=device)
        submit_annotation(session, an_access(session), media.id, comment="a curator's words")
    headers = caller(access=device)
    assert client.get(f"/media/{media.id}", headers=headers).json()["annotation"] is None
    assert client.get("/media", headers=headers).json()[0]["annotation"] is None
    for path in ("history", "annotations", "neighbours"):
        assert client.get(f"/media/{media.id}/{path}", headers=headers).status_code == 403


def test_an_address_with_a_slash_is_the_same_address(client, caller):
    headers = caller()
    for path in ("/media", "/me", "/label-classes", "/queue", "/health"):
        assert (
            client.get(path + "/", headers=headers).status_code
            == client.get(path, headers=headers).status_code
        )


@pytest.mark.parametrize("values", [["2026-08-12T00:00:00", 1], ["0001-01-01T00:00:00+00:00", 1], ["x", 1]])
def test_a_cursor_that_was_tampered_with_is_refused(client, caller, values):
    cursor = base64.urlsafe_b64encode(json.dumps([0, values, 0]).encode()).decode()
    answer = client.get(f"/media?sort=captured&cursor={cursor}", headers=caller())
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_filter")


def test_health_says_alive_and_ready_says_able(client):
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/ready").json() == {"status": "ready"}


def test_ids_beyond_64_bits_are_refused_politely(client, caller):
    for odd in ("0", "-1", str(2**63), "abc"):
        assert client.get(f"/media/{odd}", headers=caller()).status_code == 422


def test_rows_and_their_media_stand_together(registered):
    media, _, _ = registered
    with open_session(read_only=True) as session:
        row = session.get(Media, media["id"])
        assert row is not None and session.get(Access, row.uploaded_by_id) is not None
