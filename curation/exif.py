"""What a camera wrote into a picture: time, place, direction, itself. Whatever makes no sense is left out.

Exif 2.32 (CIPA DC-008) for tags and value shapes. Runs inside the decoding child.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

MAKE, MODEL, ORIENTATION = 0x010F, 0x0110, 0x0112
EXIF_FOLDER, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 0x8769, 0x9003, 0x9011
GPS_FOLDER, LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, DIRECTION = 0x8825, 1, 2, 3, 4, 17
LONGEST_CAMERA_NAME = 100
LARGEST_OFFSET = timedelta(hours=14)

_DATE_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?([0-5]\d)")
_T = TypeVar("_T")


@dataclass(frozen=True)
class ExifFacts:
    """What the camera says. `captured_at` is naive when it named no zone; angles in degrees, orientation 1 to 8."""

    captured_at: datetime | None = None
    camera: str | None = None
    lat: float | None = None
    lon: float | None = None
    azimuth: float | None = None
    orientation: int = 1

    @property
    def has_zone(self) -> bool:
        """True when the capture time says its own zone, so that nobody has to assume one."""
        return self.captured_at is not None and self.captured_at.tzinfo is not None


def read_exif(block: bytes | None) -> ExifFacts:
    """The facts in an EXIF block as Pillow hands it over; an unreadable block reads as an empty one."""
    if not block:
        return ExifFacts()
    from PIL import Image  # only the decoding child has Pillow in memory

    exif = Image.Exif()
    # Pillow raises nearly anything on broken blocks, also when a tag is only looked at.
    with suppress(Exception):
        exif.load(block)
    main: Mapping[int, Any] = exif
    detail = _quietly(lambda: exif.get_ifd(EXIF_FOLDER)) or {}
    gps = _quietly(lambda: exif.get_ifd(GPS_FOLDER)) or {}
    lat = _quietly(lambda: _degrees(gps.get(LATITUDE), gps.get(LATITUDE_REF), "NS", 90))
    lon = _quietly(lambda: _degrees(gps.get(LONGITUDE), gps.get(LONGITUDE_REF), "EW", 180))
    # Half a place is none, and a receiver without satellites writes zeros: nobody films in the Gulf of Guinea.
    if lat is None or lon is None or (lat == 0 and lon == 0):
        lat = lon = None
    return ExifFacts(
        captured_at=_quietly(
            lambda: _captured_at(detail.get(DATE_TIME_ORIGINAL), detail.get(OFFSET_TIME_ORIGINAL))
        ),
        camera=_quietly(lambda: _camera(main.get(MAKE), main.get(MODEL))),
        lat=lat,
        lon=lon,
        azimuth=_quietly(lambda: _azimuth(gps.get(DIRECTION))),
        orientation=_quietly(lambda: _orientation(main.get(ORIENTATION))) or 1,
    )


def _quietly(read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except Exception:
        return None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.split("\0")[0].strip() if isinstance(value, str) else ""


def _captured_at(value: Any, offset: Any) -> datetime | None:
    found = _DATE_TIME.match(_text(value))
    if not found:
        return None
    # A camera whose clock was never set writes zeros, which datetime refuses, or a year before there was EXIF.
    year, *rest = (int(part) for part in found.groups())
    if year < 1990:
        return None
    month, day, hour, minute, second = rest
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(_text(offset)))


def _zone(offset: str) -> timezone | None:
    if offset == "Z":
        return UTC
    found = _OFFSET.fullmatch(offset)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    if shift > LARGEST_OFFSET:
        return None
    return timezone(-shift if sign == "-" else shift)


def _degrees(value: Any, ref: Any, refs: str, most: int) -> float | None:
    """Degrees, minutes and seconds as one signed number; without its hemisphere a coordinate says nothing."""
    side = _text(ref).upper()[:1]
    if not side or side not in refs:
        return None
    degrees, minutes, seconds = (*(_number(part) for part in value), 0.0, 0.0)[:3]
    if degrees is None or minutes is None or seconds is None:
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if min(degrees, minutes, seconds) < 0 or minutes >= 60 or seconds >= 60 or total > most:
        return None
    return round(-total if side == refs[1] else total, 7)


def _azimuth(value: Any) -> float | None:
    degrees = _number(value)
    return round(degrees % 360, 2) if degrees is not None and 0 <= degrees <= 360 else None


def _number(value: Any) -> float | None:
    """A finite number, or None: Pillow reads a zero denominator as NaN or raises when it is looked at."""
    if isinstance(value, tuple):
        value = value[0] / value[1] if len(value) == 2 else value[0]
    number = float(value)
    return number if math.isfinite(number) else None


def _camera(make: Any, model: Any) -> str | None:
    make, model = _words(make), _words(model)
    name = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return name.strip()[:LONGEST_CAMERA_NAME].strip() or None


def _words(value: Any) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in _text(value)).split())


def _orientation(value: Any) -> int:
    if isinstance(value, tuple):
        value = value[0]
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
