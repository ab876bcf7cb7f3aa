"""The command `import-pyro-storage` of the operator's door: where the other installation is, and what to say.

The work itself is `curation.pyro_storage.move_over`.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values

from settings import Settings, SettingsError

if TYPE_CHECKING:
    from curation.pyro_storage import Moved, PyroStorage

# What pyro-storage's own `.env` calls them; in our environment they begin with PYRO_STORAGE_.
THEIR_SETTINGS = (
    "DATABASE_URL",
    "BUCKET_NAME",
    "S3_ENDPOINT_URL",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
    "S3_REGION",
    "QARNOT_TOKEN",
    "QARNOT_CLUSTER_URL",
)
THEIR_PREFIX = "PYRO_STORAGE_"
SECONDS_BETWEEN_LINES = 5
COLUMNS = ("kind", "old_id", "outcome", "new_id", "note")


class Stopped(Exception):
    """The other installation, or ours, cannot be used; the text says which and why."""


def add_options(command: argparse.ArgumentParser) -> None:
    """What the command may be told."""
    command.description = (
        "Carry a pyro-storage installation over. Safe to repeat and to interrupt. Secrets are better kept off the"
        f" command line: {', '.join(THEIR_SETTINGS)} are also read from a file in the form of pyro-storage's own"
        f" .env, and from the environment with {THEIR_PREFIX} before them."
    )
    command.add_argument("--settings", type=_path, metavar="FILE", help="pyro-storage's .env, or one like it")
    command.add_argument("--database", metavar="URL", help="its PostgreSQL database (DATABASE_URL)")
    command.add_argument("--bucket-folder", type=_path, metavar="FOLDER", help="its bucket, as a folder")
    command.add_argument("--bucket-name", metavar="NAME", help="its bucket (BUCKET_NAME)")
    command.add_argument("--bucket-endpoint", metavar="URL", help="where that is (S3_ENDPOINT_URL)")
    command.add_argument(
        "--name", default="pyro-storage", help="what its media are tagged with, and its ids kept under"
    )
    command.add_argument("--map", type=_path, metavar="FILE", help="write a CSV of old and new ids")
    command.add_argument("--dry-run", action="store_true", help="look at everything, write nothing")


def _path(text: str) -> Path:
    """Where it is now: the commands change the folder before they begin."""
    return Path(text).expanduser().absolute()


def import_pyro_storage(settings: Settings, given: argparse.Namespace) -> int:
    """Carry everything over and say so; returns 0 when all of it is here, 1 when something failed, 130 on Ctrl+C.

    Raises SettingsError when it is not said where the other installation is, Stopped when one of the two is away.
    """
    theirs = find_pyro_storage(given, os.environ)
    try:
        return _carry_over(theirs, settings, given)
    finally:
        theirs.engine.dispose()


def _carry_over(theirs: PyroStorage, settings: Settings, given: argparse.Namespace) -> int:
    from curation.acts import ReviewPolicy
    from curation.pyro_storage import Home, move_over
    from curation.pyro_storage_tables import count_theirs
    from curation.uploads import UploadPlace
    from db.session import open_session
    from storage import open_bucket

    with _stopping("The database of pyro-storage cannot be used"):
        counts = count_theirs(theirs.engine)
    with _stopping("The bucket of pyro-storage cannot be used"):
        theirs.bucket.check()
    home = Home(
        sessions=open_session,
        bucket=open_bucket(),
        spool_folder=settings.data_dir / "spool",
        place=UploadPlace(settings.bucket_media_folder, settings.default_timezone),
        annotation_folder=settings.bucket_annot_folder,
        policy=ReviewPolicy.of(settings),
    )
    report = _Report(access=counts.accesses, media=counts.media, annotation=counts.annotations)
    try:
        with _stopping("It stopped in the middle; the same command goes on where it stopped"):
            if not given.dry_run:
                home.bucket.prepare()
            for moved in _written(given.map, move_over(theirs, home, dry_run=given.dry_run)):
                report.take(moved)
    except KeyboardInterrupt:
        _say("Stopped; the same command goes on where it stopped.")
        return 130
    finally:
        report.close(dry_run=given.dry_run)
    return 1 if report.failed else 0


def find_pyro_storage(given: argparse.Namespace, environment: Mapping[str, str]) -> PyroStorage:
    """Where the other installation is: by options, environment and file, in that order. Raises SettingsError."""
    from curation.errors import InvalidText
    from curation.pyro_storage import PyroStorage
    from db.session import make_engine
    from storage import bucket_for
    from storage.local import LocalBucket

    if given.settings is not None and not given.settings.is_file():
        raise SettingsError(f"There is no file {given.settings}.")
    from_file = dotenv_values(given.settings, interpolate=False) if given.settings else {}
    from_options = {
        "DATABASE_URL": given.database,
        "BUCKET_NAME": given.bucket_name,
        "S3_ENDPOINT_URL": given.bucket_endpoint,
    }
    found = {
        name: from_options.get(name) or environment.get(THEIR_PREFIX + name) or from_file.get(name) or ""
        for name in THEIR_SETTINGS
    }
    if not found["DATABASE_URL"]:
        raise SettingsError(
            f"Say where pyro-storage's database is: --settings, --database or {THEIR_PREFIX}DATABASE_URL."
        )
    # Theirs may name the driver that it is opened with there.
    scheme, _, rest = found["DATABASE_URL"].partition("://")
    found["DATABASE_URL"] = f"{scheme.partition('+')[0]}://{rest}"
    if given.bucket_folder is not None:
        found = {"DATABASE_URL": found["DATABASE_URL"]}
    elif not found["BUCKET_NAME"]:
        raise SettingsError(
            f"Say where pyro-storage's bucket is: --settings, --bucket-folder or {THEIR_PREFIX}BUCKET_NAME."
        )
    try:
        # Read by the rules of our own settings, which want a secret key; nothing is signed with it.
        theirs = Settings.from_environment({**found, "SECRET_KEY": secrets.token_urlsafe(64)})
        engine = make_engine(theirs.database_url).execution_options(postgresql_readonly=True)
        bucket = LocalBucket(given.bucket_folder) if given.bucket_folder else bucket_for(theirs)
        return PyroStorage(engine, bucket, given.name)
    except (SettingsError, InvalidText) as problem:
        raise SettingsError(f"Of pyro-storage: {problem}") from problem


@contextmanager
def _stopping(what: str) -> Iterator[None]:
    """Turn what a database, a bucket or a full disk raises into one sentence that begins with `what`."""
    from sqlalchemy.exc import SQLAlchemyError

    from curation.errors import CurationError
    from db.outages import cause
    from storage.errors import BucketError

    try:
        yield
    except (SQLAlchemyError, BucketError, CurationError, OSError) as problem:
        raise Stopped(f"{what}: {cause(problem)}") from problem


def _written(path: Path | None, rows: Iterable[Moved]) -> Iterator[Moved]:
    """The same rows, each written to a CSV as it passes."""
    if path is None:
        yield from rows
        return
    with open(path, "w", encoding="utf-8", newline="", buffering=1) as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow([row.kind, row.old_id, row.outcome.value, row.new_id, row.note])
            yield row


class _Report:
    """Counts what became of the rows, and says so now and then."""

    def __init__(self, **totals: int) -> None:
        self._totals = totals
        self._counts = {kind: Counter[str]() for kind in totals}
        self._last_line = time.monotonic()
        _say(
            "pyro-storage holds " + ", ".join(f"{_many(kind, total)}" for kind, total in totals.items()) + "."
        )

    @property
    def failed(self) -> int:
        return sum(counts["failed"] for counts in self._counts.values())

    def take(self, moved: Moved) -> None:
        """Count one row; what there is to say about it goes to standard error."""
        counts = self._counts[moved.kind]
        counts[moved.outcome.value] += 1
        if moved.note:
            print(f"{moved.kind} {moved.old_id}: {moved.outcome.value}. {moved.note}", file=sys.stderr)
        if time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            _say(f"{counts.total():,} of {_many(moved.kind, self._totals[moved.kind])}")

    def close(self, *, dry_run: bool) -> None:
        """Say what it came to, kind by kind."""
        if dry_run:
            _say("Nothing was written: “created” is what would be.")
        for kind, counts in self._counts.items():
            told = [f"{counts[outcome]:,} {outcome}" for outcome in ("created", "already there")]
            told += [f"{counts[outcome]:,} {outcome}" for outcome in ("left out",) if counts[outcome]]
            _say(f"{PLURALS[kind]}: {', '.join(told)}, {counts['failed']:,} failed")


PLURALS = {"access": "accesses", "media": "media", "annotation": "annotations"}


def _many(kind: str, count: int) -> str:
    return f"{count:,} {PLURALS[kind] if count != 1 else kind}"


def _say(sentence: str) -> None:
    print(sentence, flush=True)
