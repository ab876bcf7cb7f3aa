"""What installations under fault stand on: one PostgreSQL, one S3 server, furnished databases to be copied."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from curation.accesses import ensure_first_admin, find_access
from curation.label_classes import ensure_default_label_classes
from curation.questions import ensure_default_questions
from curation.sign_in import issue_access_token
from db import migrate
from db.session import make_engine, open_session
from tests.faults.launcher import Launcher
from tests.faults.postgresql import PostgreSQL
from tests.faults.registry import Place
from tests.faults.site import Site
from tests.product import ADMIN, ADMIN_PASSWORD
from tests.s3_server import S3Server, start_rclone

TEMPLATE = "furnished"


class Ground:
    """Servers of one run, made when first asked for; everything is gone when its `with` block ends."""

    def __init__(self) -> None:
        # Short, because a socket's path has at most 107 characters, and open, because PostgreSQL is another account.
        self.folder = Path(tempfile.mkdtemp(prefix="vigie-faults-"))
        self.folder.chmod(0o755)
        self._opened = ExitStack()
        self._opened.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._postgresql: PostgreSQL | None = None
        self._s3: S3Server | None = None
        self._launcher: Launcher | None = None
        self._sites = 0

    def __enter__(self) -> Ground:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._opened.close()

    @property
    def postgresql(self) -> PostgreSQL:
        """The one server of this run. A fault that stops it starts it again."""
        if self._postgresql is None:
            server = PostgreSQL(self.folder / "pg")
            self._opened.callback(server.kill)
            server.start()
            server.run_sql(f"CREATE DATABASE {TEMPLATE}")
            _furnish(server.url(TEMPLATE))
            self._postgresql = server
        return self._postgresql

    @property
    def s3_server(self) -> S3Server:
        """The one server of this run; each installation has a bucket of its own."""
        if self._s3 is None:
            self._s3 = start_rclone(self.folder / "s3", bucket=None)
            self._opened.callback(self._s3.stop)
        return self._s3

    def site(self, place: Place, *, furnished: bool = True, **environment: str) -> Site:
        """A fresh installation without a process yet; with `furnished` migrated, and with an admin and its token."""
        self._sites += 1
        name = f"site{self._sites}"
        folder = self.folder / name
        folder.mkdir()
        data_dir = folder / "data"
        data_dir.mkdir()
        variables = {
            "DATA_DIR": str(data_dir),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "SUPERUSER_LOGIN": ADMIN,
            "SUPERUSER_PWD": ADMIN_PASSWORD,
            # Nothing comes twice by itself.
            "SECOND_OPINION_SHARE": "0",
            "SELF_CHECK_SHARE": "0",
            "DATABASE_URL": self._database(place.database, name, data_dir, furnished),
        }
        if place.bucket == "s3":
            (self.s3_server.folder / name).mkdir()
            variables |= {
                "BUCKET_NAME": name,
                "S3_ENDPOINT_URL": self.s3_server.endpoint_url,
                "S3_ACCESS_KEY": self.s3_server.access_key,
                "S3_SECRET_KEY": self.s3_server.secret_key,
            }
        engine = make_engine(variables["DATABASE_URL"])
        token = ""
        if furnished:
            with open_session(engine=engine) as session:
                admin = find_access(session, ADMIN)
                assert admin is not None
                token = issue_access_token(session, admin, "127.0.0.1")
        site = Site(folder, variables | environment, engine, token, self._get_launcher())
        self._opened.callback(site.close)
        return site

    def _get_launcher(self) -> Launcher:
        if self._launcher is None:
            self._launcher = Launcher()
            self._opened.callback(self._launcher.close)
        return self._launcher

    def _database(self, kind: str, name: str, data_dir: Path, furnished: bool) -> str:
        if kind == "postgresql":
            # Of a copy through its log PostgreSQL forgets, when it is killed, which numbers it had given there.
            like = f" TEMPLATE {TEMPLATE} STRATEGY FILE_COPY" if furnished else ""
            self.postgresql.run_sql(f"CREATE DATABASE {name}{like}")
            return self.postgresql.url(name)
        if not furnished:
            return f"sqlite:///{data_dir / 'vigie.db'}"
        template = self.folder / f"{TEMPLATE}.db"
        if not template.exists():
            _furnish(f"sqlite:///{template}")
        shutil.copy(template, data_dir / "vigie.db")
        return f"sqlite:///{data_dir / 'vigie.db'}"


def _furnish(url: str) -> None:
    """What a first start does, once for every installation of the run."""
    engine = make_engine(url)
    migrate.upgrade(engine)
    with open_session(engine=engine) as session:
        ensure_default_label_classes(session)
        ensure_default_questions(session)
        ensure_first_admin(session, ADMIN, ADMIN_PASSWORD)
    engine.dispose()
