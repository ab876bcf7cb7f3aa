"""Which pictures are taken, which are refused and how, and what comes out small."""

from __future__ import annotations

import io
import random
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from curation.decoding import DecoderPool, Undecodable
from curation.errors import RefusedPicture, TooLarge
from curation.picture_limits import LARGEST_BYTES
from curation.pictures import PictureFacts, draw_picture, inspect_picture
from tests.curation.hostile import (
    animated,
    encoded,
    jpeg,
    jpeg_of,
    picture,
    png,
    png_chunk,
    png_of,
    webp,
    webp_of,
)

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)


@pytest.fixture
def inspect(tmp_path: Path):
    def inspect_bytes(
        content: bytes, file_name: str = "frame.jpg", pool: DecoderPool | None = None
    ) -> PictureFacts:
        path = tmp_path / "spooled"
        path.write_bytes(content)
        return inspect_picture(path, file_name=file_name, pool=pool)

    return inspect_bytes


def colour_at(content: bytes, x: float, y: float) -> tuple[int, int, int]:
    image = Image.open(io.BytesIO(content)).convert("RGB")
    found = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def is_near(found: tuple[int, int, int], expected: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(found, expected, strict=True))


# What is taken


@pytest.mark.parametrize(
    ("content", "content_type", "extension"),
    [(jpeg(), "image/jpeg", "jpg"), (png(), "image/png", "png"), (webp(), "image/webp", "webp")],
    ids=["jpeg", "png", "webp"],
)
def test_content_decides_what_a_picture_is_and_not_its_name(
    inspect, content: bytes, content_type: str, extension: str
) -> None:
    facts = inspect(content, "frame.gif")
    assert (facts.content_type, facts.extension) == (content_type, extension)
    assert (facts.width, facts.height) == (640, 360)


@pytest.mark.parametrize(
    "content",
    [
        jpeg(progressive=True),
        encoded(picture(mode="L")),
        encoded(picture(mode="CMYK")),
        encoded(picture(mode="1"), "PNG"),
        encoded(picture(mode="L"), "PNG"),
        encoded(picture(mode="LA"), "PNG"),
        encoded(picture(mode="P"), "PNG"),
        encoded(picture(mode="RGBA"), "PNG"),
        encoded(picture().quantize(16), "PNG", transparency=3),
        encoded(picture(), "PNG", transparency=(1, 2, 3)),
        webp(lossless=True),
        encoded(picture(mode="RGBA"), "WEBP"),
        jpeg() + b"trailing garbage",
        jpeg() + bytes(4096),
        jpeg(comment=b"<script>alert(1)</script>"),
    ],
    ids=[
        *("progressive", "grey jpeg", "cmyk", "one bit", "grey png", "grey with alpha", "palette", "alpha"),
        *("clear palette", "clear colour", "lossless webp", "webp with alpha"),
        *("garbage behind", "zeros behind", "html in a comment"),
    ],
)
def test_every_kind_of_pixel_is_read_and_becomes_a_plain_jpeg(inspect, content: bytes) -> None:
    facts = inspect(content)
    assert (facts.width, facts.height) == (640, 360)
    small = Image.open(io.BytesIO(facts.thumbnail))
    small.load()
    assert (small.format, small.size) == ("JPEG", (320, 180))
    assert small.mode in ("RGB", "L")


def test_a_cameras_jpeg_with_a_preview_behind_it_is_one_picture(inspect) -> None:
    preview = picture((160, 90))
    both = encoded(picture(), "MPO", save_all=True, append_images=[preview])
    facts = inspect(both)
    assert (facts.content_type, facts.width) == ("image/jpeg", 640)


@pytest.mark.parametrize("size", [(16, 16), (16, 800), (800, 16)])
def test_a_picture_just_within_the_limits_is_taken(inspect, size: tuple[int, int]) -> None:
    facts = inspect(encoded(picture(size), "PNG"))
    assert (facts.width, facts.height) == size


def test_the_longest_side_and_the_most_pixels_are_taken(inspect) -> None:
    facts = inspect(encoded(Image.new("L", (16_384, 2_441)), "PNG"))
    assert facts.width * facts.height == 39_993_344


# What is refused


NOT_PICTURES = {
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "an HTML page": b"<!DOCTYPE html><html><body><img src=x onerror=alert(1)></body></html>",
    "an SVG drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "an XML or SVG file": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a GIF": encoded(picture((64, 64)).quantize(), "GIF"),
    "a BMP": encoded(picture((64, 64)), "BMP"),
    "a TIFF": encoded(picture((64, 64)), "TIFF"),
    "an AVIF picture": encoded(picture((64, 64)), "AVIF"),
    "a ZIP file": b"PK\x03\x04" + bytes(60),
    "a video": b"\x00\x00\x00\x18ftypmp42" + bytes(60),
    "a PostScript file": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "a program": b"\x7fELF" + bytes(60),
}


@pytest.mark.parametrize(("looks", "content"), NOT_PICTURES.items(), ids=NOT_PICTURES)
def test_what_is_not_a_picture_by_content_is_refused_and_told_apart(
    inspect, looks: str, content: bytes
) -> None:
    with pytest.raises(RefusedPicture) as refusal:
        inspect(content, "IMG_2041.jpg")
    assert str(refusal.value) == (
        "IMG_2041.jpg is not a JPEG, PNG or WebP picture, nor an MP4, WebM or MOV video"
        f" (it starts like {looks}). Nothing was stored."
    )


@pytest.mark.parametrize(
    "content", [b"hello", bytes(1000), b"\xff\xd8", b"RIFF", random.Random(1).randbytes(5000)]
)
def test_what_looks_like_nothing_known_is_refused(inspect, content: bytes) -> None:
    with pytest.raises(RefusedPicture, match=r"^a\.png is not a JPEG, PNG or WebP picture"):
        inspect(content, "a.png")


def test_an_empty_file_is_refused(inspect) -> None:
    with pytest.raises(RefusedPicture, match=r"^a\.jpg is empty\. Nothing was stored\.$"):
        inspect(b"", "a.jpg")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"RIFF\x00\x01\x00\x00WEBPVP9 " + bytes(100),
    ],
    ids=["jpeg", "png", "webp"],
)
def test_a_mark_of_a_picture_with_nonsense_behind_it_is_refused(inspect, content: bytes) -> None:
    with pytest.raises(RefusedPicture, match=r"is (damaged|cut short)"):
        inspect(content)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "WEBP", "lossless"])
def test_a_picture_that_is_cut_short_is_refused(inspect, kind: str, kept: float) -> None:
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    content = {
        "JPEG": lambda: encoded(noise, "JPEG"),
        "progressive": lambda: encoded(noise, "JPEG", progressive=True),
        "PNG": lambda: encoded(noise, "PNG"),
        "WEBP": lambda: encoded(noise, "WEBP"),
        "lossless": lambda: encoded(noise, "WEBP", lossless=True),
    }[kind]()
    with pytest.raises(RefusedPicture, match=r"is (cut short|damaged)"):
        inspect(content[: int(len(content) * kept)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_one_missing_byte_at_the_end_is_noticed(inspect, kind: str) -> None:
    with pytest.raises(RefusedPicture, match="is cut short: its end is missing"):
        inspect(encoded(picture(), kind)[:-1])


def test_a_preview_inside_does_not_stand_for_the_end_of_the_picture(inspect) -> None:
    exif = Image.Exif()
    exif[0x927C] = jpeg((160, 90))  # a maker note that holds a whole JPEG
    content = jpeg(exif=exif)
    inspect(content)
    with pytest.raises(RefusedPicture, match="cut short"):
        inspect(content[:-2])


def test_a_flipped_byte_in_a_png_is_noticed(inspect) -> None:
    content = bytearray(png())
    content[len(content) // 2] ^= 1
    with pytest.raises(RefusedPicture, match="is damaged"):
        inspect(bytes(content))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(inspect, kind: str) -> None:
    with pytest.raises(RefusedPicture, match=r"is animated \(3 frames\); only still pictures are taken"):
        inspect(animated(kind))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (png_of(20_000, 20_000), "is 20,000 x 20,000 pixels; its sides must be between 16 and 16,384 pixels"),
        (jpeg_of(20_000, 20_000), "its sides must be between 16 and 16,384 pixels"),
        (webp_of(16_384, 16_384), "is 16,384 x 16,384 pixels; at most 40 megapixels are taken"),
        (png_of(2**31 - 1, 2**31 - 1), "its sides must be"),
        (png_of(16_385, 400), "its sides must be"),
        (png_of(8_000, 5_001), "at most 40 megapixels"),
        (jpeg_of(6_400, 6_400), "at most 40 megapixels"),
        (jpeg((15, 400)), "is 15 x 400 pixels; its sides must be"),
        (jpeg((1, 1)), "is 1 x 1 pixels; its sides must be"),
        (webp((15, 15)), "its sides must be"),
        (jpeg((16, 801)), "its long side may be at most 50 times its short one"),
    ],
)
def test_a_size_outside_of_the_limits_is_refused_from_the_header(inspect, content: bytes, rule: str) -> None:
    # Room for no more than the program itself: whoever decoded first would be refused for its memory.
    pool = DecoderPool(memory_bytes=150 * 2**20)
    try:
        with pytest.raises(RefusedPicture) as refusal:
            inspect(content, "bomb.png", pool)
        assert rule in str(refusal.value)
        assert len(pool.process_ids()) == 1, "the child has survived it"
    finally:
        pool.close()


def test_too_many_bytes_are_refused_unread(inspect, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.write(jpeg())
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(TooLarge, match=r"^large\.jpg has 25\.0 MiB; at most 25 MiB are taken"):
        inspect_picture(path, file_name="large.jpg")


def test_a_text_chunk_that_unpacks_without_end_is_survived(inspect) -> None:
    bomb = png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(200 * 2**20)))
    content = png()
    at = content.index(b"IDAT") - 4
    with pytest.raises(RefusedPicture, match="is damaged"):
        inspect(content[:at] + bomb + content[at:])


# How it looks small


def test_a_thumbnail_is_upright_small_and_tells_nothing(inspect) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right: what is left in the file is at the top on the screen
    exif[0x010F] = "Secret Cameras Inc"
    facts = inspect(jpeg((640, 320), exif=exif, comment=b"secret comment"))
    assert (facts.width, facts.height) == (320, 640)
    small = Image.open(io.BytesIO(facts.thumbnail))
    assert small.size == (160, 320)
    assert not small.getexif()
    assert "comment" not in small.info
    assert b"ecret" not in facts.thumbnail
    assert is_near(colour_at(facts.thumbnail, 0.5, 0.1), RED)
    assert is_near(colour_at(facts.thumbnail, 0.5, 0.9), BLUE)


UPRIGHT_CORNERS = {1: "NW", 2: "NE", 3: "SE", 4: "SW", 5: "NW", 6: "NE", 7: "SE", 8: "SW"}


@pytest.mark.parametrize("orientation", UPRIGHT_CORNERS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_puts_the_first_pixel_where_it_belongs(
    inspect, kind: str, orientation: int
) -> None:
    image = Image.new("RGB", (80, 40), "white")
    image.paste((0, 0, 0), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    facts = inspect(encoded(image, kind, exif=exif, **options))
    assert (facts.width, facts.height) == ((40, 80) if orientation >= 5 else (80, 40))
    corner = UPRIGHT_CORNERS[orientation]
    x, y = 0.1 if "W" in corner else 0.9, 0.1 if "N" in corner else 0.9
    assert is_near(colour_at(facts.thumbnail, x, y), (0, 0, 0))
    assert is_near(colour_at(facts.thumbnail, 1 - x, 1 - y), WHITE)


def test_what_is_clear_becomes_white(inspect) -> None:
    image = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, 200, 200))
    for content in (encoded(image, "PNG"), encoded(image, "WEBP"), encoded(image.quantize(8), "PNG")):
        thumbnail = inspect(content).thumbnail
        assert is_near(colour_at(thumbnail, 0.25, 0.5), RED)
        assert is_near(colour_at(thumbnail, 0.75, 0.5), WHITE)


def test_sixteen_bits_of_grey_keep_their_brightness(inspect) -> None:
    image = Image.new("I;16", (200, 100), 0x8000)
    assert is_near(colour_at(inspect(encoded(image, "PNG")).thumbnail, 0.5, 0.5), (128, 128, 128))


def test_cmyk_keeps_its_colours(inspect) -> None:
    thumbnail = inspect(encoded(picture(mode="CMYK"))).thumbnail
    assert is_near(colour_at(thumbnail, 0.25, 0.5), RED)
    assert is_near(colour_at(thumbnail, 0.75, 0.5), BLUE)


def test_a_colour_profile_is_honoured_and_left_out(inspect) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    facts = inspect(jpeg(icc_profile=lab.tobytes()))
    assert is_near(colour_at(facts.thumbnail, 0.25, 0.5), RED)
    assert "icc_profile" not in Image.open(io.BytesIO(facts.thumbnail)).info


@pytest.mark.parametrize("profile", [b"nonsense", bytes(128), b"\xff" * 5000])
def test_a_colour_profile_that_makes_no_sense_is_ignored(inspect, profile: bytes) -> None:
    assert is_near(colour_at(inspect(jpeg(icc_profile=profile)).thumbnail, 0.25, 0.5), RED)


@pytest.mark.parametrize(
    ("size", "small", "screen"),
    [
        ((3840, 2160), (320, 180), (1600, 900)),
        ((1920, 1080), (320, 180), (1600, 900)),
        ((1080, 1920), (180, 320), (900, 1600)),
        ((200, 100), (200, 100), (200, 100)),
        ((1600, 32), (320, 6), (1600, 32)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_sizes_fit_their_square_and_are_never_enlarged(
    inspect, kind: str, size: tuple[int, int], small: tuple[int, int], screen: tuple[int, int]
) -> None:
    content = encoded(picture(size), kind)
    assert Image.open(io.BytesIO(inspect(content).thumbnail)).size == small
    assert Image.open(io.BytesIO(draw_picture(content, "thumb"))).size == small
    assert Image.open(io.BytesIO(draw_picture(content, "screen"))).size == screen


def test_what_cannot_be_decoded_cannot_be_drawn() -> None:
    for content in (b"", b"%PDF", jpeg()[:500], png_of(20_000, 20_000)):
        with pytest.raises(Undecodable):
            draw_picture(content, "screen")
