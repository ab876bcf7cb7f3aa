"""Videos in the decoding child: what is in one, and single frames of it, with FFmpeg's libraries (PyAV)."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import av
import av.container
import av.error
import av.stream
from PIL import Image

from curation.drawing import JPEG_QUALITY, draw_small, fitted_size, upright_size
from curation.picture_limits import SCREEN_SIDE, THUMBNAIL_SIDE, NotTaken, check_size
from curation.video_limits import VIDEO_KINDS, check_whole_video, find_video_kind

# The first moment of a video is often black, or the camera still turning.
POSTER_AT = 0.1
LATEST_POSTER = 3.0
FRAME_QUALITY = 92
# Reading on is cheaper than looking for a key frame when the next frame wanted is this near, in seconds.
NEAR = 2.0
BUFFER_BYTES = 2**20
MOST_ANSWER_BYTES = 24 * 2**20
NO_PICTURES = "holds no moving picture"
# A clock that was never set begins in 1904 (MP4), 1970 or 2000 and a bit.
FIRST_YEAR = 2001

_PLACE = re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)")
_PLAIN = ("yuv420p", "yuvj420p")
# What makes a frame upright, as EXIF counts it, by how far its video wants it turned against the clock.
_ORIENTATION = {90: 8, 180: 3, 270: 6}


@dataclass
class Open:
    """A video that was opened: its kind, and where its picture is."""

    kind: str
    container: av.container.InputContainer
    stream: av.VideoStream

    @property
    def begin(self) -> float:
        """The time of the first frame: players count from there."""
        start, base = self.stream.start_time, self.stream.time_base
        return float(start * base) if start is not None and base is not None else 0.0


@contextmanager
def open_video(file: BinaryIO) -> Iterator[Open]:
    """A video whose header was read and found within the limits, no picture decoded. Raises NotTaken."""
    file.seek(0)
    kind = find_video_kind(file.read(64))
    if kind is None:
        raise NotTaken(NO_PICTURES)
    file.seek(0)
    # The demuxer is ours to choose: some of FFmpeg's open other files that a file names. So is what it reads from:
    # an open file can name no address.
    with av.open(
        file, "r", format=VIDEO_KINDS[kind][2], buffer_size=BUFFER_BYTES, metadata_errors="ignore"
    ) as container:
        # A sound file may carry its cover as a video of one frame.
        cover = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & cover]
        if not streams:
            raise NotTaken(NO_PICTURES)
        stream = streams[0]
        check_size(stream.width, stream.height)
        # Threads would each want a stack and frames of their own.
        stream.codec_context.thread_count = 1
        yield Open(kind, container, stream)


def inspect_video(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The facts of a video with its thumbnail and its poster, one behind the other. Raises NotTaken."""
    file.seek(0)
    kind = find_video_kind(file.read(64))
    if kind is None:
        raise NotTaken(NO_PICTURES)
    check_whole_video(file, kind)
    with open_video(file) as video:
        duration = _duration(video)
    # Measuring may have read to the end: begin again.
    with open_video(file) as video:
        frame = _poster_frame(video, duration)
        thumb, screen = _drawn(frame)
        width, height = _shown_size(frame)
        check_size(width, height)
        content_type, extension, _ = VIDEO_KINDS[kind]
        rate = video.stream.average_rate or video.stream.guessed_rate
        facts = {
            "content_type": content_type,
            "extension": extension,
            "width": width,
            "height": height,
            "exif": _metadata(video),
            "duration": round(duration, 3),
            "frame_rate": round(float(rate), 3) if rate else None,
            "codec": _codec(video, frame),
            "thumbnail_bytes": len(thumb),
        }
        return facts, thumb + screen


def draw_poster(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Thumbnail and poster of a video, one behind the other. Raises NotTaken."""
    with open_video(file) as video:
        duration = _duration(video)
    with open_video(file) as video:
        thumb, screen = _drawn(_poster_frame(video, duration))
        return {"thumbnail_bytes": len(thumb)}, thumb + screen


def take_frames(file: BinaryIO, times: list[float], seconds: float) -> tuple[dict[str, Any], bytes]:
    """The frames shown at these times (ascending, in seconds from the first one), as JPEGs one behind the other.

    Answers `frames`, for each its own time and its number of bytes; fewer than asked for when `seconds` are over,
    there is much to send, or the video ends. At least one is taken, or `ended` is true. Raises NotTaken.
    """
    done: list[dict[str, Any]] = []
    bodies: list[bytes] = []
    give_up = time.process_time() + seconds
    with open_video(file) as video:
        walk = _Walk(video)
        for wanted in times:
            if done and (time.process_time() > give_up or sum(map(len, bodies)) > MOST_ANSWER_BYTES):
                break
            frame = walk.frame_at(wanted)
            if frame is None:
                return {"frames": done, "ended": True}, b"".join(bodies)
            body = _as_jpeg(frame)
            done.append({"at": round(_time(frame) - video.begin, 3), "bytes": len(body)})
            bodies.append(body)
    return {"frames": done, "ended": False}, b"".join(bodies)


class _Walk:
    """Goes through a video forwards, by key frames where that is shorter."""

    def __init__(self, video: Open) -> None:
        self._video = video
        self._frames = video.container.decode(video.stream)
        self._shown: av.VideoFrame | None = None
        # Half a frame early is the same frame: times are rounded.
        rate = video.stream.average_rate
        self._early = 0.5 / float(rate) if rate else 0.001

    def frame_at(self, wanted: float) -> av.VideoFrame | None:
        """The first frame at or behind a time; None when the video ends before."""
        moment = wanted + self._video.begin
        if self._shown is None or moment - _time(self._shown) > NEAR:
            _seek(self._video, moment)
            self._frames = self._video.container.decode(self._video.stream)
        elif _time(self._shown) >= moment - self._early:
            return self._shown
        for frame in self._frames:
            self._shown = frame
            if _time(frame) >= moment - self._early:
                return frame
        return None


def _seek(video: Open, moment: float) -> None:
    base = video.stream.time_base
    with suppress(av.error.FFmpegError):  # without an index there is only the beginning
        video.container.seek(round(moment / base) if base else 0, stream=video.stream, backward=True)


def _time(frame: av.VideoFrame) -> float:
    return float(frame.time or 0.0)


def _duration(video: Open) -> float:
    """How long the picture lasts, in seconds: as the file says, else counted. Raises NotTaken."""
    stream, base = video.stream, video.stream.time_base
    if stream.duration is not None and base is not None and stream.duration > 0:
        return float(stream.duration * base)
    if video.container.duration is not None and video.container.duration > 0:
        return video.container.duration / av.time_base
    # Browsers record without knowing the end.
    last = 0.0
    for packet in video.container.demux(stream):
        if packet.pts is not None and base is not None:
            last = max(last, float((packet.pts + (packet.duration or 0)) * base))
    found = last - video.begin
    if not math.isfinite(found) or found <= 0:
        raise NotTaken(NO_PICTURES)
    return found


def _poster_frame(video: Open, duration: float) -> av.VideoFrame:
    """A frame from near the beginning. Raises NotTaken when there is none at all."""
    walk = _Walk(video)
    frame = walk.frame_at(min(duration * POSTER_AT, LATEST_POSTER)) or walk.frame_at(0.0)
    if frame is None:
        raise NotTaken(NO_PICTURES)
    return frame


def _turn(frame: av.VideoFrame) -> int:
    return _ORIENTATION.get(round(frame.rotation / 90) * 90 % 360, 1)


def _square_size(frame: av.VideoFrame) -> tuple[int, int]:
    """The size with square pixels: some cameras store narrower ones."""
    ratio = float(frame.sample_aspect_ratio or 1) if hasattr(frame, "sample_aspect_ratio") else 1.0
    return max(1, round(frame.width * (ratio if 0.1 < ratio < 10 else 1.0))), frame.height


def _shown_size(frame: av.VideoFrame) -> tuple[int, int]:
    return upright_size(_square_size(frame), _turn(frame))


def _picture(frame: av.VideoFrame, longest: int | None = None) -> Image.Image:
    size = _square_size(frame)
    width, height = fitted_size(size, longest) if longest else size
    pixels = frame.reformat(width=width, height=height, format="rgb24").to_image()  # type: ignore[no-untyped-call]
    assert isinstance(pixels, Image.Image)
    return pixels


def _drawn(frame: av.VideoFrame) -> tuple[bytes, bytes]:
    small = _picture(frame, SCREEN_SIDE)
    thumb = draw_small(small, THUMBNAIL_SIDE, JPEG_QUALITY["thumb"], _turn(frame))
    return thumb, draw_small(small, SCREEN_SIDE, JPEG_QUALITY["screen"], _turn(frame))


def _as_jpeg(frame: av.VideoFrame) -> bytes:
    """The whole frame. The same frame always gives the same bytes, so that taking it twice stores it once."""
    size = max(_square_size(frame))
    return draw_small(_picture(frame), size, FRAME_QUALITY, _turn(frame))


def _codec(video: Open, frame: av.VideoFrame) -> str:
    """As FFmpeg calls it; with its pixels where they are others than those that browsers play."""
    name = video.stream.codec_context.codec.canonical_name
    return name if frame.format.name in _PLAIN else f"{name} {frame.format.name}"[:40]


def _metadata(video: Open) -> dict[str, Any]:
    """What the camera wrote beside the pictures, in the words of an EXIF block; what makes no sense is left out."""
    said = {str(key).lower(): str(value) for key, value in video.container.metadata.items()}
    facts: dict[str, Any] = {
        "captured_at": None,
        "camera": None,
        "lat": None,
        "lon": None,
        "azimuth": None,
        "orientation": 1,
    }
    told = said.get("com.apple.quicktime.creationdate") or said.get("creation_time")
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(told or "")
        at = at if at.tzinfo else at.replace(tzinfo=UTC)  # MP4 counts in UTC
        facts["captured_at"] = at.isoformat() if at.year >= FIRST_YEAR else None
    place = said.get("com.apple.quicktime.location.iso6709") or said.get("location")
    if place and (found := _PLACE.match(place)):
        lat, lon = float(found[1]), float(found[2])
        if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0):
            facts["lat"], facts["lon"] = lat, lon
    make = said.get("com.apple.quicktime.make") or said.get("make") or ""
    model = said.get("com.apple.quicktime.model") or said.get("model") or ""
    camera = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    camera = "".join(character for character in camera if character.isprintable()).strip()
    facts["camera"] = camera[:100] or None
    return facts
