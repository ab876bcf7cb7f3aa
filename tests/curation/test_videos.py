"""Videos: told by their content, looked into in a limited child, refused in a sentence."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from curation.content import inspect_content, largest_of
from curation.decoding import DecoderPool, Undecodable
from curation.errors import RefusedPicture, TooLarge, Unavailable
from curation.picture_limits import LARGEST_BYTES
from curation.spool import Spool
from curation.video_limits import LARGEST_VIDEO_BYTES, find_video_kind, is_playable
from curation.videos import VideoFacts, inspect_video, take_frames
from tests.factories import a_jpeg
from tests.videos import a_video, box, claiming, only_sound, turned, without_box


@pytest.fixture
def inspect(tmp_path: Path) -> Callable[..., VideoFacts]:
    def look(content: bytes, file_name: str = "clip.mp4", pool: DecoderPool | None = None) -> VideoFacts:
        path = tmp_path / "content"
        path.write_bytes(content)
        return inspect_video(path, file_name=file_name, pool=pool)

    return look


def red(picture: Image.Image, at: tuple[int, int]) -> int:
    return picture.convert("RGB").split()[0].crop((*at, at[0] + 1, at[1] + 1)).tobytes()[0]


@pytest.mark.parametrize(
    ("kind", "codec", "content_type", "known_as"),
    [
        ("mp4", "libx264", "video/mp4", "h264"),
        ("mp4", "libx265", "video/mp4", "hevc"),
        ("mp4", "libsvtav1", "video/mp4", "av1"),
        ("mov", "libx264", "video/quicktime", "h264"),
        ("webm", "libvpx-vp9", "video/webm", "vp9"),
        ("webm", "libvpx", "video/webm", "vp8"),
    ],
)
def test_what_a_video_is_is_read_from_its_content(inspect, kind, codec, content_type, known_as) -> None:
    facts = inspect(a_video(kind, codec=codec), "anything.jpg")
    assert (facts.content_type, facts.codec, facts.extension) == (content_type, known_as, kind)
    assert (facts.width, facts.height, facts.frame_rate) == (192, 108, 10.0)
    assert facts.duration == pytest.approx(2.0, abs=0.1)
    for picture in (facts.thumbnail, facts.poster):
        assert Image.open(io.BytesIO(picture)).size == (192, 108)


def test_a_video_of_a_telephone_stands_upright(inspect) -> None:
    facts = inspect(turned(a_video()))
    assert (facts.width, facts.height) == (108, 192)
    poster = Image.open(io.BytesIO(facts.poster))
    # The bar at the left has come to the top.
    assert poster.size == (108, 192)
    assert red(poster, (54, 4)) > 200 > 100 > red(poster, (54, 100))


def test_the_time_in_a_video_is_its_capture_time(inspect) -> None:
    facts = inspect(a_video(creation_time="2026-08-12T17:42:08Z"))
    assert facts.exif.captured_at == datetime(2026, 8, 12, 17, 42, 8, tzinfo=UTC)
    assert inspect(a_video(creation_time="1970-01-01T00:00:00Z")).exif.captured_at is None


def test_what_browsers_play_is_told_from_what_they_do_not() -> None:
    assert is_playable("video/mp4", "h264") is True
    assert is_playable("video/webm", "vp9") is True
    assert is_playable("video/mp4", "hevc") is False
    assert is_playable("video/mp4", "h264 yuv422p10le") is False
    assert is_playable("image/jpeg", None) is None


def hostile() -> dict[str, bytes]:
    movie, fast = a_video(), a_video(faststart=True)
    return {
        "cut short in front": movie[:-200],
        "cut short behind": fast[: len(fast) // 2],
        "cut short in its first box": movie[:20],
        "no description": without_box(movie, b"moov"),
        "no pictures": without_box(fast, b"mdat"),
        "only sound": only_sound(),
        "a screen of 100,000 pixels": claiming(movie, 100_000, 100_000),
        "too narrow": a_video(size=(16, 1000)),
        "a ZIP behind it": movie + b"PK\x03\x04" + bytes(200),
        "only a header": box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41"),
        "boxes of no length": box(b"ftyp", b"isom\0\0\2\0isom") + b"\0\0\0\1free" * 40,
        "noise in its description": fast[:60] + random.Random(3).randbytes(700) + fast[760:],
        "WebM cut short": a_video("webm")[:-300],
        "WebM of a header": a_video("webm")[:40],
        "WebM of noise": a_video("webm")[:60] + random.Random(5).randbytes(2000),
        "Matroska": a_video("mkv"),
        "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
        "a sound file": b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + bytes(100),
    }


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_or_broken_video_is_refused_in_a_sentence(tmp_path, name) -> None:
    path = tmp_path / "content"
    path.write_bytes(hostile()[name])
    with pytest.raises(RefusedPicture) as refusal:
        inspect_content(path, file_name="clip.mp4")
    assert str(refusal.value).startswith("clip.mp4 ")
    assert str(refusal.value).endswith(". Nothing was stored.")


@pytest.fixture
def tight_pool() -> Iterator[Callable[..., DecoderPool]]:
    pools: list[DecoderPool] = []

    def make(**limits: Any) -> DecoderPool:
        pools.append(DecoderPool(1, **limits))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def test_a_video_that_takes_too_much_ends_its_child_and_nothing_else(inspect, tight_pool) -> None:
    with pytest.raises(RefusedPicture, match=r"^clip\.mp4 .*Nothing was stored\."):
        inspect(a_video(size=(4096, 2304), seconds=0.5), pool=tight_pool(memory_bytes=200 * 2**20))
    # It was given no time of a processor to speak of: that says nothing about the video.
    with pytest.raises(Unavailable):
        inspect(a_video(size=(1280, 720), seconds=30.0), pool=tight_pool(wall_seconds=0.01))
    assert inspect(a_video()).width == 192


def test_frames_are_taken_at_their_times_and_are_always_the_same(tmp_path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(a_video(seconds=5.0))
    frames, ended = take_frames(path, [0.0, 1.0, 3.04, 4.9, 6.0])
    assert ([frame.at for frame in frames], ended) == ([0.0, 1.0, 3.0, 4.9], True)
    for frame in frames:
        picture = Image.open(io.BytesIO(frame.content))
        bar = int(frame.at) * 192 // 10 + 9
        assert red(picture, (bar, 50)) > 180
    assert take_frames(path, [3.04])[0][0].content == frames[2].content
    with pytest.raises(Undecodable):
        path.write_bytes(b"something else")
        take_frames(path, [0.0])


def test_how_much_may_come_is_known_from_the_first_bytes(tmp_path) -> None:
    assert largest_of(a_video()[:64]) == LARGEST_VIDEO_BYTES
    assert largest_of(a_jpeg()[:64]) == largest_of(b"") == LARGEST_BYTES
    assert find_video_kind(b"\0\0\0\x08moov" + bytes(56)) == "MOV"
    with Spool(tmp_path, limit=largest_of) as spool:
        for chunk in (a_video()[:3], a_video()[3:64], bytes(LARGEST_BYTES)):
            spool.write(chunk)
        assert spool.size > LARGEST_BYTES
    with Spool(tmp_path, limit=largest_of) as spool, pytest.raises(TooLarge, match="more than 25 MiB"):
        spool.write(a_jpeg()[:64])
        spool.write(bytes(LARGEST_BYTES))
