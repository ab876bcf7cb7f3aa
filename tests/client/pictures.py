"""Frames that differ from each other, made fast."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy
from PIL import Image


def a_frame(number: int, *, side: int = 128) -> bytes:
    """A small JPEG; other numbers are other content."""
    picture = Image.new("RGB", (side, side), (number % 256, number // 256 % 256, 90))
    picture.putpixel((number % side, 0), (255, 255, 255))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=90, comment=str(number))
    return written.getvalue()


def a_folder(path: Path, numbers: range) -> Path:
    """A folder with one frame per number, some of them in a folder of their own."""
    for number in numbers:
        parent = path / "more" if number % 5 == 0 else path
        parent.mkdir(parents=True, exist_ok=True)
        (parent / f"frame-{number:05}.jpg").write_bytes(a_frame(number))
    return path


def a_video(*, seconds: int) -> bytes:
    """A small MP4 that grows lighter."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for number in range(seconds * 10):
            still = numpy.full((64, 64, 3), number * 5 % 256, dtype=numpy.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(still, format="rgb24")))
        film.mux(stream.encode())
    return written.getvalue()
