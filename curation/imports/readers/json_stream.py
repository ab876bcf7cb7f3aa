"""JSON files of any size, an entry at a time: the lists at the top are never in memory as a whole."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from curation.errors import Refused
from curation.imports.readers.reading import LARGEST_ENTRY
from curation.imports.readers.signs import writable_from

_CHUNK = 2**18
BROKEN = "This is no JSON file, or it is damaged."
TOO_LARGE = "An entry of this JSON file is too large."
_BLANK = re.compile(r"[ \t\r\n]*")
_ENDS = frozenset(" \t\r\n,:]}")
_decode = json.JSONDecoder().raw_decode


def entries(file: BinaryIO) -> Iterator[tuple[str | None, Any]]:
    """The entries of the lists of a JSON object, each with the name of its list, and what else it holds by name.

    Of a file that is one list: its entries, with None. Raises Refused, possibly after some entries.
    """
    text = _Text(file)
    opening = text.next_sign()
    if opening == "[":
        yield from ((None, entry) for entry in _list(text))
        return
    if opening != "{":
        raise Refused(BROKEN)
    if text.skip("}"):
        return
    while True:
        name = text.value()
        if not isinstance(name, str) or not text.skip(":"):
            raise Refused(BROKEN)
        if text.skip("["):
            for entry in _list(text):
                yield name, entry
        else:
            yield name, text.value()
        if text.skip("}"):
            return
        if not text.skip(","):
            raise Refused(BROKEN)


def _list(text: _Text) -> Iterator[Any]:
    if text.skip("]"):
        return
    while True:
        yield text.value()
        if text.skip("]"):
            return
        if not text.skip(","):
            raise Refused(BROKEN)


class _Text:
    """A file as text, of which only the part that is being read is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        start = file.read(_CHUNK)
        self._decoder = codecs.getincrementaldecoder(json.detect_encoding(start))()
        self._held, self._at, self._ended = "", 0, False
        self._take(start)

    def next_sign(self) -> str:
        """The sign that comes next, blanks aside; empty at the end."""
        while True:
            self._at = _BLANK.match(self._held, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._held):
                self._at += 1
                return self._held[self._at - 1]
            if self._ended:
                return ""
            self._more()

    def skip(self, sign: str) -> bool:
        """Go past this sign if it is the next one."""
        if self.next_sign() == sign:
            return True
        self._at -= 1
        return False

    def value(self) -> Any:
        """The value that comes next."""
        if self.next_sign() == "":
            raise Refused(BROKEN)
        self._at -= 1
        while True:
            try:
                value, end = _decode(self._held, self._at)
            except RecursionError:
                raise Refused(BROKEN) from None
            except ValueError:
                value, end = None, len(self._held)
                if self._ended:
                    raise Refused(BROKEN) from None
            # What seems to end where the text ends, or at the sign before an exponent, may be a number that goes on.
            if self._ended or self._held[end : end + 1] in _ENDS:
                start, self._at = self._at, end
                return writable_from(value, self._held, start, end)
            if len(self._held) - self._at > LARGEST_ENTRY:
                raise Refused(TOO_LARGE)
            self._more()

    def _more(self) -> None:
        # Twice as much each time: an entry is never tried more often than its size can be doubled.
        self._held, self._at = self._held[self._at :], 0
        self._take(self._file.read(max(_CHUNK, len(self._held))))

    def _take(self, chunk: bytes) -> None:
        self._ended = not chunk
        try:
            self._held += self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise Refused(BROKEN) from None
