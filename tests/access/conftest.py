"""A running product whose database the tests can reach as well, and the table at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from db.session import forget_engine
from settings import get_settings
from storage import open_bucket
from tests.access.report import REPORT
from tests.conftest import TEST_SECRET
from tests.product import Product, start_product


def _read_settings_anew() -> None:
    forget_engine()
    open_bucket.cache_clear()
    get_settings.cache_clear()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product as it is served; `open_session` and `open_bucket` lead to its database and its bucket."""
    running = start_product(tmp_path_factory.mktemp("product"), SECRET_KEY=TEST_SECRET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(running.data_dir))
        patch.setenv("SECRET_KEY", TEST_SECRET)
        patch.delenv("DATABASE_URL", raising=False)
        _read_settings_anew()
        yield running
    _read_settings_anew()
    running.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not os.environ.get("ACCESS_FULL"):
        return
    write: Callable[[str], None] = terminalreporter.write_line
    terminalreporter.section("who may ask for what")
    for line in REPORT.lines():
        write(line)
