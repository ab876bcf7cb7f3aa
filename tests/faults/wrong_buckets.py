"""F8: where the bucket was there is an empty one, or another installation's: whoever cleans up stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from db.models import Blob, BlobState
from db.session import open_session
from tests.factories import a_jpeg
from tests.faults.registry import fault
from tests.faults.trial import Trial

STOPPED = "If it is the right one"  # what a sentence about a wrong bucket ends with
PICTURES = 15  # more than a repair changes without being asked for


@fault("F8", "bucket empty", sample=1, full=5)
def empty(trial: Trial) -> None:
    """As after a disk that was not mounted, or a bucket made anew."""
    _stand_in(trial, lambda folder: folder.mkdir())


@fault("F8", "bucket of another installation", sample=0, full=5)
def of_another(trial: Trial) -> None:
    """With pictures and a marker of its own, all of which must still be there afterwards."""

    def put_theirs(folder: Path) -> None:
        theirs = trial.ground.site(trial.place)
        theirs.add_replica()
        with trial.caller(theirs.api, theirs.token) as caller:
            for _ in range(3):
                caller.post("/uploads", files={"file": ("theirs.jpg", a_jpeg())}).raise_for_status()
        theirs.close()
        theirs.bucket_dir.rename(folder)

    _stand_in(trial, put_theirs)


def _stand_in(trial: Trial, put_another: Callable[[Path], None]) -> None:
    for _ in range(trial.rounds):
        with trial.caller() as caller:
            for _ in range(PICTURES):
                caller.upload(a_jpeg())
        states = _states(trial)
        with _replaced(trial, put_another):
            held = _files(trial.site.bucket_dir)
            _require_stopped(trial, 2, "fsck", "--deep", "--repair")
            if trial.is_full:
                _require_stopped(trial, 2, "fsck")
                _require_stopped(trial, 2, "fsck", "--repair")
            _require_stopped(trial, 1, "purge")
            trial.require(_files(trial.site.bucket_dir) == held, "objects of the other bucket were changed")
            trial.require(_states(trial) == states, f"rows were changed: {states}, then {_states(trial)}")
        trial.await_recovery()


def _require_stopped(trial: Trial, code: int, *command: str) -> None:
    """The command ends with this code and a sentence."""
    done = trial.site.manage(*command)
    trial.require(
        done.returncode == code and STOPPED in done.stdout and "Traceback" not in done.stdout,
        f"manage.py {' '.join(command)} ended with {done.returncode}: {done.stdout[-600:]}",
    )


@contextmanager
def _replaced(trial: Trial, put_another: Callable[[Path], None]) -> Iterator[None]:
    """Another bucket stands where this installation's was, until the block ends."""
    folder = trial.site.bucket_dir
    away = folder.with_name(f"{folder.name}-away")
    folder.rename(away)
    put_another(folder)
    _look_anew(trial)
    try:
        yield
    finally:
        folder.rename(folder.with_name(f"{folder.name}-other-{len(list(folder.parent.iterdir()))}"))
        away.rename(folder)
        _look_anew(trial)


def _look_anew(trial: Trial) -> None:
    """The S3 server remembers for minutes what its folders hold, and forgets it when it starts again."""
    if trial.place.bucket == "s3":
        trial.ground.s3_server.stop()
        trial.ground.s3_server.start_again()


def _files(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()
    }


def _states(trial: Trial) -> dict[BlobState, int]:
    with open_session(read_only=True, engine=trial.site.engine) as session:
        rows = session.execute(select(Blob.state, func.count()).group_by(Blob.state))
        return {row[0]: row[1] for row in rows}
