"""A sample of the faults as tests: one installation each, on servers that they share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.ground import Ground


@pytest.fixture(scope="package")
def ground() -> Iterator[Ground]:
    with Ground() as ground:
        yield ground
