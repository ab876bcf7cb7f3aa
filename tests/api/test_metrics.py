"""Figures for machines: for whom, what they count, and that nobody can make them grow or tell a secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from api import create_api
from curation import jobs
from curation.annotations import submit_annotation
from curation.gauges import read_gauges
from curation.sign_in import issue_access_token
from db.models import Access, Job, JobState, Scope, State, Token, utc_now
from db.session import open_session
from settings import get_settings
from tests.conftest import TEST_SECRET
from tests.factories import PASSWORD, a_jpeg, a_media, an_access

TOKEN = "Hs7bX2qLw9Tn4Vz8Kc5P"


@pytest.fixture
def admin(caller):
    return caller(Scope.ADMIN)


def figures(client, headers) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.parametrize("door", ["client", "dashboard_client"])
def test_figures_are_for_admins_at_both_doors(request, door, caller):
    client = request.getfixturevalue(door)
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 401
    for scope in (Scope.VIEWER, Scope.USER, Scope.DEVICE):
        assert client.get("/metrics", headers=caller(scope)).status_code == 403
    assert client.get("/metrics/", headers=caller(Scope.ADMIN)).status_code == 200


def test_the_token_opens_the_figures_and_nothing_else(installation, configure):
    configure(METRICS_TOKEN=TOKEN)
    with TestClient(create_api(get_settings(), takes_cookies=False)) as client:
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert ("vigie_database_reachable",) in figures(client, bearer)
        assert client.get("/media", headers=bearer).status_code == 401
        for wrong in (f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer", "Bearer é"):
            assert client.get("/metrics", headers={"Authorization": wrong.encode()}).status_code == 401
        assert TOKEN not in client.get("/metrics", headers=bearer).text


def test_requests_are_counted_by_template_method_and_status(client, admin):
    with open_session() as session:
        media = [a_media(session).id for _ in range(3)]
    for media_id in media:
        client.get(f"/media/{media_id}", headers=admin)
    client.get("/media/", headers=admin)
    client.get("/media/999999", headers=admin)
    client.get(f"/media/{media[0]}")
    found = figures(client, admin)
    assert found["vigie_requests_total", "GET", "/media/{media_id}", "200"] == 3
    assert found["vigie_requests_total", "GET", "/media/{media_id}", "404"] == 1
    assert found["vigie_requests_total", "GET", "/media/{media_id}", "401"] == 1
    assert found["vigie_requests_total", "GET", "/media", "200"] == 1
    assert found["vigie_request_seconds_count", "GET", "/media/{media_id}"] == 5


def test_strangers_cannot_make_figures_grow(client, admin):
    before = len(figures(client, admin))
    for number in range(50):
        client.get(f"/nothing/{number}")
        client.request(f"M{number}", "/media")
        client.request(f"M{number}", f"/nothing/{number}")
        client.get(f"/media/{number}?x={number}", headers={"X-Odd": str(number)})
    found = figures(client, admin)
    unknown = [name for name in found if name[0] == "vigie_requests_total" and "unknown" in name]
    assert sum(found[name] for name in unknown) >= 100
    assert len(found) - before < 120, "a few routes, with their buckets"
    assert not any("nothing" in part or part.startswith("M1") for name in found for part in name)


def test_a_bug_is_counted_as_such(client, admin, monkeypatch):
    def broken(*given, **named):
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr("curation.browse.get_details", broken)
    assert client.get("/media/1", headers=admin).status_code == 500
    assert figures(client, admin)["vigie_requests_total", "GET", "/media/{media_id}", "500"] == 1


def test_uploads_answers_and_failed_sign_ins_are_counted(client, admin, caller):
    user, before = caller(Scope.USER), figures(client, admin)
    content = a_jpeg()
    for _ in range(2):
        registered = client.post("/uploads", files={"file": ("a.jpg", content)}, headers=user).json()
    media_id = registered["media"]["id"]
    for _ in range(2):
        client.post(
            f"/media/{media_id}/annotations",
            json={"decision": "accepted", "client_id": "client-0004"},
            headers=user,
        )
    client.post("/reviews", json={"media_id": media_id, "decision": "undone"}, headers=user)
    client.post("/reviews", json={"media_id": media_id, "decision": "sent_back"}, headers=user)
    client.post("/login/access-token", data={"username": "nobody", "password": "not this one"})
    after = figures(client, admin)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown["vigie_uploads_total", "registered"] == 1
    assert grown["vigie_uploads_total", "already_here"] == 1
    assert grown["vigie_acts_total", "submitted"] == 1
    assert grown["vigie_acts_total", "accepted"] == 1
    assert grown["vigie_acts_total", "undone"] == 1
    assert grown.get(("vigie_acts_total", "sent_back"), 0) == 0, "it was refused"
    assert grown["vigie_sign_in_failures_total", "password"] == 1


def test_what_is_rolled_back_is_not_counted(client, admin):
    before = figures(client, admin).get(("vigie_acts_total", "submitted"), 0)
    with pytest.raises(RuntimeError), open_session() as session:
        submit_annotation(session, an_access(session), a_media(session).id)
        raise RuntimeError("the commit never came")
    assert figures(client, admin).get(("vigie_acts_total", "submitted"), 0) == before


def test_how_the_installation_stands(client, admin):
    with open_session() as session:
        a_media(session)
        a_media(session, state=State.ACCEPTED)
        a_media(session, state=State.ACCEPTED)
        jobs.add(session, "try", 1)
        jobs.add(session, "try", 2)
        session.flush()
        session.execute(update(Job).where(Job.subject_id == 2).values(state=JobState.FAILED))
        device = an_access(session, Scope.DEVICE)
        issue_access_token(session, device, "test")
        session.flush()
        long_ago = utc_now() - timedelta(days=3)
        session.execute(
            update(Token)
            .where(Token.access_id == device.id)
            .values(last_seen_at=long_ago, created_at=long_ago)
        )
        session.execute(update(Access).where(Access.id == device.id).values(created_at=long_ago))
    found = figures(client, admin)
    assert found["vigie_media", "accepted"] == 2
    assert found["vigie_media", "withdrawn"] == 0
    assert found["vigie_jobs", "try", "waiting"] == found["vigie_jobs", "try", "failed"] == 1
    assert found["vigie_devices_silent",] == 1
    assert found["vigie_webhook_deliveries", "failing"] == 0
    assert found["vigie_database_reachable",] == 1
    assert any(name[0] == "process_resident_memory_bytes" for name in found)


def test_the_installation_is_counted_at_most_twice_a_minute(client, admin, monkeypatch):
    asked = []

    def counted(*given):
        asked.append(given)
        return read_gauges(*given)

    monkeypatch.setattr("api.metrics.read_gauges", counted)
    for _ in range(5):
        figures(client, admin)
    assert len(asked) == 1


def test_without_a_database_requests_are_still_told(installation, configure):
    configure(
        METRICS_TOKEN=TOKEN, DATABASE_URL="postgresql://vigie:vigie@127.0.0.1:9/vigie", SECRET_KEY=TEST_SECRET
    )
    with TestClient(create_api(get_settings(), takes_cookies=False)) as client:
        client.get("/health")
        found = figures(client, {"Authorization": f"Bearer {TOKEN}"})
    assert found["vigie_database_reachable",] == 0
    assert found["vigie_requests_total", "GET", "/health", "200"] == 1
    assert not any(name[0] == "vigie_media" for name in found)


def test_no_figure_holds_a_login_a_file_name_or_a_secret(client, admin):
    with open_session() as session:
        access = an_access(session, login="marie.curie")
        a_media(session, file_name="secret-place.jpg", source="CAM-SECRET", uploaded_by=access)
    client.get("/media?source=CAM-SECRET&token=abc123", headers=admin)
    text = client.get("/metrics", headers=admin).text
    secret = admin["Authorization"].partition(" ")[2]
    for hidden in ("marie", "secret-place", "CAM-SECRET", "abc123", secret, PASSWORD):
        assert hidden not in text
