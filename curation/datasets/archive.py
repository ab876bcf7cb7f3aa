"""A ZIP archive as it is made: one pass, no seeking, the same bytes for the same files (APPNOTE 6.3.10).

What is packed well already is stored, text is deflated. All times are the first that the format knows, names are
UTF-8. The central directory waits in a temporary file, so that a million files need no more memory than ten.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from curation.datasets.writers.writer import CHUNK_BYTES, Member

STORED, DEFLATED = 0, 8
STORED_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".mp4", ".webm", ".mov", ".parquet")
# Text of ours shrinks to a tenth at any level; the first is three times as fast as the usual one.
LEVEL = 1
# 1 January 1980, 0:00, as the format writes it: time and date.
_MOMENT = (0, 0x21)
_UTF8, _SIZES_FOLLOW = 1 << 11, 1 << 3
_PLAIN_VERSION, _ZIP64_VERSION = 20, 45
_MADE_ON_UNIX = 3 << 8
_A_FILE_ALL_MAY_READ = 0o100644 << 16
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF
_DIRECTORY_IN_MEMORY = 2**20


@dataclass(frozen=True)
class _Entry:
    """What the directory says of a file: sizes in bytes, `place` where its own header begins."""

    name: bytes
    method: int
    flags: int
    crc32: int
    packed: int
    size: int
    place: int


def zip_chunks(members: Iterable[Member]) -> Generator[bytes]:
    """The archive of these files, piece by piece; each file is read when its turn comes."""
    place = number = 0
    with tempfile.SpooledTemporaryFile(_DIRECTORY_IN_MEMORY) as directory:
        for member in members:
            packing = _Packing(member, place)
            for piece in packing.pieces():
                place += len(piece)
                yield piece
            directory.write(_directory_entry(packing.entry))
            number += 1
        length = directory.tell()
        directory.seek(0)
        yield from iter(lambda: directory.read(CHUNK_BYTES), b"")
        yield _end(number, length, place)


class _Packing:
    """One file on its way into the archive; `entry` is known when all its pieces have been given."""

    entry: _Entry

    def __init__(self, member: Member, place: int) -> None:
        self._member = member
        self._place = place
        self._name = member.name.encode()
        self._method = STORED if member.name.lower().endswith(STORED_ENDINGS) else DEFLATED

    def pieces(self) -> Iterator[bytes]:
        member = self._member
        if member.size is not None and member.crc32 is not None and self._method == STORED:
            return self._known(member.chunks, member.size, member.crc32)
        first, second = next(member.chunks, b""), next(member.chunks, None)
        if second is None:
            return self._whole(first)
        return self._unknown(chain((first, second), member.chunks))

    def _known(self, chunks: Iterator[bytes], size: int, crc32: int) -> Iterator[bytes]:
        self.entry = self._entry(_UTF8, crc32, size, size)
        yield self._header()
        yield from chunks

    def _whole(self, content: bytes) -> Iterator[bytes]:
        """A file of one piece: what its header must say is known at once."""
        packed = content if self._method == STORED else _deflated(content)
        self.entry = self._entry(_UTF8, zlib.crc32(content), len(packed), len(content))
        yield self._header()
        yield packed

    def _unknown(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """A file whose sizes and sum follow it, in the form that holds more than 4 GiB."""
        self.entry = self._entry(_UTF8 | _SIZES_FOLLOW, 0, 0, 0)
        yield self._header()
        crc32 = packed = size = 0
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        for chunk in chunks:
            crc32 = zlib.crc32(chunk, crc32)
            size += len(chunk)
            piece = chunk if self._method == STORED else packer.compress(chunk)
            packed += len(piece)
            if piece:
                yield piece
        if self._method == DEFLATED:
            rest = packer.flush()
            packed += len(rest)
            yield rest
        self.entry = self._entry(_UTF8 | _SIZES_FOLLOW, crc32, packed, size)
        yield struct.pack("<4sIQQ", b"PK\x07\x08", crc32, packed, size)

    def _entry(self, flags: int, crc32: int, packed: int, size: int) -> _Entry:
        return _Entry(self._name, self._method, flags, crc32, packed, size, self._place)

    def _header(self) -> bytes:
        """The local file header (4.3.7)."""
        entry = self.entry
        large = bool(entry.flags & _SIZES_FOLLOW) or max(entry.packed, entry.size) >= _MOST_32
        extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.packed) if large else b""
        packed, size = (_MOST_32, _MOST_32) if large else (entry.packed, entry.size)
        version = _ZIP64_VERSION if large else _PLAIN_VERSION
        facts = (version, entry.flags, entry.method, *_MOMENT, entry.crc32, packed, size)
        head = struct.pack("<4s5H3I2H", b"PK\x03\x04", *facts, len(entry.name), len(extra))
        return head + entry.name + extra


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _directory_entry(entry: _Entry) -> bytes:
    """The file's header in the central directory (4.3.12), with numbers beyond 32 bits behind it (4.5.3)."""
    numbers = (entry.size, entry.packed, entry.place)
    beyond = [number for number in numbers if number >= _MOST_32]
    extra = struct.pack(f"<HH{len(beyond)}Q", 1, 8 * len(beyond), *beyond) if beyond else b""
    size, packed, place = (min(number, _MOST_32) for number in numbers)
    version = _ZIP64_VERSION if beyond or entry.flags & _SIZES_FOLLOW else _PLAIN_VERSION
    facts = (version | _MADE_ON_UNIX, version, entry.flags, entry.method, *_MOMENT)
    head = struct.pack(
        "<4s6H3I5H2I",
        b"PK\x01\x02",
        *facts,
        entry.crc32,
        packed,
        size,
        len(entry.name),
        len(extra),
        0,
        0,
        0,
        _A_FILE_ALL_MAY_READ,
        place,
    )
    return head + entry.name + extra


def _end(number: int, length: int, place: int) -> bytes:
    """The end of the central directory (4.3.14 to 4.3.16), which stands at `place` and has `length` bytes."""
    large = b""
    if number >= _MOST_16 or max(length, place) >= _MOST_32:
        versions = (_ZIP64_VERSION | _MADE_ON_UNIX, _ZIP64_VERSION)
        large = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, *versions, 0, 0, number, number, length, place)
        large += struct.pack("<4sIQI", b"PK\x06\x07", 0, place + length, 1)
    count = min(number, _MOST_16)
    facts = (0, 0, count, count, min(length, _MOST_32), min(place, _MOST_32), 0)
    return large + struct.pack("<4s4H2IH", b"PK\x05\x06", *facts)
