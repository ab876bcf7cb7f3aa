"""What is read out of a camera's own words, and which of them are nonsense."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from curation.exif import ExifFacts, read_exif
from curation.pictures import inspect_picture
from tests.curation.hostile import encoded, jpeg, picture

Rational = IFDRational
SUMMER_IN_FRANCE = timezone(timedelta(hours=2))


def block(
    main: dict[int, Any] | None = None,
    detail: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
) -> bytes:
    """An EXIF block with these tags."""
    exif = Image.Exif()
    exif.update(main or {})
    exif.get_ifd(0x8769).update(detail or {})
    exif.get_ifd(0x8825).update(gps or {})
    return exif.tobytes()


def place(lat: Any = (43, 30, 36), lon: Any = (5, 22, 48), north: Any = "N", east: Any = "E") -> ExifFacts:
    return read_exif(block(gps={1: north, 2: lat, 3: east, 4: lon}))


def time(value: Any, offset: Any = None) -> datetime | None:
    return read_exif(block(detail={0x9003: value} | ({0x9011: offset} if offset else {}))).captured_at


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_all_facts_are_read_from_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    written = block(
        {0x010F: "Acme", 0x0110: "Tower Cam 3", 0x0112: 3},
        {0x9003: "2026:08:14 15:02:07", 0x9011: "+02:00"},
        {1: "N", 2: (43, 30, 36), 3: "W", 4: (5, 22, 48), 16: "T", 17: Rational(2705, 10)},
    )
    path = tmp_path / "spooled"
    path.write_bytes(encoded(picture(), kind, exif=written))
    assert inspect_picture(path, file_name="a").exif == ExifFacts(
        captured_at=datetime(2026, 8, 14, 15, 2, 7, tzinfo=SUMMER_IN_FRANCE),
        camera="Acme Tower Cam 3",
        lat=43.51,
        lon=-5.38,
        azimuth=270.5,
        orientation=3,
    )


def test_a_picture_without_exif_tells_nothing() -> None:
    for nothing in (None, b"", block()):
        assert read_exif(nothing) == ExifFacts()


def test_a_time_without_a_zone_stays_without() -> None:
    found = read_exif(block(detail={0x9003: "2026:08:14 15:02:07"}))
    assert found.captured_at == datetime(2026, 8, 14, 15, 2, 7)
    assert not found.has_zone


@pytest.mark.parametrize(
    ("offset", "zone"),
    [
        ("+02:00", SUMMER_IN_FRANCE),
        ("+0200", SUMMER_IN_FRANCE),
        ("-03:30", timezone(-timedelta(hours=3, minutes=30))),
        ("+00:00", UTC),
        ("Z", UTC),
        ("+02:00\0", SUMMER_IN_FRANCE),
    ],
)
def test_a_zone_is_read(offset: str, zone: timezone) -> None:
    found = time("2026:08:14 15:02:07", offset)
    assert found is not None
    assert found.utcoffset() == zone.utcoffset(None)


@pytest.mark.parametrize("offset", ["", "   :  ", "+25:00", "+14:30", "Paris", "2", "+02:99"])
def test_a_zone_that_makes_no_sense_is_none(offset: str) -> None:
    assert time("2026:08:14 15:02:07", offset) == datetime(2026, 8, 14, 15, 2, 7)


@pytest.mark.parametrize(
    "value",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "1970:01:01 00:00:00",
        "2026:13:01 00:00:00",
        "2026:02:30 00:00:00",
        "2026:08:14 25:00:00",
        "yesterday",
        "",
        "9" * 5000,
    ],
)
def test_a_time_that_makes_no_sense_is_none(value: str) -> None:
    assert time(value, "+02:00") is None


def test_a_time_written_with_dashes_is_read() -> None:
    assert time("2026-08-14T15:02:07.123") == datetime(2026, 8, 14, 15, 2, 7)


def test_the_hemispheres_decide_the_signs() -> None:
    assert (place().lat, place().lon) == (43.51, 5.38)
    south_west = place(north="S", east="W")
    assert (south_west.lat, south_west.lon) == (-43.51, -5.38)


@pytest.mark.parametrize("where", [place(north=""), place(east="Q"), place(north="E"), place(north=7)])
def test_half_a_place_is_none(where: ExifFacts) -> None:
    assert (where.lat, where.lon) == (None, None)


@pytest.mark.parametrize(
    "degrees",
    [
        (Rational(43, 0), 0, 0),
        (43, Rational(0, 0), 0),
        (91, 0, 0),
        (90, 0, 1),
        (43, 61, 0),
        (43, 0, 60),
        (4294967295, 4294967295, 4294967295),
    ],
)
def test_degrees_that_make_no_sense_are_none(degrees: Any) -> None:
    assert place(lat=degrees).lat is None
    assert place(lat=degrees).lon is None


def test_a_receiver_without_satellites_tells_no_place() -> None:
    assert place(lat=(0, 0, 0), lon=(0, 0, 0)).lat is None


def test_degrees_alone_may_carry_the_fraction() -> None:
    assert place(lat=(Rational(4351, 100), 0, 0)).lat == 43.51


@pytest.mark.parametrize(
    ("direction", "azimuth"),
    [
        (Rational(2705, 10), 270.5),
        (Rational(0, 1), 0.0),
        (Rational(360, 1), 0.0),
        (Rational(361, 1), None),
        (Rational(1, 0), None),
        (Rational(0, 0), None),
    ],
)
def test_a_direction_is_an_azimuth_or_nothing(direction: Any, azimuth: float | None) -> None:
    assert read_exif(block(gps={17: direction})).azimuth == azimuth


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Acme", "Tower", "Acme Tower"),
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("ACME", "Acme Tower", "Acme Tower"),
        ("", "Tower", "Tower"),
        ("Acme", "", "Acme"),
        ("  ", "\0", None),
        ("Acme\x1b[31m\r\n", "Tower\tone\x7f", "Acme [31m Tower one"),
        ("A" * 500, "B", "A" * 100),
    ],
)
def test_a_camera_is_named_without_control_characters(make: str, model: str, camera: str | None) -> None:
    assert read_exif(block({0x010F: make, 0x0110: model})).camera == camera


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_is_upright(value: int) -> None:
    assert read_exif(block({0x0112: value})).orientation == 1


def test_a_bad_block_does_not_spoil_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "spooled"
    good = block({0x010F: "Acme"}, {0x9003: "2026:08:14 15:02:07"}, {1: "N", 2: (43, 30, 36)})
    for nonsense in (
        b"Exif\0\0",
        b"Exif\0\0MM\0*",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        good[:40],
        good[:-10],
        b"x" * 5000,
    ):
        path.write_bytes(jpeg(exif=nonsense))
        assert inspect_picture(path, file_name="a.jpg").width == 640


@given(seed=st.integers(0, 2**32), changes=st.integers(1, 12))
def test_no_damage_to_a_block_raises(seed: int, changes: int) -> None:
    good = bytearray(
        block(
            {0x010F: "Acme", 0x0110: "Tower", 0x0112: 6},
            {0x9003: "2026:08:14 15:02:07", 0x9011: "+02:00"},
            {1: "N", 2: (43, 30, 36), 3: "E", 4: (5, 22, 48), 17: Rational(2705, 10)},
        )
    )
    dice = random.Random(seed)
    for _ in range(changes):
        good[dice.randrange(len(good))] = dice.randrange(256)
    facts = read_exif(bytes(good))
    assert facts.orientation in range(1, 9)
    assert facts.lat is None or -90 <= facts.lat <= 90
    assert facts.azimuth is None or 0 <= facts.azimuth < 360


def test_what_is_read_goes_into_a_file_and_comes_back() -> None:
    written = block({0x0112: 6})
    image = Image.open(io.BytesIO(jpeg(exif=written)))
    assert read_exif(image.info["exif"]).orientation == 6
