"""The API alone, as on its own port, without a server around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from api import create_api
from curation.sign_in import issue_access_token
from db.models import Access, Scope
from db.session import open_session
from settings import get_settings
from tests.conftest import Installation
from tests.factories import an_access


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    """The public door: tokens only."""
    with TestClient(create_api(get_settings(), takes_cookies=False), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def dashboard_client(installation: Installation) -> Iterator[TestClient]:
    """The door beside the dashboard: cookies and tokens."""
    with TestClient(create_api(get_settings(), takes_cookies=True), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def caller(installation: Installation) -> Callable[..., dict[str, str]]:
    """The header of a new access with a scope, or of a given access."""

    def make(scope: Scope = Scope.USER, access: Access | None = None) -> dict[str, str]:
        with open_session() as session:
            who = access or an_access(session, scope)
            return {"Authorization": f"Bearer {issue_access_token(session, who, 'test')}"}

    return make
