"""How many: as many as the list shows."""

from __future__ import annotations

import pytest

from api import media_counts
from db.models import Scope, State
from db.session import open_session
from tests.factories import a_media, an_access


@pytest.fixture
def media(installation):
    """Three media, one of a device; and that device."""
    with open_session() as session:
        device = an_access(session, Scope.DEVICE)
        a_media(session, uploaded_by=device, source="CAM-12")
        a_media(session, source="CAM-12", state=State.ACCEPTED)
        a_media(session, state=State.WITHDRAWN)
        return device


@pytest.mark.parametrize(
    ("query", "value"), [("", 2), ("?source=CAM-12&state=accepted", 1), ("?state=rejected", 0)]
)
def test_a_count_is_of_what_the_list_shows(client, caller, media, query, value):
    headers = caller()
    assert client.get(f"/media/count{query}", headers=headers).json() == {"value": value, "capped": False}
    assert len(client.get(f"/media{query}", headers=headers).json()) == value


def test_a_device_counts_its_own(client, caller, media):
    headers = caller(access=media)
    assert client.get("/media/count", headers=headers).json()["value"] == 1
    assert client.get("/media/facets", headers=headers).json()["state"]["accepted"] == 0
    assert client.get("/media/facets", headers=caller()).json()["state"]["accepted"] == 1


def test_a_count_refuses_what_it_does_not_understand(client, caller, media):
    assert client.get("/media/count?sauce=CAM-12", headers=caller()).status_code == 422
    assert client.get("/media/count?source=", headers=caller()).status_code == 422
    assert client.get("/media/count?state=withdrawn", headers=caller()).status_code == 403


def test_states_are_counted_again_when_the_count_is_old(client, caller, media, monkeypatch):
    headers = caller()
    assert client.get("/media/facets", headers=headers).json()["state"]["new"] == 1
    with open_session() as session:
        a_media(session)
    assert client.get("/media/facets", headers=headers).json()["state"]["new"] == 1
    monkeypatch.setattr(media_counts, "LASTS", -1.0)
    assert client.get("/media/facets", headers=headers).json()["state"]["new"] == 2
