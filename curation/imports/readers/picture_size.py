"""How large a picture is, by its first bytes alone: for files that measure in pixels and do not say of what."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from curation.picture_limits import NotTaken, webp_size

_MOST_SEGMENTS = 200
_PIECE = 2**18
_ORIENTATION = 0x0112
_EXIF = b"Exif\0\0"
_WITH_EXIF = 0x08  # among the flags of a WebP file's first chunk


class Layout(NamedTuple):
    """Width and height as they are stored, and what makes them upright (EXIF's 1 to 8)."""

    width: int
    height: int
    orientation: int = 1

    @property
    def upright(self) -> tuple[int, int]:
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def picture_layout(file: BinaryIO) -> Layout | None:
    """How a picture is stored, None for what is no JPEG, PNG or WebP. Nothing is decoded."""
    held = _Held(file)
    start = held.peek(64)
    try:
        if start.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack_from(">II", start, 16)
            orientation = _in_png(held)
        elif start[:4] == b"RIFF" and start[8:12] == b"WEBP" and len(start) >= 30:
            width, height = webp_size(start)
            orientation = _in_webp(held, start)
        elif start.startswith(b"\xff\xd8"):
            return _jpeg_layout(held)
        else:
            return None
    except (struct.error, NotTaken):
        return None
    return Layout(width, height, orientation) if min(width, height) > 0 else None


class _Held:
    """A file that is read once and in order."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._held = file, b""

    def peek(self, wanted: int) -> bytes:
        if len(self._held) < wanted:
            self._held += self._file.read(wanted - len(self._held))
        return self._held[:wanted]

    def take(self, wanted: int) -> bytes:
        taken = self.peek(wanted)
        self._held = self._held[wanted:]
        return taken

    def skip(self, wanted: int) -> None:
        while wanted > 0 and (passed := len(self.take(min(wanted, _PIECE)))):
            wanted -= passed


def _in_png(held: _Held) -> int:
    """The orientation that a chunk before the pixels says (PNG 3rd edition, 11.3.4.6)."""
    held.skip(8)
    for _ in range(_MOST_SEGMENTS):
        length, kind = struct.unpack(">I4s", held.take(8))
        if kind == b"eXIf":
            return _orientation(held.take(min(length, _PIECE)))
        if kind in (b"IDAT", b"IEND"):
            break
        held.skip(length + 4)
    return 1


def _in_webp(held: _Held, start: bytes) -> int:
    """The orientation that a chunk says which stands behind the pixels, where the first one announces it."""
    if start[12:16] != b"VP8X" or not start[20] & _WITH_EXIF:
        return 1
    held.skip(12)
    for _ in range(_MOST_SEGMENTS):
        header = held.take(8)
        if len(header) < 8:
            break
        kind, length = struct.unpack("<4sI", header)
        if kind == b"EXIF":
            return _orientation(held.take(min(length, _PIECE)).removeprefix(_EXIF))
        held.skip(length + length % 2)
    return 1


def _jpeg_layout(held: _Held) -> Layout | None:
    """Segment by segment up to the start of frame (ITU T.81, annex B), and the orientation of EXIF on the way."""
    held.skip(2)
    orientation = 1
    for _ in range(_MOST_SEGMENTS):
        marker, length = struct.unpack(">HH", held.take(4))
        body = held.take(length - 2)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack_from(">HH", body, 1)
            return Layout(width, height, orientation) if width and height else None
        if marker == 0xFFE1 and body.startswith(_EXIF):
            orientation = _orientation(body[len(_EXIF) :])
        if marker < 0xFF01 or marker == 0xFFDA:
            return None
    return None


def _orientation(tiff: bytes) -> int:
    """The orientation in the first directory of a TIFF block, 1 where there is none."""
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (directory,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, directory)
        for at in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, _kind, _number, value = struct.unpack_from(order + "HHIH", tiff, at)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
