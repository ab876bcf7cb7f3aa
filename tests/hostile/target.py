"""A running product that hostile things are sent to, and what of it can be seen from outside."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from tests.factories import a_jpeg
from tests.hostile.items import Ending
from tests.product import Product, Program

# What is written down of requests that were refused, and by work that nobody waits for.
KEEPS_COUNT = {
    *("alembic_version", "events", "jobs", "deliveries", "sign_in_attempts", "rates", "turns"),
    *("storage_checks", "installation", "tokens", "login_sessions", "tallies"),
}
SETTLED_WITHIN = 30.0
# What is never complete is never answered, until it is too slow: that is another test.
ANSWERED_WITHIN = 1.5


@dataclass(frozen=True)
class Footprint:
    """What the product holds: rows, objects, and files of uploads under way."""

    rows: int
    objects: frozenset[Path]
    spooled: frozenset[Path]

    def beside(self, before: Footprint) -> int:
        """How many rows, objects and spool files are here that were not there before."""
        return (
            max(0, self.rows - before.rows)
            + len(self.objects - before.objects)
            + len(self.spooled - before.spooled)
        )


class Target:
    """The product with one admin's token and one media to talk about."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.admin = Program(product)
        self.media_id: int = self.admin.upload(a_jpeg(640, 360), "target.jpg")["id"]
        self.awaiting_media: int = self.admin.post("/media").json()["id"]
        self.empty_annotation = self.new_annotation()
        self.workers = self._workers()

    def footprint(self) -> Footprint:
        """As it stands once nothing is left to be done."""
        data_dir = self.product.data_dir
        with closing(
            sqlite3.connect(f"file:{data_dir / 'vigie.db'}?mode=ro", uri=True, timeout=20)
        ) as database:
            deadline = time.monotonic() + SETTLED_WITHIN
            while database.execute("SELECT count(*) FROM jobs WHERE state = 'running'").fetchone()[0]:
                assert time.monotonic() < deadline, "a job never ended"
                time.sleep(0.05)
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            rows = sum(
                database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                for (name,) in tables
                if name not in KEEPS_COUNT and not name.startswith("sqlite_")
            )
        # Annotation files are written by a job, some time after what they tell of.
        objects = [path for path in _files(data_dir / "bucket") if "annotations" not in path.parts]
        return Footprint(rows, frozenset(objects), frozenset(_files(data_dir / "spool")))

    def new_annotation(self) -> int:
        """An annotation that awaits its file."""
        number: int = self.admin.post("/annotations", json={"media_id": self.media_id}).json()["id"]
        return number

    def by_hand(self, request: bytes, door: str) -> Ending:
        """Send bytes as they are; `{token}` in them is the admin's credential. Waits a little for an answer."""
        port = self.product.api_port if door == "API" else self.product.dashboard_port
        if door == "dashboard":
            request = request.replace(b" /uploads", b" /api/uploads").replace(b" /media/", b" /api/media/")
        credential = self.admin.headers["Authorization"].encode()
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWERED_WITHIN) as connection:
            answer = b""
            with suppress(OSError):
                connection.sendall(request.replace(b"{token}", credential))
            with suppress(OSError):
                while b"\r\n\r\n" not in answer and (more := connection.recv(65_536)):
                    answer += more
        if not answer.startswith(b"HTTP/1."):
            return Ending(0, False, "no answer")
        status = int(answer[9:12])
        return Ending(status, 200 <= status < 300, answer[:300].decode("latin-1"))

    def lost_workers(self) -> int:
        """How many of the processes that served at the beginning are gone."""
        return len(self.workers - self._workers())

    def tracebacks(self) -> int:
        """Errors that nobody foresaw, in the log."""
        return self.product.log().count("Traceback (most recent call last)")

    def close(self) -> None:
        self.admin.close()

    def _workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.product.process.pid).children()}


class Memory:
    """Watches what the product's processes hold in memory while its `with` block runs, in bytes."""

    def __init__(self, product: Product) -> None:
        self._root = psutil.Process(product.process.pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
        self.before_in_servers, self.before = self._now()
        self.servers, self.everything = self.before_in_servers, self.before

    @property
    def growth(self) -> int:
        """How much more the serving processes and their decoders held at the worst moment than before."""
        return self.everything - self.before

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            servers, everything = self._now()
            self.servers = max(self.servers, servers)
            self.everything = max(self.everything, everything)

    def _now(self) -> tuple[int, int]:
        """The serving processes alone, and with the decoders beneath them."""
        servers, everything = 0, 0
        for process in self._root.children(recursive=True):
            with suppress(psutil.Error):
                held = process.memory_info().rss
                everything += held
                if process.ppid() == self._root.pid:
                    servers += held
        return servers, everything


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
