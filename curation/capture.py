"""What is told about a picture's capture: by whoever sends it, by its EXIF, by its source. In that order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from curation.errors import InvalidText
from curation.exif import ExifFacts
from curation.sources import clean_source
from curation.tags import clean_tags

MAX_SEQUENCE_LENGTH = 100
FIRST_YEAR, LAST_YEAR = 1900, 2200  # what lies outside is a clock that was never set
NUMBER = re.compile(r"[+-]?\d{1,4}(\.\d{1,20})?", re.ASCII)
CAPTURE_FIELDS = (
    "source",
    "captured_at",
    "assumed_captured_at",
    "timezone",
    "lat",
    "lon",
    "azimuth",
    "sequence",
    "tags",
)


@dataclass(frozen=True)
class CaptureDetails:
    """What came along with a picture. Angles in degrees; times with their zone."""

    source: str | None = None
    captured_at: datetime | None = None
    # Counts only where the picture itself knows no time (a batch's start and interval).
    assumed_captured_at: datetime | None = None
    # The zone of EXIF times that name none.
    timezone: ZoneInfo | None = None
    lat: float | None = None
    lon: float | None = None
    azimuth: float | None = None
    sequence: str | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> CaptureDetails:
        """Read form fields; empty ones count as absent. Raises InvalidText for nonsense and unknown names."""
        unknown = set(fields) - set(CAPTURE_FIELDS)
        if unknown:
            raise InvalidText(
                f"“{min(unknown)[:60]}” is not a field. Known are: {', '.join(CAPTURE_FIELDS)}."
            )
        given = {name: value.strip() for name, value in fields.items() if value.strip()}
        lat, lon = _number(given, "lat", -90, 90), _number(given, "lon", -180, 180)
        require_both(lat, lon)
        azimuth = _number(given, "azimuth", 0, 360)
        return cls(
            source=clean_source(given.get("source")),
            captured_at=_moment(given, "captured_at"),
            assumed_captured_at=_moment(given, "assumed_captured_at"),
            timezone=find_zone(given.get("timezone")),
            lat=lat,
            lon=lon,
            azimuth=turned(azimuth),
            sequence=clean_sequence(given.get("sequence")),
            tags=tuple(clean_tags(given.get("tags", "").split(";"))),
        )


@dataclass(frozen=True)
class CaptureTime:
    at: datetime | None
    assumed: bool = False
    note: str | None = None


def settle_capture_time(details: CaptureDetails, exif: ExifFacts, default_zone: str) -> CaptureTime:
    """When the picture was taken, in UTC, and whether something about that had to be assumed."""
    if details.captured_at is not None:
        return CaptureTime(details.captured_at.astimezone(UTC))
    if exif.captured_at is not None and exif.captured_at.year <= LAST_YEAR:
        if exif.captured_at.tzinfo is not None:
            return CaptureTime(exif.captured_at.astimezone(UTC))
        if details.timezone is not None:
            return CaptureTime(exif.captured_at.replace(tzinfo=details.timezone).astimezone(UTC))
        at = exif.captured_at.replace(tzinfo=ZoneInfo(default_zone)).astimezone(UTC)
        return CaptureTime(at, True, f"The picture's own time has no zone; it was taken as {default_zone}.")
    if details.assumed_captured_at is not None:
        return CaptureTime(details.assumed_captured_at.astimezone(UTC), True)
    return CaptureTime(None)


def clean_sequence(name: str | None) -> str | None:
    """A sequence's name without edge spaces, None when empty; raises InvalidText."""
    name = (name or "").strip()
    if len(name) > MAX_SEQUENCE_LENGTH or not name.isprintable():
        raise InvalidText(f"A sequence has at most {MAX_SEQUENCE_LENGTH} printable characters.")
    return name or None


def turned(azimuth: float | None) -> float | None:
    """An azimuth of 0 up to, not including, 360 degrees."""
    return azimuth % 360 if azimuth is not None else None


def require_both(lat: float | None, lon: float | None) -> None:
    if (lat is None) != (lon is None):
        raise InvalidText("lat and lon come together or not at all.")


def clean_moment(name: str, moment: datetime) -> datetime:
    """A moment with a zone in UTC; raises InvalidText for one outside of what a clock that was set can show."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise InvalidText(f"{name} lies outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    return moment.astimezone(UTC)


def _number(given: Mapping[str, str], name: str, lowest: float, highest: float) -> float | None:
    if name not in given:
        return None
    if not NUMBER.fullmatch(given[name]) or not lowest <= float(given[name]) <= highest:
        raise InvalidText(f"{name} is a number from {lowest:g} to {highest:g}.")
    return float(given[name])


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    if name not in given:
        return None
    try:
        moment = datetime.fromisoformat(given[name])
        if moment.tzinfo is None:
            raise InvalidText(f"{name} needs a time zone, for instance 2026-08-12T17:42:08+02:00.")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidText(f"{name} is not a time. Write it like 2026-08-12T17:42:08Z.") from None
    return clean_moment(name, moment)


def find_zone(name: str | None) -> ZoneInfo | None:
    """The time zone of that name, None without a name. Raises InvalidText."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidText("timezone is a name like Europe/Paris or UTC.") from None
