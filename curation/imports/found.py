"""What readers of datasets give back: media as the files name them, answers as the files hold them, and remarks.

Nothing here knows the database. Label classes are words of the file (a key, a name, or a number that its list of
classes translates); which of ours they become is decided when the preview is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol


class Files(Protocol):
    """What was sent, or lies under a prefix of the bucket: names with `/` between folders, in byte order."""

    def names(self) -> Iterator[str]: ...

    def size(self, name: str) -> int: ...

    def open(self, name: str) -> BinaryIO:
        """From its beginning. Raises KeyError for a name that is not there."""
        ...

    def sha256(self, name: str) -> str | None:
        """Its hash, None where telling it is worth reading everything twice. Raises Refused for a damaged file."""
        ...


@dataclass(frozen=True)
class Remark:
    """What a reader noticed, where, and how often: a shape pulled inside, a class id beyond the list, a broken line."""

    where: str  # a file, with line or entry where that helps: `labels/a.txt:3`
    sentence: str
    fatal: bool = False  # the entry was left out
    count: int = 1  # so often, here and at places that are not told


@dataclass(frozen=True)
class FoundShape:
    """Fractions of the upright picture, two corners."""

    label_class: str
    box: tuple[float, float, float, float]
    points: tuple[tuple[float, float], ...] | None = None
    confidence: float | None = None
    origin: str | None = None
    model: str | None = None


@dataclass(frozen=True)
class FoundAnswer:
    """An answer; without shapes and label classes it says that nothing is there."""

    shapes: tuple[FoundShape, ...] = ()
    label_classes: tuple[str, ...] = ()
    replies: Mapping[str, bool] = field(default_factory=dict)
    comment: str | None = None


@dataclass(frozen=True)
class FoundMedia:
    """One media of a dataset: how the files name it, what they say of it, and its answer where there is one.

    `state` and `details` (source, azimuth, lat, lon, sequence, captured_at, tags, score, file_name) only come from
    formats that carry them, ours above all. `size` is in pixels, as the file says it.
    """

    name: str
    sha256: str | None = None
    media_id: int | None = None
    size: tuple[int, int] | None = None
    answer: FoundAnswer | None = None
    state: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    unclear: str | None = None  # why no picture, and no media here, is taken for it by its name


@dataclass(frozen=True)
class FoundClass:
    """A label class that a dataset names, with its number there where it has one."""

    word: str
    name: str | None = None
    colour: str | None = None
    number: int | None = None
