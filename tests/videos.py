"""Small videos to test with, encoded here, and the boxes that MP4 files are made of."""

from __future__ import annotations

import functools
import io
import struct
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import av.video
from PIL import Image, ImageDraw

MUXERS = {"mp4": "mp4", "mov": "mov", "webm": "webm", "mkv": "matroska"}
CODECS = {"mp4": "libx264", "mov": "libx264", "webm": "libvpx-vp9", "mkv": "libx264"}


@functools.cache
def a_video(
    kind: str = "mp4",
    *,
    seconds: float = 2.0,
    rate: int = 10,
    size: tuple[int, int] = (192, 108),
    codec: str | None = None,
    pixels: str = "yuv420p",
    seed: int = 0,
    sound: bool = False,
    creation_time: str | None = None,
    faststart: bool = False,
) -> bytes:
    """A video whose frame of second n (whole) is a bar n tenths from the left on a ground that `seed` colours."""
    options = {"movflags": "faststart"} if faststart else {}
    # The header is moved to the front by reading the file again, which needs a name.
    with (
        tempfile.NamedTemporaryFile() as file,
        av.open(file.name, "w", format=MUXERS[kind], options=options) as container,
    ):
        if creation_time:
            container.metadata["creation_time"] = creation_time
        stream = container.add_stream(codec or CODECS[kind], rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.gop_size = rate
        heard = container.add_stream("aac", rate=8000) if sound else None
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_image(drawn(number / rate, size, seed))
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if heard is not None:
            container.mux(heard.encode(None))
        container.close()
        return Path(file.name).read_bytes()


def drawn(second: float, size: tuple[int, int], seed: int) -> Image.Image:
    picture = Image.new("RGB", size, (40 + seed * 37 % 80, 60, 90))
    left = int(second) % 10 * size[0] // 10
    ImageDraw.Draw(picture).rectangle((left, 0, left + size[0] // 10, size[1]), fill=(240, 240, 240))
    return picture


@functools.cache
def only_sound() -> bytes:
    """An MP4 without a picture."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        for number in range(4):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.rate, frame.pts = 8000, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def without_box(content: bytes, name: bytes) -> bytes:
    """An MP4 without one of its top-level boxes."""
    kept, at = b"", 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        kept += b"" if content[at + 4 : at + 8] == name else content[at : at + size]
        at += size
    return kept


def claiming(content: bytes, width: int, height: int) -> bytes:
    """An MP4 whose track and sample description claim another size."""
    changed = bytearray(content)
    header = changed.index(b"tkhd")
    changed[header + 4 + 76 : header + 4 + 84] = struct.pack(
        ">II", width << 16 & 0xFFFFFFFF, height << 16 & 0xFFFFFFFF
    )
    sample = changed.index(b"avc1", changed.index(b"stsd"))
    changed[sample + 28 : sample + 32] = struct.pack(">HH", width & 0xFFFF, height & 0xFFFF)
    return bytes(changed)


def turned(content: bytes) -> bytes:
    """An MP4 to be shown turned by a quarter clockwise, as telephones record it."""
    changed = bytearray(content)
    matrix = changed.index(b"tkhd") + 4 + 40
    one = 1 << 16
    changed[matrix : matrix + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    return bytes(changed)
