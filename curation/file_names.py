"""File names as people and cameras give them: the last part is kept for showing, never for finding bytes."""

from __future__ import annotations

import re
import unicodedata

from curation.errors import InvalidText

LONGEST_FILE_NAME_BYTES = 255
# Line and paragraph separators, and the marks that make a text read in another order than it is stored.
_REORDERING = re.compile("[\u2028-\u202e\u2066-\u2069]")


def clean_file_name(name: str) -> str:
    """The name without its folders, in composed Unicode (NFC).

    Both `/` and `\\` end a folder: browsers send what the person's system writes. Raises InvalidText when nothing
    is left, when it has control characters, or when it is longer than 255 bytes.
    """
    last = re.split(r"[/\\]", name)[-1].strip(" ")
    try:
        last.encode()
    except UnicodeEncodeError:
        raise InvalidText("The file name holds characters that are no text. Rename the file.") from None
    if last in ("", ".", ".."):
        raise InvalidText("The file has no name. Give it one.")
    if any(unicodedata.category(character) == "Cc" for character in last) or _REORDERING.search(last):
        raise InvalidText("The file name holds control characters. Rename the file.")
    composed = unicodedata.normalize("NFC", last)
    if len(composed.encode()) > LONGEST_FILE_NAME_BYTES:
        raise InvalidText(f"The file name is longer than {LONGEST_FILE_NAME_BYTES} bytes. Shorten it.")
    return composed
