"""The supervisor, on real processes: it starts them, restarts what dies, and stops them together."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supervisor import AlreadyRunning, pid_file, port_is_free, stop_running

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 20  # seconds; only reached when something is broken

SERVER = """
import http.server, os, sys
print("process", os.getpid(), flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVER
HOPELESS = "raise SystemExit('there is nothing to serve')"
SUPERVISE = """
import pathlib, sys, supervisor
supervisor.FIRST_DELAY, supervisor.STOP_PATIENCE = 0.05, 0.5
services = [
    supervisor.Service(name, (sys.executable, "-c", code, port), f"http://127.0.0.1:{port}/", f"port {port}")
    for name, code, port in zip(*[iter(sys.argv[2:])] * 3)
]
with supervisor.pid_file(pathlib.Path(sys.argv[1])):
    sys.exit(supervisor.Supervisor(services, lambda said: print(said, flush=True), "all ready").run())
"""


class Supervised:
    """A supervisor in a process of its own, with what it and its services say."""

    def __init__(self, pid_path: Path, *services: tuple[str, str, int]) -> None:
        arguments = [str(part) for service in services for part in service]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(pid_path), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=pid_path.parent,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.strip())

    def says(self, beginning: str) -> str:
        """The next line that begins like this."""
        while not (line := self._lines.get(timeout=PATIENCE)).startswith(beginning):
            pass
        return line

    def next_process(self) -> int:
        return int(self.says("process").split()[1])

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    started: list[Supervised] = []

    def start(*services: tuple[str, str, int]) -> Supervised:
        started.append(Supervised(tmp_path / "vigie.pid", *services))
        return started[-1]

    yield start
    for supervised in started:
        supervised.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_end_of(process_id: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{process_id}").exists():
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":  # ended, and nobody there to ask how
            return
        assert time.monotonic() < deadline, f"process {process_id} is still there"
        time.sleep(0.02)


def test_every_service_is_named_with_its_address_once_it_answers(
    supervise: Callable[..., Supervised],
) -> None:
    one, other = free_port(), free_port()
    supervised = supervise(("One", SERVER, one), ("Other", SERVER, other))
    assert {supervised.says("O"), supervised.says("O")} == {f"One: port {one}", f"Other: port {other}"}
    assert supervised.says("all ready")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_stop_stops_every_service(
    supervise: Callable[..., Supervised], number: signal.Signals
) -> None:
    supervised = supervise(("One", SERVER, free_port()), ("Other", SERVER, free_port()))
    processes = [supervised.next_process(), supervised.next_process()]
    supervised.says("all ready")
    supervised.process.send_signal(number)
    assert supervised.process.wait(PATIENCE) == 0
    for process_id in processes:
        await_end_of(process_id)


def test_a_service_that_dies_is_started_again(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(("One", SERVER, free_port()))
    first = supervised.next_process()
    supervised.says("all ready")
    os.kill(first, signal.SIGKILL)
    assert supervised.says("One ended").startswith("One ended (SIGKILL); it is started again")
    assert supervised.next_process() != first
    assert supervised.says("One: port")


def test_a_service_that_is_never_ready_is_given_up(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(("One", SERVER, free_port()), ("Broken", HOPELESS, free_port()))
    healthy = supervised.next_process()
    assert "before it was ready" in supervised.says("Broken ended 5 times")
    assert supervised.process.wait(PATIENCE) == 1
    await_end_of(healthy)


def test_a_service_that_does_not_stop_in_time_is_killed(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(("Stubborn", STUBBORN, free_port()))
    stubborn = supervised.next_process()
    supervised.says("all ready")
    supervised.process.terminate()
    assert supervised.says("Stubborn did not stop in time")
    assert supervised.process.wait(PATIENCE) == 0
    await_end_of(stubborn)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_services_do_not_outlive_a_supervisor_that_is_killed(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(("One", SERVER, free_port()))
    process_id = supervised.next_process()
    supervised.process.kill()
    await_end_of(process_id)


def test_a_second_start_is_refused_and_says_which_process_is_the_first(
    supervise: Callable[..., Supervised], tmp_path: Path
) -> None:
    supervised = supervise(("One", SERVER, free_port()))
    supervised.says("all ready")
    with (
        pytest.raises(AlreadyRunning, match=str(supervised.process.pid)),
        pid_file(tmp_path / "vigie.pid"),
    ):
        pass
    assert supervised.process.poll() is None


def test_what_runs_can_be_stopped_by_its_pid_file(
    supervise: Callable[..., Supervised], tmp_path: Path
) -> None:
    supervised = supervise(("One", SERVER, free_port()))
    supervised.says("all ready")
    assert stop_running(tmp_path / "vigie.pid")
    assert supervised.process.wait(PATIENCE) == 0
    assert not stop_running(tmp_path / "vigie.pid")


def test_a_pid_file_left_by_a_crash_stands_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "vigie.pid"
    path.write_text(f"{os.getpid()}\n")  # a number that is in use, by somebody else
    assert not stop_running(path)
    with pid_file(path):
        assert path.read_text() == f"{os.getpid()}\n"
    assert path.read_text() == ""


def test_a_port_that_is_taken_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
    assert port_is_free("127.0.0.1", port)
