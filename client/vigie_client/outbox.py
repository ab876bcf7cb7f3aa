"""A camera's outbox: frames wait on disk until the server has them, whatever happens to network and power meanwhile.

Each frame is two files, named by its time of capture: the content, and a record of what is known about it, written
last. A frame counts once its record is there, and is gone once the server has answered. Between that answer and the
deletion the power may go: then the frame is sent again under the same Idempotency-Key, and the server answers with
what it has. Several processes may share the folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, Unpack

from vigie_client.calls import sha256_of
from vigie_client.errors import (
    ContentDiffers,
    NotAllowed,
    NotSignedIn,
    Refused,
    TooManyRequests,
    Unavailable,
    VigieError,
)
from vigie_client.models.media import Registered
from vigie_client.values import written, written_time

GIB = 2**30
RECORD, CONTENT = ".json", ".frame"
ORPHANS_AFTER = 3600.0  # seconds; until then another process may still be writing them
REFUSED = "refused"
# Wherever these come from, every other frame would meet them too.
OF_ALL = (NotSignedIn, NotAllowed, TooManyRequests, Unavailable)
# So many frames answered badly one after the other, and it is not the frames.
IN_A_ROW = 5
PUT_OFF, LONGEST_PUT_OFF = 30.0, 600.0  # seconds

log = logging.getLogger(__name__)


class FrameFields(TypedDict, total=False):
    """What is known about a frame beside its time. A device's own source need not be said."""

    source: str
    azimuth: float
    lat: float
    lon: float
    sequence: str
    tags: list[str]


class Registers(Protocol):
    """What an outbox sends by: a `Client`."""

    @property
    def register_media(self) -> Callable[..., Registered]: ...


class OutboxFull(Exception):
    """There is no room for one more frame, and none may be dropped for it."""


@dataclass
class Sent:
    """What one round of sending has done; `problem` is why frames stayed, the last of several, or None."""

    registered: int = 0
    already_here: int = 0
    refused: int = 0
    problem: VigieError | None = None


class Outbox:
    """Frames on disk, in `folder`.

    At most `max_bytes` are kept, and nothing older than `max_age`. When it is full the oldest frames are dropped to
    make room (`when_full="drop_oldest"`), or the new one is not taken (`"refuse_newest"`: `put` raises OutboxFull).
    What was dropped is logged, and counted in `dropped`. Content that the server refuses, or that is not what was
    captured any more, is kept aside in `refused/` with the reason, and is the first to go. Whatever else is answered,
    the frame stays.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        max_bytes: int = 8 * GIB,
        max_age: timedelta | None = timedelta(days=7),
        when_full: Literal["drop_oldest", "refuse_newest"] = "drop_oldest",
        order: Literal["oldest", "newest"] = "oldest",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = Path(folder)
        self.dropped = 0
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._when_full = when_full
        self._order = order
        self._clock = clock
        # Frames that were answered badly: when each is due again, and how long it was put off.
        self._put_off: dict[str, tuple[float, float]] = {}
        self._refused = self.folder / REFUSED
        self._refused.mkdir(parents=True, exist_ok=True)
        self._remove_orphans()

    def __len__(self) -> int:
        """How many frames wait."""
        return len(_names(self.folder))

    @property
    def size(self) -> int:
        """Bytes of everything that is kept."""
        return sum(_size(folder / name) for folder in (self._refused, self.folder) for name in _names(folder))

    def put(
        self,
        content: bytes | Path,
        *,
        captured_at: datetime | None = None,
        file_name: str | None = None,
        **fields: Unpack[FrameFields],
    ) -> str:
        """Keep one frame; returns its name here once it would survive a power cut.

        It was captured now, unless `captured_at` says otherwise: when it is sent has no part in it.
        """
        at = (captured_at or self._clock()).astimezone(UTC)
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        self._drop_what_is_too_old()
        self._make_room(size)
        name = f"{at:%Y%m%dT%H%M%S.%fZ}-{uuid.uuid4().hex[:8]}"
        part = self.folder / f".{name}.part"
        try:
            sha256 = _write(part, content)
            os.replace(part, self.folder / f"{name}{CONTENT}")
            record = {
                "file_name": file_name or f"{at:%Y%m%dT%H%M%SZ}{_suffix(content)}",
                "captured_at": written_time(at),
                "sha256": sha256,
                "idempotency_key": f"outbox-{uuid.uuid4().hex}",
                "fields": written(fields),
            }
            _write(part, json.dumps(record).encode())
            os.replace(part, self.folder / f"{name}{RECORD}")
        except Exception:
            # No room on the disk, most likely: what is half there must not take what is left of it.
            part.unlink(missing_ok=True)
            self._remove(self.folder, name)
            raise
        _sync(self.folder)
        return name

    def send(self, client: Registers, *, stop: threading.Event | None = None) -> Sent:
        """Send what waits, one by one, until nothing is left or the server cannot be reached. Raises nothing of it.

        A frame that is answered badly for its own part stays, and lets the others go first.
        """
        return self._send(client, stop, only_due=False)

    def _send(self, client: Registers, stop: threading.Event | None, *, only_due: bool) -> Sent:
        sent = Sent()
        tried: set[str] = set()
        in_a_row = 0
        while in_a_row < IN_A_ROW and (stop is None or not stop.is_set()):
            self._drop_what_is_too_old()
            name = self._next(tried, only_due=only_due)
            if name is None:
                break
            tried.add(name)
            try:
                registered = client.register_media(self.folder / f"{name}{CONTENT}", **self._told(name))
            except FileNotFoundError:
                continue  # dropped or sent by somebody else since we looked
            except OSError as problem:
                log.warning("%s cannot be read: %s", name, problem)
                self._put_off_once_more(name)
            except ValueError as problem:
                self._set_aside(name, str(problem))
                sent.refused += 1
            except VigieError as problem:
                if (reason := self._reason_against(name, problem)) is not None:
                    self._set_aside(name, reason)
                    sent.refused += 1
                    in_a_row = 0
                    continue
                sent.problem = problem
                # A request that took too long may be large; the others need not be.
                if isinstance(problem, OF_ALL) and problem.status != 408:
                    break
                log.warning("%s stays for now: %s", name, problem)
                self._put_off_once_more(name)
                in_a_row += 1
            else:
                in_a_row = 0
                self._remove(self.folder, name)
                if registered.twin:
                    sent.already_here += 1
                else:
                    sent.registered += 1
        return sent

    def _next(self, tried: set[str], *, only_due: bool) -> str | None:
        """The frame whose turn it is: those that were put off come last, and when `only_due` not before their time."""
        waiting = [name for name in _names(self.folder) if name not in tried]
        now = time.monotonic()
        turns = [name for name in waiting if name not in self._put_off] or [
            name for name in waiting if not only_due or self._put_off[name][0] <= now
        ]
        return turns[0 if self._order == "oldest" else -1] if turns else None

    def _put_off_once_more(self, name: str) -> None:
        _, before = self._put_off.get(name, (0.0, PUT_OFF / 2))
        wait = min(LONGEST_PUT_OFF, before * 2)
        self._put_off[name] = time.monotonic() + wait, wait

    def _reason_against(self, name: str, problem: VigieError) -> str | None:
        """Why this frame will never be taken; None when it is not the frame, or may not be."""
        if isinstance(problem, ContentDiffers):
            if self._is_as_captured(name):
                return None
            return "What lies on the disk is not what was captured: the card has damaged it."
        return str(problem) if isinstance(problem, Refused) and problem.is_of_the_content else None

    def _is_as_captured(self, name: str) -> bool:
        """Whether the disk still gives the bytes of the capture; also where that cannot be said."""
        try:
            return self._told(name)["sha256"] in (None, sha256_of(self.folder / f"{name}{CONTENT}"))
        except (OSError, ValueError):
            return True

    def keep_sending(
        self,
        client: Registers,
        stop: threading.Event,
        *,
        every: float = 2.0,
        longest_wait: float = 300.0,
    ) -> None:
        """Send whatever comes, until `stop` is set: for a thread of its own, so that capturing waits for no network.

        While the server is away, or does not let us in, the waits grow from `every` to `longest_wait` seconds. A frame
        that was answered badly for its own part waits by itself, up to ten minutes.
        """
        wait = every
        while not stop.is_set():
            problem: VigieError | OSError | None
            try:
                sent = self._send(client, stop, only_due=True)
                problem = sent.problem
                if sent.registered or sent.already_here or len(self) == 0:
                    wait = every
            except OSError as error:  # of the disk: a thread that ended here would send nothing ever after
                problem = error
            if problem is None:
                stop.wait(wait)
                continue
            log.warning("not everything could be sent: %s", problem)
            wait = min(longest_wait, wait * 2)
            asked_for = problem.retry_after or 0.0 if isinstance(problem, VigieError) else 0.0
            stop.wait(max(wait * (1 - random.random() / 2), asked_for))

    def _told(self, name: str) -> Mapping[str, Any]:
        """What a record says, as `register_media` takes it. Raises ValueError for one that cannot be read."""
        record = json.loads((self.folder / f"{name}{RECORD}").read_bytes())
        if not isinstance(record, dict) or "captured_at" not in record:
            raise ValueError("The record of this frame is damaged.")
        return {
            **record.get("fields", {}),
            "file_name": record.get("file_name"),
            "captured_at": datetime.fromisoformat(record["captured_at"]),
            "sha256": record.get("sha256"),
            "idempotency_key": record.get("idempotency_key"),
        }

    def _set_aside(self, name: str, reason: str) -> None:
        log.warning("%s is refused: %s", name, reason)
        (self._refused / f"{name}.reason.txt").write_text(f"{reason}\n", "utf-8")
        for suffix in (CONTENT, RECORD):
            _move(self.folder / f"{name}{suffix}", self._refused / f"{name}{suffix}")
        self._put_off.pop(name, None)

    def _make_room(self, needed: int) -> None:
        if needed > self._max_bytes:
            raise OutboxFull(f"A frame of {needed:,} bytes is larger than the whole outbox may be.")
        over = self.size + needed - self._max_bytes
        for name in _names(self._refused):
            if over <= 0:
                return
            over -= self._remove(self._refused, name)
        for name in _names(self.folder):
            if over <= 0:
                return
            if self._when_full == "refuse_newest":
                raise OutboxFull(f"{self._max_bytes:,} bytes of frames wait already; this one was not kept.")
            over -= self._drop(name, "the outbox is full")

    def _drop_what_is_too_old(self) -> None:
        if self._max_age is None:
            return
        oldest = f"{(self._clock() - self._max_age).astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
        for name in _names(self._refused):
            if name < oldest:
                self._remove(self._refused, name)
        for name in _names(self.folder):
            if name < oldest:
                self._drop(name, "it waited too long")

    def _drop(self, name: str, why: str) -> int:
        log.warning("%s is dropped: %s", name, why)
        self.dropped += 1
        return self._remove(self.folder, name)

    def _remove(self, folder: Path, name: str) -> int:
        """Let go of a frame, its record first: without that it does not count. Returns the bytes that it took."""
        size = _size(folder / name)
        self._put_off.pop(name, None)
        for suffix in (RECORD, CONTENT, ".reason.txt"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
        return size

    def _remove_orphans(self) -> None:
        """What a power cut left half written."""
        for path in self.folder.iterdir():
            lonely = (
                path.suffix == CONTENT
                and not path.with_name(f"{path.name[: -len(CONTENT)]}{RECORD}").exists()
            )
            try:
                if (lonely or path.suffix == ".part") and time.time() - path.stat().st_mtime > ORPHANS_AFTER:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue


def _names(folder: Path) -> list[str]:
    """The frames of a folder, oldest first."""
    return sorted(entry[: -len(RECORD)] for entry in os.listdir(folder) if entry.endswith(RECORD))


def _size(frame: Path) -> int:
    try:
        return frame.with_name(f"{frame.name}{CONTENT}").stat().st_size
    except FileNotFoundError:
        return 0


def _write(path: Path, content: bytes | Path) -> str:
    """Write and wait until it is on the disk; returns the SHA-256 of what was to be written."""
    with path.open("wb") as file:
        if isinstance(content, bytes):
            sha256 = hashlib.sha256(content).hexdigest()
            file.write(content)
        else:
            with content.open("rb") as origin:
                sha256 = hashlib.file_digest(origin, "sha256").hexdigest()
                origin.seek(0)
                shutil.copyfileobj(origin, file)
        file.flush()
        os.fsync(file.fileno())
    return sha256


def _sync(folder: Path) -> None:
    """Make the names last too. Where folders cannot be opened (Windows) that is left to the system."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move(path: Path, to: Path) -> None:
    try:
        os.replace(path, to)
    except FileNotFoundError:
        return


def _suffix(content: bytes | Path) -> str:
    return content.suffix.lower() if isinstance(content, Path) else ".jpg"
