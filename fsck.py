"""The commands `fsck` and `adopt-bucket` of the operator's door.

`fsck` ends with 0 when database and bucket say the same, 1 when something differs, 2 when it could not look.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from settings import Settings

if TYPE_CHECKING:
    from curation.storage_checks.running import Result, Wanted

# A check that is under way is waited for: one of another process, or of one that was killed a moment ago.
WAITS = 90.0
LOOK_AGAIN = 1.0


class Unchecked(Exception):
    """A check could not be made: nothing is known, good or bad. The text says why."""


def add_options(command: argparse.ArgumentParser) -> None:
    """What `fsck` may be told."""
    command.description = (
        "Compare database and bucket, object by object and row by row. Safe while Vigie runs. Nothing is changed"
        " without --repair. Ends with 0 when all is well, 1 when something differs, 2 when it could not look."
    )
    command.add_argument("--deep", action="store_true", help="read every stored object and compare its hash")
    command.add_argument("--repair", action="store_true", help="put right what can be put right")
    command.add_argument(
        "--many",
        action="store_true",
        help="with --repair: go on where more differs than an accident would explain (over 1 % or 100)",
    )
    command.add_argument("--json", action="store_true", help="print the whole report as JSON")
    command.add_argument(
        "--since",
        type=_moment,
        metavar="DAY",
        help="read and replay only what was stored and answered since: 2026-11-23, or with a time and its zone",
    )


def fsck(settings: Settings, given: argparse.Namespace) -> int:
    """Carry out one check, print what came of it, and return the exit code. Raises Unchecked."""
    from curation.storage_checks.running import Wanted
    from db.models import CheckOutcome

    wanted = Wanted(deep=given.deep, repair=given.repair, many=given.many, since=given.since)
    result = _check(settings, wanted)
    told = {"outcome": result.outcome.value, "problem": result.problem, **result.report.as_json()}
    if given.json:
        print(json.dumps(told, indent=1))
    else:
        _tell(told)
    could_look = result.report.looked_at.total() > 0 and result.outcome != CheckOutcome.FAILED
    if result.outcome == CheckOutcome.CLEAN:
        return 0
    return 1 if could_look else 2


def adopt_bucket() -> None:
    """Make the bucket this installation's, whatever name it carries. Raises Unchecked."""
    from sqlalchemy.exc import SQLAlchemyError

    from curation.storage_checks.marker import adopt
    from db.session import open_session
    from storage import open_bucket
    from storage.errors import BucketError

    try:
        adopt(open_session, open_bucket())
    except (SQLAlchemyError, BucketError) as problem:
        raise Unchecked(_why(problem)) from problem


def _check(settings: Settings, wanted: Wanted) -> Result:
    from sqlalchemy.exc import SQLAlchemyError

    from curation.storage_checks.looking import Place
    from curation.storage_checks.running import SomebodyElse, make_check
    from db.migrate import is_current
    from db.session import open_session
    from storage import open_bucket
    from storage.errors import BucketError

    place = Place(settings.bucket_media_folder, settings.bucket_annot_folder, settings.data_dir / "spool")
    until = time.monotonic() + WAITS
    try:
        if not is_current():
            raise Unchecked("The database waits for its migration: python manage.py migrate")
        while True:
            try:
                return make_check(open_session, open_bucket(), place, wanted)
            except SomebodyElse as problem:
                if time.monotonic() >= until:
                    raise Unchecked(str(problem)) from problem
            print("Another check is under way; waiting for it to end.", file=sys.stderr)
            time.sleep(LOOK_AGAIN)
    except (SQLAlchemyError, BucketError) as problem:
        raise Unchecked(_why(problem)) from problem


def _tell(told: dict[str, Any]) -> None:
    for kind, number in told["found"].items():
        repaired = told["repaired"].get(kind, 0)
        print(f"{kind.replace('_', ' ')}: {number:,}" + (f", {repaired:,} repaired" if repaired else ""))
        for about in told["examples"].get(kind, []):
            print("    " + ", ".join(f"{name} {value}" for name, value in about.items() if value is not None))
    if told["foreign"]["objects"]:
        print(f"not ours, left alone: {told['foreign']['objects']:,} objects")
    looked_at = ", ".join(
        f"{number:,} {name.replace('_', ' ')}" for name, number in told["looked_at"].items()
    )
    print(f"Looked at: {looked_at or 'nothing'}.")
    print(told["problem"] or ("All is well." if told["outcome"] == "clean" else "Something differs."))


def _why(problem: Exception) -> str:
    from sqlalchemy.exc import DBAPIError

    from db.outages import cause

    if not isinstance(problem, DBAPIError):
        return str(problem)
    return f"The database of DATABASE_URL cannot be used: {cause(problem)}"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
