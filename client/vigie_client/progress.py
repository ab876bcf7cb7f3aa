"""How far an upload is, for who waits for it: a bar that moves on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

BAR = 24
MOVES_EVERY = 0.1
LINES_EVERY = 10.0


@dataclass(frozen=True)
class Progress:
    """Files done out of all, bytes sent by this run, and seconds since it began."""

    done: int
    total: int
    sent_bytes: int
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        if not self.done or self.done >= self.total:
            return None
        return self.seconds / self.done * (self.total - self.done)

    def __str__(self) -> str:
        share = self.done / self.total if self.total else 1.0
        rate = self.sent_bytes / 1e6 / self.seconds if self.seconds > 0 else 0.0
        left = self.seconds_left
        return (
            f"{self.done:,}/{self.total:,} {share:4.0%}  {self.sent_bytes / 1e6:,.1f} MB  {rate:.1f} MB/s"
            f"{f'  {_duration(left)} left' if left is not None else ''}"
        )


class Teller:
    """Tells of progress, seldom enough not to be in anybody's way."""

    def __init__(
        self,
        total: int,
        tell: bool | Callable[[Progress], None],
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._stream = stream or sys.stderr
        self._moves = tell is True and self._stream.isatty()
        self._tell = tell if callable(tell) else self._show if tell else None
        # Whoever asked to be called is called for each file.
        self._every = 0.0 if callable(tell) else MOVES_EVERY if self._moves else LINES_EVERY
        self._clock = clock
        self._began = clock()
        self._told_at = float("-inf")
        self._done = 0
        self._sent = 0
        self._lock = threading.Lock()

    def one_more(self, sent_bytes: int) -> None:
        """A file is settled; `sent_bytes` is 0 for one that needed no sending."""
        with self._lock:
            self._done += 1
            self._sent += sent_bytes
            now = self._clock()
            if self._tell is not None and (now - self._told_at >= self._every or self._done == self._total):
                self._told_at = now
                self._tell(Progress(self._done, self._total, self._sent, now - self._began))

    def end(self) -> None:
        with self._lock:
            if self._moves and self._done:
                self._stream.write("\n")
                self._stream.flush()

    def _show(self, progress: Progress) -> None:
        if self._moves:
            filled = round(BAR * progress.done / progress.total) if progress.total else BAR
            self._stream.write(f"\r\x1b[K{'█' * filled}{'░' * (BAR - filled)}  {progress}")
        else:
            self._stream.write(f"{progress}\n")
        self._stream.flush()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
