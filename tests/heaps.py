"""Files of a dataset in memory, as readers are given them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from curation.imports.found import FoundMedia
from curation.imports.readers import Reading, guess, read


class Heap:
    """Names and their contents; text is UTF-8."""

    def __init__(self, contents: Mapping[str, bytes | str]) -> None:
        self._contents = {
            name: content.encode() if isinstance(content, str) else content
            for name, content in contents.items()
        }

    def names(self) -> Iterator[str]:
        return iter(sorted(self._contents, key=str.encode))

    def size(self, name: str) -> int:
        return len(self._contents[name])

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self._contents[name])

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self._contents[name]).hexdigest()


def read_all(
    contents: Mapping[str, bytes | str], format: str | None = None
) -> tuple[dict[str, FoundMedia], Reading]:
    """The media by name, of the likeliest format unless one is said; the reading is complete."""
    files = Heap(contents)
    if format is None:
        format = guess(files)[0].format
    reading = read(format, files)
    return {media.name: media for media in reading.media}, reading


def boxes(media: FoundMedia) -> list[tuple[str, tuple[float, ...]]]:
    """Label class and corners of each shape, rounded to where formats differ."""
    return [
        (shape.label_class, tuple(round(number, 5) for number in shape.box)) for shape in media.answer.shapes
    ]


def said(media: FoundMedia) -> set[str]:
    return {remark.sentence for remark in media.remarks}
