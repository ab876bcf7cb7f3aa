"""The operator's door: migrate, serve, stop, admin-password, backup, restore, fsck and others.

`python manage.py --help` lists the commands. What goes wrong is said in one sentence on standard error, with
exit code 2 for a wrong setting and 1 for the rest; `fsck` has its own.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import fsck
import purge
from backup.commands import add_backup_options, add_restore_options, backup, restore
from backup.shelf import BackupRefused
from import_pyro_storage import Stopped, add_options, import_pyro_storage
from settings import Settings, SettingsError, get_settings
from supervisor import AlreadyRunning, Service, Supervisor, pid_file, port_is_free, stop_running

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Made = TypeVar("Made")
HERE = Path(__file__).resolve().parent
# What a browser may send through Streamlit's websocket in one message: pictures and answers go elsewhere.
LARGEST_BROWSER_MESSAGE = 4 * 1024 * 1024


class Refused(Exception):
    """The command cannot be carried out; the text says why and what to do."""


def migrate(settings: Settings) -> None:
    """Bring the tables of the database to the version of this code, with the label classes and questions it ships.

    Raises Refused when the database does not answer.
    """
    from sqlalchemy.exc import DBAPIError

    from curation.label_classes import ensure_default_label_classes
    from curation.questions import ensure_default_questions
    from db.migrate import upgrade
    from db.outages import cause

    try:
        upgrade()
        _once(ensure_default_label_classes)
        _once(ensure_default_questions)
    except DBAPIError as problem:
        raise Refused(f"The database of DATABASE_URL cannot be used: {cause(problem)}") from problem


def serve(settings: Settings, only: str | None) -> int:
    """Migrate, create the first admin, and serve until stopped; returns the exit code."""
    services = [service for service in _services(settings) if only in (None, service.name.lower())]
    try:
        with pid_file(_pid_path(settings, only)):
            for port, name in _ports(settings, only):
                if not port_is_free(settings.listen_host, port):
                    raise Refused(f"Port {port} is in use: stop what uses it, or set {name} to another one.")
            migrate(settings)
            say = _log_or_say(settings)
            _require_bucket(say)
            _create_first_admin(settings, say)
            return Supervisor(services, say, "Ready. Ctrl+C or `make stop` stops it.").run()
    except AlreadyRunning as problem:
        raise Refused(f"{problem} Stop it first: make stop") from problem


def stop(settings: Settings) -> None:
    """Stop what `serve` started from the same data folder."""
    try:
        stopped = [stop_running(_pid_path(settings, only)) for only in (None, "dashboard", "api")]
    except TimeoutError as problem:
        raise Refused(str(problem)) from problem
    except PermissionError as problem:
        raise Refused(
            "Vigie was started by another account of this machine: stop it as that one."
        ) from problem
    _say("Stopped." if any(stopped) else "Nothing was running.")


def admin_password(settings: Settings, login: str) -> None:
    """Give an admin a new one-time password and print it once; the access is made or enabled where needed.

    Raises Refused when the login cannot be one.
    """
    from curation.accesses import rescue_admin
    from curation.errors import CurationError
    from db.session import open_session

    migrate(settings)
    try:
        with open_session() as session:
            password = rescue_admin(session, login)
    except CurationError as problem:
        raise Refused(str(problem)) from problem
    _say(f"One-time password of {login}: {password}")
    _say("It must be changed at the first sign-in; all earlier sign-ins of this access have ended.")


def demo(settings: Settings) -> None:
    """Fill an empty installation with made-up camera frames; refuses one that holds media."""
    from demo.fill import NotEmpty, fill

    migrate(settings)
    try:
        fill(settings, say=_say)
    except NotEmpty as problem:
        raise Refused(str(problem)) from problem


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="manage.py", description="The operator's door to Vigie.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("migrate", help="bring the database to the version of this code")
    serving = commands.add_parser("serve", help="migrate, create the first admin, and serve until stopped")
    serving.add_argument("--only", choices=("dashboard", "api"), help="serve one of the two")
    commands.add_parser("stop", help="stop what serve started")
    rescue = commands.add_parser("admin-password", help="give an admin a new one-time password")
    rescue.add_argument("login", nargs="?", help="whose (default: SUPERUSER_LOGIN)")
    add_backup_options(
        commands.add_parser("backup", help="put a back-up of database and bucket into a folder")
    )
    add_restore_options(commands.add_parser("restore", help="bring a back-up into an empty installation"))
    commands.add_parser("purge", help="delete now what is due to be deleted, and say what waits")
    commands.add_parser("demo", help="fill an empty installation with made-up camera frames")
    commands.add_parser("adopt-bucket", help="make the bucket this installation's, whatever name it carries")
    fsck.add_options(commands.add_parser("fsck", help="compare database and bucket, object by object"))
    add_options(commands.add_parser("import-pyro-storage", help="carry a pyro-storage installation over"))
    given = parser.parse_args(arguments)

    # Relative folders, `.env` and Streamlit's configuration are those beside this file.
    os.chdir(HERE)
    # What is made here (database, pictures, secret key) is for this account alone.
    os.umask(0o077)
    try:
        settings = get_settings()
        match given.command:
            case "migrate":
                migrate(settings)
                _say("The database is up to date.")
            case "serve":
                return serve(settings, given.only)
            case "stop":
                stop(settings)
            case "admin-password":
                admin_password(settings, (given.login or settings.superuser_login).strip().lower())
            case "backup":
                return backup(given, _say)
            case "restore":
                with _nothing_running(settings):
                    return restore(given, _say)
            case "purge":
                migrate(settings)
                purge.purge(settings, _say)
            case "demo":
                demo(settings)
            case "adopt-bucket":
                migrate(settings)
                fsck.adopt_bucket()
                _say("The bucket is this installation's from now on.")
            case "fsck":
                return fsck.fsck(settings, given)
            case "import-pyro-storage":
                migrate(settings)
                return import_pyro_storage(settings, given)
    except (SettingsError, fsck.Unchecked) as problem:
        print(problem, file=sys.stderr)
        return 2
    except (Refused, Stopped, BackupRefused, purge.Unfinished) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _nothing_running(settings: Settings) -> Iterator[None]:
    """Let nothing be served from this data folder meanwhile. Raises Refused when something is."""
    try:
        with contextlib.ExitStack() as held:
            for only in (None, "dashboard", "api"):
                held.enter_context(pid_file(_pid_path(settings, only)))
            yield
    except AlreadyRunning as problem:
        raise Refused(f"{problem} Stop it first: make stop") from problem


def _log_or_say(settings: Settings) -> Callable[[str], None]:
    """Where `serve` says how it goes: on standard output, or as lines of the log where every line must be JSON."""
    if settings.log_format != "json":
        return _say
    from reporting import configure_logging

    configure_logging(settings)
    return logging.getLogger("vigie.serve").info


def _require_bucket(say: Callable[[str], None]) -> None:
    """Refuse to serve with a bucket that says no, fails its self-test, or is another installation's.

    One that is only away may come back while we run.
    """
    from curation.errors import Unavailable
    from curation.storage_checks.standing import standing_of
    from db.session import open_session
    from storage import open_bucket
    from storage.errors import BucketError, BucketRefused

    try:
        open_bucket().prepare()
        standing_of(open_bucket()).try_again(open_session, open_bucket())
    except BucketRefused as problem:
        raise Refused(
            f"BUCKET_NAME, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION or QARNOT_TOKEN: {problem}"
        ) from problem
    except Unavailable as problem:
        raise Refused(problem.sentence) from problem
    except BucketError as problem:
        say(f"The bucket cannot be reached yet: {problem}")


def _create_first_admin(settings: Settings, say: Callable[[str], None]) -> None:
    from curation.accesses import ensure_first_admin

    password = _once(
        lambda session: ensure_first_admin(session, settings.superuser_login, settings.superuser_pwd)
    )
    if password is None:
        return
    if settings.log_format == "json":
        # A log is kept and sent on; what opens the door has no place in it.
        say(f"First admin: {settings.superuser_login}. A password: python manage.py admin-password")
    else:
        say(f"First admin: {settings.superuser_login}   password: {password}   (shown only now; change it)")


def _once(make: Callable[[Session], Made]) -> Made | None:
    """Do what a first start does; None when another replica, starting at the same moment, was faster."""
    from sqlalchemy.exc import IntegrityError

    from curation.errors import LoginTaken
    from db.session import open_session

    try:
        with open_session() as session:
            return make(session)
    except (IntegrityError, LoginTaken):
        return None


def _services(settings: Settings) -> list[Service]:
    common = (
        *("--host", settings.listen_host),
        # Our own line per request has an id and no query; uvicorn's has neither.
        *("--no-access-log", "--no-server-header"),
        *("--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "10"),
        *("--http", "api.connections:ImpatientConnection"),
        # Without proxies of ours nobody may say where a request comes from or that it came by https.
        *(
            ("--proxy-headers", "--forwarded-allow-ips", ",".join(settings.trusted_proxies))
            if settings.trusted_proxies
            else ("--no-proxy-headers",)
        ),
    )
    asked_at = "127.0.0.1" if settings.listen_host in ("0.0.0.0", "::") else settings.listen_host
    asked_at = f"[{asked_at}]" if ":" in asked_at else asked_at
    # glibc keeps an arena per thread; with two the memory of long uploads goes back instead of piling up.
    environment = {"MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}
    dashboard = Service(
        name="Dashboard",
        command=(
            *(sys.executable, "-m", "uvicorn", "app:app", "--port", str(settings.dashboard_port), *common),
            # What `streamlit run` chooses itself. One worker: a Streamlit session lives in one process.
            *("--ws", "websockets-sansio", "--ws-max-size", str(LARGEST_BROWSER_MESSAGE)),
            *("--ws-ping-interval", "30", "--ws-ping-timeout", "30", "--ws-per-message-deflate", "false"),
        ),
        ready_url=f"http://{asked_at}:{settings.dashboard_port}/_stcore/health",
        public_url=settings.public_url,
        environment={**environment, "STREAMLIT_SERVER_COOKIE_SECRET": _derived_secret(settings, "streamlit")},
    )
    api = Service(
        name="API",
        command=(
            *(sys.executable, "-m", "uvicorn", "--factory", "api.main:create_public_app"),
            *("--port", str(settings.api_port), *common),
        ),
        ready_url=f"http://{asked_at}:{settings.api_port}/ready",
        public_url=f"http://localhost:{settings.api_port}" + ("/docs" if settings.api_docs else ""),
        environment=environment,
    )
    return [dashboard, api]


def _derived_secret(settings: Settings, purpose: str) -> str:
    """A secret for one purpose, the same in every replica, from which the secret key cannot be had back."""
    return hmac.new(settings.secret_key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _ports(settings: Settings, only: str | None) -> list[tuple[int, str]]:
    ports = {"dashboard": (settings.dashboard_port, "DASHBOARD_PORT"), "api": (settings.api_port, "API_PORT")}
    return [port for name, port in ports.items() if only in (None, name)]


def _pid_path(settings: Settings, only: str | None) -> Path:
    return settings.data_dir / ("vigie.pid" if only is None else f"vigie-{only}.pid")


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
