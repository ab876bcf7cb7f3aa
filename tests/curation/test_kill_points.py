"""The steps that a crash may fall between: none by themselves, and a power cut when the environment names one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from curation.kill_points import VARIABLE, reached

ROOT = Path(__file__).parents[2]
THREE_STEPS = """
from curation.kill_points import reached
for number in range(3):
    reached("upload.put")
    print(number, flush=True)
"""


def run(kill_at: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", THREE_STEPS],
        cwd=ROOT,
        env={**os.environ, VARIABLE: kill_at},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


def test_nothing_happens_at_a_step_that_nobody_named():
    reached("upload.put")
    assert run("upload.shown") == (0, "0\n1\n2\n")


@pytest.mark.parametrize(("kill_at", "printed"), [("upload.put", ""), ("upload.put:2", "0\n")])
def test_a_named_step_ends_the_process_as_a_power_cut_does(kill_at, printed):
    assert run(kill_at) == (-signal.SIGKILL, printed)
