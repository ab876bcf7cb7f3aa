"""Signed links: what they open without a credential, and how soon they stop."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from curation.accesses import change_scope, disable_access
from curation.links import Link, read_link, sign
from curation.reviews import decide
from curation.sign_in import issue_access_token
from db.models import Decision, Scope, utc_now
from db.session import open_session
from settings import get_settings
from tests.conftest import TEST_SECRET
from tests.factories import a_box, a_jpeg, an_access, an_admin


@pytest.fixture
def linked(client, caller):
    """A curator with their header, a media of theirs, its content, and a link to it."""
    with open_session() as session:
        curator = an_access(session)
    headers, content = caller(access=curator), a_jpeg(800, 600)
    files = {"file": ("cam é 1.jpg", content)}
    media = client.post("/uploads", headers=headers, files=files).json()["media"]
    link = client.get(f"/media/{media['id']}/url", headers=headers).json()
    return curator, headers, media, content, link["url"]


def test_a_link_opens_without_a_credential_and_says_when_it_ends(client, linked):
    _, headers, media, content, url = linked
    assert url.startswith("http://testserver/links/")
    opened = client.get(url)
    assert (opened.status_code, opened.content) == (200, content)
    assert opened.headers["content-type"] == "image/jpeg"
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert opened.headers["cache-control"] == "private, no-store"
    assert "filename*=UTF-8''cam%20%C3%A9%201.jpg" in opened.headers["content-disposition"]
    part = client.get(url, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, content[:10])
    assert client.head(url + "/").headers["content-length"] == str(len(content))
    small = client.get(f"/media/{media['id']}/url?size=thumb", headers=headers).json()
    assert len(client.get(small["url"]).content) < len(content)
    assert small["expires_at"] > (utc_now() + timedelta(minutes=14)).isoformat()[:19]
    assert client.get(f"/media/{media['id']}/url?size=huge", headers=headers).status_code == 422


def test_beside_the_dashboard_links_lead_through_its_own_address(dashboard_client, linked):
    _, headers, media, content, _ = linked
    url = dashboard_client.get(f"/media/{media['id']}/url", headers=headers).json()["url"]
    assert url.startswith(f"{get_settings().public_url}/api/links/")
    assert dashboard_client.get("/links/" + url.rpartition("/")[2]).content == content


def test_a_link_ends_by_its_clock(client, linked):
    *_, url = linked
    link = read_link(url.rpartition("/")[2], TEST_SECRET)
    assert timedelta(minutes=14) < link.expires_at - utc_now() < timedelta(minutes=16)
    ended = replace(link, ends=int(utc_now().timestamp()) - 2)
    answer = client.get(f"/links/{sign(ended, TEST_SECRET)}")
    assert (answer.status_code, answer.json()["code"]) == (403, "invalid_link")


def end_by(what, curator, media, headers, client):
    with open_session() as session:
        admin = an_admin(session)
        match what:
            case "disabling":
                disable_access(session, admin, curator.id)
            case "withdrawing":
                decide(session, admin, media["id"], Decision.WITHDRAWN)
            case "narrowing":
                change_scope(session, admin, curator.id, Scope.DEVICE)
                from db.models import Media

                session.get_one(Media, media["id"]).uploaded_by_id = admin.id
    if what == "signing out":
        assert client.post("/login/sign-out", headers=headers).status_code == 204


@pytest.mark.parametrize("what", ["disabling", "withdrawing", "narrowing", "signing out"])
def test_a_link_stops_with_what_it_came_from(client, linked, what):
    curator, headers, media, _, url = linked
    end_by(what, curator, media, headers, client)
    answer = client.get(url)
    assert (answer.status_code, answer.json()["code"]) == (403, "invalid_link")
    assert "location" not in answer.headers


def test_an_admins_link_stops_too_when_its_media_is_withdrawn(client, caller, linked):
    _, _, media, *_ = linked
    admin = caller(Scope.ADMIN)
    url = client.get(f"/media/{media['id']}/url", headers=admin).json()["url"]
    client.delete(f"/media/{media['id']}", headers=admin)
    assert client.get(url).status_code == 403
    assert client.get(f"/media/{media['id']}/url", headers=admin).status_code == 404


def test_forged_and_mangled_links_open_nothing(client, linked):
    curator, *_, media, _, url = linked
    signature = url.rpartition("/")[2]
    link = read_link(signature, TEST_SECRET)
    forged = sign(
        Link("media", media["id"], "original", curator.id, "admin", None, None, link.ends), "x" * 32
    )
    other = signature[:-3] + ("AAA" if not signature.endswith("AAA") else "BBB")
    for text in (forged, other, "x", "%00", signature.rpartition(".")[0], signature + "x", "é", "a" * 900):
        answer = client.get(f"/links/{text}")
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_link"), text
    assert client.get("/links/" + "a" * 2000).status_code == 422


def test_many_links_at_once_are_all_or_none(client, caller, linked):
    _, headers, media, content, _ = linked
    device = caller(Scope.DEVICE)
    own = client.post("/uploads", headers=device, files={"file": ("a.jpg", a_jpeg())}).json()["media"]["id"]
    ids = [own, media["id"]]
    found = client.post("/media/urls", headers=headers, json={"ids": ids, "size": "original"}).json()
    assert [link["id"] for link in found] == ids
    assert client.get(found[1]["url"]).content == content
    assert client.post("/media/urls", headers=device, json={"ids": ids}).status_code == 404
    assert client.post("/media/urls", headers=device, json={"ids": [own]}).status_code == 200
    waiting = client.post("/media", headers=headers).json()["id"]
    for bad, status in (([waiting], 404), ([10**9], 404), ([], 422), ([0], 422), (list(range(1, 202)), 422)):
        assert client.post("/media/urls", headers=headers, json={"ids": bad}).status_code == status


def test_an_annotation_without_a_file_yet_has_it_written_for_its_link(client, caller, linked):
    _, headers, media, *_ = linked
    submitted = client.post(
        f"/media/{media['id']}/annotations", headers=headers, json={"shapes": [a_box()], "client_id": "c" * 9}
    ).json()
    answer = client.get(f"/annotations/{submitted['annotation']['id']}/url/", headers=headers)
    opened = client.get(answer.json()["url"])
    assert opened.json()["shapes"][0]["label_class"] == "wildfire"
    assert opened.headers["content-type"] == "application/json"
    assert opened.headers["content-disposition"].startswith("attachment; ")
    assert client.get(f"/annotations/{10**9}/url", headers=headers).status_code == 404
    empty = client.post("/annotations", headers=headers, json={"media_id": media["id"]}).json()["id"]
    assert client.get(f"/annotations/{empty}/url", headers=headers).json()["code"] == "content_missing"


def test_an_uploaded_annotation_comes_back_byte_for_byte(client, linked):
    _, headers, media, *_ = linked
    made = client.post("/annotations/", headers=headers, json={"media_id": media["id"]})
    assert (made.status_code, made.json()["content"]) == (201, "none")
    path = f"/annotations/{made.json()['id']}"
    raw = json.dumps({"seen": ["smoke", 1.50]}).encode()
    filled = client.post(f"{path}/upload", headers=headers, files={"file": raw})
    assert (filled.status_code, filled.json()["content"]) == (200, "file"), filled.text
    url = client.get(f"{path}/url", headers=headers).json()["url"]
    assert client.get(url).content == raw
    assert client.post(f"{path}/upload", headers=headers, files={"file": raw}).status_code == 200
    assert client.post(f"{path}/upload", headers=headers, files={"file": b"other"}).status_code == 409


def test_the_link_of_a_token_that_was_revoked_stops(client, caller, linked):
    curator, _, media, *_ = linked
    with open_session() as session:
        token = {"Authorization": f"Bearer {issue_access_token(session, curator, 'test')}"}
    url = client.get(f"/media/{media['id']}/url", headers=token).json()["url"]
    assert client.get(url).status_code == 200
    client.post("/login/sign-out", headers=token)
    assert client.get(url).status_code == 403
