"""Which pictures are taken: by content, size and shape. Runs in the decoding child, so it imports nearly nothing."""

from __future__ import annotations

import struct

LARGEST_BYTES = 25 * 1024 * 1024
MOST_PIXELS = 40_000_000
SHORTEST_SIDE = 16
LONGEST_SIDE = 16_384
WIDEST_RATIO = 50
THUMBNAIL_SIDE = 320
SCREEN_SIDE = 1600
CROP_SIDE = 320

# Format as Pillow calls it: content type and ending of the key.
KINDS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}

_STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"%PDF", "a PDF"),
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"II+\0", "a TIFF"),
    (b"8BPS", "a Photoshop file"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 file"),
    (b"\xff\x0a", "a JPEG XL file"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL file"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"PK\x05\x06", "a ZIP file"),
    (b"Rar!", "a RAR file"),
    (b"7z\xbc\xaf", "a 7z file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#!", "a script"),
)
_TEXT_STARTS = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML or SVG file"),
    (b"{", "a JSON file"),
    (b"[", "a JSON file"),
)


class NotTaken(Exception):
    """Why a picture is refused, as the rest of a sentence that begins with its file name."""


def kind_of(start: bytes) -> str:
    """JPEG, PNG or WEBP, judged by the first 64 bytes of content. Raises NotTaken, saying what it looks like."""
    if not start:
        raise NotTaken("is empty")
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    looks = _looks_like(start)
    if looks in KINDS:
        return looks
    hint = f" (it starts like {looks})" if looks else ""
    raise NotTaken(f"is not a JPEG, PNG or WebP picture, nor an MP4, WebM or MOV video{hint}")


def _looks_like(start: bytes) -> str:
    for mark, name in _STARTS:
        if start.startswith(mark):
            return name
    if start[:4] == b"RIFF":
        return "a video or sound file"
    if start[4:8] == b"ftyp":
        brand = start[8:12]
        if brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
            return "a HEIC picture"
        return "an AVIF picture" if brand in (b"avif", b"avis") else "a video"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, name in _TEXT_STARTS:
        if text.startswith(mark):
            return name
    return ""


def check_size(width: int, height: int) -> None:
    """Refuse what is too many pixels, too small, too long or too narrow. Raises NotTaken."""
    shape = f"is {width:,} x {height:,} pixels"
    short, long = sorted((width, height))
    if short < SHORTEST_SIDE or long > LONGEST_SIDE:
        raise NotTaken(f"{shape}; its sides must be between {SHORTEST_SIDE} and {LONGEST_SIDE:,} pixels")
    if width * height > MOST_PIXELS:
        raise NotTaken(f"{shape}; at most {MOST_PIXELS // 1_000_000} megapixels are taken")
    if long > WIDEST_RATIO * short:
        raise NotTaken(f"{shape}; its long side may be at most {WIDEST_RATIO} times its short one")


def webp_size(start: bytes) -> tuple[int, int]:
    """Width and height from the first 64 bytes of a WebP file (RFC 9649), without its decoder.

    Pillow's WebP reader reserves room for two whole canvases before it tells the size. Raises NotTaken.
    """
    chunk, body = start[12:16], start[20:]
    try:
        if chunk == b"VP8X":
            width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
        elif chunk == b"VP8L" and body[0] == 0x2F:
            packed = struct.unpack_from("<I", body, 1)[0]
            width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
        elif chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
        else:
            raise NotTaken("is damaged: it cannot be decoded")
    except (struct.error, IndexError):
        raise NotTaken("is cut short: its end is missing") from None
    return width, height
