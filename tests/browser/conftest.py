"""A running product and a real browser. People are made per test, the product is shared by a whole run."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.product import ROOT, Product, Program, start_product

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
CURATOR_PASSWORD = "a curator of the tests"
HANG_SECONDS = 200  # the longest test takes a quarter of it
PATIENCE = 20_000  # milliseconds; a shared machine may be slow, a broken product is slow for ever

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on SQLite and a folder, as `make run` starts it."""
    running = start_product(tmp_path_factory.mktemp("product"), WEBHOOKS_TO_PRIVATE="true")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def program(product: Product) -> Iterator[Program]:
    """A program with an admin's token: puts things in place before the browser looks."""
    with Program(product) as program:
        yield program


class Chromium:
    """What contexts are opened of: started when the first is asked for, and anew after it has died."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._started: Browser | None = None

    def new_context(self, **options: Any) -> BrowserContext:
        if self._started is None or not self._started.is_connected():
            chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
            assert chromium, "Chromium is needed: apt-get install chromium"
            self._started = self._playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        return self._started.new_context(**options)

    def close(self) -> None:
        if self._started is not None:
            self._started.close()

    @staticmethod
    def kill() -> None:
        """End it from another thread: what waits for it in this process goes on with an error."""
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.name().startswith("chrom"):
                    process.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        chromium = Chromium(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def hang_limit(browser: Chromium) -> Iterator[None]:
    """A browser that hangs takes one test with it: closing a context of it would wait for ever."""
    limit = threading.Timer(HANG_SECONDS, browser.kill)
    limit.daemon = True
    limit.start()
    yield
    limit.cancel()


@pytest.fixture
def context(browser: Chromium) -> Iterator[BrowserContext]:
    """A browser profile of its own: no cookie, no storage."""
    opened = browser.new_context(viewport={"width": 1366, "height": 768})
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


MakeAccess = Callable[..., str]


@pytest.fixture
def make_access(product: Product) -> MakeAccess:
    """Make an access with CURATOR_PASSWORD, which need not be changed unless asked for; gives its login."""

    def make(scope: str = "user", *, must_change: bool = False) -> str:
        login = f"{scope}-{next(_numbers)}-{os.getpid()}"
        subprocess.run(
            [sys.executable, "-c", MAKE_ACCESS, login, scope, CURATOR_PASSWORD, str(must_change)],
            cwd=ROOT,
            check=True,
            env={**os.environ, "DATA_DIR": str(product.data_dir), **product.environment},
        )
        return login

    return make


MAKE_ACCESS = """
import sys
from curation.accesses import add_access
from db.models import Scope
from db.session import open_session
with open_session() as session:
    access, _ = add_access(session, sys.argv[1], Scope(sys.argv[2]), sys.argv[3])
    access.must_change_password = sys.argv[4] == "True"
"""


def sign_in(page: Page, address: str, login: str, password: str = CURATOR_PASSWORD) -> None:
    """Open an address of the dashboard and sign in there."""
    page.goto(address)
    page.get_by_role("textbox", name="Login").fill(login)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)


def screenshots_of(page: Page, folder: Path, name: str) -> None:
    """For looking at: light and dark, at the two widths that curators have."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, height in ((1366, 768), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"{name}-{scheme}-{width}.png")
