"""The database is away while somebody has a page open."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from db.session import get_engine, open_session
from tests.factories import an_access
from tests.pages.conftest import ROUTER

AWAY = "The database cannot be reached at the moment. Nothing was changed. Try again in a while."
AWAY_SECONDS = 3


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session)


@contextmanager
def no_database(installation) -> Iterator[None]:
    """SQLite's files are somewhere else while the block runs."""
    path = Path(installation.database_url.removeprefix("sqlite:///"))
    get_engine().dispose()
    parts = list(path.parent.glob(f"{path.name}*"))
    for part in parts:
        shutil.move(part, part.with_name(f"away-{part.name}"))
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        for part in parts:
            shutil.move(part.with_name(f"away-{part.name}"), part)


@contextmanager
def no_database_for_a_while(installation) -> Iterator[None]:
    """The same, and the block begins while they are gone and need not wait for them."""
    gone = threading.Event()

    def take_away() -> None:
        with no_database(installation):
            gone.set()
            time.sleep(AWAY_SECONDS)

    thread = threading.Thread(target=take_away)
    thread.start()
    gone.wait(30)
    yield
    thread.join()


def test_what_was_typed_stays_while_the_database_is_away(open_page, installation, curator):
    page = open_page(curator, "upload.py")
    page.text_input[0].input("half a sentence")
    with no_database_for_a_while(installation):
        page.run()
    assert not page.exception and not page.error
    assert page.text_input[0].value == "half a sentence"
    assert "What you typed is kept" in page.toast[0].value


def test_a_page_that_was_never_drawn_says_at_once_that_the_database_is_away(open_page, installation, curator):
    open_page(curator)
    another_tab = AppTest.from_file(str(ROUTER), default_timeout=10)
    with no_database(installation):
        assert [error.value for error in another_tab.run().error] == [AWAY]
    assert not another_tab.run().error


def test_a_page_says_so_when_the_database_stays_away(open_page, installation, curator, monkeypatch):
    page = open_page(curator)
    monkeypatch.setattr("components.sign_in.PATIENCE_SECONDS", 1.5)
    with no_database(installation):
        page.run()
        assert [error.value for error in page.error] == [AWAY]
    assert not page.run().error


def test_a_part_of_a_page_that_runs_by_itself_says_so_too():
    def part() -> None:
        from sqlalchemy.exc import OperationalError

        from components.messages import explain_bug

        explain_bug(OperationalError("SELECT 1", {}, Exception("gone")))

    assert [error.value for error in AppTest.from_function(part).run().error] == [AWAY]
