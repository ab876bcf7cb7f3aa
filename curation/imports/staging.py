"""What was sent for an import, kept in the bucket until it is over: each file under its name, moment and hash."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import BinaryIO
from urllib.parse import quote, unquote

from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.errors import InvalidText, WrongState
from curation.imports.prefixes import STAGED_FOLDER
from curation.imports.views import get_import
from curation.spool import Spooled
from db.clock import database_now
from db.models import Access, ImportState
from db.types import Sessions
from storage import Bucket, ObjectStream
from storage.bucket import check_key
from storage.errors import InvalidKey, ObjectMissing
from storage.self_test import put_bytes

CONTENT_TYPE = "application/octet-stream"
LONGEST_NAME_BYTES = 800
# Beside what was sent, whose keys all have a folder more: which of it a preview shows.
SHOWN = "shown.json"
# Sorts as time goes: a bucket may know of whole seconds only.
_MOMENT = "%Y%m%d%H%M%S%f"
LARGEST_FILE = 16 * 2**30
# In names that keys cannot hold: control characters, a backslash, a colon, and what would end or begin wrongly.
_AS_THEY_ARE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in "%\\:/")


def staged_under(import_id: int) -> str:
    """The prefix of what is staged for an import."""
    return f"{STAGED_FOLDER}/{import_id}/"


def clean_entry_name(name: str) -> str:
    """A file's name with its folders, `/` between them and nothing that climbs. Raises InvalidText."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    try:
        size = len("/".join(parts).encode())
    except UnicodeEncodeError:
        raise InvalidText("The file name holds characters that are no text. Rename the file.") from None
    cleaned = "/".join(parts)
    if not parts or ".." in parts or size > LONGEST_NAME_BYTES or "\x00" in cleaned:
        raise InvalidText("The name of a file is its path below the folder that is imported.")
    try:
        check_key(_as_key(cleaned))
    except InvalidKey:
        raise InvalidText(
            f"{cleaned[:60]!a} is too long, or holds what no name may hold. Rename it."
        ) from None
    return cleaned


def require_receiving(session: Session, access: Access, import_id: int) -> None:
    """Raise ImportNotFound, NotAllowed or WrongState unless files may be sent for this import."""
    view = get_import(session, access, import_id)
    if view.state != ImportState.RECEIVING:
        raise WrongState("This import takes no more files. Begin another one.", state=view.state)


def add_file(
    sessions: Sessions, bucket: Bucket, access: Access, import_id: int, name: str, spooled: Spooled
) -> str:
    """Keep a file of an import under its name, which is given back as it was cleaned; a repeat changes nothing.

    Of two with one name the later counts. Raises ImportNotFound, WrongState, InvalidText, and what the bucket raises;
    WrongState also for one that came when the import began to be read, which its preview may not show.
    """
    require_scope(access, *CURATORS)
    name = clean_entry_name(name)
    with sessions(read_only=True) as session:
        require_receiving(session, access, import_id)
        moment = database_now(session).strftime(_MOMENT)
    key = f"{staged_under(import_id)}{_as_key(name)}/{moment}-{spooled.sha256}"
    with open(spooled.path, "rb") as content:
        bucket.put(
            key,
            content,
            size=spooled.size,
            content_type=CONTENT_TYPE,
            sha256=spooled.sha256,
            md5=spooled.md5,
        )
    with sessions(read_only=True) as session:
        require_receiving(session, access, import_id)
    return name


@dataclass(frozen=True)
class StagedFile:
    """A file as it lies in the bucket; its hash is known where it was sent to us."""

    key: str
    size: int
    sha256: str | None
    modified: datetime | None = None

    def still_is(self, stream: ObjectStream) -> bool:
        """Whether an object is the one that was listed, as far as its size and its moment tell."""
        found = stream.last_modified
        if stream.size != self.size or self.modified is None or found is None:
            return stream.size == self.size
        if not (self.modified.microsecond and found.microsecond):
            # Buckets tell whole seconds with an object that they list to the millisecond.
            return self.modified.replace(microsecond=0) == found.replace(microsecond=0)
        return self.modified == found


class BucketFiles:
    """Files that lie in the bucket (`Files`), each object opened when it is asked for."""

    def __init__(self, bucket: Bucket, found: dict[str, StagedFile]) -> None:
        self._bucket = bucket
        self._found = found

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self._found, key=str.encode)

    def names(self) -> Iterator[str]:
        return iter(self._in_order)

    def size(self, name: str) -> int:
        return self._found[name].size

    def open(self, name: str) -> BinaryIO:
        return io.BufferedReader(_Reading(self._bucket.open(self._found[name].key)), 2**18)

    def staged(self, name: str) -> StagedFile:
        return self._found[name]


def staged_files(bucket: Bucket, import_id: int) -> BucketFiles:
    """What was sent for an import. Raises what the bucket raises."""
    under = staged_under(import_id)
    return _latest(bucket, under, ((stored.key, stored.size) for stored in bucket.list(under)))


def show_staged(bucket: Bucket, import_id: int) -> BucketFiles:
    """What was sent for an import, noted for those who do what its preview shows. Raises what the bucket raises."""
    found = staged_files(bucket, import_id)
    _note_shown(bucket, import_id, found)
    return found


def shown_files(bucket: Bucket, import_id: int) -> BucketFiles:
    """What the preview of an import was made of, whatever has arrived since. Raises what the bucket raises."""
    shown = _read_shown(bucket, import_id)
    return _latest(bucket, staged_under(import_id), ((key, size) for key, size, _ in shown))


def show_prefix(bucket: Bucket, import_id: int, prefix: str) -> BucketFiles:
    """What lies under a prefix that somebody else has filled, noted the same way. Raises what the bucket raises."""
    listed = ((stored.key, stored.size, stored.last_modified) for stored in bucket.list(prefix))
    found = _under(bucket, prefix, listed)
    _note_shown(bucket, import_id, found)
    return found


def shown_prefix(bucket: Bucket, import_id: int, prefix: str) -> BucketFiles:
    """What lay under a prefix when the preview was made of it. Raises what the bucket raises."""
    return _under(bucket, prefix, _read_shown(bucket, import_id))


def _note_shown(bucket: Bucket, import_id: int, found: BucketFiles) -> None:
    files = (found.staged(name) for name in found.names())
    noted = [(file.key, file.size, file.modified.isoformat() if file.modified else None) for file in files]
    put_bytes(bucket, staged_under(import_id) + SHOWN, json.dumps(noted).encode(), "application/json")


def _read_shown(bucket: Bucket, import_id: int) -> list[tuple[str, int, datetime | None]]:
    try:
        noted = json.loads(bucket.read(staged_under(import_id) + SHOWN))
    except ObjectMissing:
        return []
    return [
        (key, size, datetime.fromisoformat(modified) if modified else None) for key, size, modified in noted
    ]


def _under(bucket: Bucket, prefix: str, stored: Iterable[tuple[str, int, datetime | None]]) -> BucketFiles:
    found = {
        key.removeprefix(prefix): StagedFile(key, size, None, modified) for key, size, modified in stored
    }
    return BucketFiles(bucket, found)


def _latest(bucket: Bucket, under: str, stored: Iterable[tuple[str, int]]) -> BucketFiles:
    found: dict[str, StagedFile] = {}
    for key, size in stored:
        folder, _, last = key.removeprefix(under).rpartition("/")
        name = unquote(folder)
        if folder and (name not in found or key > found[name].key):
            found[name] = StagedFile(key, size, last.rpartition("-")[2])
    return BucketFiles(bucket, found)


def clear_staged(bucket: Bucket, import_id: int) -> int:
    """Delete what was sent for an import; returns how many files. Harmless to repeat."""
    keys = [stored.key for stored in bucket.list(staged_under(import_id))]
    for key in keys:
        bucket.delete(key)
    return len(keys)


def _as_key(name: str) -> str:
    """The name with what a key cannot hold written as in addresses; read back by `unquote`."""
    return "/".join(_part_as_key(part) for part in name.split("/"))


def _part_as_key(part: str) -> str:
    written = "".join(
        character if ord(character) > 0x7F else quote(character, safe=_AS_THEY_ARE) for character in part
    )
    return f"%2E{written[1:]}" if written.startswith(".") else written


class _Reading(io.RawIOBase):
    """An object's bytes as a file to be read once from its beginning."""

    def __init__(self, stream: ObjectStream) -> None:
        self._stream = stream
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = next(self._stream, b"")
        taken = self._left[: len(into)]
        into[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)

    def close(self) -> None:
        self._stream.close()
        super().close()
