"""What people wrote stays out of logs when the database refuses it, and answers say nothing of it either."""

from __future__ import annotations

import logging

import pytest

from db.models import Scope
from db.session import get_engine, open_session
from reporting import configure_logging
from settings import get_settings
from tests.factories import a_media

SAID = "a comment of confidence zq4711"
WEBHOOK = {"name": "alerts", "url": "https://hook.example.org/x?key=zq4711", "events": ["media.accepted"]}


@pytest.fixture(autouse=True)
def logging_as_in_production(installation, monkeypatch):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging(get_settings())
    found = [(2, 1, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr("curation.outbound.socket.getaddrinfo", lambda *args, **kwargs: found)
    yield
    root.handlers[:], root.level = before
    logging.getLogger("uvicorn.access").disabled = False


def refuse(table, raising):
    """Refuse every insert: by a trigger that quotes the row, or a constraint whose DETAIL does."""
    if get_engine().dialect.name == "sqlite":
        made = [f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END"]
    elif raising:
        made = [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'refused: %%', NEW; END $$",
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
        ]
    else:
        made = [f"ALTER TABLE {table} ADD CONSTRAINT refuse CHECK (false) NOT VALID"]
    with open_session() as session:
        for statement in made:
            session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize("raising", [True, False])
def test_a_comment_that_the_database_refuses_is_in_no_log(client, caller, capsys, raising):
    with open_session() as session:
        media_id = a_media(session).id
    headers = caller()
    refuse("comments", raising)
    body = {"text": SAID, "client_id": "client-0001"}
    answer = client.post(f"/media/{media_id}/comments", headers=headers, json=body)
    assert answer.status_code in (409, 500)
    logged = capsys.readouterr().err
    assert "Error" in logged
    assert "zq4711" not in logged + answer.text


@pytest.mark.parametrize("raising", [True, False])
def test_a_webhook_that_the_database_refuses_is_in_no_log(client, caller, capsys, raising):
    headers = caller(Scope.ADMIN)
    refuse("webhooks", raising)
    answer = client.post("/webhooks", headers=headers, json=WEBHOOK)
    assert answer.status_code in (409, 500)
    logged = capsys.readouterr().err
    assert "Error" in logged
    assert "whsec_" not in logged and "zq4711" not in logged + answer.text
