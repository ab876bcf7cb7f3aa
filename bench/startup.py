"""Row 14: from the command to a page that answers, beside a bare Streamlit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, at_most
from bench.ground import Ground
from bench.processes import BareStreamlit, wait_for
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT, free_port


def measure(ground: Ground) -> Iterator[Figure]:
    ours: list[float] = []
    bare: list[float] = []
    hello = BareStreamlit(ground.folder / "bare")
    # The first round makes database and caches: only warm starts count.
    for number in range(3 if ground.quick else 6):
        seconds = _start_ours(ground)
        started = time.perf_counter()
        hello.start()
        waited = time.perf_counter() - started
        hello.stop()
        if number:
            ours.append(seconds)
            bare.append(waited)
    yield at_most(
        "14",
        "command to first page, both doors open, beside a bare Streamlit",
        min(ours),
        min(bare),
        3,
        shown="s",
    )


def _start_ours(ground: Ground) -> float:
    """Seconds until the dashboard and the API answer, on the embedded database and bucket."""
    dashboard_port, api_port = free_port(), free_port()
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "S3_ENDPOINT_URL")
        },
        "DATA_DIR": str(ground.folder / "startup"),
        "DASHBOARD_PORT": str(dashboard_port),
        "API_PORT": str(api_port),
        "SUPERUSER_LOGIN": ADMIN,
        "SUPERUSER_PWD": ADMIN_PASSWORD,
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{dashboard_port}/_stcore/health", f"http://127.0.0.1:{api_port}/ready")
        return time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(30)
