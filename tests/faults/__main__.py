"""`python -m tests.faults`: a sample of every fault as one table; `--full` as many as are promised."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from functools import partial
from types import FrameType

from tests.faults.campaign import run, table
from tests.faults.catalogue import all_faults


def main() -> int:
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, _end)
    faults = all_faults()
    names = list(dict.fromkeys(fault.name for fault in faults))
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--full", action="store_true", help="as often as is promised: an hour or more")
    parser.add_argument("--seed", type=int, help="to make the same faults again")
    parser.add_argument("--only", help=f"of {', '.join(names)}; separated by commas")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--bucket", choices=("folder", "s3"))
    given = parser.parse_args()
    wanted = given.only.split(",") if given.only else names
    if unknown := set(wanted) - set(names):
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    trials = run(
        [fault for fault in faults if fault.name in wanted],
        full=given.full,
        seed=secrets.randbelow(10**6) if given.seed is None else given.seed,
        database=given.database,
        bucket=given.bucket,
        say=partial(print, file=sys.stderr, flush=True),
    )
    print(table(trials))
    short = [trial for trial in trials if trial.failures]
    print(f"{len(trials) - len(short)} of {len(trials)} hold.")
    for trial in short:
        print(f"{trial.fault.name} on {trial.place}: {trial.replay()}")
    return 1 if short or not trials else 0


def _end(_number: int, _frame: FrameType | None) -> None:
    """The servers of a run that is asked to end are stopped with it, however often it is asked meanwhile."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_IGN)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
