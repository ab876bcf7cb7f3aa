"""What processes take: memory from /proc, a bare Streamlit to compare with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.product import free_port

BARE_APP = 'import streamlit as st\n\nst.title("Hello")\nst.write("A page with nothing behind it.")\n'


class BareStreamlit:
    """`streamlit run` on a page of two lines: what no Streamlit product can be below."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hello.py").write_text(BARE_APP, "utf-8")
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start and return as soon as it says that it is well."""
        command = [sys.executable, "-m", "streamlit", "run", "hello.py", "--server.port", str(self.port)]
        options = [
            *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
            *("--server.fileWatcherType", "none", "--server.address", "127.0.0.1"),
        ]
        self._process = subprocess.Popen(
            [*command, *options], cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(f"http://127.0.0.1:{self.port}/_stcore/health")

    def stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def wait_for(*addresses: str, patience: float = 60) -> None:
    """Return when all of these answer 200. Raises TimeoutError."""
    left = list(addresses)
    deadline = time.monotonic() + patience
    while left:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left[0]} does not answer")
        try:
            if httpx.get(left[0], timeout=5).status_code == 200:
                left.pop(0)
                continue
        except httpx.HTTPError:
            pass
        time.sleep(0.01)


def resident_megabytes(process_id: int) -> float:
    """Memory that is in use now."""
    return _status(process_id, "VmRSS")


def peak_megabytes(process_id: int) -> float:
    """The most since the start, or since `forget_peak`."""
    return _status(process_id, "VmHWM")


def forget_peak(process_id: int) -> None:
    Path(f"/proc/{process_id}/clear_refs").write_text("5", "ascii")


def _status(process_id: int, name: str) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def children_of(process_id: int) -> dict[int, str]:
    """The processes below, at any depth, with their command lines."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text("utf-8", "replace")
            except OSError:  # gone meanwhile
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found: dict[int, str] = {}
    waiting = [process_id]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            try:
                line = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:  # gone meanwhile
                continue
            found[child] = line.replace(b"\0", b" ").decode("utf-8", "replace").strip()
            waiting.append(child)
    return found
