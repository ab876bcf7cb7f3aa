"""F17: a crash while withdrawn content is deleted, and an upload of the same content at that moment."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from sqlalchemy import delete, select, update

from db.models import Blob, BlobState, Media, Turn, utc_now
from db.session import open_session
from tests.factories import a_jpeg
from tests.faults.registry import fault
from tests.faults.trial import PATIENCE, Trial

STEPS = ("purge.trashed", "purge.deleting", "purge.object_deleted", "purge.row_deleted")
GRACE_OVER = {"GRACE_DAYS": "0"}
REFUSED_FOR_NOW = 503


@fault("F17", "clean-up killed at each step, the same content sent again", sample=1, full=10)
def killed_while_deleting(trial: Trial) -> None:
    for _ in range(trial.rounds):
        for step in trial.some(STEPS):
            content = a_jpeg(320, 240)
            _withdraw(trial, content)
            if step != STEPS[0]:
                _clean_up(trial)
                _let_a_day_pass(trial)
            done = trial.site.manage("purge", VIGIE_KILL_AT=step, **GRACE_OVER)
            trial.require(done.returncode == -9, f"the clean-up did not reach {step}: {done.stdout[-300:]}")
            if trial.rng.random() < 0.5:
                _send_once(trial, content)
            _let_turns_end(trial)
            _clean_up(trial)
            _send_until_taken(trial, content)
            _let_a_day_pass(trial)
            _clean_up(trial)
            _require_whole(trial, content)


@fault("F17", "an upload at the moment of the deletion", sample=2, full=200)
def upload_races_deletion(trial: Trial) -> None:
    """The content is due; one process deletes it, another one stores it: it is there in the end, with its row."""
    for _ in range(trial.rounds):
        content = a_jpeg(320, 240)
        _withdraw(trial, content)
        _clean_up(trial)
        _let_a_day_pass(trial)
        cleaning = threading.Thread(target=_clean_up, args=(trial,), daemon=True)
        cleaning.start()
        time.sleep(trial.rng.uniform(0, 0.4))
        _send_until_taken(trial, content)
        cleaning.join(PATIENCE)
        _require_whole(trial, content)
    _require_nothing_due(trial)


def _withdraw(trial: Trial, content: bytes) -> None:
    """A media with this content that is withdrawn, and forgotten by the ledger."""
    with trial.caller() as caller:
        media_id = caller.upload(content).json()["media"]["id"]
        caller.delete(f"/media/{media_id}").raise_for_status()
    del trial.ledger.uploads[media_id]


def _clean_up(trial: Trial) -> None:
    done = trial.site.manage("purge", **GRACE_OVER)
    trial.require(done.returncode == 0, f"the clean-up ended with {done.returncode}: {done.stdout[-300:]}")


def _send_once(trial: Trial, content: bytes) -> None:
    """What a clean-up had begun to delete is refused until the next one has ended it; anything else is taken."""
    with trial.caller() as caller:
        answer = caller.upload(content)
        trial.require(
            answer.status_code in (200, 201, REFUSED_FOR_NOW),
            f"the same content was answered {answer.status_code}: {answer.text[:200]}",
        )


def _send_until_taken(trial: Trial, content: bytes) -> None:
    """As a client does that is told to come again in a while."""
    deadline = time.monotonic() + PATIENCE
    with trial.caller() as caller:
        while True:
            answer = caller.upload(content)
            if answer.status_code in (200, 201):
                return
            if answer.status_code != REFUSED_FOR_NOW or time.monotonic() > deadline:
                trial.fail(f"the same content was answered {answer.status_code}: {answer.text[:200]}")
                return
            time.sleep(0.2)


def _let_a_day_pass(trial: Trial) -> None:
    """What is in the trash has been there for its time, and what was promised to an upload has ended."""
    past = utc_now() - timedelta(seconds=1)
    with open_session(engine=trial.site.engine) as session:
        session.execute(update(Blob).where(Blob.delete_after.is_not(None)).values(delete_after=past))
        session.execute(update(Blob).where(Blob.lease_until.is_not(None)).values(lease_until=past))


def _let_turns_end(trial: Trial) -> None:
    with open_session(engine=trial.site.engine) as session:
        session.execute(delete(Turn))


def _require_whole(trial: Trial, content: bytes) -> None:
    with trial.caller() as caller:
        answer = caller.upload(content)
        trial.require(
            answer.status_code == 200, f"a content that was taken got {answer.status_code} afterwards"
        )
        media_id = answer.json()["media"]["id"]
        picture = caller.get(f"/media/{media_id}/picture", params={"size": "original"})
        trial.require(picture.content == content, f"media {media_id} has lost its content to the clean-up")


def _require_nothing_due(trial: Trial) -> None:
    """No object without a row, nor a row that waits for ever."""
    _let_turns_end(trial)
    _let_a_day_pass(trial)
    _clean_up(trial)
    with open_session(read_only=True, engine=trial.site.engine) as session:
        blobs = session.execute(select(Blob.bucket_key, Blob.state)).all()
        used = set(session.scalars(select(Media.bucket_key).where(Media.bucket_key.is_not(None))))
    trial.require(all(blob.state == BlobState.STORED for blob in blobs), "a content is still being deleted")
    root = trial.site.bucket_dir
    objects = {path.relative_to(root).as_posix() for path in (root / "media").rglob("*") if path.is_file()}
    trial.require(objects == used, f"{len(objects)} objects for {len(used)} contents in use")
