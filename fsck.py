"""`manage.py fsck`: compares database and bucket for the operator. Ends with 0 when all is well, 1 when something
differs, 2 when it could not look."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from settings import Settings


class Unchecked(Exception):
    """A check could not be made: nothing is known, good or bad. The text says why."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said behind `manage.py fsck`."""
    parser.add_argument("--deep", action="store_true", help="read every stored object and compare its hash")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="DAY",
        help="leave out what was stored and answered before: 2026-11-23, or with a time and its zone",
    )


def fsck(settings: Settings, given: argparse.Namespace) -> int:
    """Carry out one check, print what came of it, and return the exit code. Raises Unchecked."""
    from sqlalchemy.exc import SQLAlchemyError

    from curation.storage_checks.looking import Place
    from curation.storage_checks.running import Result, SomebodyElse, begin, carry_out
    from db.migrate import is_current
    from db.session import open_session
    from storage import open_bucket

    place = Place(settings.bucket_media_folder, settings.bucket_annot_folder, settings.data_dir / "spool")
    try:
        if not is_current():
            raise Unchecked("The database waits for its migration: python manage.py migrate")
        with open_session() as session:
            check_id = begin(session, deep=given.deep)
        result: Result = carry_out(open_session, open_bucket(), place, check_id, since=given.since)
    except SQLAlchemyError as problem:
        raise Unchecked(f"The database cannot be used: {type(problem).__name__}.") from problem
    except SomebodyElse as problem:
        raise Unchecked(str(problem)) from problem
    told = {"outcome": result.outcome.value, "problem": result.problem, **result.report.as_json()}
    if given.json:
        print(json.dumps(told, indent=1))
    else:
        for kind, number in told["found"].items():
            print(f"{kind.replace('_', ' ')}: {number}")
        print(result.problem or result.outcome.value)
    return {"clean": 0, "drift": 1}.get(result.outcome.value, 2)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
