"""Named steps that a crash may fall between: the tests of faults end the process at one of them.

Nothing happens here unless the environment names a step, which no installation does.
"""

from __future__ import annotations

import itertools
import os
import signal

VARIABLE = "VIGIE_KILL_AT"

_kill_at, _, _nth = os.environ.get(VARIABLE, "").partition(":")
_times = itertools.count(1)


def reached(step: str) -> None:
    """Say that a step is done. `VIGIE_KILL_AT=upload.spooled:3` ends the process, as a power cut does, at the third."""
    if _kill_at and step == _kill_at and next(_times) >= int(_nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
