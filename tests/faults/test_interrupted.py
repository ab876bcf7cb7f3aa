"""A run that is asked to end leaves no process behind: no server of its own, and nothing that it had started."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.processes import children_of
from tests.faults.launcher import ROOT

STARTS, ENDS = 90.0, 60.0  # seconds, on a busy machine
SERVERS = ("postgres", "rclone", "tests.faults.launcher")


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_end_leaves_nothing_behind(asked: signal.Signals):
    # In a session of its own: the tests themselves are asked nothing.
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.faults", "--only", "F3", "--seed", "1"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + STARTS
        while not _has_all(started := children_of(run.pid)):
            assert run.poll() is None and time.monotonic() < deadline, started
            time.sleep(0.1)
        run.send_signal(asked)
        # Once more, as by somebody who does not like to wait.
        run.send_signal(asked)
        assert run.wait(ENDS) == 1
        left = {process: line for process, line in started.items() if _runs(process, line)}
        assert not left
    finally:
        run.kill()
        run.wait()


def _has_all(started: dict[int, str]) -> bool:
    """The servers, and below the launcher an API process."""
    lines = list(started.values())
    launched = sum("tests.faults.launcher" in line for line in lines)
    return launched > 1 and all(any(server in line for line in lines) for server in SERVERS)


def _runs(process: int, line: str) -> bool:
    """Whether it is still that process, and no other with its number."""
    try:
        found = Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
    return bool(found) and line.split()[0].encode() in found
