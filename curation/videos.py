"""Videos as files: which are taken, what is in them, their poster and their frames. Decoding happens in a child."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.decoding import DecoderPool, Undecodable, video_decoders
from curation.errors import RefusedPicture, TooLarge
from curation.pictures import PictureFacts, exif_of
from curation.video_limits import LARGEST_VIDEO_BYTES


@dataclass(frozen=True)
class VideoFacts(PictureFacts):
    """What is known about a video whose header was read and one frame decoded.

    `thumbnail` and `poster` (at most 1,600 pixels a side) are JPEGs of that frame; `duration` is in seconds, `codec`
    as FFmpeg calls it.
    """

    poster: bytes
    duration: float
    frame_rate: float | None
    codec: str


@dataclass(frozen=True)
class TakenFrame:
    """A frame as a JPEG, and the second of the video it is shown at."""

    at: float
    content: bytes


def inspect_video(path: Path, *, file_name: str, pool: DecoderPool | None = None) -> VideoFacts:
    """Read what a video is, and decode one frame of it.

    Raises RefusedPicture (TooLarge when it has too many bytes) with a sentence that begins with `file_name`, and
    Unavailable when the decoder is busy for too long.
    """
    size = os.path.getsize(path)
    if size > LARGEST_VIDEO_BYTES:
        raise TooLarge(
            f"{file_name} has {size / 2**20:,.1f} MiB; at most {LARGEST_VIDEO_BYTES // 2**20} MiB are taken."
            " Nothing was stored."
        )
    try:
        facts, drawn = _ask({"task": "inspect video", "path": str(path.absolute())}, pool)
    except Undecodable as reason:
        raise RefusedPicture(f"{file_name} {reason}. Nothing was stored.") from None
    thumbnail_bytes = facts.pop("thumbnail_bytes")
    exif = exif_of(facts.pop("exif"))
    return VideoFacts(
        **facts, exif=exif, thumbnail=drawn[:thumbnail_bytes], hashes=None, poster=drawn[thumbnail_bytes:]
    )


def draw_poster(path: Path, *, pool: DecoderPool | None = None) -> tuple[bytes, bytes]:
    """Thumbnail and poster of a video that was taken once. Raises Undecodable."""
    facts, drawn = _ask({"task": "poster", "path": str(path.absolute())}, pool)
    return drawn[: facts["thumbnail_bytes"]], drawn[facts["thumbnail_bytes"] :]


def take_frames(
    path: Path, times: Sequence[float], *, pool: DecoderPool | None = None
) -> tuple[list[TakenFrame], bool]:
    """The first of the frames at these times (ascending, in seconds), and whether the video ended before the others.

    Raises Undecodable.
    """
    facts, drawn = _ask({"task": "frames", "path": str(path.absolute()), "times": list(times)}, pool)
    taken, at = [], 0
    for frame in facts["frames"]:
        taken.append(TakenFrame(frame["at"], drawn[at : at + frame["bytes"]]))
        at += frame["bytes"]
    return taken, facts["ended"]


def _ask(request: dict[str, Any], pool: DecoderPool | None) -> tuple[dict[str, Any], bytes]:
    return (pool or video_decoders()).ask(request)
