"""A seeded sample of the outages: what the product stands on is killed, frozen, cut, full, slow, or says untruths."""

from __future__ import annotations

import pytest

from tests.faults.campaign import require_sample, sampled
from tests.faults.catalogue import all_faults
from tests.faults.ground import Ground
from tests.faults.registry import Fault, Place

OUTAGES = ("F3", "F4", "F5", "F6", "F7", "F8", "F9", "F15", "F16", "F18")
SAMPLE = [
    pytest.param(fault, place, id=f"{fault.name} {fault.title}, {place}")
    for fault in all_faults()
    if fault.name in OUTAGES and fault.sample
    for place in sampled(fault)
]


@pytest.mark.parametrize(("fault", "place"), SAMPLE)
def test_what_was_promised_holds_after(fault: Fault, place: Place, ground: Ground):
    require_sample(fault, place, ground)
