"""Logs and error reports: one line an event, with the request's id, and never a secret."""

from __future__ import annotations

import gzip
import http.server
import json
import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from api import create_api
from curation.sign_in import issue_access_token
from db.session import open_session
from reporting import RequestLog, configure_logging, current_request_id
from settings import Settings, get_settings
from tests.conftest import Installation
from tests.factories import a_media, an_access

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "database-pass-zq4711"
KEY = secrets.token_urlsafe(48)
# What is told nowhere holds letters that no random id in hexadecimal digits does.
SECRETIVE = {
    "DATABASE_URL": f"postgresql://vigie:{PASSWORD}@db/vigie",
    "SECRET_KEY": KEY,
    "BUCKET_NAME": "vigie",
    "S3_ACCESS_KEY": "access-key-zq4711",
    "S3_SECRET_KEY": "bucket-pass-zq4711",
}


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[list[dict[str, object]]]:
    """What was logged, filled when the test asks for it."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test client's own lines
    configure_logging(Settings.from_environment(SECRETIVE))

    class Lines(list[dict[str, object]]):
        def __iter__(self) -> Iterator[dict[str, object]]:
            self.extend(json.loads(line) for line in capsys.readouterr().err.splitlines())
            return super().__iter__()

    yield Lines()
    root.handlers[:], root.level = before
    logging.getLogger("uvicorn.access").disabled = False


def test_a_log_line_is_one_json_object(lines: list[dict[str, object]]) -> None:
    logging.getLogger("vigie.test").info("two\nlines of %s", "text")
    (line,) = lines
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "vigie.test", "two\nlines of text")
    assert str(line["at"]).endswith("Z")


def test_secrets_are_struck_out_of_messages_and_traces(lines: list[dict[str, object]]) -> None:
    try:
        raise RuntimeError(f"cannot reach postgresql://vigie:{PASSWORD}@db/vigie with {KEY}")
    except RuntimeError as error:
        logging.getLogger("vigie.test").exception("failed with %s", error)
    (line,) = lines
    written = json.dumps(line)
    assert "Traceback" in written and "cannot reach" in written
    assert PASSWORD not in written and KEY not in written


def a_quoting_error() -> psycopg.Error:
    return psycopg.errors.CheckViolation(
        'new row violates check constraint "short"\nDETAIL:  Failing row contains (7,\n value-zq4711).'
    )


@pytest.mark.parametrize("shape", ["json", "text"])
def test_what_a_driver_quotes_stands_in_no_line_and_no_trace_whoever_logs_it(
    lines: list[dict[str, object]], capsys: pytest.CaptureFixture[str], shape: str
) -> None:
    configure_logging(Settings.from_environment({**SECRETIVE, "LOG_FORMAT": shape}))
    log, raised = logging.getLogger("vigie.test"), a_quoting_error()
    log.warning("refused: %s, %s", raised, [raised.sqlstate])
    log.warning("refused: %r", raised)
    for outer in (RuntimeError(f"it said {raised}"), ExceptionGroup("several", [raised, ValueError("x")])):
        try:
            raise outer from raised
        except Exception:
            log.exception("it ended")
    written = capsys.readouterr().err
    assert written.count("violates check constraint") >= 6 and written.count("Traceback") >= 2
    assert "zq4711" not in written and "DETAIL" not in written


def test_each_request_is_one_line_without_its_query_and_its_id_is_told(
    lines: list[dict[str, object]],
) -> None:
    ids = []

    def answer(request: Request) -> PlainTextResponse:
        ids.append(current_request_id())
        return PlainTextResponse("here")

    app = Starlette(routes=[Route("/media/7", answer)], middleware=[Middleware(RequestLog)])
    answered = TestClient(app).get("/media/7?signature=secret-zq4711", headers={"X-Request-ID": "forged"})
    (line,) = lines
    assert (line["method"], line["path"], line["status"]) == ("GET", "/media/7", 200)
    assert line["request_id"] == answered.headers["X-Request-ID"] == ids[0] != "forged"
    assert "zq4711" not in json.dumps(line)
    assert current_request_id() is None


def test_a_signed_link_is_logged_without_what_opens_it(lines: list[dict[str, object]]) -> None:
    app = Starlette(
        routes=[Route("/api/links/{signature}", lambda request: PlainTextResponse("picture"))],
        middleware=[Middleware(RequestLog)],
    )
    assert TestClient(app).get("/api/links/opens-zq4711.anything").status_code == 200
    assert [line["path"] for line in lines] == ["/api/links/[secret]"]


def test_a_request_that_breaks_is_logged_with_status_500(lines: list[dict[str, object]]) -> None:
    def answer(request: Request) -> PlainTextResponse:
        raise RuntimeError("broken")

    app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(RequestLog)])
    assert TestClient(app, raise_server_exceptions=False).get("/").status_code == 500
    assert [(line["path"], line["status"], line["level"]) for line in lines] == [("/", 500, "WARNING")]


def test_looking_after_the_health_of_a_process_leaves_no_lines(lines: list[dict[str, object]]) -> None:
    app = Starlette(
        routes=[Route("/health", lambda request: PlainTextResponse("ok"))],
        middleware=[Middleware(RequestLog)],
    )
    assert TestClient(app).get("/health").status_code == 200
    assert list(lines) == []


def test_a_libraries_own_handlers_are_taken_away_so_that_nothing_is_printed_twice(
    lines: list[dict[str, object]],
) -> None:
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).addHandler(logging.StreamHandler())
    configure_logging(Settings.from_environment(SECRETIVE))
    logging.getLogger("uvicorn.error").warning("once")
    assert [line["message"] for line in lines] == ["once"]


def test_what_streamlit_wakes_prints_no_line_with_address_and_query(lines: list[dict[str, object]]) -> None:
    from streamlit.logger import get_logger

    configure_logging(Settings.from_environment(SECRETIVE))
    get_logger("uvicorn.access").info('10.0.0.7:4711 - "GET /links/opens-zq4711" 200')
    get_logger("uvicorn.access").propagate = False
    logging.getLogger("uvicorn.access").warning("nor any later one: zq4711")
    # What uvicorn asks before it makes up a line.
    assert not logging.getLogger("uvicorn.access").hasHandlers()
    assert list(lines) == []


def test_the_line_of_a_request_says_its_route_and_who_asked_but_no_name(
    installation: Installation, lines: list[dict[str, object]]
) -> None:
    with open_session() as session:
        access = an_access(session, login="marguerite")
        token = issue_access_token(session, access, "test")
        media = a_media(session)
    headers = {"Authorization": f"Bearer {token}"}
    alone = RequestLog(create_api(get_settings(), takes_cookies=False))
    beside = RequestLog(Starlette(routes=[Mount("/api", create_api(get_settings(), takes_cookies=True))]))
    for door, prefix in ((alone, ""), (beside, "/api")):
        with TestClient(door) as client:
            assert client.get(f"{prefix}/media/{media.id}", headers=headers).status_code == 200
            assert client.get(f"{prefix}/media/{media.id}").status_code == 401
            assert client.get(f"{prefix}/made-up/by-a-stranger", headers=headers).status_code == 404
    asked = [(line.get("route"), line["status"], line.get("access_id")) for line in lines if "status" in line]
    assert asked == [
        ("/media/{media_id}", 200, access.id),
        ("/media/{media_id}", 401, None),
        (None, 404, None),
        ("/api/media/{media_id}", 200, access.id),
        ("/api/media/{media_id}", 401, None),
        (None, 404, None),
    ]
    assert "marguerite" not in json.dumps(list(lines))


@pytest.mark.parametrize(("chosen", "is_json"), [("json", True), ("text", False), ("auto", True)])
def test_lines_have_the_shape_that_was_chosen(
    capsys: pytest.CaptureFixture[str], chosen: str, is_json: bool
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        configure_logging(Settings.from_environment({"LOG_FORMAT": chosen}))
        logging.getLogger("vigie.test").info("a line")
    finally:
        root.handlers[:], root.level = before
        logging.getLogger("uvicorn.access").disabled = False
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("{") == is_json and "a line" in line


REPORT = """
import logging
from reporting import configure_logging, init_sentry, report_error
from settings import get_settings
configure_logging(get_settings())
init_sentry(get_settings())
local_secret = "-".join(("in", "a", "variable"))
try:
    raise RuntimeError("the picture with " + get_settings().s3_secret_key + " is upside down")
except RuntimeError as error:
    report_error(error)
import sentry_sdk
sentry_sdk.flush(timeout=10)
"""


class Receiver:
    """A server that takes what a process sends to Sentry."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                packed = self.headers.get("Content-Encoding") == "gzip"
                receiver.bodies.append(gzip.decompress(body) if packed else body)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.dsn = f"http://public@127.0.0.1:{self._server.server_port}/1"

    def events(self) -> list[dict[str, object]]:
        """The events among what was sent: an envelope is lines of JSON, a header before each item."""
        found = []
        for body in self.bodies:
            parts = [json.loads(line) for line in body.splitlines() if line]
            found += [item for item in parts if isinstance(item, dict) and "exception" in item]
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_an_error_reaches_sentry_once_and_without_secrets(tmp_path: Path) -> None:
    receiver = Receiver()
    try:
        ended = subprocess.run(
            [sys.executable, "-c", REPORT],
            env={**os.environ, **SECRETIVE, "PYTHONPATH": str(ROOT), "SENTRY_DSN": receiver.dsn},
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
    finally:
        receiver.close()
    (event,) = receiver.events()
    sent = json.dumps(event)
    assert "is upside down" in sent
    assert "bucket-pass-zq4711" not in sent and "in-a-variable" not in sent
    assert "is upside down" in ended.stderr and "bucket-pass-zq4711" not in ended.stderr


QUOTING = """
import logging
import sys
import psycopg
import sentry_sdk
from sqlalchemy import text
from db.models import Comment
from db.session import get_engine, open_session
from reporting import configure_logging, init_sentry, report_error
from settings import get_settings
configure_logging(get_settings())
init_sentry(get_settings())
def insert():
    with open_session() as session:
        session.add(Comment(media_id=1, author_id=1, text="comment-zq4711", client_id="client-0001"))
raw = psycopg.errors.CheckViolation("refused\\nDETAIL:  Failing row contains (comment-zq4711).")
logging.getLogger("vigie.test").warning("before: %s", raw)
try:
    insert()
except Exception as error:
    report_error(error)
try:
    raise RuntimeError(f"it said {raw}") from raw
except RuntimeError as error:
    logging.getLogger("vigie.test").exception("again: %s", raw)
    report_error(error)
sentry_sdk.flush(timeout=10)
"""


def test_what_a_database_refuses_reaches_sentry_without_its_values(
    installation: Installation, tmp_path: Path
) -> None:
    is_sqlite = installation.database_url.startswith("sqlite")
    with open_session() as session:
        session.execute(
            text("CREATE TRIGGER refuse BEFORE INSERT ON comments BEGIN SELECT RAISE(ABORT, 'no'); END")
            if is_sqlite
            else text("ALTER TABLE comments ADD CONSTRAINT refuse CHECK (false) NOT VALID")
        )
    receiver = Receiver()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": installation.database_url}
    try:
        ended = subprocess.run(
            [sys.executable, "-c", QUOTING],
            env={**environment, "SENTRY_DSN": receiver.dsn},
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
    finally:
        receiver.close()
    inserted, again = receiver.events()
    assert "IntegrityError" in json.dumps(inserted) and "CheckViolation" in json.dumps(again)
    assert "before: " in json.dumps(inserted), "what was logged before comes along"
    assert "zq4711" not in b"".join(receiver.bodies).decode()
    assert "again: refused" in ended.stderr and "zq4711" not in ended.stderr


DOORS = """
import logging
import sys
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
import curation.browse
from api import create_api
from api.startup import prepare
from curation.accesses import add_access
from curation.sign_in import issue_access_token
from db import migrate
from db.models import Scope
from db.session import get_engine, open_session
from api import create_api
from curation.sign_in import issue_access_token
from db.session import open_session
from reporting import RequestLog
from settings import get_settings
import sentry_sdk

def broken(*given, **named):
    raise RuntimeError("nobody foresaw this")

curation.browse.get_details = broken
prepare(get_settings())
logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test client's own lines
migrate.upgrade(get_engine())
with open_session() as session:
    access, _made = add_access(session, "somebody", Scope.USER, "a password of tests")
    token = issue_access_token(session, access, "test")
beside = sys.argv[1] == "beside the dashboard"
api = create_api(get_settings(), takes_cookies=beside)
app = RequestLog(Starlette(routes=[Mount("/api", api)]) if beside else api)
with TestClient(app, raise_server_exceptions=False) as client:
    headers = {"Authorization": "Bearer " + token, "Cookie": "vigie_session=cookie-zq4711"}
    address = ("/api" if beside else "") + "/media/1?signature=signature-zq4711"
    answer = client.get(address, headers=headers)
sentry_sdk.flush(timeout=10)
print(answer.status_code, answer.headers["X-Request-ID"], token)
"""


@pytest.mark.parametrize("door", ["alone", "beside the dashboard"])
def test_a_bug_at_either_door_reaches_sentry_with_its_id_and_nothing_said_in_confidence(
    tmp_path: Path, door: str
) -> None:
    receiver = Receiver()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path)}
    try:
        ended = subprocess.run(
            [sys.executable, "-c", DOORS, door],
            env={**environment, "SENTRY_DSN": receiver.dsn},
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
    finally:
        receiver.close()
    status, request_id, token = ended.stdout.split()
    (event,) = receiver.events()
    assert (status, event["tags"]) == ("500", {"request_id": request_id})
    sent = b"".join(receiver.bodies).decode()
    assert "nobody foresaw this" in sent
    assert "zq4711" not in sent and token not in sent
    assert request_id in ended.stderr and token not in ended.stderr and "zq4711" not in ended.stderr


def test_without_a_dsn_sentry_is_not_even_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from settings import get_settings; from reporting import init_sentry;"
        "init_sentry(get_settings()); sys.exit('sentry_sdk' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("SENTRY_DSN", None)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
