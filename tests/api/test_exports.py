"""The export over HTTP: what it sends, what it refuses, what it leaves in the audit trail, and how it breaks."""

from __future__ import annotations

import contextlib
import csv
import io
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from sqlalchemy import insert, select, text, update

from api import create_api
from api.exports import EXPORTS_AT_ONCE
from curation.browse import COUNT_CAP
from curation.events import latest_events
from curation.exports import UTF8_BOM
from db.models import Decision, Media, Review, Scope, State
from db.session import get_engine, open_session
from settings import get_settings
from tests.factories import a_media, an_access


def rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content[len(UTF8_BOM) :].decode(), newline="")))


def exports_in_the_audit_trail():
    with open_session(read_only=True) as session:
        return [event for event, _ in latest_events(session) if event.name == "media_exported"]


def test_the_download_is_what_the_filter_shows(client, caller):
    headers = caller()
    with open_session() as session:
        shown = a_media(session, tags=["dawn"], file_name="=1.jpg")
        a_media(session)
        ids = {"media_id": str(shown.id), "file_name": "'=1.jpg"}
    answer = client.get("/exports/media.csv?tag=dawn&columns=media_id,file_name", headers=headers)
    assert rows(answer) == [ids]
    assert answer.content.startswith(UTF8_BOM)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-total-count"] == "1"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="vigie-media-') and disposition.isascii()
    raw = client.get("/exports/media.csv?tag=dawn&columns=file_name&raw=1", headers=headers)
    assert rows(raw) == [{"file_name": "=1.jpg"}]


def test_a_download_per_shape_names_its_columns_and_its_lines(client, caller):
    headers = caller()
    with open_session() as session:
        media_id = a_media(session).id
    boxes = [{"label_class": "wildfire", "box": [0.1, 0.2, 0.3, 0.4]}] * 3
    client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": boxes})
    columns = "?per=shape&columns=media_id&columns=label_class,confidence"
    answer = client.get(f"/exports/media.csv{columns}", headers=headers)
    assert rows(answer) == [{"media_id": str(media_id), "label_class": "wildfire", "confidence": ""}] * 3
    assert answer.headers["x-total-count"] == "3"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "unknown_filter"),
        ("state=gone", "unknown_filter"),
        ("columns=password", "unknown_filter"),
        ("columns=polygon", "unknown_filter"),
        ("captured_from=yesterday", "unknown_filter"),
        ("per=tag", "invalid_request"),
        ("raw=perhaps", "invalid_request"),
    ],
)
def test_what_is_not_understood_is_refused_before_a_byte_is_sent(client, caller, query, code):
    answer = client.get(f"/exports/media.csv?{query}", headers=caller())
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert exports_in_the_audit_trail() == []


def test_viewers_export_and_devices_and_strangers_do_not(client, caller):
    assert client.get("/exports/media.csv").status_code == 401
    assert client.get("/exports/media.csv", headers=caller(Scope.DEVICE)).status_code == 403
    assert client.get("/exports/media.csv?state=withdrawn", headers=caller()).status_code == 403
    assert rows(client.get("/exports/media.csv", headers=caller(Scope.VIEWER))) == []


def test_an_export_is_in_the_audit_trail_with_what_was_taken(client, caller):
    with open_session() as session:
        access = an_access(session)
        for _ in range(3):
            a_media(session, tags=["dawn"])
    client.get("/exports/media.csv?tag=dawn&columns=media_id&raw=1", headers=caller(access=access))
    (event,) = exports_in_the_audit_trail()
    assert event.access_id == access.id and event.address
    assert event.detail == {
        "filter": {"tag": ["dawn"]},
        "per": "media",
        "raw": True,
        "editable": False,
        "columns": ["media_id"],
        "rows": 3,
        "complete": True,
    }


def fill(number: int, *, comment: str | None = None) -> None:
    """Many media; with a long comment on each they make a download that no buffer takes whole."""
    with open_session() as session:
        access_id = an_access(session).id
        session.execute(insert(Media), [{"uploaded_by_id": access_id} for _ in range(number)])
        if comment is None:
            return
        review = {
            "access_id": access_id,
            "decision": Decision.REJECTED,
            "comment": comment,
            "act": 1,
            "state_before": State.NEW,
            "state_after": State.REJECTED,
        }
        media_ids = session.scalars(select(Media.id)).all()
        session.execute(insert(Review), [{"media_id": media_id, **review} for media_id in media_ids])
        of_media = select(Review.id).where(Review.media_id == Media.id).scalar_subquery()
        session.execute(update(Media).values(last_review_id=of_media))


def test_a_count_that_would_take_long_is_left_out(client, caller, monkeypatch):
    monkeypatch.setattr("api.exports.COUNT_CAP", 5)
    fill(5)
    assert client.get("/exports/media.csv", headers=caller()).headers["x-total-count"] == "5"
    fill(1)
    answer = client.get("/exports/media.csv", headers=caller())
    assert "x-total-count" not in answer.headers and len(rows(answer)) == 6
    assert COUNT_CAP == 10_000


@pytest.fixture
def served(installation) -> Iterator[str]:
    """The API behind a real server, in a thread of its own."""
    api = create_api(get_settings(), takes_cookies=False)
    server = uvicorn.Server(uvicorn.Config(api, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def eventually(what) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_idle() -> bool:
    return bool(get_engine().pool.checkedout() == 0)  # type: ignore[attr-defined]


LONG = 4_000 * "é"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_export_that_fails_on_the_way_is_no_download(served, caller):
    fill(2_000, comment=LONG)
    with (
        pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"),
        httpx.stream("GET", f"{served}/exports/media.csv", headers=caller(), timeout=20) as answer,
    ):
        assert answer.status_code == 200
        for number, _ in enumerate(answer.iter_raw()):
            if number == 0:
                with get_engine().connect() as connection:
                    connection.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY %'"
                            " AND datname = current_database()"
                        )
                    )
    eventually(is_idle)
    (event,) = exports_in_the_audit_trail()
    assert event.detail["complete"] is False
    assert 0 < event.detail["rows"] < 2_000
    # And the next one works, without a restart.
    answer = httpx.get(f"{served}/exports/media.csv?columns=media_id", headers=caller())
    assert len(rows(answer)) == 2_000


def test_a_client_that_leaves_early_frees_the_database(served, caller):
    fill(2_000, comment=LONG)
    with httpx.stream("GET", f"{served}/exports/media.csv", headers=caller()) as answer:
        next(answer.iter_raw())
    eventually(lambda: exports_in_the_audit_trail() and is_idle())
    (event,) = exports_in_the_audit_trail()
    assert event.detail["complete"] is False


def test_a_handful_of_exports_at_once_leave_room_for_everybody_else(served, caller):
    fill(2_000, comment=LONG)
    headers = caller()
    with contextlib.ExitStack() as running:
        for _ in range(EXPORTS_AT_ONCE):
            running.enter_context(httpx.stream("GET", f"{served}/exports/media.csv", headers=headers))
        refused = httpx.get(f"{served}/exports/media.csv", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert httpx.get(f"{served}/media/", headers=headers).status_code == 200
    eventually(is_idle)
    assert httpx.get(f"{served}/exports/media.csv?columns=media_id", headers=headers).status_code == 200
