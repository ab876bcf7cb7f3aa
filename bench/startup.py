"""Row 14: from the command to the first page on a screen, beside a bare Streamlit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from bench.browsers import launch
from bench.figures import Figure, at_most
from bench.ground import Ground
from bench.processes import BareStreamlit, wait_for
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT, free_port


def measure(ground: Ground) -> Iterator[Figure]:
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        # The first round makes database and caches: only warm starts count.
        for number in range(3 if ground.quick else 6):
            seconds = _start_ours(ground, browser)
            waited = _start_bare(ground, browser)
            if number:
                ours.append(seconds)
                bare.append(waited)
        browser.close()
    note = (
        f"a page of one heading for the bare Streamlit, the sign-in card for ours. Until both of our doors answer "
        f"{min(doors for doors, _ in ours):.2f} s, until the bare one does {min(doors for doors, _ in bare):.2f} s."
    )
    page = [min(shown for _, shown in times) for times in (ours, bare)]
    yield at_most(
        "14", "command to first page, warm, beside a bare Streamlit", *page, 3, shown="s", note=note
    )


def _start_bare(ground: Ground, browser: Browser) -> tuple[float, float]:
    hello = BareStreamlit(ground.folder / "bare")
    started = time.perf_counter()
    hello.start()
    try:
        return time.perf_counter() - started, _shown(browser, hello.port, "Hello") - started
    finally:
        hello.stop()


def _start_ours(ground: Ground, browser: Browser) -> tuple[float, float]:
    """Seconds until the doors answer and until the page stands, on the embedded database and bucket."""
    dashboard_port, api_port = free_port(), free_port()
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "S3_ENDPOINT_URL")
    }
    environment = {
        **inherited,
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
        return time.perf_counter() - started, _shown(browser, dashboard_port, "Vigie") - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _shown(browser: Browser, port: int, heading: str) -> float:
    """When a browser that has never been there shows this heading."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"http://localhost:{port}/")
        page.get_by_role("heading", name=heading).first.wait_for()
        return time.perf_counter()
