"""Pictures that are broken, too much, or something else: each limit just met and just passed."""

from __future__ import annotations

import functools
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, features

from curation.picture_limits import LARGEST_BYTES
from tests.curation.hostile import (
    animated,
    encoded,
    jpeg,
    jpeg_of,
    picture,
    png,
    png_chunk,
    png_of,
    scan_bomb,
    webp,
    webp_of,
)
from tests.hostile.items import Content, Ends

TAKEN, REFUSED, EITHER = Ends.TAKEN, Ends.REFUSED, Ends.EITHER


@functools.cache
def pictures() -> tuple[Content, ...]:
    """Every hostile picture. Those that may be taken differ in their bytes, so that none is a twin."""
    kinds = (_limits, _damaged, _two_things_at_once, _other_formats, _bombs, _metadata)
    return tuple(content for made in kinds for content in made())


def _limits() -> Iterator[Content]:
    whole = jpeg((320, 200), quality=91)
    yield Content("as many bytes as are taken", whole + bytes(LARGEST_BYTES - len(whole)), TAKEN)
    yield Content("one byte too many", whole + bytes(LARGEST_BYTES - len(whole) + 1))
    flat = {"compress_level": 1}
    yield Content("40 megapixels", encoded(Image.new("L", (8_000, 5_000), 9), "PNG", **flat), TAKEN)
    yield Content("40 megapixels as JPEG", encoded(Image.new("RGB", (8_000, 5_000), (9, 90, 9))), TAKEN)
    yield Content("one row over 40 megapixels", encoded(Image.new("L", (8_000, 5_001), 9), "PNG", **flat))
    yield Content("sides of 16", jpeg((16, 16)), TAKEN)
    yield Content("a side of 15", jpeg((15, 16)))
    yield Content("a side of 16,384", encoded(Image.new("L", (16_384, 400), 7)), TAKEN)
    yield Content("a side of 16,385", encoded(Image.new("L", (16_385, 400), 7)))
    yield Content("a ratio of 50 to 1", jpeg((800, 16)), TAKEN)
    yield Content("a ratio of over 50 to 1", jpeg((801, 16)))
    yield Content("two frames as PNG", animated("PNG"), file_name="a.png")
    yield Content("two frames as WebP", animated("WEBP"), file_name="a.webp")
    yield Content("one pixel", jpeg((1, 1)))
    yield Content("no byte", b"")
    yield Content("one byte", b"\xff")


def _damaged() -> Iterator[Content]:
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    whole = {
        "JPEG": encoded(noise, "JPEG"),
        "progressive JPEG": encoded(noise, "JPEG", progressive=True),
        "PNG": encoded(noise, "PNG"),
        "WebP": encoded(noise, "WEBP"),
    }
    for kind, content in whole.items():
        for share in (0.02, 0.5, 0.99):
            yield Content(f"{kind} cut at {share:.0%}", content[: int(len(content) * share)])
        for seed in range(4):
            chance = random.Random(f"{kind} {seed}")
            flipped = bytearray(content)
            # Past the mark: a file whose first bytes are wrong is no longer of its kind.
            flipped[chance.randrange(16, len(flipped))] ^= 1 << chance.randrange(8)
            yield Content(f"{kind} with a flipped bit ({seed})", bytes(flipped), EITHER)
        noisy = bytearray(content)
        noisy[200:600] = random.Random(kind).randbytes(400)
        yield Content(f"{kind} with noise inside", bytes(noisy), EITHER)
        yield Content(f"{kind} with zeros behind it", content + bytes(5_000), EITHER)
    yield Content("only the mark of a JPEG", b"\xff\xd8\xff" + bytes(500))
    yield Content("only the mark of a PNG", b"\x89PNG\r\n\x1a\n" + bytes(500))
    yield Content("only the mark of a WebP", b"RIFF\0\1\0\0WEBPVP8 " + bytes(500))
    yield Content("a JPEG of segments without end", b"\xff\xd8" + b"\xff\xe1\0\2" * 200_000)
    yield Content("a JPEG whose segment is longer than it", b"\xff\xd8\xff\xe1\xff\xff" + bytes(80))
    yield Content("a PNG whose chunk is longer than it", b"\x89PNG\r\n\x1a\n\x7f\xff\xff\xffIHDR" + bytes(80))
    yield Content("a PNG without pixels", png()[:33] + png_chunk(b"IEND", b""))
    yield Content("noise", random.Random(7).randbytes(100_000))
    yield Content("zeros", bytes(100_000))


def _two_things_at_once() -> Iterator[Content]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    page = b"<html><script>alert(document.domain)</script></html>"
    yield Content("JPEG and ZIP", jpeg((330, 200)) + packed.getvalue(), TAKEN)
    yield Content("JPEG and HTML behind it", jpeg((331, 200)) + page, TAKEN)
    yield Content("HTML inside a JPEG's comment", jpeg((332, 200), comment=page), TAKEN, "page.html.jpg")
    yield Content(
        "JPEG and PHP in its comment", jpeg((333, 200), comment=b"<?php system('id');"), TAKEN, "a.php"
    )
    yield Content("PNG called .jpg", png((334, 200)), TAKEN, "a.jpg")
    yield Content("JPEG called .html", jpeg((335, 200)), TAKEN, "a.html")
    yield Content("JPEG called .svg", jpeg((336, 200)), TAKEN, "a.svg")
    text = png_chunk(b"tEXt", b"Comment\0" + page)
    whole = png((337, 200))
    at = whole.index(b"IDAT") - 4
    yield Content("HTML inside a PNG's text", whole[:at] + text + whole[at:], TAKEN)


def _other_formats() -> Iterator[Content]:
    small = picture((64, 64))
    for kind in (
        "GIF",
        "BMP",
        "TIFF",
        "ICO",
        "PPM",
        "TGA",
        "PCX",
        "EPS",
        "PDF",
        "DDS",
        "SGI",
        "JPEG2000",
        "AVIF",
    ):
        if kind == "AVIF" and not features.check("avif"):
            continue
        yield Content(f"{kind} called .jpg", encoded(small, kind))
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
    yield Content("SVG with a script", svg, file_name="a.svg")
    yield Content("SVG called .png", b"\xef\xbb\xbf  " + svg, file_name="a.png")
    yield Content("SVG behind an XML head", b"<?xml version='1.0'?>" + svg, file_name="a.jpg")
    yield Content("HTML", b"<!DOCTYPE html><script>alert(1)</script>", file_name="a.jpg")
    yield Content("EPS that runs a command", b"%!PS\n(%pipe%id) (r) file\n", file_name="a.jpg")
    yield Content("a program", b"\x7fELF" + bytes(300))
    yield Content("a script", b"#!/bin/sh\nid\n")
    yield Content("ImageMagick's own", b"push graphic-context\nfill 'url(https://127.0.0.1/\"|id\")'\n")
    yield Content("FITS", b"SIMPLE  =                    T" + b" " * 50 + b"END" + b" " * 2_800)
    yield Content("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), file_name="a.heic")
    yield Content("Photoshop", b"8BPS\0\1" + bytes(200))
    yield Content("gzip", b"\x1f\x8b\x08" + bytes(200))


def _bombs() -> Iterator[Content]:
    yield Content("a PNG of 20,000 x 20,000", png_of(20_000, 20_000))
    yield Content("a PNG of two thousand million a side", png_of(2**31 - 1, 2**31 - 1))
    yield Content("a PNG of no width", png_of(0, 400))
    yield Content("a JPEG of 65,535 x 65,535", jpeg_of(65_535, 65_535))
    yield Content("a JPEG of 6,400 x 6,400 in a few bytes", jpeg_of(6_400, 6_400))
    yield Content("a JPEG of 6,000 x 6,000 in a few bytes", jpeg_of(6_000, 6_000), EITHER)
    yield Content("a WebP of 16,384 x 16,384", webp_of(16_384, 16_384))
    yield Content("a JPEG refined 300 times", scan_bomb(300), EITHER)
    yield Content("a JPEG refined 20,000 times", scan_bomb(20_000))
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(150 * 2**20), 9))
    whole = png()
    at = whole.index(b"IDAT") - 4
    yield Content("a PNG's text that unpacks to 150 MiB", whole[:at] + bomb + whole[at:])
    profile = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(150 * 2**20), 9))
    yield Content("a PNG's profile that unpacks to 150 MiB", whole[:33] + profile + whole[33:], EITHER)
    header = struct.pack(">IIBBBBB", 400, 400, 8, 2, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(100 * 2**20), 9))
    inside = png_chunk(b"IHDR", header) + pixels + png_chunk(b"IEND", b"")
    yield Content("a PNG with far more pixels than it says", b"\x89PNG\r\n\x1a\n" + inside, EITHER)
    many = b"".join(png_chunk(b"tEXt", b"k%d\0v" % number) for number in range(100_000))
    yield Content("a PNG of 100,000 texts", whole[:at] + many + whole[at:], EITHER)


def _metadata() -> Iterator[Content]:
    told: dict[str, dict[int, Any]] = {
        "an EXIF that turns it": {0x0112: 6},
        "an EXIF that turns it nowhere": {0x0112: 99},
        "a camera with a script for a name": {0x010F: "<script>alert(1)</script>", 0x0110: "=1+1"},
        "a camera with a name of 60,000 letters": {0x0110: "x" * 60_000},
    }
    for name, changes in told.items():
        exif = Image.Exif()
        for tag, value in changes.items():
            exif[tag] = value
        yield Content(name, jpeg((400, 200 + len(name)), exif=exif), TAKEN)
    places: dict[str, dict[int, Any]] = {
        "a place": {1: "N", 2: (44.0, 30.0, 0.0), 3: "E", 4: (6.0, 7.0, 0.0)},
        "a place that is none": {1: "N", 2: (999.0, 99.0, 99.0), 3: "X", 4: (6.0, 7.0, 0.0)},
    }
    for name, gps in places.items():
        exif = Image.Exif()
        exif.get_ifd(0x8825).update(gps)
        yield Content(f"an EXIF with {name}", jpeg((401, 200 + len(name)), exif=exif), TAKEN)
    block = b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff\xff" + bytes(60)
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    whole = jpeg((402, 200))
    yield Content("an EXIF of nonsense", whole[:2] + segment + whole[2:], TAKEN)
    loop = b"Exif\0\0MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08\0\0\0\x08"
    segment = b"\xff\xe1" + struct.pack(">H", len(loop) + 2) + loop
    whole = jpeg((403, 200))
    yield Content("an EXIF that leads to itself", whole[:2] + segment + whole[2:], TAKEN)
    yield Content("a colour profile of nonsense", jpeg((404, 200), icc_profile=b"\xff" * 5_000), TAKEN)
    yield Content(
        "a WebP with a script in its XMP", webp((405, 200), xmp=b"<script>alert(1)</script>"), TAKEN
    )
