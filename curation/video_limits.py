"""Which videos are taken: by content and size. Runs in the decoding child too, so it imports nearly nothing."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from curation.picture_limits import LONGEST_SIDE, NotTaken

LARGEST_VIDEO_BYTES = 2 * 2**30
# How many frames may be taken out of a video at once, and the shortest and longest time between two of them.
MOST_FRAMES = 2_000
SHORTEST_INTERVAL = 0.1
LONGEST_INTERVAL = 3_600.0

# Kind: content type, ending of the key, and the one demuxer of FFmpeg that may read it.
VIDEO_KINDS = {
    "MP4": ("video/mp4", "mp4", "mov"),
    "MOV": ("video/quicktime", "mov", "mov"),
    "WEBM": ("video/webm", "webm", "matroska"),
}
# ISO base media files say in their first box what they are (ISO 14496-12, 4.3; mp4ra.org lists the brands).
_MP4_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"hvc1", b"av01", b"f4v", b"XAVC")
_OTHER_BRANDS = (
    b"heic",
    b"heix",
    b"hevc",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
    b"M4A ",
    b"M4B ",
    b"crx ",
    b"3g",
)
# QuickTime files of old begin without that box.
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18\x53\x80\x67"
CUT_SHORT = "is cut short: its end is missing"

# What Chromium, Firefox and Safari play, by codec as FFmpeg calls it.
_PLAYED = {
    "video/mp4": ("h264", "vp9", "av1"),
    "video/quicktime": ("h264",),
    "video/webm": ("vp8", "vp9", "av1"),
}


def find_video_kind(start: bytes) -> str | None:
    """MP4, MOV or WEBM, judged by the first 64 bytes of content; None for whatever else."""
    if start.startswith(_EBML):
        return "WEBM" if b"webm" in start[:64] else None
    box = start[4:8]
    if box != b"ftyp":
        return "MOV" if box in _QUICKTIME_BOXES else None
    brands = [
        start[8:12],
        *(start[at : at + 4] for at in range(16, min(_box_size(start), len(start)) - 3, 4)),
    ]
    if brands[0].startswith(_OTHER_BRANDS):
        return None
    if brands[0] == b"qt  ":
        return "MOV"
    return "MP4" if any(brand.startswith(_MP4_BRANDS) for brand in brands) else None


def is_playable(content_type: str | None, codec: str | None) -> bool | None:
    """Whether browsers play it; None for what is no video."""
    if content_type is None or not content_type.startswith("video/"):
        return None
    return codec in _PLAYED.get(content_type, ())


def check_whole_video(file: BinaryIO, kind: str) -> None:
    """Refuse a file whose end is missing, also where its beginning would still play. Raises NotTaken."""
    length = os.fstat(file.fileno()).st_size
    file.seek(0)
    if kind == "WEBM":
        _check_segment(file, length)
    else:
        _check_boxes(file, length)


def _check_boxes(file: BinaryIO, length: int) -> None:
    """Each box of an ISO base media file must end inside of it, and one must say what is there."""
    described = False
    for name, at, end in _boxes(file, 0, length):
        if name == b"moov":
            described = True
            _check_tracks(file, at, end)
    if not described:
        raise NotTaken(CUT_SHORT)


def _check_tracks(file: BinaryIO, at: int, end: int) -> None:
    """No track may ask for a screen that nobody has: players make room for it before they see the pictures."""
    for name, track, track_end in _boxes(file, at, end):
        if name != b"trak":
            continue
        for inner, _, header_end in _boxes(file, track, track_end):
            if inner == b"tkhd":
                file.seek(header_end - 8)  # the last two numbers, 16.16 bits each (ISO 14496-12, 8.3.2)
                width, height = struct.unpack(">HxxHxx", file.read(8).ljust(8, b"\0"))
                if max(width, height) > LONGEST_SIDE:
                    raise NotTaken(
                        f"is {width:,} x {height:,} pixels; its sides must be at most {LONGEST_SIDE:,} pixels"
                    )


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin of the body and end of each box between two places. Raises NotTaken when one ends outside."""
    while at < end:
        file.seek(at)
        head = file.read(16)
        # The last box of a file may leave its size out.
        size = _box_size(head) or end - at
        if size < 8 or at + size > end:
            raise NotTaken(CUT_SHORT)
        yield head[4:8], at + (16 if head[:4] == b"\0\0\0\1" else 8), at + size
        at += size


def _box_size(head: bytes) -> int:
    size = int.from_bytes(head[:4], "big")
    return int.from_bytes(head[8:16], "big") if size == 1 else size


def _check_segment(file: BinaryIO, length: int) -> None:
    """The one segment behind the header must end inside the file; a live recording does not know its end (RFC 8794)."""
    at = 4
    size, at, _ = _number_at(file, at)
    at += size
    file.seek(at)
    if file.read(4) != _SEGMENT:
        raise NotTaken(CUT_SHORT)
    size, at, known = _number_at(file, at + 4)
    if known and at + size > length:
        raise NotTaken(CUT_SHORT)


def _number_at(file: BinaryIO, at: int) -> tuple[int, int, bool]:
    """A number of variable length: its value, where it ends, and whether it is known (RFC 8794, section 4)."""
    file.seek(at)
    raw = file.read(8)
    length = 9 - raw[0].bit_length() if raw and raw[0] else 9
    if length > len(raw):
        raise NotTaken(CUT_SHORT)
    most = (1 << 7 * length) - 1
    value = int.from_bytes(raw[:length], "big") & most
    return value, at + length, value != most
