"""What is sent again and what is not, how long is waited, and what the errors say."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from vigie_client import (
    NEVER,
    AsyncClient,
    Client,
    Conflict,
    ContentDiffers,
    NewShape,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    Retries,
    ServerFault,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
    VigieError,
)
from vigie_client.calls import Call, reads
from vigie_client.retries import Patience

from tests.apart import run_async
from tests.client.scripted import Line, scripted

QUICK = Retries(attempts=4, first_wait=0.01, longest_wait=0.02, total=5)
ME = Line(200, {"id": 1, "login": "ada", "scope": "user"})
AWAY = Line(503, {"detail": "The bucket cannot be reached.", "code": "unavailable"})
CUT = Line(None)
DAMAGED = Line(422, {"detail": "x did not arrive as it was sent.", "code": "content_differs"})
STORED = Line(201, {"media": {"id": 1, "sha256": "ab"}, "twin": False, "notes": []})


def test_reading_is_tried_again_while_the_server_is_away():
    with scripted(AWAY, CUT, Line(502, b"<html>bad gateway</html>"), ME) as server:
        with Client(server.url, token="t", retries=QUICK) as client:
            assert client.me().login == "ada"
        assert len(server.asked) == 4


def test_the_asynchronous_client_is_as_patient():
    async def ask(url: str) -> str:
        async with AsyncClient(url, token="t", retries=QUICK) as client:
            return (await client.me()).login

    with scripted(AWAY, CUT, ME) as server:
        assert run_async(ask(server.url)) == "ada"


def test_what_creates_something_without_an_id_of_ours_is_sent_once():
    with scripted(AWAY) as server, Client(server.url, token="t", retries=QUICK) as client:
        with pytest.raises(Unavailable):
            client.create_access("bob", "a long password")
        with scripted(CUT) as cut, Client(cut.url, token="t", retries=QUICK) as other:
            with pytest.raises(Unreachable):
                other.create_token("notebook")
            assert len(cut.asked) == 1
        assert len(server.asked) == 1


def test_a_submission_is_repeated_under_the_same_client_id():
    with scripted(CUT, AWAY, Line(409, {"detail": "Someone was faster.", "code": "moved_on"})) as server:
        with Client(server.url, token="t", retries=QUICK) as client, pytest.raises(Conflict):
            client.submit_annotation(3, [NewShape("wildfire", [0.1, 0.1, 0.2, 0.2])])
        assert len({asked.body for asked in server.asked}) == 1 and len(server.asked) == 3
        assert b'"client_id"' in server.asked[0].body


def test_an_upload_is_repeated_under_the_same_idempotency_key():
    with scripted(CUT, AWAY, Line(422, {"detail": "x is no picture.", "code": "refused_picture"})) as server:
        with Client(server.url, token="t", retries=QUICK) as client, pytest.raises(Refused):
            client.register_media(b"no picture", file_name="x")
        assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1
        assert len(server.asked) == 3
        assert all(b"no picture" in asked.body for asked in server.asked)


@pytest.mark.parametrize("line", [DAMAGED, Line(408, b"<html>too slow</html>"), Line(425, b"")])
def test_an_upload_that_did_not_arrive_is_sent_again(line):
    with scripted(line, line, STORED) as server:
        with Client(server.url, token="t", retries=QUICK) as client:
            assert client.register_media(b"picture", file_name="x").media.id == 1
        assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1


def test_an_upload_that_met_a_change_is_sent_again_and_a_lasting_conflict_is_not():
    met = Line(409, {"detail": "Someone changed this at the same moment. Try again.", "code": "conflict"})
    with scripted(met, STORED) as server, Client(server.url, token="t", retries=QUICK) as client:
        assert client.register_media(b"picture", file_name="x").media.id == 1
    with scripted(met) as server, Client(server.url, token="t", retries=QUICK) as client:
        with pytest.raises(Conflict):
            client.upload_media(3, b"picture", file_name="x")
        assert len(server.asked) == 1


def test_a_file_that_arrives_damaged_each_time_is_given_up_after_three():
    with scripted(DAMAGED) as server, Client(server.url, token="t", retries=QUICK) as client:
        with pytest.raises(ContentDiffers, match="damaged on its way") as raised:
            client.register_media(b"picture", file_name="x")
        assert len(server.asked) == 3 and not isinstance(raised.value, Refused)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_that_is_not_what_it_was_any_more_is_not_sent_again(tmp_path, at_once):
    changed = tmp_path / "x.jpg"
    changed.write_bytes(b"changed since")
    digest = hashlib.sha256(b"picture").hexdigest()

    async def send(url: str) -> None:
        async with AsyncClient(url, token="t", retries=QUICK) as client:
            await client.register_media(changed, sha256=digest)

    with scripted(DAMAGED) as server, Client(server.url, token="t", retries=QUICK) as client:
        with pytest.raises(ContentDiffers):
            if at_once:
                client.register_media(changed, sha256=digest)
            else:
                run_async(send(server.url))
        assert len(server.asked) == 1


def test_too_many_requests_wait_as_long_as_they_are_told():
    busy = Line(429, {"detail": "Too many attempts.", "code": "too_many_attempts"}, {"Retry-After": "1"})
    with scripted(busy, ME) as server, Client(server.url, token="t", retries=QUICK) as client:
        began = datetime.now()
        client.me()
        assert datetime.now() - began >= timedelta(seconds=1)


def test_a_wait_that_is_longer_than_the_patience_is_not_begun():
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    busy = Line(503, {"detail": "Maintenance.", "code": "unavailable"}, {"Retry-After": later})
    with scripted(busy) as server, Client(server.url, token="t", retries=QUICK) as client:
        with pytest.raises(Unavailable) as raised:
            client.me()
        assert 3500 < (raised.value.retry_after or 0) <= 3600
        assert len(server.asked) == 1


def test_waits_grow_and_end():
    now = 0.0
    call = Call("GET", "/me", reads(dict))
    patience = Patience(call, Retries(8, 1.0, 10.0, 30.0), clock=lambda: now, chance=lambda: 0.0)
    waits = []
    with pytest.raises(Unavailable):
        while True:
            waits.append(patience.wait_after(Unavailable("away")))
            now += waits[-1]
    assert waits == [1, 2, 4, 8, 10]


def test_waits_are_shortened_by_chance_by_up_to_half():
    patience = Patience(
        Call("GET", "/me", reads(dict)), Retries(first_wait=8.0), clock=lambda: 0.0, chance=lambda: 1.0
    )
    assert patience.wait_after(Unavailable("away")) == 4.0


def test_the_address_that_nobody_listens_at_says_so():
    said = r"cannot be reached.*Check the network and the address"
    with (
        Client("http://127.0.0.1:1", token="t", retries=NEVER) as client,
        pytest.raises(Unreachable, match=said),
    ):
        client.me()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotSignedIn),
        (403, NotAllowed),
        (404, NotFound),
        (405, Refused),
        (409, Conflict),
        (413, TooLarge),
        (422, Refused),
        (429, TooManyRequests),
        (500, ServerFault),
        (503, Unavailable),
    ],
)
def test_every_status_has_its_error(status, kind):
    body = {"detail": "A sentence.", "code": "a_code", "current_annotation_id": 7}
    with (
        scripted(Line(status, body, {"X-Request-ID": "abc"})) as server,
        Client(server.url, token="t", retries=NEVER) as client,
        pytest.raises(VigieError) as raised,
    ):
        client.me()
    error = raised.value
    assert type(error) is kind
    assert (error.sentence, error.code, error.status, error.request_id) == (
        "A sentence.",
        "a_code",
        status,
        "abc",
    )
    assert error.extra == {"current_annotation_id": 7}
    assert str(error).startswith("A sentence.")


@pytest.mark.parametrize(
    "line",
    [
        Line(200, b"<html>a router's page</html>"),
        Line(200, {"id": "seven"}),
        Line(307, b"", {"Location": "/x"}),
        Line(400, b"<html>Sign in to the hotel's network</html>"),
        Line(403, {"code": "AccessDenied", "message": "Blocked by the firewall."}),
        Line(404, {"detail": "Not Found"}),
        Line(413, {"detail": "Too large", "code": 413}),
        Line(451, b""),
    ],
)
def test_an_answer_that_is_none_of_vigies_is_named_as_such(line):
    with (
        scripted(line) as server,
        Client(server.url, token="t", retries=NEVER) as client,
        pytest.raises(UnexpectedAnswer, match="address"),
    ):
        client.me()


def test_fields_of_a_newer_server_are_passed_over():
    with (
        scripted(Line(200, {"id": 1, "login": "ada", "scope": "user", "horoscope": "lion"})) as server,
        Client(server.url, token="t") as client,
    ):
        assert client.me().scope == "user"


def test_a_time_without_a_zone_is_refused_before_it_is_sent():
    with Client("http://127.0.0.1:1", token="t") as client, pytest.raises(ValueError, match="no time zone"):
        client.register_media(b"...", file_name="x.jpg", captured_at=datetime(2026, 8, 1))


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://host", "", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url):
    with pytest.raises(ValueError, match="address"):
        Client(url)


def test_a_download_that_breaks_off_is_begun_again_and_leaves_no_half_file(tmp_path):
    half = Line(200, b"half", {"Content-Length": "100", "Connection": "close"})
    with (
        scripted(half, Line(200, b"media_id\r\n1\r\n", {"X-Total-Count": "1"})) as server,
        Client(server.url, token="t", retries=QUICK) as client,
    ):
        saved = client.export_csv(tmp_path / "out.csv", state=["accepted", "rejected"])
    assert (saved.path.read_bytes(), saved.rows) == (b"media_id\r\n1\r\n", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert server.asked[0].path == "/exports/media.csv?state=accepted&state=rejected&per=media"


def test_an_export_that_fails_leaves_an_older_file_as_it_was(tmp_path):
    (tmp_path / "out.csv").write_text("older")
    half = Line(200, b"half", {"Content-Length": "100", "Connection": "close"})
    with (
        scripted(half) as server,
        Client(server.url, token="t", retries=QUICK) as client,
        pytest.raises(Unreachable),
    ):
        client.export_csv(tmp_path / "out.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.csv", "older")]


def test_a_sign_in_page_does_not_take_the_place_of_an_export(tmp_path):
    (tmp_path / "out.csv").write_text("older")
    page = Line(200, b"<html>Sign in</html>", {"Content-Type": "text/html; charset=utf-8"})
    with (
        scripted(page) as server,
        Client(server.url, token="t", retries=QUICK) as client,
        pytest.raises(UnexpectedAnswer, match="web page"),
    ):
        client.export_csv(tmp_path / "out.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.csv", "older")]


def test_an_answer_that_trickles_in_for_ever_is_given_up():
    with (
        scripted(Line(200, {"id": 1, "login": "ada", "scope": "user"})) as server,
        Client(server.url, token="t", retries=Retries(total=-1)) as client,
        pytest.raises(Unreachable),
    ):
        client.me()
