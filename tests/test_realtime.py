"""Nothing that a test starts may run before everything else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.realtime import CAP_SYS_NICE

ASK_FOR_IT = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(8))"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no such system")
def test_a_program_cannot_take_real_time_priority():
    started = subprocess.run([sys.executable, "-c", ASK_FOR_IT], capture_output=True, text=True, check=False)
    assert "PermissionError" in started.stderr
    if os.geteuid() == 0:
        status = subprocess.run(
            ["cat", "/proc/self/status"], capture_output=True, text=True, check=True
        ).stdout
        left = re.search(r"^CapBnd:\s+([0-9a-f]+)$", status, re.MULTILINE)
        assert left is not None and not int(left[1], 16) >> CAP_SYS_NICE & 1
