"""Frames of videos that an import brings: from which video, and from which of its seconds, each was taken."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from curation.datasets.groups import read_groups
from curation.imports.preview import NO_VIDEO
from db.models import Media, MediaType, State
from db.session import open_session
from tests.curation.importing import Importer, lines, preview_of
from tests.factories import a_jpeg, an_access
from tests.videos import a_video


@pytest.fixture
def curator(installation) -> Importer:
    with open_session() as session:
        return Importer(an_access(session, login="curator"), installation.data_dir / "spool")


def media() -> dict[str | None, Media]:
    with open_session(read_only=True) as session:
        found = session.scalars(select(Media).where(Media.state != State.WITHDRAWN)).all()
        session.expunge_all()
    return {one.file_name: one for one in found}


def a_frame(number: int, video: object = 7) -> dict[str, object]:
    name = f"{number}.jpg"
    return {"media_id": 20 + number, "file": name, "file_name": name, "extracted_from": video} | {
        "extracted_at": number / 2
    }


THE_VIDEO = {"media_id": 7, "type": "video", "file": "film.mp4", "file_name": "film.mp4"}


def from_where(found: dict[str | None, Media]) -> dict[str | None, tuple[int | None, float | None]]:
    return {
        name: (one.extracted_from_id, one.extracted_at)
        for name, one in found.items()
        if one.type == MediaType.IMAGE
    }


def test_frames_come_back_with_their_video_and_go_with_it(curator):
    listed = [a_frame(1), THE_VIDEO, a_frame(2), a_frame(3, video=8)]
    pictures = {f"{number}.jpg": a_jpeg() for number in (1, 2, 3)}
    done = curator.bring({**pictures, "film.mp4": a_video(), "manifest.jsonl": lines(*listed)})
    assert done.counts["created"] == 4
    found = media()
    video = found["film.mp4"].id
    assert from_where(found) == {"1.jpg": (video, 0.5), "2.jpg": (video, 1.0), "3.jpg": (None, None)}
    remarks = [one for one in preview_of(done)["remarks"] if one["sentence"] == NO_VIDEO]
    assert [(one["count"], one["where"]) for one in remarks] == [(1, ["3.jpg"])]
    with open_session(read_only=True) as session:
        groups = read_groups(session)
        assert groups.first(found["1.jpg"].id) == groups.first(found["2.jpg"].id) == groups.first(video)
    # That frames were taken from it is no work of anybody's, as they came with it.
    assert curator.undo(done.id).counts["undone"] == 4
    assert media() == {}


def test_a_video_that_is_here_is_known_by_its_content(curator):
    film, frame = a_video(), a_jpeg()
    curator.bring({"film.mp4": film})
    curator.bring({"1.jpg": frame})
    told = {"media_id": 7, "type": "video", "file_name": "film.mp4"}
    told["sha256"] = hashlib.sha256(film).hexdigest()
    done = curator.bring(
        {"1.jpg": frame, "2.jpg": a_jpeg(), "manifest.jsonl": lines(told, a_frame(1), a_frame(2))}
    )
    assert {name: done.counts[name] for name in ("created", "changed", "already_there")} == {
        "created": 1,
        "changed": 1,
        "already_there": 1,
    }
    found = media()
    video = found["film.mp4"].id
    assert from_where(found) == {"1.jpg": (video, 0.5), "2.jpg": (video, 1.0)}
    assert not preview_of(done)["remarks"]
    curator.undo(done.id)
    assert from_where(media()) == {"1.jpg": (None, None)}


@pytest.mark.parametrize("video", ["film.mp4", 1.5, True, [], 10**400, -7, 9])
def test_a_video_that_cannot_be_found_costs_no_picture(curator, video):
    frame = a_frame(1, video) | {"extracted_at": "soon"}
    done = curator.bring({"1.jpg": a_jpeg(), "manifest.jsonl": lines(THE_VIDEO | {"file": "no.mp4"}, frame)})
    assert done.counts["created"] == 1
    assert from_where(media()) == {"1.jpg": (None, None)}
    assert NO_VIDEO in [one["sentence"] for one in preview_of(done)["remarks"]]
