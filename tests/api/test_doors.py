"""What both doors do around every request: an id in the answer and the log, error reports, foreign origins."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from api import create_api
from db.models import Scope
from reporting import RequestLog, configure_logging
from settings import get_settings

ORIGIN = "https://maps.example.org"


@pytest.fixture(params=["alone", "beside the dashboard"])
def door(request, installation, configure) -> Iterator[TestClient]:
    """Each door as it is served: what is logged and told stands around everything."""
    configure(CORS_ORIGINS=ORIGIN)
    alone = request.param == "alone"
    api = create_api(get_settings(), takes_cookies=not alone)
    app = api if alone else Starlette(routes=[Mount("/api", api)])
    base = "http://testserver" if alone else "http://testserver/api"
    with TestClient(RequestLog(app), base_url=base, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def lines(capsys) -> Iterator[list[dict]]:
    """What was logged, filled when the test asks for it."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test client's own lines
    configure_logging(get_settings())

    class Lines(list[dict]):
        def __iter__(self) -> Iterator[dict]:
            self.extend(json.loads(line) for line in capsys.readouterr().err.splitlines())
            return super().__iter__()

    yield Lines()
    root.handlers[:], root.level = before
    logging.getLogger("uvicorn.access").disabled = False


def break_details(monkeypatch) -> None:
    def broken(*given, **named):
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr("curation.browse.get_details", broken)


def test_every_answer_tells_its_id_and_how_long_it_took(door, caller, monkeypatch):
    break_details(monkeypatch)
    admin = caller(Scope.ADMIN)
    answers = [
        door.get("health"),
        door.get("media"),
        door.get("media", headers=admin),
        door.get("media/1", headers=admin),
        door.get("nothing/here", headers=admin),
        door.post("uploads", files={"file": ("a.txt", b"text")}, headers=admin),
        door.post("media/tags", content=b" " * (2**20 + 1), headers=admin),
        door.put("health"),
    ]
    assert [answer.status_code for answer in answers][:7] == [200, 401, 200, 500, 404, 422, 413]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert len(set(ids)) == len(ids) and all(len(one) == 16 for one in ids)
    bug = answers[3].json()
    assert bug["code"] == "bug" and bug["request_id"] == ids[3] and ids[3] in bug["detail"]
    for answer in answers:
        if answer.status_code != 500:  # answered outside of everything else, by what caught the bug
            assert float(answer.headers["X-Process-Time"]) >= 0


def test_an_id_is_never_taken_from_outside(door):
    answer = door.get("health", headers={"X-Request-ID": "forged\nline"})
    assert answer.headers["X-Request-ID"] != "forged\nline"


def test_the_id_of_an_answer_stands_in_every_line_of_its_request(door, lines, caller, monkeypatch):
    break_details(monkeypatch)
    answer = door.get("media/1?signature=secret-zq4711", headers=caller(Scope.ADMIN))
    told = [line for line in lines if line.get("request_id") == answer.headers["X-Request-ID"]]
    traced = [line for line in told if "trace" in line]
    (request,) = [line for line in told if line["logger"] == "vigie.requests"]
    assert traced and all("nobody foresaw this" in str(line["trace"]) for line in traced)
    assert (request["method"], request["status"]) == ("GET", 500)
    assert str(request["path"]).endswith("/media/1")
    assert "zq4711" not in json.dumps(list(lines))


def preflight(client, origin):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return client.options("/uploads", headers=asked)


def test_pages_of_listed_origins_may_call_the_api_alone(installation, configure, caller):
    configure(CORS_ORIGINS=f"{ORIGIN},https://other.example.org")
    viewer = caller(Scope.VIEWER)
    with TestClient(create_api(get_settings(), takes_cookies=False)) as client:
        for origin in (ORIGIN, "https://other.example.org"):
            allowed = preflight(client, origin)
            assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, origin)
            answer = client.get("/media", headers={**viewer, "Origin": origin})
            assert answer.headers["Access-Control-Allow-Origin"] == origin
            assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
            # Tokens only: a page of another origin never comes with somebody's cookie.
            assert "Access-Control-Allow-Credentials" not in answer.headers
            refused = client.get("/media", headers={"Origin": origin})
            assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.org",
        "http://maps.example.org",
        "https://maps.example.org:8443",
        "https://maps.example.org.evil.org",
        "null",
    ],
)
def test_pages_of_other_origins_may_not(installation, configure, caller, origin):
    configure(CORS_ORIGINS=ORIGIN)
    with TestClient(create_api(get_settings(), takes_cookies=False)) as client:
        assert preflight(client, origin).status_code == 400
        answer = client.get("/media", headers={**caller(Scope.VIEWER), "Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_a_list_no_origin_may_and_the_dashboards_door_opens_to_none(
    client, installation, configure, caller
):
    assert "Access-Control-Allow-Origin" not in client.get("/health", headers={"Origin": ORIGIN}).headers
    configure(CORS_ORIGINS=ORIGIN)
    with TestClient(create_api(get_settings(), takes_cookies=True)) as beside:
        answer = beside.get("/media", headers={**caller(Scope.VIEWER), "Origin": ORIGIN})
        assert answer.status_code == 200
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert preflight(beside, ORIGIN).status_code != 200
