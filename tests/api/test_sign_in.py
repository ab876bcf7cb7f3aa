"""Who gets in, by which door, and who does not."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, update

from curation.accesses import disable_access
from curation.sign_in import COOKIE, FAILURES_PER_ADDRESS, open_login_session, sign_out_everywhere
from db.models import Access, LoginSession, Scope, SignInAttempt, Token, utc_now
from db.session import open_session
from tests.factories import PASSWORD, an_access, an_admin

OPEN = {
    "/login/access-token",
    "/login/redeem",
    "/health",
    "/ready",
    "/docs",
    "/docs/oauth2-redirect",
    "/docs/files",
    "/openapi.json",
    "/links/{signature}",  # the signature is the credential
    "/{path:path}",
}


def sign_in(client, login, password=PASSWORD):
    return client.post("/login/access-token", data={"username": login, "password": password})


def make(scope=Scope.USER):
    with open_session() as session:
        return an_access(session, scope)


def with_cookie(client, access):
    with open_session() as session:
        ticket = open_login_session(session, access, "test", 12)
    answer = client.post("/login/redeem", json={"ticket": ticket}, headers={"X-Vigie": "1"})
    assert answer.status_code == 204
    return ticket, answer


def test_every_route_but_the_open_ones_refuses_strangers(client):
    tried = 0
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        if path in OPEN:
            continue
        for method in methods:
            tried += 1
            answer = client.request(method, path.replace("{media_id}", "1"))
            assert answer.status_code == 401, (method, path, answer.text)
    assert tried > 10


def test_a_login_is_found_whatever_its_case_and_edges(client):
    access = make()
    assert sign_in(client, f"  {access.login.upper()} ").status_code == 200


def test_a_wrong_login_and_a_wrong_password_look_the_same(client):
    access = make()
    wrong_password, wrong_login = (
        sign_in(client, access.login, "not this one"),
        sign_in(client, "nobody-here"),
    )
    assert wrong_password.status_code == wrong_login.status_code == 401
    assert wrong_password.json() == wrong_login.json()


@pytest.mark.parametrize("password", ["", "x" * 73, "é" * 500, "\x00\x00\x00"])
def test_odd_passwords_are_just_wrong(client, password):
    assert sign_in(client, make().login, password).status_code in (401, 422)


def test_failures_are_throttled_for_an_access_and_forgotten_by_a_success(client):
    access = make()
    for _ in range(4):
        assert sign_in(client, access.login, "wrong").status_code == 401
    assert sign_in(client, access.login).status_code == 200
    for _ in range(5):
        assert sign_in(client, access.login, "wrong").status_code == 401
    throttled = sign_in(client, access.login)
    assert (throttled.status_code, throttled.json()["code"]) == (429, "too_many_attempts")
    assert int(throttled.headers["Retry-After"]) > 0


def test_one_forgetful_colleague_does_not_lock_the_office_out(client):
    forgetful, colleague = make(), make()
    for _ in range(6):
        sign_in(client, forgetful.login, "wrong")
    assert sign_in(client, forgetful.login).status_code == 429
    assert sign_in(client, colleague.login).status_code == 200


def test_an_address_that_tries_many_logins_waits(client):
    for number in range(FAILURES_PER_ADDRESS):
        assert sign_in(client, f"guess-{number}", "wrong").status_code == 401
    assert sign_in(client, make().login).status_code == 429


def test_guesses_at_the_same_moment_are_counted_before_they_are_looked_at(client):
    access, statuses, barrier = make(), [], threading.Barrier(12)

    def guess():
        barrier.wait()
        statuses.append(sign_in(client, access.login, "wrong").status_code)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * 5 + [429] * 7


def test_signing_out_with_a_token_ends_the_token(client, caller):
    headers = caller()
    assert client.post("/login/sign-out", headers=headers).status_code == 204
    assert client.get("/me", headers=headers).status_code == 401


def test_failures_of_long_ago_do_not_count(client):
    access = make()
    for _ in range(5):
        sign_in(client, access.login, "wrong")
    with open_session() as session:
        session.execute(update(SignInAttempt).values(created_at=utc_now().replace(year=2020)))
    assert sign_in(client, access.login).status_code == 200


def test_no_secret_stands_in_the_database(client):
    access = make()
    token = sign_in(client, access.login).json()["access_token"]
    with open_session(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Token)) == 1
        assert session.scalar(select(Token.hashed_secret)) != token


def test_a_ticket_works_once(dashboard_client):
    access = make()
    ticket, answer = with_cookie(dashboard_client, access)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower()
    again = dashboard_client.post("/login/redeem", json={"ticket": ticket}, headers={"X-Vigie": "1"})
    assert again.status_code == 401


def test_a_cookie_opens_the_dashboards_door_only(dashboard_client, client):
    access = make()
    _, answer = with_cookie(dashboard_client, access)
    assert dashboard_client.get("/me").json()["login"] == access.login
    secret = answer.cookies[COOKIE]
    assert client.get("/me", headers={"Cookie": f"{COOKIE}={secret}"}).status_code == 401
    assert client.post("/login/redeem", json={"ticket": "x"}, headers={"X-Vigie": "1"}).status_code == 403


def test_a_cookie_alone_writes_nothing(dashboard_client):
    with_cookie(dashboard_client, make())
    assert dashboard_client.post("/media/tags", json={"ids": [1], "add": ["x"]}).status_code == 403
    with_header = dashboard_client.post(
        "/media/tags", json={"ids": [1], "add": ["x"]}, headers={"X-Vigie": "1"}
    )
    assert with_header.status_code == 404


def test_devices_have_no_dashboard(dashboard_client):
    with open_session() as session:
        device = an_access(session, Scope.DEVICE)
        ticket = open_login_session(session, device, "test", 12)
    dashboard_client.post("/login/redeem", json={"ticket": ticket}, headers={"X-Vigie": "1"})
    assert dashboard_client.get("/me").status_code == 401


def test_disabling_cuts_off_cookies_and_tokens_at_once(dashboard_client, caller):
    access = make()
    token = caller(access=access)
    with_cookie(dashboard_client, access)
    with open_session() as session:
        disable_access(session, an_admin(session), access.id)
    assert dashboard_client.get("/me").status_code == 401
    dashboard_client.cookies.clear()
    assert dashboard_client.get("/me", headers=token).status_code == 401
    assert sign_in(dashboard_client, access.login).status_code == 401


def test_a_changed_scope_counts_at_the_next_request(client, caller):
    access = make(Scope.ADMIN)
    token = caller(access=access)
    with open_session() as session:
        session.execute(update(Access).where(Access.id == access.id).values(scope=Scope.VIEWER))
    assert client.get("/me", headers=token).json()["scope"] == "viewer"


def test_a_one_time_password_opens_nothing_until_it_is_changed(client, caller):
    access = make()
    with open_session() as session:
        session.execute(update(Access).where(Access.id == access.id).values(must_change_password=True))
    answer = client.get("/media/", headers=caller(access=access))
    assert (answer.status_code, "one-time" in answer.json()["detail"]) == (403, True)


def test_signing_out_everywhere_ends_every_session_and_token(dashboard_client, caller):
    access = make()
    token = caller(access=access)
    with_cookie(dashboard_client, access)
    with open_session() as session:
        sign_out_everywhere(session, access)
    assert dashboard_client.get("/me").status_code == 401
    dashboard_client.cookies.clear()
    assert dashboard_client.get("/me", headers=token).status_code == 401


def test_signing_out_ends_this_session(dashboard_client):
    _, answer = with_cookie(dashboard_client, make())
    kept = f"{COOKIE}={answer.cookies[COOKIE]}"
    assert dashboard_client.post("/login/sign-out", headers={"X-Vigie": "1"}).status_code == 204
    assert dashboard_client.get("/me", headers={"Cookie": kept}).status_code == 401


def test_an_idle_session_expires_and_a_used_one_lives_on(dashboard_client):
    with_cookie(dashboard_client, make())
    with open_session() as session:
        before = utc_now().replace(microsecond=0)
        session.execute(update(LoginSession).values(last_seen_at=before.replace(year=2020)))
    assert dashboard_client.get("/me").status_code == 200
    with open_session(read_only=True) as session:
        assert session.scalars(select(LoginSession.last_seen_at)).one() >= before
    with open_session() as session:
        session.execute(update(LoginSession).values(expires_at=utc_now().replace(year=2020)))
    assert dashboard_client.get("/me").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic abc", "Bearer \xff", "bearer " + "a" * 5000])
def test_mangled_credentials_are_strangers(client, header):
    answer = client.get("/me", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
