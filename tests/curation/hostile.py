"""Pictures, and things that are none, made by code."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

HALF_RED_HALF_BLUE = (200, 100)


def picture(size: tuple[int, int] = (640, 360), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    drawn = Image.new("RGB", size, (200, 30, 30))
    ImageDraw.Draw(drawn).rectangle((size[0] // 2, 0, *size), fill=(30, 30, 200))
    return drawn.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (640, 360), **options: Any) -> bytes:
    return encoded(picture(size), "JPEG", **options)


def png(size: tuple[int, int] = (640, 360), **options: Any) -> bytes:
    return encoded(picture(size), "PNG", **options)


def webp(size: tuple[int, int] = (640, 360), **options: Any) -> bytes:
    return encoded(picture(size), "WEBP", **options)


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int) -> bytes:
    """A small PNG that claims any size; its pixels are missing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + pixels + png_chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header claims any size."""
    whole = bytearray(jpeg((64, 64)))
    at = whole.index(b"\xff\xc0")
    whole[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def webp_of(width: int, height: int) -> bytes:
    """A small WebP that claims any size, in each of the three ways a WebP can."""
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + webp((64, 64))[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def scan_bomb(scans: int) -> bytes:
    """A small progressive JPEG that sends the same refinement of a large picture over and over."""
    whole = encoded(Image.new("L", (5000, 5000), 128), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + b"\xff\xd9"
