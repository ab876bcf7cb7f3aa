"""Which picture an entry of ours is about: its number calls it in an archive, and its hash says whether it is the one.

The name that a file was uploaded by may be the number of another media: pictures are never exchanged by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from curation.errors import Refused
from curation.imports.found import Files
from curation.imports.readers.names import Agreement, ClaimedName, Pictures, clean_path

OTHER_CONTENT = (
    "The picture that came along under its name has another content than its SHA-256 says: it was not taken for this "
    "entry."
)
_FOLDERS = ("images", "videos")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def find_own(
    files: Files,
    pictures: Pictures,
    document: Mapping[str, Any],
    said: str,
    near: str,
    file: str | None = None,
) -> tuple[str, str | None]:
    """The picture of a document of ours, and why it has none although one is called so.

    `file` is where it says that its picture lies, `said` what it is called where none came along.
    """
    sha256, why = str(document.get("sha256") or "").strip().lower(), None
    for found in _called(pictures, document, near, file):
        known = _hash(files, found) if _SHA256.fullmatch(sha256) else None
        if known is None:
            return ClaimedName(found, said, near, found.agreement), None
        if known == sha256:
            # Whatever else is called so: this is its content.
            return ClaimedName(found, said, near, Agreement(True)), None
        why = OTHER_CONTENT
    return said, why


def _called(
    pictures: Pictures, document: Mapping[str, Any], near: str, file: str | None
) -> Iterator[ClaimedName]:
    """What may be its picture, the likeliest first: as it says itself, as archives call it, as it was uploaded."""
    number, split = document.get("media_id"), clean_path(document.get("split"))
    if file is not None and (found := pictures.find(file, near)) is not None:
        yield found
    for folder in _FOLDERS if number is not None else ():
        for place in filter(None, (split and f"{folder}/{split}/{number}", f"{folder}/{number}")):
            found = pictures.find(place, near)
            if found is not None and found.agreement is not None and found.agreement.exact:
                yield found
    for path in (clean_path(document.get("file_name")), str(number) if number is not None else None):
        if path is not None and (found := pictures.find(path, near)) is not None:
            yield found


def _hash(files: Files, name: str) -> str | None:
    """None for a file that is damaged, which is said where it is taken, and where telling it takes too long."""
    try:
        return files.sha256(name)
    except Refused:
        return None
