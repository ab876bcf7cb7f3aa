"""The product as its users start it: `manage.py serve` in a process of its own, and a program that talks to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
ADMIN = "admin"
ADMIN_PASSWORD = "admin of the tests"


@dataclass
class Product:
    """A running installation."""

    data_dir: Path
    dashboard_port: int
    api_port: int
    process: subprocess.Popen[bytes]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def dashboard(self) -> str:
        return f"http://localhost:{self.dashboard_port}"

    @property
    def api(self) -> str:
        return f"http://localhost:{self.api_port}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        for process in (*_children(self.process.pid), self.process.pid):
            os.kill(process, signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        """Start anew on the same data and the same ports; returns once it answers."""
        self.process = _launch(self.data_dir, self.dashboard_port, self.api_port, self.environment)
        _wait_for(self)

    def log(self) -> str:
        return (self.data_dir / "serve.log").read_text("utf-8", "replace")


def start_product(data_dir: Path, **environment: str) -> Product:
    """Start and wait until both doors answer. Raises RuntimeError with the log when they do not."""
    dashboard_port, api_port = free_port(), free_port()
    data_dir.mkdir(parents=True, exist_ok=True)
    process = _launch(data_dir, dashboard_port, api_port, environment)
    product = Product(data_dir, dashboard_port, api_port, process, environment)
    _wait_for(product)
    return product


def _launch(
    data_dir: Path, dashboard_port: int, api_port: int, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "SECRET_KEY", "S3_ENDPOINT_URL", "S3_ACCESS_KEY", "QARNOT_TOKEN")
    }
    variables = {
        **inherited,
        "DATA_DIR": str(data_dir),
        "DASHBOARD_PORT": str(dashboard_port),
        "API_PORT": str(api_port),
        "SUPERUSER_LOGIN": ADMIN,
        "SUPERUSER_PWD": ADMIN_PASSWORD,
        # Nothing comes twice, unless a test wants it to.
        "SECOND_OPINION_SHARE": "0",
        "SELF_CHECK_SHARE": "0",
        **environment,
    }
    with open(data_dir / "serve.log", "ab") as log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            cwd=ROOT,
            env=variables,
            stdout=log,
            stderr=log,
        )


def _wait_for(product: Product) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if product.process.poll() is not None:
            raise RuntimeError(f"The product did not start:\n{product.log()}")
        if _answers(f"{product.api}/ready") and _answers(f"{product.dashboard}/_stcore/health"):
            return
        time.sleep(0.2)
    product.stop()
    raise RuntimeError(f"The product was not ready in time:\n{product.log()}")


def _children(process: int) -> list[int]:
    """Processes that this one has started, and theirs."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], check=False, capture_output=True, text=True
    )
    own = [int(number) for number in listed.stdout.split()]
    return [number for child in own for number in (child, *_children(child))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


class Program(httpx.Client):
    """A program with a token, on the API's own port."""

    def __init__(self, product: Product, login: str = ADMIN, password: str = ADMIN_PASSWORD) -> None:
        form = {"username": login, "password": password}
        answer = httpx.post(f"{product.api}/login/access-token", data=form, timeout=60)
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        super().__init__(base_url=product.api, timeout=60, headers=headers)

    def upload(self, content: bytes, name: str = "IMG_0001.jpg", **fields: str) -> dict[str, Any]:
        """Register one picture; returns the media."""
        answer = self.post("/uploads", files={"file": (name, content)}, data=fields)
        answer.raise_for_status()
        media: dict[str, Any] = answer.json()["media"]
        return media
