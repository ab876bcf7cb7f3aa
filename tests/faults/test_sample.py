"""A seeded sample of the crashes; `make test-faults FULL=1` makes all faults as often as is promised."""

from __future__ import annotations

import pytest

from tests.faults.campaign import require_sample, sampled
from tests.faults.catalogue import all_faults
from tests.faults.ground import Ground
from tests.faults.registry import Fault, Place

CRASHES = ("F1", "F2", "F10", "F11", "F12", "F13", "F14", "F17")
SAMPLE = [
    pytest.param(fault, place, id=f"{fault.name} {fault.title}, {place}")
    for fault in all_faults()
    if fault.name in CRASHES and fault.sample
    for place in sampled(fault)
]


@pytest.mark.parametrize(("fault", "place"), SAMPLE)
def test_what_was_promised_holds_after(fault: Fault, place: Place, ground: Ground):
    require_sample(fault, place, ground)
