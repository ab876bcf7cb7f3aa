"""The operator's door, as an operator uses it: commands in processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Operator:
    """Somebody with a terminal, and an installation of their own."""

    environment: dict[str, str]
    dashboard_port: int
    api_port: int

    def runs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            env=self.environment,
            cwd="/",
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    dashboard_port, api_port = free_ports()
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment |= {
        "DATA_DIR": str(tmp_path / "data"),
        "DASHBOARD_PORT": str(dashboard_port),
        "API_PORT": str(api_port),
    }
    return Operator(environment, dashboard_port, api_port)


@pytest.fixture
def serving(operator: Operator) -> Iterator[tuple[Operator, list[str]]]:
    """An installation that serves, and the lines it said until it was ready."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "serve"],
        env=operator.environment,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    said = []
    with process.stdout as lines:
        for line in lines:
            said.append(line.strip())
            if line.startswith("Ready"):
                break
        yield operator, said
        operator.runs("stop")
        assert process.wait(60) == 0


def test_serving_an_empty_folder_makes_everything_and_tells_where_it_is(
    serving: tuple[Operator, list[str]],
) -> None:
    operator, said = serving
    assert said[0].startswith("First admin: admin   password: ")
    assert f"Dashboard: http://localhost:{operator.dashboard_port}" in said
    assert f"API: http://localhost:{operator.api_port}/docs" in said
    for address in (
        f"http://127.0.0.1:{operator.api_port}/ready",
        f"http://127.0.0.1:{operator.api_port}/docs",
        f"http://127.0.0.1:{operator.dashboard_port}/",
        f"http://127.0.0.1:{operator.dashboard_port}/api/health",
    ):
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200
            assert "server" not in {name.lower() for name in answer.headers}

    again = operator.runs("serve")
    assert again.returncode == 1
    assert again.stderr.startswith("Vigie already runs here") and again.stderr.count("\n") == 1

    stopped = operator.runs("stop")
    assert (stopped.returncode, stopped.stdout) == (0, "Stopped.\n")


def test_stopping_what_does_not_run_says_so(operator: Operator) -> None:
    assert operator.runs("stop").stdout == "Nothing was running.\n"


def test_a_port_in_use_is_named_with_the_setting_that_changes_it(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", operator.api_port)):
        refused = operator.runs("serve")
    assert refused.returncode == 1
    assert (
        refused.stderr
        == f"Port {operator.api_port} is in use: stop what uses it, or set API_PORT to another one.\n"
    )


def test_an_admin_gets_a_new_one_time_password(operator: Operator) -> None:
    first, second = operator.runs("admin-password"), operator.runs("admin-password", "Admin")
    assert first.stdout.startswith("One-time password of admin: ")
    assert first.stdout.splitlines()[0] != second.stdout.splitlines()[0]


def test_the_clean_up_is_made_at_once_and_says_what_waits(operator: Operator) -> None:
    (Path(operator.environment["DATA_DIR"]) / "bucket").mkdir(parents=True)
    told = operator.runs("purge")
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        "Nothing was due.",
        "Waiting: 0 withdrawn media until 30 days have passed (0 bytes); 0 contents in the trash (0 bytes).",
    ]


def test_a_database_that_does_not_answer_is_told_in_one_sentence_without_its_password(
    operator: Operator,
) -> None:
    operator.environment |= {
        "DATABASE_URL": f"postgresql://vigie:open-sesame@127.0.0.1:{operator.api_port}/vigie",
        "SECRET_KEY": "Q7v0cB1pXk4fWm9zR2sT5uY8aD3gH6jL",
    }
    refused = operator.runs("migrate")
    assert refused.returncode == 1
    assert refused.stderr.startswith("The database of DATABASE_URL cannot be used: ")
    assert "open-sesame" not in refused.stderr and "Traceback" not in refused.stderr


def test_without_a_command_the_commands_are_listed(operator: Operator) -> None:
    helped = operator.runs("--help")
    assert helped.returncode == 0
    for command in ("migrate", "serve", "stop", "admin-password", "demo"):
        assert command in helped.stdout
