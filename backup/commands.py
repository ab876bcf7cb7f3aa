"""The commands `backup` and `restore` of the operator's door: where to, what to say, and how it ends."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backup.shelf import BackupRefused, Manifest, find_backup

if TYPE_CHECKING:
    from backup.restoring import Outcome

SECONDS_BETWEEN_LINES = 10.0

Say = Callable[[str], None]


def add_backup_options(command: argparse.ArgumentParser) -> None:
    """What `backup` may be told."""
    command.description = (
        "Put a back-up of database and bucket into a folder, beside the earlier ones; what has not changed is linked"
        " from the newest of those. The installation may go on working meanwhile."
    )
    command.add_argument("folder", type=_path, help="where the back-ups stand")
    command.add_argument(
        "--keep",
        type=_number,
        metavar="N",
        help="how many whole back-ups stay there, beside those that hold what the new one lacks (default: all)",
    )


def add_restore_options(command: argparse.ArgumentParser) -> None:
    """What `restore` may be told."""
    command.description = (
        "Bring a back-up into the empty database and the empty bucket that the settings name, of whatever kind"
        " they are. A restoring that was cut off goes on when it is started again."
    )
    command.add_argument("folder", type=_path, help="a back-up, or where they stand: then the newest")
    command.add_argument("--check", action="store_true", help="only read it and tell whether it is whole")


def _path(text: str) -> Path:
    """Where it is now: the commands change the folder before they begin."""
    return Path(text).expanduser().absolute()


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one must stay")
    return number


def backup(given: argparse.Namespace, say: Say) -> int:
    """Take a back-up; returns 0 when it holds everything, 1 when something is in none or only in an earlier one.

    Raises BackupRefused.
    """
    from backup.taking import take_backup
    from db.session import get_engine
    from storage import open_bucket

    with _explained("The back-up is not whole; the next one takes over what is there"):
        taken = take_backup(
            get_engine(),
            open_bucket(),
            given.folder,
            now=datetime.now(UTC).replace(microsecond=0),
            keep=given.keep,
            tell=_Progress(say, "{} objects"),
        )
    say(f"{_contents(taken.manifest)} in {taken.folder}")
    if taken.missing:
        say(f"{taken.manifest.missing} objects are not in it: the bucket does not hold what their rows say.")
        _name(taken.missing, taken.manifest.missing, say)
        say("`manage.py fsck --deep` says more.")
    for folder in taken.kept:
        say(
            f"{folder} was not removed: it has a file of something that the new one lacks, which cannot be read or is "
            "damaged. Save what you can of it before you remove it yourself."
        )
    return 1 if taken.missing or taken.kept else 0


def restore(given: argparse.Namespace, say: Say) -> int:
    """Bring a back-up back, or only look at it; returns 0 when all of it was whole, else 1. Raises BackupRefused."""
    from backup.restoring import check_backup
    from backup.restoring import restore as bring_back
    from db.session import get_engine
    from storage import open_bucket

    folder = find_backup(given.folder)
    objects = Manifest.read(folder).objects
    tell = _Progress(say, f"{{}} of {objects:,} objects")
    if given.check:
        with _explained("It could not be read to its end"):
            outcome = check_backup(folder, tell=tell)
        return _judge(folder, outcome, "is whole", say)
    with _explained("Not everything is back yet; the same command goes on where it stopped"):
        outcome = bring_back(get_engine(), open_bucket(), folder, tell=tell)
    return _judge(folder, outcome, "is back", say)


def _judge(folder: Path, outcome: Outcome, praise: str, say: Say) -> int:
    manifest = outcome.manifest
    say(f"{folder}: {_contents(manifest)}, of {manifest.taken_at:%Y-%m-%d %H:%M} UTC")
    if manifest.missing:
        say(f"When it was taken, {manifest.missing} objects were missing in the bucket already.")
    if outcome.damaged:
        say(f"{outcome.damaged} objects of it are gone or damaged:")
        _name(outcome.examples, outcome.damaged, say)
        return 1
    say(f"All of it {praise}.")
    return 0


def _contents(manifest: Manifest) -> str:
    rows = sum(rows for _, rows in manifest.tables.values())
    return f"{rows:,} rows, {manifest.objects:,} objects ({manifest.object_bytes / 1e6:,.1f} MB)"


def _name(keys: list[str], number: int, say: Say) -> None:
    for key in keys:
        say(f"  {key}")
    if number > len(keys):
        say(f"  and {number - len(keys)} more")


class _Progress:
    """Says how far it is, now and then."""

    def __init__(self, say: Say, sentence: str) -> None:
        self._say = say
        self._sentence = sentence
        self._next = time.monotonic() + SECONDS_BETWEEN_LINES

    def __call__(self, objects: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SECONDS_BETWEEN_LINES
            self._say(self._sentence.format(f"{objects:,}"))


@contextmanager
def _explained(consequence: str) -> Iterator[None]:
    from sqlalchemy.exc import DBAPIError

    from db.outages import cause
    from storage.errors import BucketError

    try:
        yield
    except DBAPIError as problem:
        raise BackupRefused(
            f"The database of DATABASE_URL cannot be used: {cause(problem)}. {consequence}."
        ) from problem
    except BucketError as problem:
        raise BackupRefused(f"{problem} {consequence}.") from problem
    except KeyboardInterrupt:
        raise BackupRefused(f"Stopped. {consequence}.") from None
    except OSError as problem:
        raise BackupRefused(
            f"{problem.filename or 'A file'}: {problem.strerror or problem}. {consequence}."
        ) from problem
