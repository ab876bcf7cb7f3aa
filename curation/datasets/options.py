"""What an export is asked to hold beside its annotations, and how: read once from what comes over the wire."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from curation.csv_columns import choose_columns
from curation.datasets.splits import Split
from curation.errors import Refused
from curation.exports import Per
from db.models import ExportFormat

E = TypeVar("E", bound=enum.StrEnum)


class Outlines(enum.StrEnum):
    """How formats that know either boxes or polygons write shapes."""

    AUTO = "auto"  # as polygons as soon as one shape is one
    BOXES = "boxes"
    POLYGONS = "polygons"


@dataclass(frozen=True)
class ExportOptions:
    """What goes into the file; the last three are of CSV alone."""

    pictures: bool = False
    crops: bool = False
    contact_sheets: bool = False
    split: Split | None = None
    outlines: Outlines = Outlines.AUTO
    per: Per = Per.MEDIA
    raw: bool = False
    columns: tuple[str, ...] | None = None

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> ExportOptions:
        """Read what `to_payload` writes, or somebody has sent. Raises Refused for anything not understood."""
        unknown = sorted(set(payload) - set(cls.__dataclass_fields__))
        if unknown:
            known = ", ".join(cls.__dataclass_fields__)
            raise Refused(f"“{unknown[0][:60]}” is not an option of exports. Known are: {known}.")
        split, columns = payload.get("split"), payload.get("columns")
        return cls(
            pictures=_yes_or_no(payload, "pictures"),
            crops=_yes_or_no(payload, "crops"),
            contact_sheets=_yes_or_no(payload, "contact_sheets"),
            split=Split.from_payload(split) if split is not None else None,
            outlines=_one_of(Outlines, payload, "outlines", Outlines.AUTO),
            per=_one_of(Per, payload, "per", Per.MEDIA),
            raw=_yes_or_no(payload, "raw"),
            columns=_texts(columns) if columns is not None else None,
        )

    def to_payload(self) -> dict[str, Any]:
        """The shortest payload that `from_payload` reads back to equal options."""
        payload: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if value == getattr(ExportOptions(), name):
                continue
            if isinstance(value, Split):
                payload[name] = value.to_payload()
            elif isinstance(value, enum.StrEnum):
                payload[name] = value.value
            else:
                payload[name] = list(value) if isinstance(value, tuple) else value
        return payload

    def require_fit(self, format: ExportFormat) -> None:
        """Raise Refused, or UnknownFilter for columns, when this format cannot be written like this."""
        of_csv = self.per is not Per.MEDIA or self.raw or self.columns is not None
        if of_csv and format is not ExportFormat.CSV:
            raise Refused("Lines per shape, raw text and columns are options of CSV alone.")
        if self.outlines is not Outlines.AUTO and format is not ExportFormat.YOLO:
            raise Refused("Boxes or polygons are chosen for YOLO alone: other formats carry both, or boxes.")
        choose_columns(self.columns, per_shape=self.per is Per.SHAPE)

    @property
    def reads_bucket(self) -> bool:
        """Whether pictures have to be read from the bucket for it."""
        return self.pictures or self.crops or self.contact_sheets


def _yes_or_no(payload: Mapping[str, Any], name: str) -> bool:
    value = payload.get(name, False)
    if not isinstance(value, bool):
        raise Refused(f"The option {name} is true or false.")
    return value


def _one_of(kind: type[E], payload: Mapping[str, Any], name: str, default: E) -> E:
    value = payload.get(name, default)
    if value not in list(kind):
        raise Refused(f"The option {name} is one of: {', '.join(member.value for member in kind)}.")
    return kind(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise Refused("The option columns is a list of names.")
    return tuple(value)
