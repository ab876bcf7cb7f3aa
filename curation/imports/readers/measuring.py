"""The size in pixels that a file measures by: as it says, or as its picture is where that came along."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import Any

from curation.errors import InvalidShape, Refused
from curation.formats.reading import number
from curation.imports.found import Files
from curation.imports.readers.picture_size import Layout, picture_layout
from storage.errors import ObjectMissing

NO_SIZE = (
    "The file measures in pixels and does not say how large its picture is, which did not come along or is "
    "damaged."
)


def said_size(width: Any, height: Any) -> tuple[int, int] | None:
    """A size that a file states; None where it states none that a picture can have."""
    if width is None or height is None:
        return None
    try:
        size = round(number(width, "width")), round(number(height, "height"))
    except InvalidShape:
        return None
    return size if min(size) >= 1 else None


def size_of(files: Files, name: str) -> tuple[int, int] | None:
    """The size of a picture that came along, upright."""
    layout = layout_of(files, name)
    return layout.upright if layout is not None else None


def layout_of(files: Files, name: str) -> Layout | None:
    """How a picture that came along is stored; None for one that cannot be read, which says so when it is taken."""
    try:
        with files.open(name) as file:
            return picture_layout(file)
    except (KeyError, ObjectMissing, Refused):
        return None
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError):
        return None  # damaged inside the archive
    except OSError as error:
        # What bzip2 says of damage has no number: what has one is said by a disk that may answer later.
        if error.errno is not None:
            raise
        return None
