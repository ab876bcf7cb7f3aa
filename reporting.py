"""What happened, told to those who run Vigie: log lines with request ids, and errors sent to Sentry.

Neither holds a secret: the values of the secret settings are struck out of every line and every report;
request bodies, cookies, queries and local variables are never taken along. Of an error of the database only what
`db.outages` lets pass is told, whoever raised it.
"""

from __future__ import annotations

import contextvars
import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url

from db.outages import told, without_values
from settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRUCK_OUT = "[secret]"
# uvicorn's lines about requests, with address and query: RequestLog's have neither.
ACCESS_LOG = "uvicorn.access"
_LINK = re.compile(r"(/links/)[^/]+")


@dataclass
class _Request:
    """What is known of the request being answered; the threads that work for it look at the same one."""

    id: str
    # Who asks: a number, never a login or an address.
    access_id: int | None = None
    # As the route is written, `/media/{media_id}`: so that lines can be counted.
    route: str | None = None


_request: contextvars.ContextVar[_Request | None] = contextvars.ContextVar("request", default=None)
_log = logging.getLogger("vigie.requests")


def current_request_id() -> str | None:
    """The id of the request being answered, to be told to the person; None outside of one."""
    request = _request.get()
    return request.id if request else None


def note_access(access_id: int) -> None:
    """Let every further line about the request being answered say who asks."""
    if request := _request.get():
        request.access_id = access_id


def note_route(template: str) -> None:
    """Let the line about the request being answered say which route it is."""
    if request := _request.get():
        request.route = template


def configure_logging(settings: Settings) -> None:
    """Send every log line of the process to standard error: as LOG_FORMAT says, one JSON object or text a line.

    Calling it again changes nothing but level and format.
    """
    handler = _Handler()
    is_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    formatter: logging.Formatter = _PlainLines() if is_text else _JsonLines()
    handler.setFormatter(_StruckOut(formatter, _secret_values(settings)))
    root = logging.getLogger()
    root.handlers[:] = [kept for kept in root.handlers if not isinstance(kept, _Handler)] + [handler]
    root.setLevel(settings.log_level)
    # uvicorn and Streamlit bring handlers of their own, which would print lines twice, unstruck and in other shapes.
    for name in ("uvicorn", "uvicorn.error"):
        _hand_over(logging.getLogger(name))
    _silence(logging.getLogger(ACCESS_LOG))
    if "streamlit.logger" in sys.modules:
        # Streamlit gives each of its loggers a handler when it is first asked for, some long after this.
        streamlit_logger = sys.modules["streamlit.logger"]
        streamlit_logger.setup_formatter = _hand_over  # type: ignore[attr-defined]
        for name in list(logging.root.manager.loggerDict):
            if name.partition(".")[0] == "streamlit":
                _hand_over(logging.getLogger(name))
    # These tell each request or each connection; our own line says enough.
    for name in (
        "alembic",
        "botocore",
        "boto3",
        "s3transfer",
        "urllib3",
        "httpx",
        "httpcore",
        "PIL",
        "multipart",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)


def _hand_over(logger: logging.Logger) -> None:
    """Let the root's handler print what a library's logger says."""
    # Streamlit wakes this one as well, some time after the start.
    if logger.name == ACCESS_LOG:
        _silence(logger)
        return
    logger.handlers.clear()
    logger.propagate = True
    logger.disabled = False
    # The root logger, and so LOG_LEVEL, decides; but at DEBUG these would write down cookies and what is typed.
    talkative = logging.getLogger().level < logging.INFO
    logger.setLevel(logging.INFO if talkative else logging.NOTSET)


def _silence(logger: logging.Logger) -> None:
    # uvicorn looks for handlers, not for `disabled`, before it makes up a line.
    logger.handlers.clear()
    logger.propagate = False
    logger.disabled = True


def init_sentry(settings: Settings) -> None:
    """Report errors to Sentry when `SENTRY_DSN` is set; without it nothing is imported or sent."""
    if settings.sentry_dsn is None:
        return
    import sentry_sdk

    struck = _secret_values(settings)
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        server_name=settings.sentry_server_name,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=lambda event, hint: None if _was_sent(hint) else _cleaned_event(event, struck, hint),
        before_breadcrumb=lambda crumb, hint: _cleaned_breadcrumb(crumb, struck, hint),
    )


def report_error(error: BaseException) -> None:
    """Log an unexpected error with its trace and hand it to Sentry; the door then shows its own sentence."""
    logging.getLogger("vigie.errors").error("%s", told(error), exc_info=error)
    # The line above told Sentry already, where logging is on: the second event of one exception is dropped.
    if "sentry_sdk" in sys.modules:
        import sentry_sdk

        sentry_sdk.capture_exception(error)


def without_signature(address: str) -> str:
    """An address that may be written down: whoever reads a signed link there could open it."""
    return _LINK.sub(rf"\1{STRUCK_OUT}", address)


class RequestLog:
    """ASGI middleware: gives each HTTP request an id, tells it in `X-Request-ID`, logs one line at its end.

    The line holds the path without its query, which may carry a signature, and without that of a signed link.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # An id from outside is not taken over: it could forge or flood lines.
        request_id = secrets.token_hex(8)
        request = _Request(request_id)
        token = _request.set(request)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", [])
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        # Kept before the call: a mount below rewrites what the scope says.
        method, path = scope["method"], without_signature(scope["path"])
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            level = logging.INFO if path not in QUIET_PATHS else logging.DEBUG
            if status >= 500:
                level = logging.WARNING
            _log.log(
                level,
                "%s %s %s %s ms",
                method,
                path,
                status,
                milliseconds,
                extra={
                    "method": method,
                    "path": path,
                    "route": request.route,
                    "status": status,
                    "milliseconds": milliseconds,
                },
            )
            _request.reset(token)


# Asked every few seconds by whoever watches over the installation.
QUIET_PATHS = frozenset(
    {"/health", "/ready", "/metrics", "/api/health", "/api/ready", "/api/metrics", "/_stcore/health"}
)


class _Handler(logging.Handler):
    """Writes to whatever standard error is at that moment; never lets a failing write reach the product."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


class _JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and where there is one: request, who asks, trace."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": _time_of(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message_of(record),
        }
        if request := _request.get():
            line["request_id"] = request.id
            if request.access_id is not None:
                line["access_id"] = request.access_id
        for name in ("method", "path", "route", "status", "milliseconds"):
            if (value := getattr(record, name, None)) is not None:
                line[name] = value
        if (trace := _trace_of(record)) is not None:
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


class _PlainLines(logging.Formatter):
    """One line for a person at a terminal, and the trace below it."""

    def format(self, record: logging.LogRecord) -> str:
        request_id = current_request_id()
        # Control characters are shown, not obeyed: a path may hold an escape sequence or a line of its own.
        message = re.sub(r"[\x00-\x1f\x7f]", lambda found: ascii(found[0])[1:-1], _message_of(record))
        line = f"{_time_of(record)} {record.levelname:<7} {record.name}: {message}"
        if request_id:
            line += f" [{request_id}]"
        if (trace := _trace_of(record)) is not None:
            line += "\n" + trace.rstrip()
        return line


class _StruckOut(logging.Formatter):
    """Another formatter's lines without the values of secret settings."""

    def __init__(self, inner: logging.Formatter, struck: tuple[str, ...]) -> None:
        super().__init__()
        self._inner = inner
        self._struck = struck

    def format(self, record: logging.LogRecord) -> str:
        return _strike_out(self._inner.format(record), self._struck)


def _time_of(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _secret_values(settings: Settings) -> tuple[str, ...]:
    values: Iterable[str | None] = (
        settings.secret_key,
        settings.superuser_pwd,
        settings.s3_access_key,
        settings.s3_secret_key,
        settings.qarnot_token,
        settings.metrics_token,
        settings.sentry_dsn,
        make_url(settings.database_url).password,
    )
    # A short value (a database password "db") would strike out half of every line and hide nothing.
    return tuple(sorted({value for value in values if value and len(value) >= 6}, key=len, reverse=True))


def _strike_out(text: str, struck: tuple[str, ...]) -> str:
    for value in struck:
        text = text.replace(value, STRUCK_OUT)
    return text


def _strike_out_everywhere(value: Any, struck: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _strike_out(value, struck)
    if isinstance(value, dict):
        return {key: _strike_out_everywhere(inner, struck) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strike_out_everywhere(inner, struck) for inner in value]
    return value


def _message_of(record: logging.LogRecord) -> str:
    return _without_quotes(record.getMessage(), _errors_of(record))


def _trace_of(record: logging.LogRecord) -> str | None:
    if not record.exc_info or not record.exc_info[0]:
        return None
    return _without_quotes("".join(traceback.format_exception(*record.exc_info)), _errors_of(record))


def _errors_of(record: logging.LogRecord | None) -> list[BaseException]:
    """The errors that a log record tells of, as what it says or as its trace."""
    if record is None:
        return []
    given = record.args if isinstance(record.args, tuple) else ()
    traced = record.exc_info[1] if record.exc_info else None
    return [one for one in (record.msg, *given, traced) if isinstance(one, BaseException)]


def _with_causes(errors: Iterable[BaseException]) -> Iterator[BaseException]:
    """Errors and all that led to them, as a trace shows them; each once."""
    left, seen = list(errors), set()
    while left:
        error = left.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        left += [one for one in (error.__cause__, error.__context__) if one is not None]
        left += getattr(error, "exceptions", ())


def _without_quotes(text: str, errors: Iterable[BaseException]) -> str:
    """A text that tells of errors, without the values that a database quotes in them.

    Those of our own engines have forgotten them already; a pool, a driver or another engine has not.
    """
    for error in _with_causes(errors):
        said, clean = str(error), without_values(error)
        if said == clean:
            continue
        # In a trace of several errors at once each line is set in.
        lines = r"\n[ |]*".join(re.escape(line) for line in said.splitlines())
        text = re.sub(lines, clean.replace("\\", r"\\"), text)
        # As one of several arguments.
        text = text.replace(repr(error), clean)
    return text


def _was_sent(hint: dict[str, Any]) -> bool:
    """Whether this very exception was reported before, and notes that it is now.

    Sentry's own check forgets what another thread has seen, and a door's handler runs in one.
    """
    error = (hint.get("exc_info") or (None, None, None))[1]
    if error is None:
        return False
    sent = getattr(error, "sent_to_sentry", False)
    error.sent_to_sentry = True
    return bool(sent)


def _cleaned_event(event: Any, struck: tuple[str, ...], hint: dict[str, Any]) -> Any:
    """A Sentry event with the request id and without what a request or a database may tell in confidence."""
    _forget_quotes(event, hint)
    if request := event.get("request"):
        for part in ("cookies", "data", "query_string"):
            request.pop(part, None)
        kept = ("host", "user-agent", "content-type", "content-length", "accept")
        if "url" in request:
            request["url"] = without_signature(str(request["url"]))
        request["headers"] = {
            name: value for name, value in (request.get("headers") or {}).items() if name.lower() in kept
        }
    if request_id := current_request_id():
        event.setdefault("tags", {})["request_id"] = request_id
    return _strike_out_everywhere(event, struck)


def _forget_quotes(event: Any, hint: dict[str, Any]) -> None:
    """Let an event tell of errors of the database what the log tells of them; Sentry may have cut their texts off."""
    record = hint.get("log_record")
    raised = (hint.get("exc_info") or (None, None, None))[1]
    errors = list(_with_causes([*_errors_of(record), *([raised] if raised is not None else [])]))
    quoting = {
        type(error).__name__: clean for error in errors if (clean := without_values(error)) != str(error)
    }
    for shown in (event.get("exception") or {}).get("values") or ():
        shown["value"] = quoting.get(shown.get("type")) or _without_quotes(str(shown.get("value")), errors)
    if record is not None and quoting:
        event["logentry"] = {"formatted": _message_of(record)}


def _cleaned_breadcrumb(crumb: Any, struck: tuple[str, ...], hint: dict[str, Any]) -> Any:
    """What was logged before, on an event's way to Sentry."""
    if (record := hint.get("log_record")) is not None:
        crumb["message"] = _message_of(record)
    return _strike_out_everywhere(crumb, struck)
