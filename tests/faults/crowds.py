"""F15: a slow bucket while others ask; F16: strangers who send much."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx

from tests.factories import a_jpeg
from tests.faults.bucket_outages import ONLY_S3, proxied
from tests.faults.registry import SINGLE_HOST, fault
from tests.faults.s3_proxy import Answer, Forward, Request
from tests.faults.trial import Caller, Trial
from tests.product import start_product

CALLS = 20
SLOW_SECONDS = 4.0
ALIVE_WITHIN = 0.2  # seconds

STRANGERS = 20
BODY_BYTES = 200 * 2**20
MOST_SENT = 16 * 2**20  # what the buffers of two kernels may take before a refusal is seen
MOST_MEMORY = 100 * 2**20
PIECE = bytes(64 * 1024)


@fault("F15", "20 slow calls of the bucket", sample=1, full=5, places=ONLY_S3)
def slow_calls(trial: Trial) -> None:
    """The process says that it is alive, and shows lists, while twenty requests wait for the bucket."""

    def slowly(request: Request, forward: Forward) -> Answer:
        if request.method == "GET" and request.is_object:
            time.sleep(SLOW_SECONDS)
        return forward(request)

    with proxied(trial) as proxy, trial.caller() as caller:
        media_id = caller.upload(a_jpeg()).json()["media"]["id"]
        for _ in range(trial.rounds):
            proxy.rule = slowly
            with ThreadPoolExecutor(CALLS) as threads:
                shown = [threads.submit(_original_of, trial, media_id) for _ in range(CALLS)]
                time.sleep(0.5)  # until they all wait
                health, lists = _times_of(caller, "/health"), _times_of(caller, "/media?limit=1")
                answered = {call.result() for call in shown}
            trial.require(answered == {200}, f"slow pictures were answered {answered}")
            usual, slowest = statistics.median(health), max(health)
            trial.note(
                f"/health during {CALLS} slow calls: median {usual * 1000:.0f} ms, slowest {slowest * 1000:.0f} ms;"
                f" a list: slowest {max(lists) * 1000:.0f} ms"
            )
            # One of many may meet a busy machine; a loop that is blocked makes all of them slow.
            trial.require(
                _most(health) <= ALIVE_WITHIN * trial.slack, f"/health took {_most(health) * 1000:.0f} ms"
            )


def _original_of(trial: Trial, media_id: int) -> int:
    with trial.caller() as caller:
        return caller.get(f"/media/{media_id}/picture", params={"size": "original"}).status_code


def _times_of(caller: Caller, path: str) -> list[float]:
    times = []
    for _ in range(30):
        began = time.monotonic()
        caller.get(path).raise_for_status()
        times.append(time.monotonic() - began)
        time.sleep(0.02)
    return times


def _most(times: Sequence[float]) -> float:
    """What nineteen of twenty do not exceed."""
    return sorted(times)[int(len(times) * 0.95) - 1]


@fault("F16", "strangers send 200 MB each", sample=1, full=5, places=(SINGLE_HOST,), promises=False)
def strangers(trial: Trial) -> None:
    """Nobody who is not signed in makes the API read a body, or keep any of it."""
    for path in ("/uploads", "/archives", "/media/1/upload", "/annotations/1/upload", "/login/access-token"):
        _send_much(trial, trial.site.api.port, trial.site.api.process, path)
    left = list((trial.site.data_dir / "spool").glob("*"))
    trial.require(not left, f"{len(left)} spool files were left behind")


@fault(
    "F16",
    "strangers send 200 MB each to the dashboard",
    sample=0,
    full=2,
    places=(SINGLE_HOST,),
    promises=False,
)
def strangers_at_the_dashboard(trial: Trial) -> None:
    """The same at the dashboard's door, and at Streamlit's own way to upload."""
    product = start_product(trial.site.folder / "dashboard")
    try:
        # What stands on the dashboard's port is one of the supervisor's children.
        process = _listener(product.dashboard_port)
        for path in ("/api/uploads", "/api/archives", "/_stcore/upload_file/session/file"):
            _send_much(trial, product.dashboard_port, process, path)
        health = httpx.get(f"{product.dashboard}/_stcore/health", timeout=15)
        trial.require(health.status_code == 200, "the dashboard does not answer any more")
    finally:
        product.stop()


def _send_much(trial: Trial, port: int, process: int, path: str) -> None:
    for _ in range(trial.rounds):
        before, peak = _memory(process), _Peak(process)
        with peak, ThreadPoolExecutor(STRANGERS) as threads:
            outcomes = list(threads.map(lambda _: _stranger(port, path), range(STRANGERS)))
        statuses = {status for status, _sent in outcomes}
        most = max(sent for _status, sent in outcomes)
        grown = peak.highest - before
        trial.note(
            f"{path}: {sorted(statuses)}, at most {most / 2**20:.1f} MiB sent, +{grown / 2**20:.0f} MiB"
        )
        trial.require(statuses <= {401, 413, 422}, f"{path} answered strangers {sorted(statuses)}")
        trial.require(most <= MOST_SENT, f"{path} took {most / 2**20:.0f} MiB from a stranger")
        trial.require(grown <= MOST_MEMORY, f"{path} made the process grow by {grown / 2**20:.0f} MiB")


def _stranger(port: int, path: str) -> tuple[int, int]:
    """Send a large body without a credential; the status answered (0: none) and how much was taken till then."""
    head = (
        f"{'PUT' if 'upload_file' in path else 'POST'} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {BODY_BYTES}\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    )
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with suppress(OSError):
            connection.sendall(head.encode())
            connection.settimeout(0.01)
            while sent < BODY_BYTES and not answer:
                with suppress(TimeoutError):
                    sent += connection.send(PIECE)
                with suppress(TimeoutError):
                    answer = connection.recv(4096)
        connection.settimeout(30)
        with suppress(OSError):
            answer = answer or connection.recv(4096)
    return int(answer.split(b" ")[1]) if answer else 0, sent


def _memory(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


class _Peak:
    """The most memory that a process had while the block ran."""

    def __init__(self, process: int) -> None:
        self.highest = 0
        self._process = process
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_problem: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.highest = max(self.highest, _memory(self._process))
            if self._done.wait(0.1):
                return


def _listener(port: int) -> int:
    """The process that listens on a port of this machine."""
    wanted = f":{port:04X}"
    listening = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
    inodes = {words[9] for words in listening if words[1].endswith(wanted) and words[3] == "0A"}
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):
            for descriptor in folder.iterdir():
                if str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]") in inodes:
                    return int(folder.parent.name)
    raise LookupError(f"nobody listens on port {port}")
