"""A running product, and clients that talk to it as their users' do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from vigie_client import Client, Retries

from tests.product import ADMIN, ADMIN_PASSWORD, Product, start_product

# Patient enough for a product that starts anew, and quick to notice that it is back.
PATIENT = Retries(attempts=100, first_wait=0.1, longest_wait=0.5, total=60)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start_product(tmp_path_factory.mktemp("client") / "data")
    yield running
    running.stop()


@pytest.fixture
def client(product: Product) -> Iterator[Client]:
    with Client(product.api, login=ADMIN, password=ADMIN_PASSWORD, retries=PATIENT) as admin:
        yield admin
