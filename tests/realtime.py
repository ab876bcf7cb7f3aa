"""What tests start never runs before everything else on the machine.

Chromium gives its sound real-time priority where it may, and root may. A thread of that kind that spins leaves the
rest of a small machine one twentieth of its time, and a run of an hour becomes one of a day.
"""

from __future__ import annotations

import ctypes
import os

PR_CAPBSET_DROP = 24
CAP_SYS_NICE = 23


def renounce() -> None:
    """Take from all programs started from now on what lets them raise their priority. Others than root have it not."""
    if os.name == "posix" and os.geteuid() == 0 and hasattr(ctypes.CDLL(None), "prctl"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, CAP_SYS_NICE, 0, 0, 0)
