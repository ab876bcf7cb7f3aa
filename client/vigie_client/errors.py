"""Everything that can go wrong when talking to Vigie. Each message says what happened and what to do.

VigieError
├── NotSignedIn             401: the token or password is not valid (any more)
├── NotAllowed              403: signed in, but this access may not do that
├── NotFound                404: there is no such thing, or not for this access
├── Conflict                409: someone was faster, or the state does not allow it
├── Refused                 422 and other 4xx: what was sent breaks a rule
│   └── TooLarge            413
├── ContentDiffers          422: the file did not arrive as it was sent
├── TooManyRequests         429: wait `retry_after` seconds
├── Unavailable             408, 425, 502, 503, 504: away for the moment; the same request may be sent again later
│   └── Unreachable         no answer came: no network, wrong address, or time ran out
├── ServerFault             500: a bug of the server's, with the id under which it was logged
└── UnexpectedAnswer        an answer that is none of Vigie's: the address is wrong, or something on the way speaks
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx


class VigieError(Exception):
    """Base of all errors of this package.

    `sentence` is what the server said, `code` its word for programs, `status` the HTTP status (None when no answer
    came), `extra` whatever else the answer held, `request_id` what the server's log knows the request by.
    """

    hint = ""

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        code: str = "",
        extra: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{sentence} {self.hint}".strip())
        self.sentence = sentence
        self.status = status
        self.code = code
        self.extra = dict(extra or {})
        self.request_id = request_id
        self.retry_after = retry_after


class NotSignedIn(VigieError):
    hint = (
        "Give a token that is valid (VIGIE_TOKEN, or `vigie login`): "
        "it may have expired, been revoked, or belong to another installation."
    )


class NotAllowed(VigieError):
    hint = "Use an access with a wider scope, or ask an admin."


class NotFound(VigieError):
    hint = "Check the id; what belongs to others reads as absent too."


class Conflict(VigieError):
    """Somebody was faster, or the state has moved on; `extra` says what counts now."""

    hint = "Read it again, then decide anew."


class Refused(VigieError):
    """What was sent breaks a rule; nothing was stored, and sending the same again helps nobody."""

    @property
    def is_of_the_content(self) -> bool:
        """Whether the file itself is refused, and will be whenever it comes again: not what was said beside it."""
        return self.code in OF_THE_CONTENT


class TooLarge(Refused):
    pass


class ContentDiffers(VigieError):
    """What arrived is not what was sent: nothing was stored, and the same file may well arrive the next time."""

    hint = "It was damaged on its way, or has changed on the disk meanwhile."


class TooManyRequests(VigieError):
    """Carries `retry_after` in seconds when the server said it."""

    hint = "Wait before you try again."


class Unavailable(VigieError):
    hint = "Try again in a while."


class Unreachable(Unavailable):
    """No answer came. What was asked may have been done all the same, unless the connection never stood."""

    hint = "Check the network and the address (VIGIE_URL), then try again."

    def __init__(self, sentence: str, *, was_sent: bool) -> None:
        super().__init__(sentence, code="unreachable")
        self.was_sent = was_sent


class ServerFault(VigieError):
    hint = "Tell whoever runs this installation, with the id."


class UnexpectedAnswer(VigieError):
    hint = (
        "Is the address (VIGIE_URL) that of a Vigie API, as in http://localhost:8080? "
        "If so, something on the way has answered: a proxy, or the sign-in page of a network."
    )


OF_THE_CONTENT = frozenset({"refused_picture", "too_large"})
# These say enough by themselves, whoever on the way says so.
BY_STATUS: Mapping[int, type[VigieError]] = {
    401: NotSignedIn,
    408: Unavailable,
    425: Unavailable,
    429: TooManyRequests,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}
# These count in Vigie's own words alone. A proxy or the sign-in page of a network refuses no file.
BY_STATUS_OF_VIGIE: Mapping[int, type[VigieError]] = {
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
}
BY_CODE: Mapping[str, type[VigieError]] = {"content_differs": ContentDiffers}


def error_of(response: httpx.Response) -> VigieError:
    """The error that an answer of 400 or more stands for. Its body has been read."""
    body = _body_of(response)
    status = response.status_code
    sentence, code = body.pop("detail", None), body.pop("code", None)
    kind: type[VigieError]
    if isinstance(sentence, str) and sentence and isinstance(code, str) and code:
        fallback = Refused if status < 500 else ServerFault
        kind = BY_CODE.get(code) or BY_STATUS.get(status) or BY_STATUS_OF_VIGIE.get(status, fallback)
    else:
        answered = f"{status} {response.reason_phrase}".strip()
        sentence, code = f"The answer {answered} is not in Vigie's words.", ""
        kind = BY_STATUS.get(status, UnexpectedAnswer if status < 500 else ServerFault)
    return kind(
        sentence,
        status=status,
        code=code,
        extra=body,
        request_id=response.headers.get("x-request-id"),
        retry_after=_seconds(response.headers.get("retry-after")),
    )


def no_answer(error: httpx.TransportError, url: str) -> Unreachable:
    """What httpx could not do, in our words."""
    # A connection that never stood has carried nothing: then even a write may be sent again.
    was_sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    if isinstance(error, httpx.TimeoutException):
        what = "did not answer in time"
    elif was_sent:
        what = "broke off before it had answered"
    else:
        what = "cannot be reached"
    return Unreachable(f"{url} {what} ({str(error) or type(error).__name__}).", was_sent=was_sent)


def _body_of(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(header: str | None) -> float | None:
    """Retry-After as seconds from now; it may be a number or a date (RFC 9110, 10.2.3)."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
