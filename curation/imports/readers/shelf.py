"""Entries put aside on the disk until the one they belong to comes by: files name pictures and shapes apart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from curation.errors import Refused

# The values of one key: what a file says of one picture, which is in memory as a whole.
_MOST_OF_ONE = 64 * 2**20
TOO_MUCH = "What the file says of one picture is too much to be read: the picture was left out."


class Shelf:
    """Values by key, in the order they came; memory stays the same, whatever the number. Gone when it is closed."""

    def __init__(self) -> None:
        # An empty name is a file that SQLite makes for itself, and deletes.
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE kept (key BLOB NOT NULL, value TEXT NOT NULL)")
        self._indexed = False

    def put(self, key: str, value: Any) -> None:
        self._rows.execute("INSERT INTO kept VALUES (?, ?)", (_bytes(key), json.dumps(value)))

    def take(self, key: str) -> list[Any]:
        """All values of the key; they are on the shelf no more. Raises Refused for more than may be in memory."""
        if not self._indexed:
            self._rows.execute("CREATE INDEX by_key ON kept (key)")
            self._indexed = True
        found: list[str] = []
        size = 0
        for (value,) in self._rows.execute(
            "SELECT value FROM kept WHERE key = ? ORDER BY rowid", (_bytes(key),)
        ):
            size += len(value)
            if size > _MOST_OF_ONE:
                break
            found.append(value)
        self._rows.execute("DELETE FROM kept WHERE key = ?", (_bytes(key),))
        if size > _MOST_OF_ONE:
            raise Refused(TOO_MUCH)
        return [json.loads(value) for value in found]

    def each_key(self) -> Iterator[str]:
        """Each key once, in the order in which they first came."""
        asked = self._rows.execute("SELECT key FROM kept GROUP BY key ORDER BY min(rowid)")
        return (key.decode("utf-8", "surrogatepass") for (key,) in asked.fetchall())

    def __len__(self) -> int:
        return int(self._rows.execute("SELECT count(*) FROM kept").fetchone()[0])

    def close(self) -> None:
        self._rows.close()


def _bytes(key: str) -> bytes:
    """A key as SQLite takes it: as text it refuses halves of signs."""
    return key.encode("utf-8", "surrogatepass")
