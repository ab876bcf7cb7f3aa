"""Frames that differ from each other, made fast."""

from __future__ import annotations

import io
from pathlib import Path

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
