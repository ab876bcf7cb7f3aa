"""Starts API processes in a fifth of a second: everything is imported once, and each process is a fork of that.

Run as a program. It reads one JSON line for each process (its environment, its port, its log), answers with the
number of the process, and says nothing else. What it forks is what `uvicorn --factory` runs: importing opens nothing.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent.parent


class Launcher:
    """The program, seen from the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.launcher"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, environment: dict[str, str], port: int, log: Path) -> int:
        """The number of a new process that will answer at this port of 127.0.0.1."""
        assert self._process.stdin and self._process.stdout
        order = {"environment": environment, "port": port, "log": str(log)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def main(orders: IO[str]) -> None:
    import uvicorn

    import curation.kill_points

    # With what it loads only when a bucket or a database asks for it.
    for name in ("api.main", "storage.s3", "db.pulse"):
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: whoever started one sees it leave
    for line in orders:
        order = json.loads(line)
        process = os.fork()
        if process:
            print(process, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, place in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, place)
        os.environ.clear()
        os.environ.update(order["environment"])
        # It reads the environment when it is imported.
        importlib.reload(curation.kill_points)
        options = {"factory": True, "access_log": False, "server_header": False, "proxy_headers": False}
        uvicorn.run("api.main:create_public_app", port=order["port"], timeout_graceful_shutdown=10, **options)
        os._exit(0)


if __name__ == "__main__":
    main(sys.stdin)
