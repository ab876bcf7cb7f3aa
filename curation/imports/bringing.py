"""Bringing the pictures of an import in: registered like any upload, or where they lie in the bucket."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curation.capture import CaptureDetails, clean_moment, clean_sequence, require_both, turned
from curation.errors import InvalidText
from curation.formats.reading import LARGEST_NUMBER
from curation.imports.in_place import register_in_place
from curation.imports.opening import OpenedFiles, taken
from curation.imports.withdrawn import find_withdrawn
from curation.imports.work import ImportWork, repeat_key
from curation.sources import clean_source
from curation.tags import clean_tags
from curation.uploads import Registered, register_media

LONGEST_KEY_IN_PLACE = 255  # of a content's row; what lies deeper is copied
# What an entry keeps of all that a dataset says beside its answer.
DETAILS = (
    *("source", "captured_at", "captured_at_assumed", "lat", "lon", "azimuth", "sequence", "tags"),
    *("file_name", "score", "review_comment", "extracted_from", "extracted_at"),
)


@dataclass(frozen=True)
class Told:
    """What a dataset says of a media beside its answer; what it says nothing about is not in `names`."""

    details: CaptureDetails
    names: frozenset[str]
    file_name: str | None = None
    score: float | None = None
    captured_at_assumed: bool = False


def kept_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """What a dataset says of a media as its entry keeps it, until `told_of` reads it.

    What cannot be kept is kept as something that is refused then: its entry fails alone, and says why.
    """
    return {name: _plain(details[name]) for name in DETAILS if name in details}


def told_of(details: Mapping[str, Any]) -> Told:
    """Read what a dataset says of a media. Raises InvalidText."""
    lat, lon = _number(details, "lat", -90, 90), _number(details, "lon", -180, 180)
    require_both(lat, lon)
    capture = CaptureDetails(
        source=clean_source(_text(details, "source")),
        captured_at=_moment(details, "captured_at"),
        lat=lat,
        lon=lon,
        azimuth=turned(_number(details, "azimuth", 0, 360)),
        sequence=clean_sequence(_text(details, "sequence")),
        tags=tuple(clean_tags(_texts(details, "tags"))),
    )
    return Told(
        capture,
        frozenset(details),
        _text(details, "file_name"),
        _number(details, "score", -LARGEST_NUMBER, LARGEST_NUMBER),
        bool(details.get("captured_at_assumed")),
    )


def comment_of(details: Mapping[str, Any]) -> str | None:
    """What was said when the state was decided that a dataset carries. Raises InvalidText."""
    return _text(details, "review_comment")


def bring_in(work: ImportWork, files: OpenedFiles, position: int, name: str, told: Told) -> Registered | None:
    """Make a file of the import a media, or find the one that it is. Harmless to repeat: the same answer comes again.

    None for a picture that somebody has withdrawn here, unless such are to be brought back. Raises what
    `register_media` does, and Refused for a file that cannot be read.
    """
    repeat = repeat_key(work.import_id, position)
    file_name = told.file_name or name
    key = files.key(name)
    with taken(files, name, work.spool_folder) as spooled:
        if not work.options["commit"]["restore"]:
            with work.sessions(read_only=True) as session:
                if find_withdrawn(session, [spooled.sha256]).get(spooled.sha256):
                    return None
        if key is not None and work.options.get("in_place") and len(key) <= LONGEST_KEY_IN_PLACE:
            return register_in_place(
                work, spooled, key, file_name=file_name, details=told.details, repeat=repeat
            )
        return register_media(
            work.sessions,
            work.bucket,
            work.access,
            spooled,
            file_name=file_name,
            details=told.details,
            idempotency_key=repeat,
            place=work.place,
        )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) if not isinstance(one, list | tuple) else {} for one in value]
    if isinstance(value, dict):
        return {}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # PostgreSQL knows no such number in JSON
    return value.isoformat() if isinstance(value, datetime) else value


def _text(details: Mapping[str, Any], name: str) -> str | None:
    value = details.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidText(f"{name} is text.")
    return value


def _texts(details: Mapping[str, Any], name: str) -> list[str]:
    value = details.get(name)
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise InvalidText(f"{name} is a list of texts.")
    return list(value)


def _number(details: Mapping[str, Any], name: str, lowest: float, highest: float) -> float | None:
    value = details.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise InvalidText(f"{name} is a number from {lowest:,} to {highest:,}.")
    return float(value)


def _moment(details: Mapping[str, Any], name: str) -> datetime | None:
    value = details.get(name)
    if value is None:
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidText(f"{name} is not a time. Write it like 2026-08-12T17:42:08Z.") from None
    if moment.tzinfo is None:
        raise InvalidText(f"{name} needs a time zone, for instance 2026-08-12T17:42:08+02:00.")
    return clean_moment(name, moment)
