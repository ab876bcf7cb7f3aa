"""What schemathesis finds in the API, as each scope: nothing.

Bounded here, the same requests each time; `make fuzz` asks more and different ones (FUZZ_EXAMPLES for each route,
FUZZ_SEED to repeat a run, FUZZ_DATABASE=postgresql).
"""

from __future__ import annotations

import os
import sys

import pytest

from api import create_api
from settings import get_settings
from tests.api.fuzzing import PHASES, SCOPES, furnish, fuzz

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = os.environ.get("FUZZ_SEED")
DATABASE = os.environ.get("FUZZ_DATABASE", "sqlite")
# Each value of each field at its limits and past them: once, as who may do most.
EVERY_LIMIT = "admin"
# Of each scope, when so many examples are asked for as `make fuzz` does.
LEAST_REQUESTS = 2_000
EXAMPLES_OF_MAKE = 200


@pytest.mark.parametrize("database_url", [DATABASE], indirect=True)
@pytest.mark.parametrize("scope", SCOPES)
def test_schemathesis_finds_nothing(installation, configure, capsys, scope):
    # Trying passwords is what it does all the time, and uploading in a hurry.
    configure(LOG_LEVEL="ERROR", UPLOADS_PER_MINUTE="0", DEVICE_UPLOADS_PER_MINUTE="0")
    app = create_api(get_settings(), takes_cookies=False)
    if EXAMPLES:
        outcome = fuzz(app, furnish(scope), examples=EXAMPLES, seed=int(SEED) if SEED else None)
    else:
        phases = [phase for phase in PHASES if phase != "coverage" or scope == EVERY_LIMIT]
        outcome = fuzz(app, furnish(scope), examples=3, seed=20261122, phases=phases)
    if EXAMPLES:
        with capsys.disabled():
            sys.stdout.write(f"\n{scope}: {outcome}\n")
    assert not outcome.failures
    assert outcome.requests.total() > (LEAST_REQUESTS if EXAMPLES >= EXAMPLES_OF_MAKE else 100)
