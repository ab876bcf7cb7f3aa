"""Starts API processes and `manage.py` in a moment: everything is imported once, and each process is a fork of that.

Run as a program. It reads one JSON line for each process and answers with its number. What it forks is what
`uvicorn --factory` and `manage.py` run: importing opens nothing.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from bench.processes import children_of

ROOT = Path(__file__).parent.parent.parent
CLOCK_AHEAD = "VIGIE_CLOCK_AHEAD"  # seconds by which the clock of a process is wrong


@dataclass(frozen=True)
class Order:
    """A process to start: the arguments of `manage.py`, or none for an API process at this port.

    Its standard output and error go to the file `log`, where the exit code of `manage.py` stands beside it.
    """

    environment: dict[str, str]
    log: str
    port: int = 0
    arguments: tuple[str, ...] = ()


class Launcher:
    """The program, seen from the tests."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.launcher"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            # Ctrl+C in a terminal reaches the run alone, which then closes it.
            start_new_session=True,
        )

    def start(self, order: Order) -> int:
        """The number of the new process."""
        assert self._process.stdin and self._process.stdout
        with self._asking:  # two at once would read each other's number
            self._process.stdin.write(json.dumps(asdict(order)) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def code_file(log: Path) -> Path:
    """Where the exit code of a command stands once it has ended by itself."""
    return log.with_suffix(".code")


def main(orders: IO[str]) -> None:
    # With what the product loads only when a bucket or a database asks for it.
    modules = ("uvicorn", "api.main", "manage", "fsck", "curation.storage_checks.running")
    for module in (*modules, "storage.s3", "db.pulse"):
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: whoever started one sees it leave
    for line in orders:
        order = Order(**json.loads(line))
        process = os.fork()
        if process:
            print(process, flush=True)
        else:
            _become(order)
    # Whoever gave the orders has ended, in whatever way: what was started for them ends too.
    for process in children_of(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _become(order: Order) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, place)
    os.environ.clear()
    os.environ.update(order.environment)
    # It reads the environment when it is imported.
    importlib.reload(importlib.import_module("curation.kill_points"))
    if ahead := float(os.environ.get(CLOCK_AHEAD, "0")):
        _put_clock_forward(ahead)
    code = _manage(order.arguments) if order.arguments else _serve(order.port)
    sys.stdout.flush()
    sys.stderr.flush()
    code_file(Path(order.log)).write_text(str(code), "ascii")
    os._exit(code)


def _serve(port: int) -> int:
    import uvicorn

    options = {"factory": True, "access_log": False, "server_header": False, "proxy_headers": False}
    uvicorn.run("api.main:create_public_app", port=port, timeout_graceful_shutdown=10, **options)
    return 0


def _manage(arguments: tuple[str, ...]) -> int:
    import manage

    try:
        return manage.main(list(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def _put_clock_forward(seconds: float) -> None:
    from datetime import datetime, timedelta

    import time_machine

    time_machine.travel(datetime.now().astimezone() + timedelta(seconds=seconds), tick=True).start()


if __name__ == "__main__":
    main(sys.stdin)
