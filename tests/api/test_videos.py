"""Videos over HTTP: sent, listed, played in parts, and taken apart into frames."""

from __future__ import annotations

import csv
import io

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from curation.extractions import EXTRACT_FRAMES, extract_frames
from curation.jobs import run_one
from curation.reviews import decide
from db.models import Access, Blob, Decision, Job, Media, Scope
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from tests.curation.test_videos import hostile
from tests.factories import a_jpeg, a_media
from tests.videos import a_video

SENT_AT = "2026-08-12T17:42:08+00:00"


def send(client, headers, content, name="clip.mp4", **fields):
    return client.post("/uploads", headers=headers, files={"file": (name, content)}, data=fields)


@pytest.fixture
def video(client, caller):
    """A video of 5 s that was uploaded under a wrong name, with the header of its uploader."""
    headers = caller()
    content = a_video(seconds=5.0)
    sent = send(client, headers, content, "clip.jpg", source="CAM-12", captured_at=SENT_AT, azimuth="40")
    assert sent.status_code == 201, sent.text
    return sent.json()["media"], headers, content


def work_on_frames():
    """What the loop of videos does, until nothing is left."""
    settings = get_settings()

    def extract(extraction_id: int) -> None:
        extract_frames(
            open_session,
            open_bucket(),
            extraction_id,
            media_folder=settings.bucket_media_folder,
            spool_folder=settings.data_dir / "spool",
        )

    while run_one(open_session, {EXTRACT_FRAMES: extract}):
        pass


def test_a_video_is_a_media_with_its_length_and_its_poster(client, video):
    media, headers, content = video
    assert (media["type"], media["content_type"], media["size"]) == ("video", "video/mp4", len(content))
    assert (media["duration"], media["frame_rate"], media["codec"]) == (5.0, 10.0, "h264")
    assert (media["playable"], media["width"], media["height"]) == (True, 192, 108)
    assert media["bucket_key"].endswith(".mp4")
    for size in ("thumb", "screen"):
        answer = client.get(f"/media/{media['id']}/picture?size={size}", headers=headers)
        assert answer.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).size == (192, 108)
    listed = client.get("/media", headers=headers).json()
    assert [(one["id"], one["type"], one["duration"]) for one in listed] == [(media["id"], "video", 5.0)]
    assert send(client, headers, content).json()["twin"] is True


def test_nothing_is_drawn_on_a_video(client, video):
    media, headers, _content = video
    box = {"label_class": "wildfire", "box": [0.1, 0.1, 0.2, 0.2]}
    for path, body in (
        ("annotations", {"shapes": [box]}),
        ("predictions", {"model": "yolo 11", "shapes": [{**box, "confidence": 0.5}]}),
    ):
        answer = client.post(f"/media/{media['id']}/{path}", headers=headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_shape"), path
    whole = client.post(
        f"/media/{media['id']}/annotations", headers=headers, json={"label_classes": ["wildfire"]}
    )
    assert whole.status_code == 201


def test_a_video_is_played_in_parts(client, video):
    media, headers, content = video
    for size in ("video", "original"):
        part = client.get(
            f"/media/{media['id']}/picture?size={size}", headers={**headers, "Range": "bytes=10-"}
        )
        assert (part.status_code, part.content) == (206, content[10:])
        assert part.headers["content-type"] == "video/mp4"
        assert part.headers["x-content-type-options"] == "nosniff"
        assert part.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_poster_that_was_deleted_is_drawn_again_from_the_video(client, video):
    media, headers, _ = video
    bucket = open_bucket()
    for found in list(bucket.list("derived/")):
        bucket.delete(found.key)
    for size in ("thumb", "screen", "crop&box=0.1,0.1,0.5,0.5"):
        answer = client.get(f"/media/{media['id']}/picture?size={size}", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


def test_the_length_of_a_video_is_in_the_export(client, video):
    _, headers, _ = video
    text = client.get("/exports/media.csv", headers=headers).text
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["type"], row["duration"], row["codec"]) == ("video", "5", "h264")


@pytest.mark.parametrize("name", sorted(hostile()))
def test_a_refused_video_leaves_nothing_behind(client, caller, name):
    answer = send(client, caller(), hostile()[name])
    assert (answer.status_code, answer.json()["code"]) == (422, "refused_picture")
    with open_session() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 0
        assert session.scalar(select(func.count()).select_from(Media)) == 0
    assert not [found.key for found in open_bucket().list("media/")]
    assert not list((get_settings().data_dir / "spool").iterdir())


def test_frames_are_media_that_lead_back_to_their_video(client, video):
    media, headers, _ = video
    asked = client.post(f"/media/{media['id']}/frames", headers=headers, json={"every_seconds": 2})
    assert asked.status_code == 202
    assert (asked.json()["frames"], asked.json()["total"], asked.json()["finished_at"]) == (0, 3, None)
    again = client.post(f"/media/{media['id']}/frames", headers=headers, json={"every_seconds": 2})
    assert again.json()["id"] == asked.json()["id"], "asked for twice, it is done once"
    work_on_frames()
    [done] = client.get(f"/media/{media['id']}/extractions", headers=headers).json()
    assert (done["frames"], done["error"]) == (3, None)
    assert done["finished_at"]
    frames = [
        one for one in client.get("/media?sort=captured", headers=headers).json() if one["type"] == "image"
    ]
    details = [client.get(f"/media/{frame['id']}", headers=headers).json() for frame in frames]
    assert [frame["extracted_at"] for frame in details] == [0.0, 2.0, 4.0]
    assert {frame["extracted_from"] for frame in details} == {media["id"]}
    assert [frame["captured_at"][17:19] for frame in details] == ["08", "10", "12"]
    assert {(frame["source"], frame["azimuth"], frame["state"]) for frame in details} == {
        ("CAM-12", 40.0, "new")
    }
    assert details[1]["file_name"] == "clip 0002.000s.jpg"
    thumb = client.get(f"/media/{frames[0]['id']}/picture?size=thumb", headers=headers)
    assert thumb.status_code == 200


def test_a_frame_that_is_there_is_not_taken_twice(client, video):
    media, headers, _ = video
    for every, total in ((2.0, 3), (1.0, 5), (1.0, 5)):
        client.post(f"/media/{media['id']}/frames", headers=headers, json={"every_seconds": every})
        work_on_frames()
        with open_session() as session:
            assert session.scalar(select(func.count()).where(Media.extracted_from_id == media["id"])) == total


def test_the_job_of_a_killed_process_is_done_to_its_end(client, video):
    media, headers, _ = video
    client.post(f"/media/{media['id']}/frames", headers=headers, json={"every_seconds": 1})
    with open_session() as session:
        job = session.scalars(select(Job).where(Job.name == EXTRACT_FRAMES)).one()
        number = job.subject_id
    settings = get_settings()
    for _ in range(2):  # killed behind its last frame, and begun again
        extract_frames(
            open_session,
            open_bucket(),
            number,
            media_folder=settings.bucket_media_folder,
            spool_folder=settings.data_dir / "spool",
        )
    [done] = client.get(f"/media/{media['id']}/extractions", headers=headers).json()
    assert (done["frames"], done["total"]) == (5, 5)
    with open_session() as session:
        assert session.scalar(select(func.count()).where(Media.extracted_from_id == media["id"])) == 5


def test_frames_of_a_video_that_was_withdrawn_or_lost_are_not_taken(client, video, caller):
    media, headers, _ = video
    ask = {"every_seconds": 1}
    client.post(f"/media/{media['id']}/frames", headers=headers, json=ask)
    open_bucket().delete(media["bucket_key"])
    work_on_frames()
    [lost] = client.get(f"/media/{media['id']}/extractions", headers=headers).json()
    assert lost["error"] == "The bucket does not hold this video any more."
    client.post(f"/media/{media['id']}/frames", headers=headers, json=ask)
    with open_session() as session:
        admin = session.scalars(select(Access).where(Access.scope == Scope.USER)).first()
        admin.scope = Scope.ADMIN
        decide(session, admin, media["id"], Decision.WITHDRAWN)
    work_on_frames()
    [gone, _] = client.get(f"/media/{media['id']}/extractions", headers=headers).json()
    assert gone["error"] == "The video is not there any more."


def test_frames_are_asked_for_within_limits(client, video, caller):
    media, headers, _ = video
    address = f"/media/{media['id']}/frames"
    for wrong in (0, -1, 0.01, 1e9, "often", None):
        assert client.post(address, headers=headers, json={"every_seconds": wrong}).status_code == 422
    assert client.post(address, headers=caller(Scope.VIEWER), json={"every_seconds": 1}).status_code == 403
    assert client.post(address, headers=caller(Scope.DEVICE), json={"every_seconds": 1}).status_code == 403
    assert client.post(address, json={"every_seconds": 1}).status_code == 401
    assert client.post("/media/999/frames", headers=headers, json={"every_seconds": 1}).status_code == 404
    with open_session() as session:
        picture = a_media(session).id
        session.execute(update(Blob).where(Blob.codec == "h264").values(duration=100_000.0))
    refused = client.post(f"/media/{picture}/frames", headers=headers, json={"every_seconds": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    many = client.post(address, headers=headers, json={"every_seconds": 1})
    assert many.status_code == 422
    assert many.json()["detail"] == (
        "At most 2,000 frames are taken at once: of this video one every 50 seconds."
    )


def test_a_media_created_as_a_video_takes_a_video_and_nothing_else(client, caller):
    headers = caller()
    media = client.post("/media", headers=headers, json={"type": "video", "file_name": "clip.mov"}).json()
    address = f"/media/{media['id']}/upload"
    refused = client.post(address, headers=headers, files={"file": ("clip.mov", a_jpeg())})
    assert refused.status_code == 422
    taken = client.post(address, headers=headers, files={"file": ("clip.mov", a_video("mov"))})
    assert taken.status_code == 200, taken.text
    filled = taken.json()
    assert (filled["type"], filled["content_type"], filled["duration"]) == ("video", "video/quicktime", 2.0)
    assert (filled["state"], filled["playable"]) == ("new", True)
    picture = client.post("/media", headers=headers, json={}).json()
    files = {"file": ("clip.mov", a_video("mov"))}
    assert client.post(f"/media/{picture['id']}/upload", headers=headers, files=files).status_code == 422


def test_a_signed_link_plays_a_video_in_parts(client, video):
    media, headers, content = video
    link = client.get(f"/media/{media['id']}/url", headers=headers).json()["url"]
    part = client.get(link, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.content) == (206, content[:100])


def test_media_are_listed_by_their_type_and_by_their_video(client, video):
    media, headers, _ = video
    picture = client.post("/uploads", headers=headers, files={"file": ("a.jpg", a_jpeg())}).json()["media"]

    def listed(query):
        return [one["id"] for one in client.get(f"/media?{query}", headers=headers).json()]

    assert listed("type=video") == [media["id"]]
    assert listed("type=image") == [picture["id"]]
    assert listed(f"extracted_from={media['id']}") == []
    for wrong in (
        "type=film",
        "extracted_from=-1",
        "extracted_from=x",
        "extracted_from=99999999999999999999",
    ):
        assert client.get(f"/media?{wrong}", headers=headers).status_code == 422
