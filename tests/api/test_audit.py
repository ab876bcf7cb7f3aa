"""Whatever somebody may later ask about is in the audit trail: who, when, from which address, and not without it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from api import create_api
from api.exports import EXPORTS_AT_ONCE
from curation.addresses import calling_address, calling_from
from curation.datasets.freezing import freeze_release
from curation.events import record
from curation.exports import UTF8_BOM
from curation.installation import end_login_sessions
from curation.sign_in import change_own_password, open_login_session, sign_out_everywhere
from db.models import Access, Event, Import, ImportKind, ImportState, NearTwin, Scope, utc_now
from db.session import get_engine, open_session
from settings import get_settings
from tests.exported import a_kept_export
from tests.factories import PASSWORD, a_box, a_media, an_access, an_admin

ADDRESS = "192.0.2.9"


@pytest.fixture
def door(installation) -> Iterator[TestClient]:
    """The door beside the dashboard, asked from an address."""
    api = create_api(get_settings(), takes_cookies=True)
    with TestClient(api, raise_server_exceptions=False, client=(ADDRESS, 50_000)) as client:
        yield client


@dataclass
class Desk:
    """An admin at work, and whom and what the work is about."""

    door: TestClient
    admin: Access
    headers: dict[str, str]
    colleague: Access
    media_id: int

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.door.request(method, path, headers=self.headers, json=body)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.text.startswith(("{", "[")) else answer


@pytest.fixture
def desk(door) -> Desk:
    with open_session() as session:
        admin, colleague = an_admin(session), an_access(session)
        media = a_media(session, tags=["dawn"])
    form = {"username": admin.login, "password": PASSWORD}
    secret = door.post("/login/access-token", data=form).json()["access_token"]
    return Desk(door, admin, {"Authorization": f"Bearer {secret}"}, colleague, media.id)


def about_the_colleague(method: str, **body: Any) -> Callable[[Desk], Any]:
    return lambda desk: desk.ask(method, f"/accesses/{desk.colleague.id}", body or None)


def change_own_password_of(desk: Desk) -> None:
    change_own_password(open_session, desk.admin, PASSWORD, "another long one", address=ADDRESS)


def sign_in_by_the_card(desk: Desk) -> None:
    with open_session() as session:
        open_login_session(session, desk.admin, ADDRESS, 12)


def sign_out_of_everything(desk: Desk) -> None:
    with calling_from(ADDRESS), open_session() as session:
        sign_out_everywhere(session, desk.admin)


def end_the_colleagues_sessions(desk: Desk) -> None:
    with calling_from(ADDRESS), open_session() as session:
        end_login_sessions(session, desk.admin, desk.colleague.id)


def fail_to_sign_in(desk: Desk) -> None:
    form = {"username": desk.admin.login, "password": "not this one"}
    assert desk.door.post("/login/access-token", data=form).status_code == 401


def a_token(desk: Desk) -> int:
    return int(desk.ask("POST", "/tokens", {"name": "notebook"})["id"])


def a_device(desk: Desk) -> int:
    return int(desk.ask("POST", "/devices", {"login": "ridge-camera"})["id"])


def a_webhook(desk: Desk) -> int:
    body = {"name": "training", "url": "https://example.org/vigie", "events": ["media.accepted"]}
    return int(desk.ask("POST", "/webhooks", body)["id"])


def a_label_class(desk: Desk) -> str:
    body = {"key": "sparks", "name": "Sparks", "colour": "#AA8844"}
    return str(desk.ask("POST", "/label-classes", body)["key"])


def decide_about_twins(desk: Desk) -> int:
    with open_session() as session:
        twin = a_media(session)
        session.add(NearTwin(media_id=twin.id, other_id=desk.media_id, distance=1))
    body = {"answer": "kept", "media_ids": [desk.media_id, twin.id]}
    return int(desk.ask("POST", "/twins/decisions", body)["id"])


def withdraw(desk: Desk) -> None:
    desk.ask("DELETE", f"/media/{desk.media_id}")


def restore(desk: Desk) -> None:
    withdraw(desk)
    desk.ask("POST", f"/media/{desk.media_id}/restore")


def purge(desk: Desk) -> None:
    withdraw(desk)
    desk.ask("POST", f"/media/{desk.media_id}/purge")


def ask_for_an_export(desk: Desk) -> int:
    return int(desk.ask("POST", "/exports", {"format": "jsonl"})["id"])


def ask_for_a_release(desk: Desk) -> int:
    return int(desk.ask("POST", "/releases", {"name": "autumn"})["id"])


def freeze_a_release(desk: Desk) -> int:
    release_id = ask_for_a_release(desk)
    with calling_from(ADDRESS):
        freeze_release(open_session, release_id)
    return release_id


def export_differences(desk: Desk) -> None:
    release_id = freeze_a_release(desk)
    desk.ask("GET", f"/releases/{release_id}/compare/{release_id}/differences.csv")


def download_an_export(desk: Desk) -> None:
    with open_session() as session:
        made = a_kept_export(session, desk.admin)
    desk.ask("GET", f"/exports/{made.id}/file")


def an_import(desk: Desk, state: ImportState = ImportState.READY) -> int:
    with open_session() as session:
        committed_at = utc_now() if state == ImportState.DONE else None
        begun = Import(
            access_id=desk.admin.id,
            kind=ImportKind.FILES,
            name="a folder",
            state=state,
            preview={"classes": []},
            committed_at=committed_at,
        )
        session.add(begun)
        session.flush()
        return begun.id


# What must leave an event, and the act; each begins in an installation of its own.
ACTS: dict[str, Callable[[Desk], Any]] = {
    "token_issued": lambda desk: None,
    "sign_in_failed": fail_to_sign_in,
    "signed_in": sign_in_by_the_card,
    "signed_out_everywhere": sign_out_of_everything,
    "login_sessions_ended": end_the_colleagues_sessions,
    "password_changed": change_own_password_of,
    "password_set": about_the_colleague("PUT", password="a long password"),
    "scope_changed": about_the_colleague("PATCH", scope="viewer"),
    "access_disabled": about_the_colleague("PATCH", disabled=True),
    "access_enabled": lambda desk: [
        about_the_colleague("PATCH", disabled=disabled)(desk) for disabled in (True, False)
    ],
    "access_deleted": about_the_colleague("DELETE"),
    "signed_out": lambda desk: desk.ask("POST", "/login/sign-out"),
    "release_asked": ask_for_a_release,
    "release_frozen": freeze_a_release,
    "release_deleted": lambda desk: desk.ask("DELETE", f"/releases/{ask_for_a_release(desk)}"),
    "differences_exported": export_differences,
    "media_exported": lambda desk: desk.ask("GET", "/exports/media.csv"),
    "contact_sheet_exported": lambda desk: desk.ask("GET", "/exports/contact-sheet.pdf"),
    "audit_trail_exported": lambda desk: desk.ask("GET", "/exports/events.csv"),
    "export_asked": ask_for_an_export,
    "export_cancelled": lambda desk: desk.ask("POST", f"/exports/{ask_for_an_export(desk)}/cancel"),
    "export_downloaded": download_an_export,
    "import_begun": lambda desk: desk.ask("POST", "/imports", {"kind": "files", "name": "a folder"}),
    "import_committed": lambda desk: desk.ask("POST", f"/imports/{an_import(desk)}/commit", {}),
    "import_cancelled": lambda desk: desk.ask("POST", f"/imports/{an_import(desk)}/cancel"),
    "import_undone": lambda desk: desk.ask("POST", f"/imports/{an_import(desk, ImportState.DONE)}/undo"),
    "media_withdrawn": withdraw,
    "media_restored": restore,
    "media_purged": purge,
    "storage_check_asked_for": lambda desk: desk.ask("POST", "/storage/checks", {"repair": True}),
    "annotation_withdrawn": lambda desk: desk.ask(
        "DELETE",
        "/annotations/"
        + str(
            desk.ask("POST", f"/media/{desk.media_id}/annotations", {"shapes": [a_box()]})["annotation"]["id"]
        ),
    ),
    "twins_decided": decide_about_twins,
    "twin_decision_undone": lambda desk: desk.ask(
        "POST", f"/twins/decisions/{decide_about_twins(desk)}/undo"
    ),
    "tags_changed": lambda desk: desk.ask(
        "POST", "/media/tags", {"ids": [desk.media_id], "remove": ["dawn"]}
    ),
    "access_created": lambda desk: desk.ask(
        "POST", "/accesses", {"login": "ada", "scope": "viewer", "password": "a long password"}
    ),
    "token_made": a_token,
    "token_revoked": lambda desk: desk.ask("DELETE", f"/tokens/{a_token(desk)}"),
    "device_token_rotated": lambda desk: desk.ask("POST", f"/devices/{a_device(desk)}/token", {}),
    "device_token_revoked": lambda desk: desk.ask("DELETE", f"/devices/{a_device(desk)}/token"),
    "webhook_created": a_webhook,
    "webhook_changed": lambda desk: desk.ask("PATCH", f"/webhooks/{a_webhook(desk)}", {"name": "other"}),
    "webhook_deleted": lambda desk: desk.ask("DELETE", f"/webhooks/{a_webhook(desk)}"),
    "label_class_created": a_label_class,
    "label_class_retired": lambda desk: desk.ask("POST", f"/label-classes/{a_label_class(desk)}/retire"),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ACTS)
def test_an_act_leaves_who_when_and_where_from(desk, name):
    ACTS[name](desk)
    with open_session(read_only=True) as session:
        events = session.scalars(select(Event).where(Event.name == name)).all()
    assert len(events) == 1, [event.name for event in events]
    (event,) = events
    assert event.address == ADDRESS
    assert abs(datetime.now(UTC) - event.created_at) < timedelta(minutes=10)
    # Nobody has signed in where it failed: the login that was tried stands beside it.
    assert event.access_id == (None if name == "sign_in_failed" else desk.admin.id)
    if name == "sign_in_failed":
        assert event.detail == {"login": desk.admin.login}


def test_what_the_product_does_by_itself_has_no_address(session):
    record(session, None, "tried")
    session.flush()
    assert session.scalars(select(Event.address).where(Event.name == "tried")).one() is None
    assert calling_address() is None


def test_an_address_is_forgotten_with_its_request(session):
    with calling_from(ADDRESS):
        assert calling_address() == ADDRESS
    assert calling_address() is None


@pytest.mark.parametrize("path", ["/exports/media.csv", "/exports/contact-sheet.pdf", "/exports/events.csv"])
def test_what_cannot_be_written_down_is_not_handed_out(desk, path):
    with get_engine().begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO events_gone"))
    # As often as there are places, and once more: none of them stays taken.
    for _ in range(EXPORTS_AT_ONCE + 1):
        refused = desk.door.get(path, headers=desk.headers)
        assert refused.status_code >= 500 and refused.headers["content-type"] == "application/json"
        assert "events_gone" not in refused.text and "media_id" not in refused.text
    with get_engine().begin() as connection:
        connection.execute(text("ALTER TABLE events_gone RENAME TO events"))
    assert desk.door.get(path, headers=desk.headers).status_code == 200


def trail(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content[len(UTF8_BOM) :].decode(), newline="")))


def test_the_trail_goes_out_as_csv_as_it_is_filtered(desk):
    desk.ask("POST", "/tokens", {"name": "=1+1"})
    lines = trail(desk.door.get("/exports/events.csv?name=token_made", headers=desk.headers))
    assert [(line["login"], line["name"], line["address"]) for line in lines] == [
        (desk.admin.login, "token_made", ADDRESS)
    ]
    assert "=1+1" in lines[0]["detail"] and not lines[0]["detail"].startswith("=")
    everything = trail(desk.door.get("/exports/events.csv", headers=desk.headers))
    assert [line["name"] for line in everything] == ["audit_trail_exported", "token_made", "token_issued"]
    assert trail(desk.door.get("/exports/events.csv?until=2020-01-01T00:00:00Z", headers=desk.headers)) == []


def test_the_trail_is_narrowed_to_a_span(desk):
    noon = datetime(2026, 8, 12, 12, tzinfo=UTC)
    with open_session() as session:
        for hour in range(3):
            record(session, desk.admin, "tried", {"hour": hour}).created_at = noon + timedelta(hours=hour)
    span = {"name": "tried", "since": noon + timedelta(hours=1), "until": noon + timedelta(hours=2)}
    query = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in span.items()
    }
    found = desk.door.get("/events", headers=desk.headers, params=query).json()
    assert [one["detail"]["hour"] for one in found] == [1]


def test_only_admins_take_the_trail_out(desk, caller):
    for headers, status in (({}, 401), *((caller(scope), 403) for scope in Scope if scope != Scope.ADMIN)):
        assert desk.door.get("/exports/events.csv", headers=headers).status_code == status
