"""Whatever comes in, by the running product's two doors: taken or refused in a sentence, and nothing is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.campaign import SLOW, run
from tests.hostile.catalogue import GROUPS
from tests.product import start_product


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("hostile")
    product = start_product(folder / "data")
    try:
        # What takes minutes by design is asked by `make test-hostile`; `test_slow_bodies` is the same in seconds.
        yield run(product, [group for group in GROUPS if group != SLOW])
    finally:
        product.stop()


@pytest.mark.parametrize("group", [group for group in GROUPS if group != SLOW])
def test_everything_hostile_ends_well(outcome, group):
    (row,) = (row for row in outcome.rows if row.group == group)
    assert row.items > 10
    assert not row.faults, "\n".join(row.faults)


def test_the_product_has_survived_it_unchanged(outcome):
    assert not outcome.faults, str(outcome)
    assert sum(row.items for row in outcome.rows) > 500
