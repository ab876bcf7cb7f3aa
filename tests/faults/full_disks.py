"""F9: no room left for a spooled body, in the folder of the pictures, in SQLite's file, in the bucket."""

from __future__ import annotations

import resource

from tests.factories import a_jpeg
from tests.faults.bucket_outages import ONLY_S3, proxied
from tests.faults.registry import REPLICATED, SINGLE_HOST, fault
from tests.faults.s3_proxy import pass_on, refusing
from tests.faults.trial import Caller, Trial

NO_ROOM = 4096  # bytes: no file may become longer
LARGE = 600  # pixels a side, of noise: some 300 kB


@fault("F9", "disk full", sample=1, full=10, places=(SINGLE_HOST, REPLICATED))
def disk_full(trial: Trial) -> None:
    """No file of the process may grow: uploads and, with SQLite, answers are refused, and reading goes on."""
    with trial.caller() as caller:
        for number in range(trial.rounds):
            content = a_jpeg(quality=100, width=LARGE, height=LARGE)
            media_id = caller.upload(a_jpeg(colour=(number, 0, 0))).json()["media"]["id"]
            _limit_files(trial, NO_ROOM)
            _require_no_room(trial, caller, content)
            if trial.place.database == "sqlite":
                answer = caller.submit(media_id, f"00000000-0000-4000-8000-{number:012}")
                trial.require(answer.status_code == 503, f"an answer was answered {answer.status_code}")
            _require_readable(trial, caller, media_id)
            _limit_files(trial, resource.RLIM_INFINITY)
            trial.await_recovery(lambda: caller.upload(content).status_code == 201)  # noqa: B023


@fault("F9", "bucket full", sample=0, full=10, places=ONLY_S3)
def bucket_full(trial: Trial) -> None:
    """The bucket's own disk is full, or its quota used up."""
    with proxied(trial) as proxy, trial.caller() as caller:
        for _ in range(trial.rounds):
            content = a_jpeg()
            media_id = caller.upload(a_jpeg()).json()["media"]["id"]
            proxy.rule = refusing(507, "InsufficientStorage", method="PUT")
            _require_no_room(trial, caller, content)
            _require_readable(trial, caller, media_id)
            proxy.rule = pass_on
            trial.await_recovery(lambda: caller.upload(content).status_code == 201)  # noqa: B023


def _limit_files(trial: Trial, size: int) -> None:
    """Let no file of the running process grow beyond `size` bytes: writing on gives EFBIG, as a full disk ENOSPC."""
    process = trial.site.api.process
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _require_no_room(trial: Trial, caller: Caller, content: bytes) -> None:
    answer = caller.upload(content)
    trial.require(answer.status_code in (503, 507), f"an upload without room ended in {answer.status_code}")


def _require_readable(trial: Trial, caller: Caller, media_id: int) -> None:
    for path in ("/media?limit=1", f"/media/{media_id}", f"/media/{media_id}/picture?size=original"):
        answer = caller.get(path)
        trial.require(answer.status_code == 200, f"{path} on a full disk was answered {answer.status_code}")
