"""F13: processes whose clocks are wrong, beside one whose clock is right."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import httpx

from tests.factories import a_jpeg
from tests.faults.killed_submissions import a_media, a_shape
from tests.faults.launcher import CLOCK_AHEAD
from tests.faults.registry import fault
from tests.faults.trial import Caller, Trial
from tests.product import ADMIN, ADMIN_PASSWORD

MINUTE, DAY = 60.0, 86_400.0
LEEWAY = 20.0
SHIFTS = (-DAY, -10 * MINUTE, 10 * MINUTE, DAY)
LINK_MINUTES = 1
CHORES_TAKE = 2.0


@fault("F13", "clocks ten minutes and a day off, in either direction", sample=1, full=5)
def clocks_off(trial: Trial) -> None:
    """A wrong clock decides neither which answer counts, nor what is deleted; it may end a token, never break."""
    for _ in range(trial.rounds):
        shifts = SHIFTS if trial.rounds > 1 else trial.rng.sample(SHIFTS, 1)
        for shift in shifts:
            _answers_in_turn(trial, shift)
            _uploads_beside_a_clean_up(trial, shift)
            _media_in_two_steps(trial, shift)


@fault("F13", "clocks some seconds off: tokens and links hold", sample=1, full=5)
def clocks_almost_right(trial: Trial) -> None:
    """What one replica gives, the other takes, up to half a minute; a link that ended long before it does not."""
    for _ in range(trial.rounds):
        with trial.caller() as caller:
            media_id = a_media(caller)
        for shift in (-LEEWAY, LEEWAY) if trial.rounds > 1 else (trial.rng.choice((-LEEWAY, LEEWAY)),):
            other = trial.site.add_replica(**{CLOCK_AHEAD: f"{shift}", "LINK_MINUTES": f"{LINK_MINUTES}"})
            for giving, taking in ((trial.site.api, other), (other, trial.site.api)):
                token = _sign_in(giving.address)
                with trial.caller(taking, token) as caller:
                    answer = caller.get("/me")
                    trial.require(answer.status_code == 200, f"a token was answered {answer.status_code}")
                with trial.caller(giving, token) as caller:
                    link = urlsplit(caller.get(f"/media/{media_id}/url").json()["url"]).path
                opened = httpx.get(f"{taking.address}{link}", timeout=30).status_code
                trial.require(opened == 200, f"a link was answered {opened} by a clock {shift:+.0f} s off")
            late = trial.site.add_replica(**{CLOCK_AHEAD: f"{shift + LINK_MINUTES * MINUTE + 31}"})
            with trial.caller(other) as caller:
                link = urlsplit(caller.get(f"/media/{media_id}/url").json()["url"]).path
            opened = httpx.get(f"{late.address}{link}", timeout=30).status_code
            trial.require(opened == 403, f"a link that ended 31 s ago was answered {opened}")
            for replica in (other, late):
                replica.kill()
                trial.site.replicas.remove(replica)


def _answers_in_turn(trial: Trial, shift: float) -> None:
    """The right and the wrong clock answer and decide in turn: what was last is last, and is undone first."""
    other = trial.site.add_replica(**{CLOCK_AHEAD: f"{shift}"})
    token = trial.site.token if shift <= 0 else _sign_in(other.address)
    with trial.caller() as right, trial.caller(other, token) as wrong:
        media_id = a_media(right)
        before: int | None = None
        for act, caller in enumerate((right, wrong, right, wrong)):
            client_id = f"clock-{media_id}-{act}"
            answer = caller.submit(media_id, client_id, shapes=[a_shape(0.1 * act)], based_on=before)
            if answer.status_code != 201:
                trial.fail(
                    f"an answer by a clock {shift:+.0f} s off got {answer.status_code}: {answer.text[:200]}"
                )
                break
            before = answer.json()["annotation"]["id"]
        numbers = [one["number"] for one in right.get(f"/media/{media_id}/annotations").json()]
        trial.require(sorted(numbers) == [1, 2, 3, 4], f"the numbers are {numbers}")
        details = right.get(f"/media/{media_id}").json()
        trial.require(details["annotation"]["id"] == before, "the answer that counts is not the last one")
        act = right.get(f"/media/{media_id}").json()["acts"]
        undone = right.review(media_id, f"clock-{media_id}-undo", "undone", undoes=act)
        trial.require(undone.status_code in (201, 409, 422), f"undoing was answered {undone.status_code}")
        counts = right.get(f"/media/{media_id}").json()["annotation"]["number"]
        trial.require(undone.status_code != 201 or counts == 3, f"after undoing, number {counts} counts")
        # With an old token a clock that is ahead refuses, in the same words as any other.
        stale = httpx.get(
            f"{other.address}/me", headers={"Authorization": f"Bearer {trial.site.token}"}, timeout=30
        )
        trial.require(stale.status_code in (200, 401), f"a token was answered {stale.status_code}")
    other.kill()
    trial.site.replicas.remove(other)


def _uploads_beside_a_clean_up(trial: Trial, shift: float) -> None:
    """Uploads under a clock that is off, while a clean-up runs under one that is off the other way."""
    other = trial.site.add_replica(**{CLOCK_AHEAD: f"{shift}"})
    token = trial.site.token if shift <= 0 else _sign_in(other.address)
    with trial.caller(other, token) as wrong:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            _require_taken(trial, wrong, shift)
        done = trial.site.manage("purge", **{CLOCK_AHEAD: f"{-shift}"})
        refused = done.returncode == 1 and "bucket" in done.stdout and _may_refuse(trial, shift)
        trial.require(
            done.returncode == 0 or refused,
            f"the clean-up ended with {done.returncode}: {done.stdout[-300:]}",
        )
        _require_taken(trial, wrong, shift)
    other.kill()
    trial.site.replicas.remove(other)


def _media_in_two_steps(trial: Trial, shift: float) -> None:
    """A media made by either clock waits for its content, while a replica begins whose chores sweep by the other's."""
    if _has_one_clock(trial):
        return
    with trial.caller() as right:
        made_here = right.post("/media", json={"type": "image"})
        trial.require(made_here.status_code == 201, f"a media was answered {made_here.status_code}")
        # The first thing that its chores do is to sweep.
        other = trial.site.add_replica(**{CLOCK_AHEAD: f"{shift}"})
        token = trial.site.token if shift <= 0 else _sign_in(other.address)
        with trial.caller(other, token) as wrong:
            made_there = wrong.post("/media", json={"type": "image"})
            trial.require(made_there.status_code == 201, f"a media was answered {made_there.status_code}")
        third = trial.site.add_replica()
        time.sleep(CHORES_TAKE)
        for made in (made_here, made_there):
            content = {"file": ("frame.jpg", a_jpeg(64, 48))}
            sent = right.post(f"/media/{made.json()['id']}/upload", files=content)
            trial.require(
                sent.status_code == 200,
                f"beside a clock {shift:+.0f} s off a media in two steps was answered {sent.status_code}",
            )
    for replica in (other, third):
        replica.kill()
        trial.site.replicas.remove(replica)


def _has_one_clock(trial: Trial) -> bool:
    """SQLite takes the time of whoever asks: all its processes are on one host, and have that one's clock."""
    return trial.place.database == "sqlite"


def _require_taken(trial: Trial, caller: Caller, shift: float) -> None:
    status = caller.upload(a_jpeg(64, 48)).status_code
    taken = status == 201 or (status == 503 and _may_refuse(trial, shift))
    trial.require(taken, f"an upload by a clock {shift:+.0f} s off was answered {status}")


def _may_refuse(trial: Trial, shift: float) -> bool:
    """S3 refuses whoever signs a request with a clock that is a quarter of an hour off."""
    return trial.place.bucket == "s3" and abs(shift) >= 15 * MINUTE


def _sign_in(address: str) -> str:
    form = {"username": ADMIN, "password": ADMIN_PASSWORD}
    answer = httpx.post(f"{address}/login/access-token", data=form, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
