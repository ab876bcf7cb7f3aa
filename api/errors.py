"""The one table from errors to HTTP, and the one shape every error has: `detail` and `code`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from curation.errors import (
    Conflict,
    ContentGone,
    ContentMissing,
    CurationError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)
from db.outages import OutcomeUnknown, is_away, told
from language import preferred, speaking
from language.retold import retold
from reporting import current_request_id, report_error
from storage.errors import BucketError, BucketFull, InvalidKey, ObjectMissing

log = logging.getLogger(__name__)

# The first class that fits decides, so narrower ones stand above wider ones.
STATUSES: tuple[tuple[type[CurationError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (ContentGone, 410),
    (NotFound, 404),
    (TooLarge, 413),
    (Refused, 422),
    (Conflict, 409),
    (TooManyAttempts, 429),
    (Unavailable, 503),
)
RETRY_AFTER = {"Retry-After": "5"}
DATABASE_AWAY = "The database cannot be reached. Nothing was changed; try again in a moment."
OUTCOME_UNKNOWN = (
    "The database went away at the last moment: this may be stored, or not. Look, or send it again."
)
BUCKET_AWAY = "The bucket cannot be reached. Nothing was changed; try again in a moment."


def status_of(error: CurationError) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def problem(
    status: int, detail: str, code: str, headers: Mapping[str, str] | None = None, **extra: Any
) -> JSONResponse:
    """An error as it travels: a sentence for the person, in their language, and a code for the program."""
    # A sentence may quote what was sent, and that may hold half a character.
    told = retold(detail).encode(errors="replace").decode()
    return JSONResponse({"detail": told, "code": code, **extra}, status, dict(headers or {}))


def answer_curation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, CurationError)
    status = status_of(error)
    extra = dict(error.extra)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers.update(RETRY_AFTER)
    if "retry_after" in extra:
        headers["Retry-After"] = str(extra["retry_after"])
    if isinstance(error, ContentMissing):
        log.warning("content missing: %s %s", error.sentence, extra)
    return problem(status, error.sentence, error.code, headers, **extra)


def answer_database_error(_request: Request, error: Exception) -> Response:
    if isinstance(error, IntegrityError):
        log.warning("a constraint refused what no rule did: %s", told(error))
        return problem(409, "Someone changed this at the same moment. Try again.", "conflict")
    if isinstance(error, DataError):
        return problem(422, "A value cannot be stored. Nothing was changed.", "refused")
    if is_away(error):
        log.error("database away: %s", told(error))
        said = OUTCOME_UNKNOWN if isinstance(error, OutcomeUnknown) else DATABASE_AWAY
        return problem(503, said, "unavailable", RETRY_AFTER)
    raise error


def answer_bucket_error(_request: Request, error: Exception) -> Response:
    if isinstance(error, ObjectMissing | InvalidKey):
        log.warning("object missing: %s", error)
        return problem(404, "The bucket does not hold this object any more.", "content_missing")
    log.error("bucket away: %s", error)
    if isinstance(error, BucketFull):
        return problem(503, "The bucket has no room left. Nothing was stored.", "unavailable", RETRY_AFTER)
    return problem(503, BUCKET_AWAY, "unavailable", RETRY_AFTER)


def answer_http_error(_request: Request | None, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:
        # The framework's word for a body that is neither JSON nor a form; what cannot be read is 422 everywhere.
        return problem(422, "The body cannot be read. Nothing was changed.", "invalid_request", errors=[])
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    return problem(error.status_code, str(error.detail), codes.get(error.status_code, "http"), error.headers)


def answer_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "where": ".".join(str(part) for part in item["loc"]),
            "what": item["msg"].removeprefix("Value error, "),
        }
        for item in error.errors()
    ]
    first = errors[0] if errors else {"where": "request", "what": "is not valid"}
    return problem(422, f"{first['where']}: {first['what']}.", "invalid_request", errors=errors)


def answer_bug(request: Request, error: Exception) -> Response:
    """What nobody foresaw: a sentence and an id for the person, the trace for the log and Sentry."""
    report_error(error)
    request_id = current_request_id()
    # Starlette asks for this one outside of everything else, the language included.
    with speaking(preferred(request.headers.get("accept-language"))):
        return problem(
            500,
            f"Something went wrong that should not have. It was logged as {request_id or 'an error'}.",
            "bug",
            request_id=request_id,
        )


def install(api: FastAPI) -> None:
    api.add_exception_handler(Exception, answer_bug)
    api.add_exception_handler(CurationError, answer_curation_error)
    api.add_exception_handler(DBAPIError, answer_database_error)
    api.add_exception_handler(PoolTimeout, answer_database_error)
    api.add_exception_handler(BucketError, answer_bucket_error)
    api.add_exception_handler(HTTPException, answer_http_error)
    api.add_exception_handler(RequestValidationError, answer_validation_error)
