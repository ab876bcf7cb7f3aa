"""Pictures as files: which are taken, what is in them, and how they look when small. Decoding happens in children."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from curation.decoding import DecoderPool, Undecodable, decoders
from curation.errors import RefusedPicture, TooLarge
from curation.exif import ExifFacts
from curation.geometry import Box
from curation.picture_hashes import PictureHashes
from curation.picture_limits import LARGEST_BYTES, NotTaken, kind_of

WholeSize = Literal["thumb", "screen"]
DerivedSize = Literal["thumb", "screen", "crop"]


@dataclass(frozen=True)
class PictureFacts:
    """What is known about a picture once every pixel of it was decoded.

    `width` and `height` are pixels of the upright picture, `extension` has no dot, `thumbnail` is a JPEG of at most
    320 pixels a side, upright, without metadata. `hashes` are None of a picture that shows next to nothing.
    """

    content_type: str
    extension: str
    width: int
    height: int
    exif: ExifFacts
    thumbnail: bytes
    hashes: PictureHashes | None


def inspect_picture(path: Path, *, file_name: str, pool: DecoderPool | None = None) -> PictureFacts:
    """Decode a file as a whole and tell what is in it.

    Raises RefusedPicture (TooLarge when it has too many bytes) with a sentence that begins with `file_name`, and
    Unavailable when all decoders are busy for too long.
    """
    try:
        _look_first(path, file_name)
        facts, thumbnail = (pool or decoders()).ask({"task": "inspect", "path": str(path.absolute())})
    except (NotTaken, Undecodable) as reason:
        raise RefusedPicture(f"{file_name} {reason}. Nothing was stored.") from None
    return PictureFacts(
        content_type=facts["content_type"],
        extension=facts["extension"],
        width=facts["width"],
        height=facts["height"],
        exif=exif_of(facts["exif"]),
        thumbnail=thumbnail,
        hashes=hashes_of(facts["hashes"]),
    )


def draw_picture(content: bytes, size: WholeSize, *, pool: DecoderPool | None = None) -> bytes:
    """A picture as a small JPEG: upright, sRGB, on white, without metadata, never enlarged. Raises Undecodable."""
    return (pool or decoders()).ask({"task": size}, content)[1]


def crop_picture(content: bytes, box: Box, *, pool: DecoderPool | None = None) -> bytes:
    """The surroundings of a box as a JPEG of 320 pixels a side, from the original. Raises Undecodable.

    The file carries the box's `crop_mark` as its comment, and no other metadata.
    """
    corners = (box.x_min, box.y_min, box.x_max, box.y_max)
    return (pool or decoders()).ask({"task": "crop", "box": corners}, content)[1]


def hash_thumbnail(thumbnail: bytes, *, pool: DecoderPool | None = None) -> PictureHashes | None:
    """The hashes of a picture whose thumbnail is at hand, the same as at its upload. Raises Undecodable."""
    return hashes_of((pool or decoders()).ask({"task": "hash"}, thumbnail)[0]["hashes"])


def _look_first(path: Path, file_name: str) -> None:
    """Refuse what needs no decoder to be refused."""
    size = os.path.getsize(path)
    if size > LARGEST_BYTES:
        raise TooLarge(
            f"{file_name} has {size / 2**20:,.1f} MiB; at most {LARGEST_BYTES // 2**20} MiB are taken."
            " Nothing was stored."
        )
    with open(path, "rb") as file:
        kind_of(file.read(64))


def exif_of(facts: dict[str, Any]) -> ExifFacts:
    """What a camera wrote, as the decoding child answers it."""
    captured_at = facts["captured_at"]
    return ExifFacts(**facts | {"captured_at": datetime.fromisoformat(captured_at) if captured_at else None})


def hashes_of(found: dict[str, str] | None) -> PictureHashes | None:
    """What a picture looks like, as the decoding child answers it."""
    return PictureHashes(**found) if found is not None else None
