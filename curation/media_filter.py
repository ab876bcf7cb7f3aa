"""Which media, and in which order: the one filter behind lists, counts, queues, exports and links.

The same names and values stand in page addresses and API queries. Anything not understood is refused:
a filter that is dropped in silence shows, or exports, the wrong pictures.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from curation.errors import UnknownFilter
from db.models import MediaType, State

E = TypeVar("E", bound=enum.StrEnum)

MAX_VALUES = 100
MAX_TEXT = 255
SEEDS = 2**31  # as many as there are places in the shuffled order


class Sort(enum.StrEnum):
    """Orders of a list; unknown times, names and scores come last, both ways."""

    UPLOADED_LAST = "-uploaded"
    UPLOADED_FIRST = "uploaded"
    CAPTURED_LAST = "-captured"
    CAPTURED_FIRST = "captured"
    FILE_NAME = "file_name"
    SOURCE = "source"
    SCORE = "-score"
    RANDOM = "random"  # the one order of its `seed`


@dataclass(frozen=True)
class MediaFilter:
    """What a media must be to match; empty means anything that is listed (all but withdrawn)."""

    state: tuple[State, ...] = ()
    label_class: tuple[str, ...] = ()
    reply: tuple[str, ...] = ()  # the key of a question and what was replied, as in “missed_smoke:yes”
    has_shapes: bool | None = None
    predicted: str | None = None  # “yes”, “no”, or the name of the model that said something
    source: tuple[str, ...] = ()
    captured_from: datetime | None = None
    captured_to: datetime | None = None  # exclusive
    uploaded_from: datetime | None = None
    uploaded_to: datetime | None = None  # exclusive
    uploader: str | None = None
    annotator: str | None = None  # of the current annotation
    reviewer: str | None = None  # of the last decision
    acted_by: str | None = None  # of any act: whoever has submitted, decided or undone
    acted_from: datetime | None = None  # the earliest moment of such an act
    tag: tuple[str, ...] = ()
    file_name: str | None = None
    type: MediaType | None = None
    extracted_from: int | None = None  # frames of this video
    near_twins: bool | None = None  # looks like another one, and nobody has decided about it
    sort: Sort = Sort.UPLOADED_LAST
    seed: int | None = None  # of the random order

    @classmethod
    def from_query(cls, query: Mapping[str, str | Sequence[str]]) -> MediaFilter:
        """Read names and values as they stand in an address. Raises UnknownFilter for any other."""
        unknown = set(query) - set(FILTER_NAMES)
        if unknown:
            raise UnknownFilter(
                f"“{_shown(sorted(unknown)[0])}” is not a filter. Known are: {', '.join(FILTER_NAMES)}."
            )
        many = {name: _values(name, value) for name, value in query.items()}
        return cls(
            state=tuple(_one_of(State, "state", value) for value in many.get("state", ())),
            label_class=many.get("label_class", ()),
            reply=tuple(_reply(value) for value in many.get("reply", ())),
            has_shapes=_yes_or_no("has_shapes", _single("has_shapes", many)),
            predicted=_single("predicted", many),
            source=many.get("source", ()),
            captured_from=_moment("captured_from", _single("captured_from", many)),
            captured_to=_moment("captured_to", _single("captured_to", many), end=True),
            uploaded_from=_moment("uploaded_from", _single("uploaded_from", many)),
            uploaded_to=_moment("uploaded_to", _single("uploaded_to", many), end=True),
            uploader=_single("uploader", many),
            annotator=_single("annotator", many),
            reviewer=_single("reviewer", many),
            acted_by=_single("acted_by", many),
            acted_from=_moment("acted_from", _single("acted_from", many)),
            tag=many.get("tag", ()),
            file_name=_single("file_name", many),
            type=_type(_single("type", many)),
            extracted_from=_media_id("extracted_from", _single("extracted_from", many)),
            near_twins=_yes_or_no("near_twins", _single("near_twins", many)),
            sort=_one_of(Sort, "sort", _single("sort", many) or Sort.UPLOADED_LAST.value),
            seed=_seed(_single("seed", many)),
        )

    def to_query(self) -> dict[str, list[str]]:
        """The shortest query that `from_query` reads back to an equal filter."""
        query: dict[str, list[str]] = {}
        for name in FILTER_NAMES:
            value = getattr(self, name)
            if value is None or value == () or (name == "sort" and value == Sort.UPLOADED_LAST):
                continue
            if isinstance(value, bool):
                query[name] = ["yes" if value else "no"]
            elif isinstance(value, datetime):
                query[name] = [_written(value, end=name.endswith("_to"))]
            elif isinstance(value, tuple):
                query[name] = [str(getattr(item, "value", item)) for item in value]
            else:
                query[name] = [str(getattr(value, "value", value))]
        return query

    @property
    def replies(self) -> list[tuple[str, bool]]:
        """The wanted replies: the key of each question, and whether the reply is yes."""
        return [(key, said == "yes") for key, _, said in (value.rpartition(":") for value in self.reply)]

    @property
    def is_empty(self) -> bool:
        return self.without_order() == MediaFilter()

    def without_order(self) -> MediaFilter:
        return replace(self, sort=Sort.UPLOADED_LAST, seed=None)

    @property
    def is_about_pictures(self) -> bool:
        """Whether it asks for nothing that answers say, so that it can be told of a media nobody has answered."""
        return replace(self, **{name: getattr(MediaFilter(), name) for name in OF_PICTURES}).is_empty


OF_PICTURES = (
    *(
        "predicted",
        "source",
        "captured_from",
        "captured_to",
        "uploaded_from",
        "uploaded_to",
        "uploader",
        "tag",
        "file_name",
        "type",
        "extracted_from",
    ),
    *("sort", "seed"),
)
FILTER_NAMES = tuple(MediaFilter.__dataclass_fields__)


def _shown(text: str) -> str:
    """Text from outside, short and printable enough to stand in a sentence."""
    return "".join(character for character in text[:60] if character.isprintable())


def _values(name: str, value: str | Sequence[str]) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else list(value)
    if len(values) > MAX_VALUES:
        raise UnknownFilter(f"The filter {name} has more than {MAX_VALUES} values.")
    cleaned = tuple(dict.fromkeys(item.strip() for item in values if item.strip()))
    for item in cleaned:
        if len(item) > MAX_TEXT or "\x00" in item:
            raise UnknownFilter(f"The filter {name} has a value that is too long or holds a NUL character.")
        if any("\ud800" <= character <= "\udfff" for character in item):
            raise UnknownFilter(f"The filter {name} has a value that is not valid text.")
    return cleaned


def _single(name: str, many: Mapping[str, Sequence[str]]) -> str | None:
    values = many.get(name, ())
    if len(values) > 1:
        raise UnknownFilter(f"The filter {name} takes one value, not {len(values)}.")
    return values[0] if values else None


def _one_of(kind: type[E], name: str, value: str) -> E:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise UnknownFilter(f"“{_shown(value)}” is no value of {name}. Known are: {known}.") from None


def _yes_or_no(name: str, value: str | None) -> bool | None:
    if value is None:
        return None
    if value not in ("yes", "no"):
        raise UnknownFilter(f"{name} is “yes” or “no”, not “{_shown(value)}”.")
    return value == "yes"


def _seed(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal()) or len(value) > 10 or int(value) >= SEEDS:
        raise UnknownFilter(f"seed is a whole number from 0 to {SEEDS - 1}, not “{_shown(value)}”.")
    return int(value)


def _type(value: str | None) -> MediaType | None:
    return None if value is None else _one_of(MediaType, "type", value)


def _media_id(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal()) or not 0 < int(value) < 2**63:
        raise UnknownFilter(f"{name} is the number of a media, not “{_shown(value)}”.")
    return int(value)


def _reply(value: str) -> str:
    key, _, said = value.rpartition(":")
    if not key or said not in ("yes", "no"):
        raise UnknownFilter(
            f"reply is a question and “yes” or “no”, as in missed_smoke:yes, not “{_shown(value)}”."
        )
    return value


def _moment(name: str, value: str | None, *, end: bool = False) -> datetime | None:
    """A moment in UTC from an ISO date (a whole day, UTC) or an ISO date and time with a zone."""
    if value is None:
        return None
    try:
        if len(value) == 10:
            day = date.fromisoformat(value) + timedelta(days=1 if end else 0)
            return datetime.combine(day, time(), UTC)
        # A plus sign that went through an address without being escaped arrives as a space.
        moment = datetime.fromisoformat(
            value.replace(" ", "+") if value.count(" ") == 1 and "T" in value else value
        )
        if moment.tzinfo is None:
            raise UnknownFilter(f"{name} needs a time zone, for instance {value}Z.")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnknownFilter(
            f"{name} is not a date: “{_shown(value)}”. Write 2026-08-12 or 2026-08-12T17:42:08Z."
        ) from None


def _written(moment: datetime, *, end: bool) -> str:
    if moment.time() == time():
        return (moment.date() - timedelta(days=1 if end else 0)).isoformat()
    return moment.isoformat().replace("+00:00", "Z")
