"""Keeps the processes of one installation running: starts them, restarts what dies, stops them together.

Knows nothing of what the processes do; `manage.py` says which ones there are.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType

FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0  # seconds before a restart; doubled each time
STEADY_AFTER = 60.0  # seconds a process must live for its next restart to be quick again
GIVE_UP_AFTER = 5  # deaths in a row before a process was ever ready
STOP_PATIENCE = 20.0  # seconds from SIGTERM to SIGKILL
LOOK_EVERY = 0.2  # seconds


class AlreadyRunning(Exception):
    """Another supervisor holds this pid file; the text says which one and what to do."""


@dataclass(frozen=True)
class Service:
    """One process to keep running, the address that answers 200 once it can serve, and where it is found."""

    name: str
    command: tuple[str, ...]
    ready_url: str
    public_url: str
    environment: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def pid_file(path: Path) -> Iterator[None]:
    """Hold the pid file while this process supervises; raises AlreadyRunning when another one does.

    The lock is the truth and the number inside only information: a lock ends with its process, however that
    ends, so no stale file can ever prevent a start.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as file:
        if not _try_lock(file.fileno()):
            file.seek(0)
            raise AlreadyRunning(f"Vigie already runs here (process {file.read().strip() or 'unknown'}).")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def stop_running(path: Path, patience: float = STOP_PATIENCE + 5) -> bool:
    """Stop the supervisor that holds this pid file and wait for its end; False when none does.

    Raises TimeoutError when it is still there after `patience` seconds.
    """
    if not path.exists():
        return False
    with open(path, "a+") as file:
        if _try_lock(file.fileno()):
            return False
        deadline = time.monotonic() + patience
        asked = False
        while not _try_lock(file.fileno()):
            file.seek(0)
            # Empty in the instant between a start's lock and its number.
            if not asked and (number := file.read().strip()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(number), signal.SIGTERM)
                asked = True
            if time.monotonic() > deadline:
                raise TimeoutError(f"It did not stop within {patience:.0f} seconds.")
            time.sleep(LOOK_EVERY)
    return True


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Supervisor:
    """Runs services until it is asked to stop."""

    def __init__(
        self, services: list[Service], say: Callable[[str], None] = print, when_ready: str | None = None
    ) -> None:
        """`when_ready` is said once, when every service is ready for the first time."""
        self._kept = [_Kept(service, say) for service in services]
        self._say = say
        self._when_ready = when_ready
        self._stop = Event()

    def run(self) -> int:
        """Start every service, watch over them, and stop them all on SIGTERM or SIGINT.

        Returns 0 after a stop that was asked for, 1 when a service never became ready and was given up.
        """
        asks = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._asked_to_stop) for number in asks}
        try:
            while not self._stop.is_set():
                for kept in self._kept:
                    kept.look_after()
                    if kept.is_hopeless:
                        self._say(
                            f"{kept.service.name} ended {GIVE_UP_AFTER} times before it was ready; "
                            "what it wrote above says why. Stopped."
                        )
                        return 1
                if self._when_ready is not None and all(kept.is_ready for kept in self._kept):
                    self._say(self._when_ready)
                    self._when_ready = None
                self._stop.wait(LOOK_EVERY)
            return 0
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Ask `run` to stop everything and return."""
        self._stop.set()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _stop_all(self) -> None:
        for kept in self._kept:
            kept.ask_to_end()
        deadline = time.monotonic() + STOP_PATIENCE
        for kept in self._kept:
            kept.await_end(deadline)


class _Kept:
    """One service with its process, its deaths, and the time of its next start."""

    def __init__(self, service: Service, say: Callable[[str], None]) -> None:
        self.service = service
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self._delay = FIRST_DELAY
        self._was_ready = False
        self.is_ready = False
        self._deaths_before_ready = 0
        self._ask_at = 0.0

    @property
    def is_hopeless(self) -> bool:
        return not self._was_ready and self._deaths_before_ready >= GIVE_UP_AFTER

    def look_after(self) -> None:
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self._start(now)
        elif self._process.poll() is not None:
            self._bury(now)
        elif not self.is_ready and now >= self._ask_at:
            self._ask_whether_ready()

    def ask_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def await_end(self, deadline: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._say(f"{self.service.name} did not stop in time and was killed.")
            self._process.kill()
            self._process.wait()

    def _start(self, now: float) -> None:
        # A session of its own: Ctrl+C in a terminal reaches the supervisor alone, which then ends the services
        # in order instead of having them cut off beside it.
        self._process = subprocess.Popen(
            self.service.command,
            env={**os.environ, **self.service.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # Safe here: the supervisor has no second thread.
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )
        self._started_at, self.is_ready = now, False

    def _bury(self, now: float) -> None:
        assert self._process is not None
        if now - self._started_at >= STEADY_AFTER:
            self._delay = FIRST_DELAY
        if not self._was_ready:
            self._deaths_before_ready += 1
        if not self.is_hopeless:
            self._say(
                f"{self.service.name} ended ({_why(self._process.returncode)}); "
                f"it is started again in {self._delay:.0f} s."
            )
        self._process = None
        self._start_at = now + self._delay
        self._delay = min(self._delay * 2, LONGEST_DELAY)

    def _ask_whether_ready(self) -> None:
        self._ask_at = time.monotonic() + 0.5
        try:
            with urllib.request.urlopen(self.service.ready_url, timeout=2) as answer:
                ready = answer.status == 200
        except (OSError, urllib.error.URLError, ValueError):
            ready = False
        if ready:
            self.is_ready = self._was_ready = True
            self._say(f"{self.service.name}: {self.service.public_url}")


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed, so that nothing keeps the ports."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _why(returncode: int) -> str:
    if returncode >= 0:
        return f"exit code {returncode}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-returncode).name
    return f"signal {-returncode}"
