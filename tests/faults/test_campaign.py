"""What a trial is held to, whatever its fault is."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.factories import a_jpeg
from tests.faults.campaign import make, sampled
from tests.faults.catalogue import all_faults
from tests.faults.ground import Ground
from tests.faults.pages import open_pages
from tests.faults.registry import SINGLE_HOST, Fault
from tests.faults.trial import Trial

NOTHING_TRIED = "nothing was promised, so nothing was tried"


def a_fault(make_fault, **columns) -> Fault:
    return Fault("F0", "a fault of the tests", 1, 9, (SINGLE_HOST,), make_fault, **columns)


def test_a_trial_that_promised_nothing_falls_short(ground: Ground):
    def nothing(_trial: Trial) -> None: ...

    def an_upload(trial: Trial) -> None:
        with trial.caller() as caller:
            caller.upload(a_jpeg())

    assert make(a_fault(nothing), SINGLE_HOST, 1, 1, ground).failures == [NOTHING_TRIED]
    assert not make(a_fault(nothing, promises=False), SINGLE_HOST, 1, 1, ground).failures
    assert not make(a_fault(an_upload), SINGLE_HOST, 1, 1, ground).failures


def test_few_promise_nothing():
    assert {fault.title for fault in all_faults() if not fault.promises} == {
        "first start killed anywhere, then started",
        "strangers send 200 MB each",
        "strangers send 200 MB each to the dashboard",
    }


def test_uploads_are_killed_everywhere_in_full_and_at_one_place_in_a_sample():
    for fault in all_faults():
        if fault.name == "F1":
            assert len({(place.database, place.bucket) for place in fault.places}) == 4
        if fault.sample:
            assert len(sampled(fault)) == 1


def test_a_page_that_does_not_load_falls_short(ground: Ground):
    def unreadable_rows(trial: Trial) -> None:
        with trial.caller() as caller:
            caller.upload(a_jpeg())
        with closing(sqlite3.connect(trial.site.data_dir / "vigie.db")) as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.execute("UPDATE media SET state = 'nonsense'")
            database.commit()
        open_pages(trial)

    failures = make(a_fault(unreadable_rows), SINGLE_HOST, 1, 1, ground).failures
    assert any("the page browse says: Something went wrong" in failure for failure in failures), failures
