"""What every answer of the API carries, at both doors, and whose pages may use a sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from api import create_api
from api.dependencies import WRITE_HEADER
from api.safe_headers import HEADERS, SafeHeaders
from curation.sign_in import COOKIE, open_login_session, redeem_ticket
from db.models import Scope
from db.session import open_session
from settings import get_settings
from tests.factories import a_box, a_jpeg, an_access

SANDBOX = "default-src 'none'; sandbox"


@pytest.fixture(params=["alone", "beside the dashboard"])
def door(request, installation) -> Iterator[tuple[TestClient, FastAPI]]:
    """Each door with what stands around it when it is served."""
    api = create_api(get_settings(), takes_cookies=request.param != "alone")
    served = SafeHeaders(Starlette(routes=[Mount("/api", api, middleware=[Middleware(SafeHeaders)])]))
    base = "http://testserver/api"
    if request.param == "alone":
        served, base = SafeHeaders(api), "http://testserver"
    with TestClient(served, base_url=base, raise_server_exceptions=False) as client:
        yield client, api


def assert_safe(answer) -> None:
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, (answer.request.url, name)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy or "frame-ancestors 'none'" in policy, answer.request.url
    if answer.headers.get("content-type", "").startswith("application/json"):
        assert answer.headers["Cache-Control"] == "no-store", answer.request.url


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_answers_with_safe_headers_whoever_asks(door, caller):
    client, api = door
    asked = 0
    for headers in ({}, caller(Scope.ADMIN)):
        for context in iter_route_contexts(api.routes):
            if not isinstance(context.original_route, APIRoute):
                continue
            path = re.sub(r"{[^}]+}", "1", context.path_format or "").lstrip("/")
            for method in sorted(context.methods or ()):
                assert_safe(client.request(method, path, headers=headers))
                asked += 1
    assert asked > 200


def test_what_is_not_there_and_what_breaks_is_safe_too(door, caller, monkeypatch):
    def broken(*given, **named):
        raise RuntimeError("nobody foresaw this")

    client, _api = door
    monkeypatch.setattr("curation.browse.get_details", broken)
    answers = [
        client.get("nothing/here"),
        client.put("health"),
        client.get("media/1", headers=caller(Scope.ADMIN)),
        client.get("docs"),
        client.get("docs/files/swagger-ui.css"),
        client.get("openapi.json"),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 500, 200, 200, 200]
    for answer in answers:
        assert_safe(answer)


def test_the_docs_page_runs_its_own_script_and_no_other(door):
    client, _api = door
    for path in ("docs", "docs/oauth2-redirect"):
        scripts = re.search(r"script-src ([^;]+)", client.get(path).headers["Content-Security-Policy"])
        assert scripts is not None
        assert "'sha256-" in scripts[1] and "unsafe-inline" not in scripts[1]


def test_whatever_was_uploaded_or_made_of_it_runs_nothing_and_stays_here(door, caller):
    client, _api = door
    headers = caller(Scope.ADMIN)
    sent = client.post("uploads", headers=headers, files={"file": ("<script>.jpg", a_jpeg())})
    media_id = sent.json()["media"]["id"]
    made = client.post(f"media/{media_id}/annotations", headers=headers, json={"shapes": [a_box()]})
    annotation_id = made.json()["annotation"]["id"]
    links = [
        client.get(f"media/{media_id}/url?size={size}", headers=headers).json()["url"]
        for size in ("thumb", "screen", "original")
    ]
    links.append(client.get(f"annotations/{annotation_id}/url", headers=headers).json()["url"])
    answers = [
        *(
            client.get(f"media/{media_id}/picture?size={size}", headers=headers)
            for size in ("thumb", "screen", "original", "crop")
        ),
        *(client.get(f"links/{link.rpartition('/')[2]}") for link in links),
        client.get("exports/media.csv", headers=headers),
        client.get("exports/contact-sheet.pdf", headers=headers),
        client.get("exports/events.csv", headers=headers),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Security-Policy"] == SANDBOX
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private, ")
        assert "<" not in answer.headers.get("Content-Disposition", "")


def test_behind_https_browsers_are_kept_there_and_every_cookie_is_secure():
    def answer(request):
        response = PlainTextResponse("")
        response.headers.append("Set-Cookie", "_streamlit_xsrf=2|a; Path=/; SameSite=Lax")
        response.headers.append("Set-Cookie", "vigie_session=b; HttpOnly; Path=/; Secure")
        return response

    app = Starlette(routes=[Route("/", answer)])
    secured = TestClient(SafeHeaders(app, https=True)).get("/").headers
    assert secured["Strict-Transport-Security"] == "max-age=31536000"
    assert secured.get_list("set-cookie") == [
        "_streamlit_xsrf=2|a; Path=/; SameSite=Lax; Secure",
        "vigie_session=b; HttpOnly; Path=/; Secure",
    ]
    plain = TestClient(SafeHeaders(app)).get("/").headers
    assert "Strict-Transport-Security" not in plain
    assert plain.get_list("set-cookie")[0].endswith("SameSite=Lax")


# --- whose pages may use a sign-in ---------------------------------------------------------------------


@pytest.fixture
def signed_in(installation, dashboard_client: TestClient) -> TestClient:
    """A browser at the dashboard's door."""
    with open_session() as session:
        ticket = open_login_session(session, an_access(session), "test", 12)
    with open_session() as session:
        dashboard_client.cookies.set(COOKIE, redeem_ticket(session, ticket))
    return dashboard_client


ELSEWHERE = [
    {"Origin": "https://evil.example.org"},
    {"Origin": "http://testserver:8443"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Origin": "https://evil.example.org"},
]
HERE = [
    {},
    {"Origin": "http://testserver"},
    {"Origin": "http://localhost:8501"},  # PUBLIC_URL
    {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("told", ELSEWHERE)
def test_a_page_from_elsewhere_writes_nothing_even_with_our_header(signed_in, told):
    headers = {**told, WRITE_HEADER: "1"}
    refused = signed_in.patch("/me/preferences", headers=headers, json={"language": "fr"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    for path in ("/login/redeem", "/login/sign-out", "/login/forget"):
        assert signed_in.post(path, headers=headers, json={"ticket": "x"}).status_code == 403, path
    assert signed_in.get("/me").json()["preferences"]["language"] is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("told", HERE)
def test_our_own_pages_write_and_read(signed_in, told):
    headers = {**told, WRITE_HEADER: "1"}
    assert signed_in.patch("/me/preferences", headers=headers, json={"language": "fr"}).status_code == 200
    assert signed_in.get("/me", headers=told).json()["preferences"]["language"] == "fr"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_from_elsewhere_reads_nothing_but_may_lead_here(signed_in):
    embedded = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert signed_in.get("/media", headers=embedded).status_code == 403
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert signed_in.get("/media", headers=followed).status_code == 200


def test_a_token_says_by_itself_who_asks_wherever_the_page_is(client, caller):
    for told in ELSEWHERE:
        assert client.get("/me", headers={**caller(), **told}).status_code == 200


# --- the cookie at its end --------------------------------------------------------------------------


def test_a_cookie_that_opens_nothing_any_more_is_taken_away_and_a_living_one_is_not(signed_in):
    ours = {WRITE_HEADER: "1"}
    kept = signed_in.post("/login/forget", headers=ours)
    assert kept.status_code == 204 and "set-cookie" not in kept.headers
    dead = signed_in.cookies.get(COOKIE)
    assert signed_in.post("/login/sign-out", headers=ours).status_code == 204
    signed_in.cookies.set(COOKIE, str(dead))
    gone = signed_in.post("/login/forget", headers=ours)
    assert gone.status_code == 204
    said = gone.headers["set-cookie"].lower()
    assert said.startswith(f'{COOKIE}="";') and "max-age=0" in said and "httponly" in said


def test_only_a_page_of_the_dashboard_may_have_a_cookie_taken_away(signed_in, client):
    assert signed_in.post("/login/forget").status_code == 403
    assert client.post("/login/forget", headers={WRITE_HEADER: "1"}).status_code == 403


def test_behind_https_the_cookie_is_secure(installation, configure):
    configure(PUBLIC_URL="https://vigie.my-domain.org")
    with open_session() as session:
        ticket = open_login_session(session, an_access(session), "test", 12)
    with TestClient(create_api(get_settings(), takes_cookies=True)) as door:
        answer = door.post("/login/redeem", headers={WRITE_HEADER: "1"}, json={"ticket": ticket})
    said = answer.headers["set-cookie"]
    assert "Secure" in said and "HttpOnly" in said and "SameSite=lax" in said
