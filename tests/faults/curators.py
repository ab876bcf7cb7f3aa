"""F10: two curators answer the same media at the same moment; nobody's answer overwrites the other's."""

from __future__ import annotations

from typing import Any

from db.models import Scope
from tests.faults.killed_submissions import a_media, a_shape
from tests.faults.registry import fault
from tests.faults.trial import Caller, Trial
from tests.faults.twins import at_once


@fault("F10", "two curators, one media", sample=4, full=200)
def two_curators(trial: Trial) -> None:
    """In each round one wins; the other sees the winner's answer, and keeps the own one as the next or drops it."""
    trial.site.add_replica()
    with trial.caller() as caller:
        media_id = a_media(caller)
        tokens = [trial.site.token_of(Scope.USER, f"curator-{number}") for number in (1, 2)]
        seen: dict[int, Any] = {}
        current: int | None = None
        for number in range(trial.rounds):
            current = _race(trial, caller, media_id, tokens, number, current, seen)
        stored = {one["id"]: one for one in caller.get(f"/media/{media_id}/annotations").json()}
        trial.require(
            stored.keys() == seen.keys(), f"{len(stored)} annotations are stored, {len(seen)} were made"
        )
        changed = [key for key, one in seen.items() if stored.get(key) != one]
        trial.require(not changed, f"{len(changed)} annotations are not what they were: {changed[:3]}")
        details = caller.get(f"/media/{media_id}").json()
        trial.require(details["annotation"]["id"] == current, "the one that counts is not the last one kept")


def _race(
    trial: Trial,
    caller: Caller,
    media_id: int,
    tokens: list[str],
    number: int,
    based_on: int | None,
    seen: dict[int, Any],
) -> int:
    """One round; returns the annotation that counts after it, and notes every annotation made as it was first seen."""
    ids = [f"round-{number:04d}-{who}" for who in (1, 2)]
    shapes = [[a_shape(trial.rng.uniform(0, 0.8))] for _ in ids]

    def submit(who: int, asked: Caller, before: int | None) -> Any:
        return asked.submit(media_id, ids[who], shapes=shapes[who], based_on=before)

    answers = at_once(
        trial,
        [
            lambda asked, who=who: _as_curator(
                asked, tokens[who], lambda own, who=who: submit(who, own, based_on)
            )
            for who in (0, 1)
        ],
    )
    won = [answer for answer in answers if answer.status_code == 201]
    lost = [answer for answer in answers if answer.status_code == 409]
    if len(won) != 1 or len(lost) != 1:
        trial.fail(f"round {number} was answered {[answer.status_code for answer in answers]}")
        current = caller.get(f"/media/{media_id}").json()["annotation"]
        return int(current["id"])
    winner = won[0].json()["annotation"]
    shown = lost[0].json().get("annotation")
    trial.require(shown and shown["id"] == winner["id"], "the loser does not see the answer that counts")
    _note(caller, winner["id"], seen)
    if trial.rng.random() < 0.5:
        return int(winner["id"])
    loser = next(who for who in (0, 1) if ids[who] not in trial.ledger.submissions)
    kept = _as_curator(caller, tokens[loser], lambda own: submit(loser, own, winner["id"]))
    trial.require(kept.status_code == 201, f"an answer that was kept was answered {kept.status_code}")
    own = int(kept.json()["annotation"]["id"])
    _note(caller, own, seen)
    return own


def _as_curator(caller: Caller, token: str, act: Any) -> Any:
    before = caller.headers["Authorization"]
    caller.headers["Authorization"] = f"Bearer {token}"
    try:
        return act(caller)
    finally:
        caller.headers["Authorization"] = before


def _note(caller: Caller, annotation_id: int, seen: dict[int, Any]) -> None:
    seen[annotation_id] = caller.get(f"/annotations/{annotation_id}").json()
