"""Media created first and filled later, as pyro-storage's clients do: what is stored, refused, shared and swept."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from curation.annotation_entries import create_annotation
from curation.two_step import sweep
from db.models import Blob, Event, Media, Scope, State, utc_now
from db.session import open_session
from storage import open_bucket
from tests.factories import a_jpeg, a_media, an_access

NAMELESS = "file"


def create(client, headers, **given):
    answer = client.post("/media/", headers=headers, json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()


def fill(client, headers, media_id, content, name=NAMELESS, **fields):
    files = {"file": (name, content)}
    return client.post(f"/media/{media_id}/upload", headers=headers, files=files, data=fields)


def test_a_media_is_created_and_filled_with_what_the_picture_truly_is(client, caller):
    headers, content = caller(), a_jpeg(640, 480)
    made = client.post("/media", headers=headers).json()
    assert (made["type"], made["state"], made["sha256"], made["bucket_key"]) == (
        *("image", "awaiting_content"),
        *(None, None),
    )
    filled = fill(client, headers, made["id"], content)
    assert filled.status_code == 200, filled.text
    media = filled.json()
    assert (media["id"], media["state"], media["width"], media["file_name"]) == (made["id"], "new", 640, None)
    assert (media["content_type"], media["created_at"]) == ("image/jpeg", made["created_at"])
    assert media["bucket_key"].endswith(".jpg")
    assert open_bucket().read(media["bucket_key"]) == content
    assert client.get(f"/media/{made['id']}", headers=headers).json() == media


def test_what_is_told_is_stored_and_a_change_touches_only_what_is_sent(client, caller):
    headers = caller()
    made = create(
        client,
        headers,
        file_name="a/b/IMG_7.jpg",
        source="north",
        captured_at="2026-08-12T17:42:08+02:00",
        azimuth=360,
        lat=44.5,
        lon=6.1,
        sequence="s1",
        tags=["night", "east"],
    )
    assert (made["file_name"], made["source"], made["azimuth"]) == ("IMG_7.jpg", "north", 0)
    assert (made["captured_at"], made["tags"]) == ("2026-08-12T15:42:08Z", ["east", "night"])
    filled = fill(client, headers, made["id"], a_jpeg(), "other.jpg").json()
    assert (filled["file_name"], filled["captured_at"], filled["lat"]) == (
        *("IMG_7.jpg", "2026-08-12T15:42:08Z"),
        44.5,
    )
    path = f"/media/{made['id']}"
    for method in ("PUT", "PATCH"):
        changed = client.request(method, path + "/", headers=headers, json={"sequence": method}).json()
        assert {**changed, "sequence": "s1"} == filled
    cleared = client.patch(
        path, headers=headers, json={"source": None, "lat": None, "lon": None, "tags": []}
    ).json()
    assert (cleared["source"], cleared["lat"], cleared["tags"]) == (None, None, [])


@pytest.mark.parametrize(
    "given",
    [
        {"type": "audio"},
        {"type": None},
        {"captured_at": "2026-08-12T17:42:08"},
        {"captured_at": "1500-01-01T00:00:00Z"},
        {"lat": 10},
        {"lat": 91, "lon": 0},
        {"azimuth": "north"},
        {"file_name": ""},
        {"file_name": "a\nb"},
        {"tags": ["a;b"]},
        {"tags": ["x"] * 31},
        {"sequence": "s" * 101},
        {"source": "\x00"},
        {"colour": "red"},
        {"lat": float("inf"), "lon": 1},
        [],
        7,
    ],
    ids=range(17),
)
def test_nonsense_is_refused_and_nothing_is_created(client, caller, given):
    import json

    headers = {**caller(), "Content-Type": "application/json"}
    answer = client.post("/media", headers=headers, content=json.dumps(given))
    assert (answer.status_code, set(answer.json()) >= {"detail", "code"}) == (422, True), answer.text
    with open_session(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Media)) == 0


def test_the_same_bytes_may_come_again_and_others_are_a_conflict(client, caller):
    headers, content = caller(), a_jpeg()
    media_id = create(client, headers)["id"]
    assert fill(client, headers, media_id, content).status_code == 200
    assert fill(client, headers, media_id, content).status_code == 200
    other = fill(client, headers, media_id, a_jpeg())
    assert (other.status_code, other.json()["code"]) == (409, "wrong_state")
    changed = client.put(f"/media/{media_id}", headers=headers, json={"type": "video"})
    assert changed.status_code == 409


def test_two_media_may_share_their_content_and_neither_takes_it_from_the_other(client, caller):
    headers, admin, content = caller(), caller(Scope.ADMIN), a_jpeg()
    uploaded = client.post("/uploads", headers=headers, files={"file": ("a.jpg", content)}).json()["media"]
    both = [create(client, headers)["id"] for _ in range(2)]
    keys = {fill(client, headers, media_id, content).json()["bucket_key"] for media_id in both}
    assert keys == {uploaded["bucket_key"]}
    gone = client.delete(f"/media/{both[0]}/", headers=admin)
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert open_bucket().read(uploaded["bucket_key"]) == content
    picture = client.get(f"/media/{both[1]}/picture?size=original", headers=headers)
    assert picture.content == content
    assert client.get(f"/media/{both[0]}", headers=headers).status_code == 404
    assert client.delete(f"/media/{both[0]}", headers=admin).status_code == 409
    back = client.post(f"/media/{both[0]}/restore", headers=admin)
    assert (back.status_code, back.json()["state"]) == (200, "new")


def test_what_is_no_picture_or_of_the_other_type_is_refused_and_the_media_waits_on(client, caller):
    headers = caller()
    picture, video = create(client, headers)["id"], create(client, headers, type="video")["id"]
    for media_id, content in ((picture, b"%PDF-1.7"), (picture, b""), (video, a_jpeg())):
        answer = fill(client, headers, media_id, content)
        assert answer.status_code == 422, answer.text
        assert client.get(f"/media/{media_id}", headers=headers).json()["state"] == "awaiting_content"
    assert fill(client, headers, picture, a_jpeg(), sha256="0" * 64).json()["code"] == "content_differs"
    assert fill(client, headers, picture, a_jpeg(), colour="red").status_code == 422
    assert client.post(f"/media/{picture}/upload", headers=headers).status_code == 422
    assert client.patch(f"/media/{video}", headers=headers, json={"type": "image"}).json()["type"] == "image"
    assert fill(client, headers, video, a_jpeg()).status_code == 200


def test_a_device_fills_its_own_and_foreign_ones_are_not_there(client, caller):
    device, curator = caller(Scope.DEVICE), caller()
    own, foreign = create(client, device)["id"], create(client, curator)["id"]
    assert fill(client, device, own, a_jpeg()).status_code == 200
    hidden, absent = fill(client, device, foreign, a_jpeg()), fill(client, device, 10**9, a_jpeg())
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(str(foreign), "#") == absent.text.replace(str(10**9), "#")


def test_strangers_are_refused_before_a_byte_is_read(client, caller):
    def body():
        raise AssertionError("the body was read")
        yield b""

    media_id = create(client, caller())["id"]
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for headers, path, status in (
        (kind, f"/media/{media_id}/upload", 401),
        ({**kind, **caller(Scope.VIEWER)}, f"/media/{media_id}/upload", 403),
        ({**kind, **caller()}, "/media/999999/upload", 404),
        (kind, "/annotations/1/upload", 401),
        ({**kind, **caller(Scope.DEVICE)}, "/annotations/1/upload", 403),
        ({**kind, **caller()}, "/annotations/999999/upload", 404),
    ):
        assert client.post(path, headers=headers, content=body()).status_code == status


def test_those_that_wait_are_listed_only_when_asked_for(client, caller):
    headers = caller()
    waiting = create(client, headers)["id"]
    filled = create(client, headers)["id"]
    fill(client, headers, filled, a_jpeg())
    assert [media["id"] for media in client.get("/media", headers=headers).json()] == [filled]
    asked = client.get("/media?state=awaiting_content", headers=headers).json()
    assert [media["id"] for media in asked] == [waiting]


def test_of_two_contents_at_once_one_wins(client, caller):
    headers = caller()
    media_id = create(client, headers)["id"]
    contents, statuses = [a_jpeg() for _ in range(6)], []
    barrier = threading.Barrier(6)

    def send(content):
        barrier.wait()
        statuses.append(fill(client, headers, media_id, content).status_code)

    threads = [threading.Thread(target=send, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 5


def test_what_nobody_fills_for_a_day_is_removed(client, caller, installation):
    with open_session() as session:
        curator = an_access(session)
    headers = caller(access=curator)
    old, said, fresh = (create(client, headers, tags=["x"])["id"] for _ in range(3))
    client.post(f"/media/{said}/comments", headers=headers, json={"text": "wait", "client_id": "c" * 10})
    with open_session() as session:
        create_annotation(session, curator, old)
        filled = a_media(session).id
        yesterday = utc_now() - timedelta(hours=25)
        session.execute(update(Media).where(Media.id != fresh).values(created_at=yesterday))
    with open_session() as session:
        sweep(session)
    with open_session(read_only=True) as session:
        assert set(session.scalars(select(Media.id))) == {said, fresh, filled}
        created = select(func.count()).where(Event.name == "media_created")
        assert session.scalar(created) == 3, "the audit trail forgets nothing"


def test_content_over_eight_mebibytes_is_stored_whole(client, caller):
    # Multipart uploads, whose ETag is no MD5, begin there in pyro-storage, which then deletes them.
    import io

    from PIL import Image

    headers, drawn = caller(), io.BytesIO()
    Image.effect_noise((3600, 3000), 120).save(drawn, "PNG")
    content = drawn.getvalue()
    assert len(content) > 8 * 2**20
    media_id = create(client, headers)["id"]
    assert fill(client, headers, media_id, content).status_code == 200
    with open_session(read_only=True) as session:
        assert session.scalars(select(Blob.size)).one() == len(content)
        assert session.get_one(Media, media_id).state == State.NEW
