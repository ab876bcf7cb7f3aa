"""Uploading over HTTP: what is stored, what is refused, and what a refusal leaves behind."""

from __future__ import annotations

import io
import json
import shutil
import threading
import zipfile

import pytest
from PIL import Image
from sqlalchemy import func, select

from db.models import Blob, Media, Scope
from db.session import open_session
from storage import open_bucket
from storage.local import LocalBucket
from tests.factories import a_jpeg


def stored_rows_and_objects():
    with open_session(read_only=True) as session:
        rows = session.scalar(select(func.count()).select_from(Media))
        blobs = session.scalar(select(func.count()).select_from(Blob))
    return rows, blobs, len(list(open_bucket().list()))


def upload(client, headers, content, name="IMG_0001.jpg", **fields):
    return client.post("/uploads", headers=headers, files={"file": (name, content)}, data=fields)


def a_zip(entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return content.getvalue()


def test_a_picture_is_stored_untouched_and_described(client, caller):
    content = a_jpeg(640, 480)
    answer = upload(
        client,
        caller(),
        content,
        source="north-ridge-2",
        captured_at="2026-08-12T17:42:08+02:00",
        lat="44.5",
        lon="6.1",
        azimuth="214",
        sequence="s1",
        tags="night; east",
    )
    assert answer.status_code == 201, answer.text
    media = answer.json()["media"]
    assert (media["width"], media["height"], media["state"]) == (640, 480, "new")
    assert (media["source"], media["azimuth"], media["tags"]) == ("north-ridge-2", 214.0, ["east", "night"])
    assert media["captured_at"] == "2026-08-12T15:42:08Z"
    picture = client.get(f"/media/{media['id']}/picture?size=original", headers=caller())
    assert picture.content == content
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["x-content-type-options"] == "nosniff"


def test_known_content_answers_with_its_twin(client, caller):
    content = a_jpeg()
    first = upload(client, caller(), content)
    second = upload(client, caller(), content, name="another name.jpg")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["twin"] is True
    assert second.json()["media"]["id"] == first.json()["media"]["id"]


def test_of_two_contents_that_come_with_one_key_at_the_same_moment_one_is_refused(
    client, caller, monkeypatch: pytest.MonkeyPatch
):
    headers = {**caller(), "Idempotency-Key": "device-7-frame-0"}
    first, second = a_jpeg(), a_jpeg()
    put, answers = LocalBucket.put, []

    def put_while_another_comes(bucket, *args, **kwargs):
        monkeypatch.setattr(LocalBucket, "put", put)
        answers.append(upload(client, headers, second))
        put(bucket, *args, **kwargs)

    monkeypatch.setattr(LocalBucket, "put", put_while_another_comes)
    answers.append(upload(client, headers, first))
    assert [answer.status_code for answer in answers] == [201, 422], answers[1].text
    assert stored_rows_and_objects()[0] == 1
    assert upload(client, headers, second).json()["media"]["id"] == answers[0].json()["media"]["id"]


def test_a_repeated_idempotency_key_gives_the_same_answer_and_never_another_file(client, caller):
    headers = {**caller(), "Idempotency-Key": "device-7-frame-1"}
    content = a_jpeg()
    first = upload(client, headers, content)
    again = upload(client, headers, content)
    other = upload(client, headers, a_jpeg())
    assert again.json()["media"]["id"] == first.json()["media"]["id"]
    assert (other.status_code, other.json()["code"]) == (422, "content_differs")


def test_a_repeat_brings_back_content_that_the_bucket_has_lost(client, caller):
    headers = {**caller(), "Idempotency-Key": "device-7-frame-2"}
    content = a_jpeg()
    media = upload(client, headers, content).json()["media"]
    open_bucket().delete(media["bucket_key"])
    again = upload(client, headers, content)
    assert again.json()["media"]["id"] == media["id"]
    original = client.get(f"/media/{media['id']}/picture?size=original", headers=headers)
    assert original.content == content
    assert stored_rows_and_objects()[0] == 1


def test_a_digest_that_differs_refuses_the_upload(client, caller):
    answer = upload(client, caller(), a_jpeg(), sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (422, "content_differs")
    assert stored_rows_and_objects() == (0, 0, 0)


NOT_PICTURES = {
    "renamed.jpg": b"%PDF-1.7 not a picture",
    "page.jpg": b"<html><script>alert(1)</script></html>",
    "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "empty.jpg": b"",
    "cut.jpg": a_jpeg(400, 300)[:2000],
    "tiny.jpg": a_jpeg(8, 8),
    "n" * 300 + ".jpg": a_jpeg(),
}


@pytest.mark.parametrize("name", NOT_PICTURES, ids=lambda name: ascii(name[:12]))
def test_what_is_no_picture_is_refused_with_a_sentence_and_leaves_nothing(client, caller, name):
    answer = upload(client, caller(), NOT_PICTURES[name], name=name)
    assert answer.status_code == 422, answer.text
    assert len(answer.json()["detail"]) > 20
    assert stored_rows_and_objects() == (0, 0, 0)


@pytest.mark.parametrize(
    "name", [b"bell\x07.jpg", b"escape\x1b[0m.jpg", b"line%0Abreak.jpg", b"\xff\xfe.jpg", b""]
)
def test_a_name_with_control_characters_is_refused(client, caller, name):
    # Written by hand: the client's library would make the name harmless first.
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n'
    headers = {**caller(), "Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/uploads", headers=headers, content=head + a_jpeg() + b"\r\n--x--\r\n")
    assert answer.status_code == 422, answer.text
    assert stored_rows_and_objects() == (0, 0, 0)


def test_folder_parts_of_a_name_are_cut_off(client, caller):
    answer = upload(client, caller(), a_jpeg(), name="..\\..\\etc/cam 1/IMG_1.jpg")
    assert answer.json()["media"]["file_name"] == "IMG_1.jpg"


@pytest.mark.parametrize(
    ("field", "value"),
    [("lat", "91"), ("captured_at", "2026-08-12T17:42:08"), ("timezone", "Mars/Base"), ("colour", "red")],
)
def test_nonsense_beside_the_picture_is_refused(client, caller, field, value):
    fields = {field: value, **({"lon": "1"} if field == "lat" else {})}
    answer = upload(client, caller(), a_jpeg(), **fields)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert stored_rows_and_objects() == (0, 0, 0)


def test_strangers_and_viewers_are_refused_before_a_byte_is_read(client, caller):
    def body():
        raise AssertionError("the body was read")
        yield b""

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/uploads", headers=kind, content=body()).status_code == 401
    assert (
        client.post("/uploads", headers={**kind, **caller(Scope.VIEWER)}, content=body()).status_code == 403
    )
    assert (
        client.post("/archives", headers={**kind, **caller(Scope.DEVICE)}, content=body()).status_code == 403
    )


def test_damaged_bodies_get_a_sentence(client, caller):
    headers = caller()
    for kind, body in [
        ("application/json", b"{}"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=" + 500 * "x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ncut'),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
    ]:
        answer = client.post("/uploads", headers={**headers, "Content-Type": kind}, content=body)
        assert answer.status_code == 422, (kind, answer.text)
    assert stored_rows_and_objects() == (0, 0, 0)


def test_a_body_that_goes_on_behind_its_end_is_too_large(client, caller, monkeypatch):
    monkeypatch.setattr("api.uploads.LARGEST_VIDEO_BYTES", 2**20)

    def body():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + a_jpeg()
        yield b"\r\n--x--\r\n"
        for _ in range(100):
            yield bytes(2**16)

    headers = {**caller(), "Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/uploads", headers=headers, content=body())
    assert answer.status_code == 413, answer.text
    assert stored_rows_and_objects() == (0, 0, 0)


def test_the_same_picture_from_twenty_sides_at_once_is_one_media(client, caller):
    content, headers = a_jpeg(), caller()
    answers = []
    barrier = threading.Barrier(20)

    def send():
        barrier.wait()
        answers.append(upload(client, headers, content))

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["media"]["id"] for answer in answers}) == 1
    rows, blobs, _ = stored_rows_and_objects()
    assert (rows, blobs) == (1, 1)


def test_a_device_sends_and_sees_only_its_own(client, caller):
    device, curator = caller(Scope.DEVICE), caller()
    own = upload(client, device, a_jpeg()).json()["media"]["id"]
    foreign = upload(client, curator, a_jpeg()).json()["media"]["id"]
    assert client.get(f"/media/{own}", headers=device).status_code == 200
    absent = client.get("/media/999999", headers=device)
    hidden = client.get(f"/media/{foreign}", headers=device)
    assert (hidden.status_code, hidden.json()["code"]) == (404, absent.json()["code"])
    assert [media["id"] for media in client.get("/media/", headers=device).json()] == [own]


def send_archive(client, headers, content, **fields):
    return client.post("/archives", headers=headers, files={"file": ("batch.zip", content)}, data=fields)


def test_an_archive_answers_a_line_per_entry(client, caller):
    twin = a_jpeg()
    upload(client, caller(), twin)
    content = a_zip([("a/1.jpg", a_jpeg()), ("a/2.jpg", twin), ("notes.txt", b"hello"), ("a/", b"")])
    answer = send_archive(client, caller(), content, source="cam-3")
    assert answer.status_code == 200
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["name"], line["result"]) for line in lines] == [
        ("a/1.jpg", "registered"),
        ("a/2.jpg", "already_here"),
        ("notes.txt", "refused"),
    ]
    assert client.get(f"/media/{lines[0]['media_id']}", headers=caller()).json()["source"] == "cam-3"


@pytest.mark.parametrize(
    "entries",
    [
        [("../climbs.jpg", b"x")],
        [("/etc/absolute.jpg", b"x")],
        [("a\\..\\..\\windows.jpg", b"x")],
        [(f"{number}.jpg", b"") for number in range(2001)],
        [("bomb.bin", b"\0" * 300_000_000)],
    ],
    ids=["climbing", "absolute", "backslashes", "too many", "bomb"],
)
def test_a_harmful_archive_is_refused_whole(client, caller, entries):
    good = [("good.jpg", a_jpeg())]
    answer = send_archive(client, caller(), a_zip(good + entries))
    assert (answer.status_code, answer.json()["code"]) == (422, "refused_archive")
    assert stored_rows_and_objects() == (0, 0, 0)


def test_no_spool_file_is_left_behind(client, caller, installation):
    upload(client, caller(), a_jpeg())
    upload(client, caller(), b"nonsense")
    send_archive(client, caller(), a_zip([("1.jpg", a_jpeg())]))
    assert list((installation.data_dir / "spool").glob("*")) == []


def test_content_whose_object_was_lost_is_stored_again(client, caller):
    content, headers = a_jpeg(), caller()
    media = upload(client, headers, content).json()["media"]
    open_bucket().delete(media["bucket_key"])
    again = upload(client, headers, content)
    assert (again.status_code, again.json()["media"]["id"]) == (200, media["id"])
    assert client.get(f"/media/{media['id']}/picture?size=original", headers=headers).content == content


def test_a_bucket_folder_that_is_not_mounted_is_no_empty_bucket(client, caller, installation):
    shutil.move(installation.data_dir / "bucket", installation.data_dir / "elsewhere")
    away = upload(client, caller(), a_jpeg())
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert not (installation.data_dir / "bucket").exists()
    shutil.move(installation.data_dir / "elsewhere", installation.data_dir / "bucket")
    assert upload(client, caller(), a_jpeg()).status_code == 201


def test_one_odd_entry_does_not_take_the_others_with_it(client, caller):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "9999:12:31 23:59:59", 0x9011: "-12:00"})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("damaged.jpg", a_jpeg())
        archive.writestr("clock.jpg", a_jpeg(exif=exif))
        archive.writestr("12:30/good.jpg", a_jpeg())
    content = bytearray(packed.getvalue())
    content[60:90] = bytes(30)
    lines = [json.loads(line) for line in send_archive(client, caller(), bytes(content)).text.splitlines()]
    assert [line["result"] for line in lines] == ["refused", "registered", "registered"]


def test_a_bucket_that_goes_away_is_said_for_every_entry_that_was_not_stored(client, caller, installation):
    content = a_zip([(f"{number}.jpg", a_jpeg()) for number in range(4)])
    shutil.move(installation.data_dir / "bucket", installation.data_dir / "elsewhere")
    lines = [json.loads(line) for line in send_archive(client, caller(), content).text.splitlines()]
    assert [line["result"] for line in lines] == ["refused"] * 4
    assert all("Not stored" in line["detail"] for line in lines)


def test_a_foreign_twin_tells_a_device_nothing_but_its_id(client, caller):
    content = a_jpeg()
    upload(client, caller(), content, source="secret-ridge")
    answer = upload(client, caller(Scope.DEVICE), content)
    assert (answer.status_code, set(answer.json()["media"])) == (200, {"id", "sha256"})
