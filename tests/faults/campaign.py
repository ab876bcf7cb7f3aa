"""Makes faults one after the other and says of each what it cost."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Sequence

from tests.faults.check import check
from tests.faults.ground import Ground
from tests.faults.pages import open_pages
from tests.faults.registry import FAULTS, Fault, Place
from tests.faults.trial import Trial

HEADINGS = (
    *("fault", "what", "where", "rounds", "acknowledged", "lost", "duplicated", "hangs > 15 s"),
    *("slowest recovery", "seed", "holds"),
)

SAMPLE_SEED = 20261123
SAMPLE_SLACK = 4.0

# Of a sample's trials the one that leaves most behind; a full run opens the pages after every trial.
PAGES_AFTER = "server killed amid many submissions and reviews"


def run(
    faults: Sequence[Fault],
    *,
    full: bool,
    seed: int,
    database: str | None = None,
    bucket: str | None = None,
    say: Callable[[str], None],
) -> list[Trial]:
    """Make these faults, each on a fresh installation; the trials, with what fell short in their `failures`."""
    trials = []
    with Ground() as ground:
        for fault in faults:
            rounds = fault.full if full else fault.sample
            places = fault.places_for(database, bucket)
            if not (full or database or bucket):
                places = sampled(fault)
            for place in places if rounds else []:
                began = time.monotonic()
                trial = make(fault, place, rounds, seed, ground)
                trials.append(trial)
                verdict = "holds" if not trial.failures else "; ".join(trial.failures[:5])
                say(
                    f"{fault.name} {fault.title} ({place}): {verdict} ({time.monotonic() - began:.0f} s)"
                    + "".join(f"\n    {note}" for note in trial.notes)
                )
                if trial.failures:
                    say(f"    again with: {trial.replay()}")
    return trials


def sampled(fault: Fault) -> list[Place]:
    """The one place where a sample makes it, so that half of all are made on either: full runs make it on all."""
    turn = [known for known in FAULTS if len(known.places) > 1 and known.sample]
    return [fault.places[turn.index(fault) % len(fault.places)]] if fault in turn else list(fault.places)


def make(fault: Fault, place: Place, rounds: int, seed: int, ground: Ground, *, slack: float = 1.0) -> Trial:
    """Make one fault on an installation of its own and see what holds afterwards."""
    trial = Trial(fault, place, rounds, seed, ground, ground.site(place, furnished=fault.furnished), slack)
    try:
        if fault.furnished:
            trial.site.add_replica()
        trial.fault.make(trial)
        if trial.is_full or fault.title == PAGES_AFTER:
            open_pages(trial)
        check(trial)
    except Exception:  # one that breaks must not take the others along
        trial.fail(traceback.format_exc() + trial.site.log()[-2000:])
    finally:
        trial.site.close()
    ledger = trial.ledger
    trial.require(ledger.acknowledged or not fault.promises, "nothing was promised, so nothing was tried")
    trial.require(not ledger.lost, f"{len(ledger.lost)} lost: {'; '.join(ledger.lost[:3])}")
    trial.require(not ledger.doubled, f"{len(ledger.doubled)} duplicated: {'; '.join(ledger.doubled[:3])}")
    trial.require(not trial.hangs, f"{trial.hangs} hangs")
    return trial


def require_sample(fault: Fault, place: Place, ground: Ground) -> None:
    """Make a sample of one fault as a test: what is lost, doubled or answered counts, less so how soon."""
    trial = make(fault, place, fault.sample, SAMPLE_SEED, ground, slack=SAMPLE_SLACK)
    assert not trial.failures, "\n".join([*trial.failures, f"again with: {trial.replay()}"])


def table(trials: Iterable[Trial]) -> str:
    """The trials as Markdown, aligned so that a terminal shows a table too."""
    lines = [HEADINGS, *(_cells(trial) for trial in trials)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn)


def _cells(trial: Trial) -> tuple[str, ...]:
    recovery = "–" if trial.slowest_recovery is None else f"{trial.slowest_recovery:.1f} s"
    return (
        *(trial.fault.name, trial.fault.title, str(trial.place), f"{trial.rounds:,}"),
        f"{trial.ledger.acknowledged:,}",
        *(f"{len(trial.ledger.lost)}", f"{len(trial.ledger.doubled)}", f"{trial.hangs}"),
        *(recovery, f"{trial.seed}", "**no**" if trial.failures else "yes"),
    )
