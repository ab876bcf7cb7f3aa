"""Decoding in children: at most two at a time, limited in memory and time, kept for the next picture.

A child costs a fifth of a second to start and a picture a few milliseconds, so children are kept and asked over
pipes; one that dies or takes too long is killed and the next picture gets a new one. They are started as programs
of their own: forked children would inherit whatever locks a thread of ours holds at that moment, and spawned ones
import the main module again, which is Streamlit's or uvicorn's.
"""

from __future__ import annotations

import atexit
import functools
import json
import logging
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from curation.errors import Unavailable

DECODERS = 2
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 6.0
# With the machine busy, a decoder may get a fraction of a core; still less than what a person waits for an answer.
WALL_SECONDS = 8.0
# A picture that has used this share of its time when nobody can wait any longer was heavy. One that has not was given
# no core: it is as good as any other, and may come again.
HEAVY_FROM = 0.5
QUEUE_SECONDS = 30.0
# A large frame takes 50 MB, and a decoder may have to keep sixteen of them. The frame wanted may stand behind
# hundreds that must be decoded first, and the end of a file that does not tell its length behind 2 GiB.
VIDEO_DECODERS = 1
VIDEO_MEMORY_BYTES = 1536 * 1024 * 1024
VIDEO_CPU_SECONDS = 30.0
VIDEO_WALL_SECONDS = 60.0
VIDEO_QUEUE_SECONDS = 180.0
LARGEST_ANSWER = 64 * 1024 * 1024

_LENGTHS = struct.Struct(">II")
_ROOT = Path(__file__).resolve().parent.parent
# A child needs no secret of ours: it gets what Python and the loader need, and nothing else.
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR")
_TOO_LONG = "takes too long to decode"

log = logging.getLogger(__name__)


class Undecodable(Exception):
    """A decoder refused or did not survive the content; the text continues a sentence that begins with its name."""


class _DecoderDied(Exception):
    pass


class _DecoderTooSlow(Exception):
    pass


class DecoderPool:
    """Up to `size` decoding children, started when first needed. Safe to share between threads."""

    def __init__(
        self,
        size: int = DECODERS,
        *,
        memory_bytes: int = MEMORY_BYTES,
        cpu_seconds: float = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        queue_seconds: float = QUEUE_SECONDS,
    ) -> None:
        self._slots = threading.BoundedSemaphore(size)
        self._idle: list[_Decoder] = []
        self._owner = os.getpid()
        self._memory_bytes = memory_bytes
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._queue_seconds = queue_seconds

    def ask(self, request: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """What a child answers. Raises Undecodable, and Unavailable when all are busy for too long."""
        if not self._slots.acquire(timeout=self._queue_seconds):
            raise _too_busy()
        try:
            head, answer = self._ask_twice(request | {"seconds": self._cpu_seconds}, body)
        finally:
            self._slots.release()
        if "refused" in head:
            if "cause" in head:
                log.info("Picture refused: %s", head["cause"])
            raise Undecodable(head["refused"])
        return head, answer

    def _ask_twice(self, request: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """A child found dead may have died of something else, such as the kernel seeking memory: try one more."""
        for last in (False, True):
            decoder = self._take()
            try:
                found = decoder.ask(request, body, self._wall_seconds)
            except _DecoderDied as death:
                decoder.kill()
                log.warning("A decoder died: %s", death)
                if decoder.ran_out_of_time:
                    raise Undecodable(_TOO_LONG) from None
                if last:
                    raise Undecodable("cannot be decoded: the decoder did not survive it") from None
            except _DecoderTooSlow:
                heavy = decoder.has_worked(HEAVY_FROM * self._cpu_seconds)
                decoder.kill()
                if not heavy:
                    log.warning("A decoder was given too little of the processor to end in time")
                    raise _too_busy() from None
                raise Undecodable(_TOO_LONG) from None
            except BaseException:
                decoder.kill()  # its answer may still be under way and must not meet the next question
                raise
            else:
                self._idle.append(decoder)
                return found
        raise AssertionError("unreachable")

    def _take(self) -> _Decoder:
        if self._owner != os.getpid():
            # After a fork the pipes belong to the parent; two processes on one pipe would read each other's answers.
            self._owner, self._idle = os.getpid(), []
        while True:
            try:
                decoder = self._idle.pop()
            except IndexError:
                return _Decoder(self._memory_bytes)
            if decoder.is_alive:
                return decoder
            decoder.kill()  # it has left by itself, as children do that nobody asks for a minute

    def process_ids(self) -> list[int]:
        """The children that wait for work."""
        return [decoder.process_id for decoder in list(self._idle) if decoder.is_alive]

    def close(self) -> None:
        """End the children that wait for work."""
        if self._owner == os.getpid():
            while self._idle:
                self._idle.pop().kill()


def _too_busy() -> Unavailable:
    return Unavailable("Too many pictures are being read at the moment. Send it again in a minute.")


class _Decoder:
    """One child and the two pipes to it."""

    def __init__(self, memory_bytes: int) -> None:
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "curation.decoding_worker", str(memory_bytes)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env=environment,
        )
        assert self._process.stdin and self._process.stdout
        self._requests: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._worked_before: float | None = None
        os.set_blocking(self._requests.fileno(), False)
        os.set_blocking(self._answers.fileno(), False)

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def ran_out_of_time(self) -> bool:
        """True when it was one of its own limits that ended the child."""
        return self._process.returncode in (-signal.SIGXCPU, -signal.SIGALRM)

    def ask(self, request: dict[str, Any], body: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + seconds
        self._worked_before = self._worked()
        encoded = json.dumps(request).encode()
        self._send(_LENGTHS.pack(len(encoded), len(body)) + encoded + body, deadline)
        head_length, body_length = _LENGTHS.unpack(self._receive(_LENGTHS.size, deadline))
        if head_length + body_length > LARGEST_ANSWER:
            raise _DecoderDied("its answer makes no sense")
        answer = self._receive(head_length + body_length, deadline)
        return json.loads(answer[:head_length]), answer[head_length:]

    def _send(self, message: bytes, deadline: float) -> None:
        left = memoryview(message)
        while left:
            self._wait(self._requests, select.POLLOUT, deadline)
            try:
                left = left[os.write(self._requests.fileno(), left) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise _DecoderDied("it did not take the question") from None

    def _receive(self, length: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while length:
            self._wait(self._answers, select.POLLIN, deadline)
            try:
                part = os.read(self._answers.fileno(), min(length, 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise _DecoderDied("it ended before its answer")
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    @staticmethod
    def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise _DecoderTooSlow

    def has_worked(self, seconds: float) -> bool:
        """Whether the last question has cost it so much time of a processor; True where nobody can tell."""
        worked = self._worked()
        return worked is None or worked - (self._worked_before or 0.0) >= seconds

    def _worked(self) -> float | None:
        """Seconds of a processor that the child has used since it began (proc(5), fields 14 and 15)."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End the child whatever it does; harmless when it is already gone."""
        self._process.poll()  # keeps the reason when it died by itself
        self._process.kill()
        self._requests.close()
        self._answers.close()
        self._process.wait()


@functools.cache
def decoders() -> DecoderPool:
    """The decoders of this process."""
    pool = DecoderPool()
    atexit.register(pool.close)
    return pool


@functools.cache
def video_decoders() -> DecoderPool:
    """The decoder of videos of this process: apart, so that no picture waits behind a video."""
    pool = DecoderPool(
        VIDEO_DECODERS,
        memory_bytes=VIDEO_MEMORY_BYTES,
        cpu_seconds=VIDEO_CPU_SECONDS,
        wall_seconds=VIDEO_WALL_SECONDS,
        queue_seconds=VIDEO_QUEUE_SECONDS,
    )
    atexit.register(pool.close)
    return pool
