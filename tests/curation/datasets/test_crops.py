"""Crops: what surrounds a shape, magnified from the original, on a folder and on S3."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from curation.derived import crop, derived_key
from curation.drawing import UPRIGHT
from curation.errors import ContentMissing
from curation.geometry import CROP_LEAST, Box, crop_window
from curation.pictures import crop_picture
from storage.bucket import Bucket
from storage.local import LocalBucket
from tests.curation.hostile import encoded, jpeg
from tests.storage.conftest import bucket, s3_account, s3_bucket, s3_bucket_name, s3_server  # noqa: F401  (fixtures)

RED, GREEN = (220, 30, 30), (30, 160, 40)


def a_plume(
    size: tuple[int, int] = (1920, 1080), at: tuple[int, int] = (1200, 300), side: int = 32
) -> Image.Image:
    """A green landscape with a red square, its upper left corner `at`."""
    drawn = Image.new("RGB", size, GREEN)
    ImageDraw.Draw(drawn).rectangle((*at, at[0] + side - 1, at[1] + side - 1), fill=RED)
    return drawn


def box_of(size: tuple[int, int], at: tuple[int, int], side: int = 32) -> Box:
    return Box(at[0] / size[0], at[1] / size[1], (at[0] + side) / size[0], (at[1] + side) / size[1])


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def is_like(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 24 for one, other in zip(pixel, colour, strict=True))


def register(bucket: Bucket, content: bytes) -> tuple[str, str]:  # noqa: F811
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"media/{sha256}.jpg"
    bucket.put(key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256)
    return sha256, key


def kept_objects(bucket: Bucket) -> list[str]:  # noqa: F811
    return [found.key for found in bucket.list() if found.key.startswith("derived/")]


def test_a_crop_shows_three_times_the_shape_around_its_middle():
    window = crop_window(box_of((1920, 1080), (960, 540), 60), 1920, 1080)
    assert (window.left, window.top, window.side) == (900, 480, 180)


def test_a_tiny_shape_is_shown_with_enough_around_it():
    window = crop_window(box_of((1920, 1080), (960, 540), 4), 1920, 1080)
    assert (window.left, window.top, window.side) == (914, 494, CROP_LEAST)


def test_a_crop_at_the_edge_is_moved_inside():
    window = crop_window(box_of((1920, 1080), (0, 1060), 20), 1920, 1080)
    assert (window.left, window.top, window.side) == (0, 1080 - 96, 96)


def test_a_shape_longer_than_its_picture_is_high_is_still_shown_whole():
    window = crop_window(Box(0.1, 0.4, 0.9, 0.5), 1920, 1080)
    assert (window.left, window.side) == (192, 1536)
    assert window.top == (1080 - 1536) // 2
    assert window.to_fractions(1920, 1080)[1] < 0


@given(
    st.integers(16, 4000),
    st.integers(16, 4000),
    st.lists(st.floats(0, 1), min_size=4, max_size=4, unique=True),
)
def test_a_window_holds_its_box_and_leaves_the_picture_only_where_that_is_too_narrow(width, height, corners):
    (x_min, x_max), (y_min, y_max) = sorted(corners[:2]), sorted(corners[2:])
    window = crop_window(Box(x_min, y_min, x_max, y_max), width, height)
    left, top, right, bottom = window.to_fractions(width, height)
    slack = 1.001 / min(width, height)
    assert left <= x_min + slack and right >= x_max - slack
    assert top <= y_min + slack and bottom >= y_max - slack
    for low, high, limit in ((left, right, width), (top, bottom, height)):
        assert window.side > limit or (low >= 0 and high <= 1 + 1e-9)


def test_boxes_less_than_a_pixel_apart_share_a_crop_and_a_thin_one_has_a_mark():
    assert Box(0.10001, 0.2, 0.3, 0.4).crop_mark == Box(0.10002, 0.2, 0.3, 0.4).crop_mark
    assert Box(0.10001, 0.2, 0.3, 0.4).crop_mark != Box(0.1003, 0.2, 0.3, 0.4).crop_mark
    thin = Box(0.50001, 0.5, 0.50002, 0.50001).crop_mark.split("-")
    assert thin[0] != thin[2] and thin[1] != thin[3]


def test_a_crop_is_a_square_of_320_pixels_with_the_shape_in_its_middle_third():
    size, at = (1920, 1080), (1200, 300)
    drawn = shown(crop_picture(encoded(a_plume(size, at), quality=95), box_of(size, at)))
    assert drawn.size == (320, 320)
    for inside in ((112, 112), (160, 160), (207, 207)):
        assert is_like(drawn.getpixel(inside), RED)
    for outside in ((100, 160), (160, 100), (220, 160), (160, 220), (5, 5)):
        assert is_like(drawn.getpixel(outside), GREEN)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("side", [32, 300], ids=["magnified", "made smaller"])
def test_a_crop_stands_upright_whatever_the_camera_held(orientation: int, side: int):
    size, at = (1600, 1000), (1250, 40)
    upright = a_plume(size, at, side)
    back = {6: 8, 8: 6}.get(orientation, orientation)
    stored = upright.transpose(UPRIGHT[back]) if back in UPRIGHT else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    box = box_of(size, at, side)
    turned = shown(crop_picture(encoded(stored, quality=95, exif=exif), box))
    straight = shown(crop_picture(encoded(upright, quality=95), box))
    window = crop_window(box, *size)
    middle = tuple(
        (corner + side / 2 - start) / window.side * 320
        for corner, start in zip(at, (window.left, window.top), strict=True)
    )
    assert is_like(turned.getpixel((round(middle[0]), round(middle[1]))), RED)
    for x in range(4, 320, 24):
        for y in range(4, 320, 24):
            if all(
                abs(abs(place - centre) - side / window.side * 160) > 4
                for place, centre in zip((x, y), middle, strict=True)
            ):
                assert is_like(turned.getpixel((x, y)), straight.getpixel((x, y))), (x, y)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("WEBP", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
    ],
)
def test_every_kind_of_picture_gives_a_crop(kind: str, mode: str):
    image = (
        Image.new("I;16", (200, 100), 30000)
        if mode == "I;16"
        else a_plume((200, 100), (90, 40)).convert(mode)
    )
    assert shown(crop_picture(encoded(image, kind), box_of((200, 100), (90, 40)))).size == (320, 320)


def test_what_lies_outside_a_narrow_picture_is_dark_ground():
    drawn = shown(crop_picture(jpeg((400, 40)), Box(0.1, 0.2, 0.9, 0.8)))
    assert drawn.size == (320, 320)
    assert is_like(drawn.getpixel((160, 10)), (32, 34, 32))
    assert is_like(drawn.getpixel((40, 160)), (200, 30, 30))


def test_a_crop_says_which_box_it_is_of_and_carries_nothing_else():
    exif = Image.Exif()
    exif[0x010E] = "a farm"
    drawn = Image.open(
        io.BytesIO(crop_picture(jpeg((640, 360), exif=exif, comment="private"), Box(0.1, 0.2, 0.3, 0.4)))
    )
    assert drawn.info["comment"] == b"1000-2000-3000-4000"
    assert not {"exif", "icc_profile"} & drawn.info.keys()


def test_the_crop_of_the_smallest_shape_is_kept_in_one_place(bucket: Bucket):  # noqa: F811
    sha256, key = register(bucket, jpeg((1920, 1080)))
    first, second = Box(0.1, 0.1, 0.2, 0.2), Box(0.7, 0.7, 0.8, 0.8)
    drawn = crop(bucket, sha256, key, first, keep=True)
    assert kept_objects(bucket) == [derived_key(sha256, "crop")]
    assert bucket.read(derived_key(sha256, "crop")) == drawn
    other = crop(bucket, sha256, key, second, keep=True)
    assert other != drawn, "another shape is the smallest by now"
    assert kept_objects(bucket) == [derived_key(sha256, "crop")]
    bucket.delete(key)
    assert crop(bucket, sha256, key, second, keep=True) == other, "what is kept needs no original"
    with pytest.raises(ContentMissing):
        crop(bucket, sha256, key, first, keep=True)


def test_a_crop_of_any_box_leaves_nothing_in_the_bucket(bucket: Bucket):  # noqa: F811
    sha256, key = register(bucket, jpeg((1920, 1080)))
    for step in range(5):
        crop(bucket, sha256, key, Box(0.1, 0.1, 0.2 + step / 10, 0.3), keep=False)
    assert kept_objects(bucket) == []


def test_a_lost_or_damaged_original_is_told(tmp_path: Path):
    folder = LocalBucket(tmp_path / "bucket")
    folder.prepare()
    whole = jpeg((1900, 1080))
    sha256, key = register(folder, whole)
    box = Box(0.1, 0.1, 0.2, 0.2)
    (tmp_path / "bucket" / key).write_bytes(whole[:1000])
    with pytest.raises(ContentMissing, match="damaged"):
        crop(folder, sha256, key, box, keep=True)
    (tmp_path / "bucket" / key).write_bytes(whole)
    with pytest.raises(ContentMissing, match="damaged"):
        crop(folder, sha256, key, Box(0.5, 0.5, 0.6, 0.6), keep=False)
    with pytest.raises(ContentMissing, match="does not hold"):
        crop(folder, "ab" * 32, "media/none.jpg", box, keep=False)


def test_a_picture_that_cannot_be_decoded_costs_nobody_else_theirs(bucket: Bucket):  # noqa: F811
    content = jpeg((1920, 1080))[:600] + b"\x00" * 100
    sha256, key = register(bucket, content)
    with pytest.raises(ContentMissing):
        crop(bucket, sha256, key, Box(0.1, 0.1, 0.2, 0.2), keep=True)
    sha256, key = register(bucket, jpeg((1920, 1080)))
    assert crop(bucket, sha256, key, Box(0.1, 0.1, 0.2, 0.2), keep=True)
