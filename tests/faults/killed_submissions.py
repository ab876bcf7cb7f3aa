"""F2: the server or the database is killed while answers are handed in; the same client id is sent again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import select, update

from db.models import Annotation, Job, utc_now
from db.session import open_session
from tests.factories import a_jpeg
from tests.faults.busy import keep_busy
from tests.faults.registry import REPLICATED, fault
from tests.faults.trial import Caller, Trial

STEPS = (
    "annotation.before_commit",
    "annotation.committed",
    "annotation.before_file",
    "annotation.after_file",
)
FILE_STEPS = ("attach.put", "attach.committed")
FILES_SECONDS = 30.0
ACTS_PER_MEDIA = 20


@fault("F2", "server killed at each step of a submission", sample=1, full=10)
def killed_at_a_step(trial: Trial) -> None:
    for number in range(trial.rounds):
        for step in trial.some(STEPS):
            with trial.caller() as caller:
                media_id = a_media(caller)
            client_id = f"{step.replace('.', '-')}-{number}"
            trial.site.start_again(VIGIE_KILL_AT=step)
            with trial.caller() as caller, suppress(httpx.HTTPError):
                caller.submit(media_id, client_id, shapes=[a_shape(0.1)])
            trial.site.api.wait_for_end(10)
            trial.site.start()
            with trial.caller() as caller:
                for _ in range(2):
                    answer = caller.submit(media_id, client_id, shapes=[a_shape(0.1)])
                    trial.require(
                        answer.status_code in (200, 201), f"{step}: a repeat got {answer.status_code}"
                    )
                stored = caller.get(f"/media/{media_id}/annotations").json()
                trial.require(len(stored) == 1, f"{step}: {len(stored)} annotations are stored")
    require_files(trial)


@fault("F2", "server killed at each step of an answer that comes as a file", sample=1, full=10)
def killed_while_attaching(trial: Trial) -> None:
    """The file is sent again: it is the answer that counts, once, and lies in the bucket."""
    for number in range(trial.rounds):
        for step in FILE_STEPS:
            content = f"{step} {number}".encode()
            with trial.caller() as caller:
                media_id = a_media(caller)
                created = caller.post("/annotations", json={"media_id": media_id})
                annotation_id = created.raise_for_status().json()["id"]
            trial.site.start_again(VIGIE_KILL_AT=step)
            with trial.caller() as caller, suppress(httpx.HTTPError):
                _attach(caller, annotation_id, content)
            trial.site.api.wait_for_end(10)
            trial.site.start()
            with trial.caller() as caller:
                for _ in range(2):
                    answer = _attach(caller, annotation_id, content)
                    trial.require(answer.status_code == 200, f"{step}: a repeat got {answer.status_code}")
                stored = caller.get(f"/media/{media_id}/annotations").json()
            trial.require(
                [found["id"] for found in stored] == [annotation_id], f"{step}: {len(stored)} are stored"
            )
            with open_session(read_only=True, engine=trial.site.engine) as session:
                key = session.get_one(Annotation, annotation_id).bucket_key
            path = trial.site.bucket_dir / key if key else None
            kept = path is not None and path.is_file() and path.read_bytes() == content
            trial.require(kept, f"{step}: the file is not in the bucket")


def _attach(caller: Caller, annotation_id: int, content: bytes) -> httpx.Response:
    return caller.post(f"/annotations/{annotation_id}/upload", files={"file": ("answer.txt", content)})


@fault("F2", "server killed amid many submissions and reviews", sample=1, full=100)
def killed_amid_many(trial: Trial) -> None:
    """Twenty acts for each kill: at 100 kills the 2,000 that are promised."""
    keep_busy(trial, _chains(trial, 20 * trial.rounds), times=trial.rounds, disturb=trial.site.start_again)
    require_files(trial)


@fault("F2", "database killed amid many submissions and reviews", sample=1, full=20, places=(REPLICATED,))
def database_killed_amid_many(trial: Trial) -> None:
    def kill_database() -> None:
        trial.ground.postgresql.kill()
        trial.ground.postgresql.start()
        trial.await_recovery()

    keep_busy(trial, _chains(trial, 40 * trial.rounds), times=trial.rounds, disturb=kill_database)
    require_files(trial)


@fault("F2", "server killed while drawings are kept", sample=1, full=20)
def killed_while_drawing(trial: Trial) -> None:
    """What is drawn is kept on the server every two seconds at most: of what was kept, nothing is lost."""
    for _ in range(trial.rounds):
        with trial.caller() as caller:
            media_id = a_media(caller)
            began = datetime.now(UTC)
            for stroke in range(1, 6):
                drawing = {"shapes": [a_shape(0.05 * number) for number in range(1, stroke + 1)]}
                made_at = (began + timedelta(seconds=2 * stroke)).isoformat()
                kept = caller.put(f"/drafts/{media_id}", json={"drawing": drawing, "made_at": made_at})
                kept.raise_for_status()
                if trial.rng.random() < 0.3:
                    break
        trial.site.start_again()
        with trial.caller() as caller:
            drafts = {draft["media_id"]: draft for draft in caller.get("/drafts").json()}
            found = len(drafts[media_id]["drawing"]["shapes"]) if media_id in drafts else 0
            trial.require(found == stroke, f"{stroke} shapes were kept, {found} are offered again")


def a_media(caller: Caller) -> int:
    """A new picture."""
    answer = caller.upload(a_jpeg(64, 48))
    answer.raise_for_status()
    media_id: int = answer.json()["media"]["id"]
    return media_id


def a_shape(left: float) -> dict[str, object]:
    return {"label_class": "wildfire", "box": [left, 0.2, left + 0.1, 0.4]}


def require_files(trial: Trial) -> None:
    """Every annotation has its file in the bucket, with its number; what a killed process had taken is taken again."""
    with open_session(engine=trial.site.engine) as session:
        # Two minutes pass, after which a job belongs to nobody.
        session.execute(update(Job).values(lease_until=utc_now() - timedelta(seconds=1), run_after=utc_now()))
    deadline = time.monotonic() + FILES_SECONDS + 0.2 * trial.ledger.acknowledged
    missing = _without_file(trial)
    while missing and time.monotonic() < deadline:
        time.sleep(0.2)
        missing = _without_file(trial)
    trial.require(not missing, f"{len(missing)} annotations have no file, such as {missing[:3]}")


def _without_file(trial: Trial) -> list[int]:
    with open_session(read_only=True, engine=trial.site.engine) as session:
        rows = session.execute(select(Annotation.id, Annotation.number, Annotation.bucket_key)).all()
    return [row.id for row in rows if not _is_file_of(trial, row.number, row.bucket_key)]


def _is_file_of(trial: Trial, number: int, key: str | None) -> bool:
    path = trial.site.bucket_dir / key if key else None
    return path is not None and path.is_file() and json.loads(path.read_bytes())["number"] == number


def _chains(trial: Trial, acts: int) -> list[list[Callable[[Caller], httpx.Response]]]:
    """Acts, twenty in a row for each media: answers, each based on the one before, and now and then a review."""
    with trial.caller() as caller:
        media = [a_media(caller) for _ in range(-(-acts // ACTS_PER_MEDIA))]
    return [_chain(media_id, min(ACTS_PER_MEDIA, acts)) for media_id in media]


def _chain(media_id: int, acts: int) -> list[Callable[[Caller], httpx.Response]]:
    current: list[int] = []

    def submit(caller: Caller, act: int) -> httpx.Response:
        before = current[-1] if current else None
        shapes = [a_shape(0.02 * act)]
        answer = caller.submit(media_id, f"act-of-{media_id}-{act}", shapes=shapes, based_on=before)
        if answer.status_code in (200, 201):
            current.append(answer.json()["annotation"]["id"])
        return answer

    def send_back(caller: Caller, act: int) -> httpx.Response:
        return caller.review(
            media_id, f"act-of-{media_id}-{act}", "sent_back", annotation_id=current[-1], comment="Once more."
        )

    steps = [send_back if act % 4 == 0 else submit for act in range(1, acts + 1)]
    return [lambda caller, step=step, act=act: step(caller, act) for act, step in enumerate(steps, start=1)]
