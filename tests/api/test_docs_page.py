"""The page of the API stands on its own: what it needs comes from the same door."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from api import create_api
from settings import get_settings


def test_the_page_asks_no_other_host(client, dashboard_client):
    for door in (client, dashboard_client):
        page = door.get("/docs")
        assert page.status_code == 200
        wanted = re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text)
        assert len(wanted) == 3
        assert all(address.startswith("/docs/files/") for address in wanted)
        for address in wanted:
            found = door.get(address)
            assert found.status_code == 200
            assert found.content


def test_the_page_is_gone_when_it_is_not_wanted(configure, installation):
    configure(API_DOCS="false")
    with TestClient(create_api(get_settings(), takes_cookies=False)) as client:
        assert client.get("/docs").status_code == 404
        assert client.get("/openapi.json").status_code == 404
        assert client.get("/docs/files/swagger-ui.css").status_code == 404
