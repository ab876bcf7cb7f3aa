"""How large a picture is, by its first bytes alone: for files that measure in pixels and do not say of what."""

from __future__ import annotations

import struct
from typing import BinaryIO

from curation.picture_limits import NotTaken, webp_size

_MOST_SEGMENTS = 200
_ORIENTATION = 0x0112
_LYING = (5, 6, 7, 8)  # EXIF orientations by which width and height change places


def picture_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height in pixels when upright, None for what is no JPEG, PNG or WebP. Nothing is decoded."""
    start = file.read(64)
    try:
        if start.startswith(b"\x89PNG\r\n\x1a\n"):
            size = struct.unpack_from(">II", start, 16)
        elif start[:4] == b"RIFF" and start[8:12] == b"WEBP":
            size = webp_size(start)
        elif start.startswith(b"\xff\xd8"):
            return _jpeg_size(start, file)
        else:
            return None
    except (struct.error, NotTaken):
        return None
    return (size[0], size[1]) if min(size) > 0 else None


def _jpeg_size(start: bytes, file: BinaryIO) -> tuple[int, int] | None:
    """Segment by segment up to the start of frame (ITU T.81, annex B), and the orientation of EXIF on the way."""
    held, lying = start[2:], False

    def take(wanted: int) -> bytes:
        nonlocal held
        if len(held) < wanted:
            held += file.read(wanted - len(held))
        taken, held = held[:wanted], held[wanted:]
        return taken

    for _ in range(_MOST_SEGMENTS):
        marker, length = struct.unpack(">HH", take(4))
        body = take(length - 2)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack_from(">HH", body, 1)
            if not width or not height:
                return None
            return (height, width) if lying else (width, height)
        if marker == 0xFFE1 and body.startswith(b"Exif\0\0"):
            lying = _orientation(body[6:]) in _LYING
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
                return int(value)
    except struct.error:
        pass
    return 1
