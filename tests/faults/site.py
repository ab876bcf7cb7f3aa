"""One installation under fault: a database and a bucket of its own, and API processes that may be killed."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from bench.processes import children_of
from curation.sign_in import issue_access_token
from db.models import Access, Scope
from db.session import open_session
from tests.faults.launcher import Launcher, Order, code_file
from tests.product import free_port

START_SECONDS = 60.0
# What no process of a fault may inherit from whoever runs the tests.
NOT_INHERITED = (
    *("DATABASE_URL", "DATA_DIR", "SECRET_KEY", "BUCKET_NAME", "S3_ENDPOINT_URL", "S3_ACCESS_KEY"),
    *("S3_SECRET_KEY", "QARNOT_TOKEN", "SENTRY_DSN", "VIGIE_KILL_AT"),
)


@dataclass
class Replica:
    """One API process: alive, or killed and not yet started again."""

    address: str
    port: int
    log: Path
    process: int = 0

    @property
    def is_alive(self) -> bool:
        try:
            return Path(f"/proc/{self.process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def kill(self) -> None:
        """End it and its decoders at once, as a power cut does; harmless when it is gone."""
        if not self.is_alive:
            return
        for process in (*children_of(self.process), self.process):
            self._send(process, signal.SIGKILL)
        self.wait_for_end(10)

    def wait_for_end(self, seconds: float) -> None:
        """Return once it has ended. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while self.is_alive:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {self.process} did not end")
            time.sleep(0.005)

    def stop(self) -> None:
        """Ask it to end, and kill it if it does not."""
        self._send(self.process, signal.SIGTERM)
        try:
            self.wait_for_end(20)
        except TimeoutError:
            self.kill()

    @staticmethod
    def _send(process: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


@dataclass
class Site:
    """Settings as the environment holds them, the database as a test looks into it, and the running replicas.

    `token` is that of an admin; `engine` reaches the database itself, whatever stands before it.
    """

    folder: Path
    environment: dict[str, str]
    engine: Engine
    token: str
    launcher: Launcher
    replicas: list[Replica] = field(default_factory=list)
    opened: ExitStack = field(default_factory=ExitStack)
    _commands: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def data_dir(self) -> Path:
        return Path(self.environment["DATA_DIR"])

    @property
    def bucket_dir(self) -> Path:
        """Where the objects lie as files, under their keys, whatever the product takes the bucket for."""
        if bucket := self.environment.get("BUCKET_NAME"):
            return self.folder.parent / "s3" / bucket
        return self.data_dir / "bucket"

    @property
    def api(self) -> Replica:
        """The first replica: most faults need no second one."""
        return self.replicas[0]

    def add_replica(self, **environment: str) -> Replica:
        """Start one more API process on the same database and bucket; returns once it is alive."""
        port = free_port()
        replica = Replica(f"http://127.0.0.1:{port}", port, self.folder / f"api-{port}.log")
        self.replicas.append(replica)
        self.start(replica, **environment)
        return replica

    def start(self, replica: Replica | None = None, **environment: str) -> None:
        """Start a replica (again), with more variables for this life; returns once `/health` answers."""
        replica = replica or self.api
        variables = {**self.process_environment(), **environment}
        replica.process = self.launcher.start(Order(variables, str(replica.log), replica.port))
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{replica.address}/health", timeout=5).raise_for_status()
                return
            except httpx.HTTPError:
                if not replica.is_alive or time.monotonic() > deadline:
                    log = replica.log.read_text("utf-8", "replace")
                    raise RuntimeError(f"The API did not start:\n{log}") from None
                time.sleep(0.02)

    def start_again(self, **environment: str) -> None:
        """Kill the first replica, if it is still there, and start it."""
        self.api.kill()
        self.start(self.api, **environment)

    def token_of(self, scope: Scope, login: str) -> str:
        """The token of a new access."""
        with open_session(engine=self.engine) as session:
            access = Access(login=login, hashed_password="", scope=scope)
            session.add(access)
            session.flush()
            return issue_access_token(session, access, "127.0.0.1")

    def process_environment(self) -> dict[str, str]:
        """What a process of this installation is started with."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return {**inherited, "LOG_LEVEL": "WARNING", **self.environment}

    def manage(
        self, *arguments: str, seconds: float = 120, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Carry out `manage.py` with these arguments, whatever becomes of it; -9 when it was killed."""
        log = self.folder / f"manage-{next(self._commands)}.log"
        order = Order({**self.process_environment(), **environment}, str(log), arguments=arguments)
        command = Replica("", 0, log, self.launcher.start(order))
        command.wait_for_end(seconds)
        code = code_file(log)
        returncode = int(code.read_text("ascii")) if code.exists() else -signal.SIGKILL
        return subprocess.CompletedProcess(arguments, returncode, log.read_text("utf-8", "replace"), "")

    def fsck(self) -> tuple[int, Any]:
        """The exit code of a deep check of the whole installation, and what it found."""
        done = self.manage("fsck", "--deep", "--json", seconds=600)
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            return done.returncode, done.stdout

    def log(self) -> str:
        return "".join(
            replica.log.read_text("utf-8", "replace") for replica in self.replicas if replica.log.exists()
        )

    def close(self) -> None:
        """Stop what runs; harmless when repeated."""
        self.opened.close()
        for replica in self.replicas:
            replica.kill()
        self.engine.dispose()
