"""Made-up frames: repeatable, dated, placed, and true about what they show."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageChops

from demo.frames import Camera, Weather, draw_frame
from demo.landscape import Terrain
from demo.smoke import Plume
from demo.story import CAMERAS, EPISODES, SUMMER_TIME, Outcome, moments

CAMERA = Camera("tower", "a test", -33.5, -70.25, 214, (640, 360), Terrain("tests", trees=6))
NOON = datetime(2026, 8, 12, 12, 0, tzinfo=SUMMER_TIME)
CALM = Weather(0.6, 0.2)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_the_same_moment_gives_the_same_bytes() -> None:
    plumes = (Plume(0.4, 3, 12),)
    assert draw_frame(CAMERA, NOON, CALM, plumes).content == draw_frame(CAMERA, NOON, CALM, plumes).content


def test_two_moments_give_different_bytes_so_that_none_is_the_others_twin() -> None:
    later = NOON.replace(minute=2)
    assert draw_frame(CAMERA, NOON, CALM).content != draw_frame(CAMERA, later, CALM).content


def test_a_frame_is_a_jpeg_that_knows_when_and_where_it_was_taken() -> None:
    picture = opened(draw_frame(CAMERA, NOON, CALM).content)
    assert (picture.format, picture.size) == ("JPEG", (640, 360))
    exif = picture.getexif()
    assert exif.get_ifd(0x8769)[0x9003] == "2026:08:12 12:00:00"
    assert exif.get_ifd(0x8769)[0x9011] == "+02:00"
    place = exif.get_ifd(0x8825)
    assert (place[1], place[3]) == ("S", "W")
    assert [float(part) for part in place[2]] == [33.0, 30.0, 0.0]
    assert [float(part) for part in place[4]] == [70.0, 15.0, 0.0]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        draw_frame(CAMERA, datetime(2026, 8, 12, 12, 0), CALM)


def test_the_box_is_where_the_smoke_changed_the_picture() -> None:
    without = opened(draw_frame(CAMERA, NOON, CALM).content)
    frame = draw_frame(CAMERA, NOON, CALM, (Plume(0.5, 3, 20, strength=1.4),))
    (shape,) = frame.shapes
    changed = ImageChops.difference(without, opened(frame.content)).convert("L")
    seen = changed.point([255 if value > 24 else 0 for value in range(256)]).getbbox()
    assert seen is not None
    x_min, y_min, x_max, y_max = (
        fraction * side for fraction, side in zip(shape.box, (640, 360, 640, 360), strict=True)
    )
    assert x_min - 8 <= seen[0] and y_min - 8 <= seen[1] and seen[2] <= x_max + 8 and seen[3] <= y_max + 8
    assert (seen[2] - seen[0]) * (seen[3] - seen[1]) > 0.3 * (x_max - x_min) * (y_max - y_min)


def test_smoke_grows_from_frame_to_frame() -> None:
    def area(minutes: float) -> float:
        (shape,) = draw_frame(CAMERA, NOON, CALM, (Plume(0.5, 3, minutes),)).shapes
        return (shape.box[2] - shape.box[0]) * (shape.box[3] - shape.box[1])

    assert area(3) < area(8) < area(25)


def test_smoke_that_has_not_begun_is_not_there() -> None:
    assert draw_frame(CAMERA, NOON, CALM, (Plume(0.5, 3, -2),)).shapes == ()


def test_every_true_shape_is_a_valid_one() -> None:
    frame = draw_frame(
        CAMERA, NOON, Weather(0.8, 0.3, fog=0.8), (Plume(0.02, 3, 30), Plume(0.97, 2, 30, wind=0.9))
    )
    assert {shape.label_class for shape in frame.shapes} == {"wildfire", "low_cloud"}
    for shape in frame.shapes:
        x_min, y_min, x_max, y_max = shape.box
        assert 0 <= x_min < x_max <= 1 and 0 <= y_min < y_max <= 1
        assert len(shape.points) >= 3
        assert all(x_min <= x <= x_max and y_min <= y <= y_max for x, y in shape.points)


def test_night_is_dark_and_day_is_not() -> None:
    def brightness(hour: int) -> float:
        grey = opened(draw_frame(CAMERA, NOON.replace(hour=hour), CALM).content).convert("L").resize((1, 1))
        return float(grey.getpixel((0, 0)))

    assert brightness(23) < 60 < brightness(12)


def test_the_story_has_five_cameras_and_120_moments_none_at_the_same_time() -> None:
    told = list(moments())
    assert len(told) == 120
    assert len({(moment.episode.camera.name, moment.captured_at) for moment in told}) == 120
    assert {moment.episode.camera for moment in told} == set(CAMERAS) and len(CAMERAS) == 5
    assert all(moment.captured_at < datetime(2026, 8, 20, tzinfo=UTC) for moment in told)


def test_the_story_shows_every_outcome() -> None:
    assert {Outcome(sign) for episode in EPISODES for sign in episode.outcomes} == set(Outcome)
