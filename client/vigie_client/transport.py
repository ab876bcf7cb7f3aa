"""What both clients share between a `Call` and httpx: requests, answers, tokens. Nothing in here waits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx

from vigie_client.calls import Answer, Call
from vigie_client.errors import UnexpectedAnswer, Unreachable, error_of

CONNECT_SECONDS = 10.0
# A file is answered when it is safe in the bucket: for a video of 2 GiB that is minutes after its last byte.
FILE_ANSWER_SECONDS = 600.0


def _version() -> str:
    try:
        return version("vigie-client")
    except PackageNotFoundError:  # used from its sources, without having been installed
        return "0"


USER_AGENT = f"vigie-client/{_version()}"


def checked_url(url: str) -> str:
    """The address of an API without its last slash. Raises ValueError for what is none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"“{url}” is not the address of an API. Write it like https://vigie.example.org:8080."
        )
    return url.strip().rstrip("/")


@dataclass
class Credentials:
    """A token, or a login and password by which to get one."""

    token: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.login is None) != (self.password is None):
            raise ValueError("login and password come together.")

    @property
    def must_log_in(self) -> bool:
        return self.token is None and self.login is not None

    def forget(self, refused: str | None) -> bool:
        """Drop a token that was refused; says whether another can be had."""
        if self.login is None:
            return False
        # Somebody else may have renewed it meanwhile: theirs stays.
        if self.token == refused:
            self.token = None
        return True


def build_request(
    http: httpx.Client | httpx.AsyncClient,
    call: Call[Any],
    token: str | None,
    opened: tuple[str, bytes | BinaryIO] | None,
) -> httpx.Request:
    headers = dict(call.headers)
    if token is not None and not call.open_to_anyone:
        headers["Authorization"] = f"Bearer {token}"
    if call.resumes is not None and (come := size_so_far(call)):
        headers.update({"Range": f"bytes={come}-", "If-Range": call.resumes})
    request = http.build_request(
        call.method,
        call.path,
        params={name: list(values) for name, values in call.query.items()} or None,
        json=call.json,
        data=dict(call.form) if call.form is not None else None,
        files={"file": opened} if opened is not None else None,
        headers=headers,
    )
    if call.carries_a_file:
        timeout = request.extensions["timeout"]
        request.extensions["timeout"] = {**timeout, "read": max(timeout["read"] or 0, FILE_ANSWER_SECONDS)}
    return request


@contextmanager
def opened_file(call: Call[Any]) -> Iterator[tuple[str, bytes | BinaryIO] | None]:
    if call.file is None:
        yield None
        return
    with call.file.open() as opened:
        yield opened


def part_of(save_to: Path) -> Path:
    """Where a file is until it is complete."""
    return save_to.with_name(f".{save_to.name}.part")


def size_so_far(call: Call[Any]) -> int:
    part = part_of(call.save_to) if call.save_to is not None else None
    return part.stat().st_size if part is not None and part.exists() else 0


def require_success(response: httpx.Response, call: Call[Any]) -> None:
    """Raise what an answer other than 2xx stands for. Its body has been read."""
    if response.status_code == 416 and call.save_to is not None:
        # There is nothing behind what came so far, which is therefore something else.
        part_of(call.save_to).unlink(missing_ok=True)
        raise Unreachable("What came before does not belong to this file: it is begun anew.", was_sent=True)
    if response.status_code >= 400:
        raise error_of(response)
    if not response.is_success:
        elsewhere = response.headers.get("location", "elsewhere")
        raise UnexpectedAnswer(
            f"The server sends us on to {elsewhere} ({response.status_code}).", status=response.status_code
        )


def require_file(response: httpx.Response, call: Call[Any]) -> None:
    """Raise UnexpectedAnswer for a page where a file was asked for: it must not take the place of an older one."""
    if call.save_to is not None and response.headers.get("content-type", "").startswith("text/html"):
        raise UnexpectedAnswer("The answer is a web page, not a file.", status=response.status_code)


class Body:
    """Where the body of an answer goes: into memory, or beside its file until it is complete."""

    def __init__(self, response: httpx.Response, call: Call[Any]) -> None:
        self._response = response
        self._save_to = call.save_to
        self._stays = call.resumes is not None
        self._part = part_of(call.save_to) if call.save_to is not None else None
        mode = "ab" if response.status_code == 206 else "wb"
        self._file = self._part.open(mode) if self._part is not None else None
        self._chunks: list[bytes] = []
        self._size = 0

    def write(self, chunk: bytes, *, is_over: bool) -> None:
        """Take one more chunk. Raises Unreachable when the call has lasted too long."""
        if is_over:
            raise Unreachable("The answer took too long to come in.", was_sent=True)
        self._size += len(chunk)
        if self._file is not None:
            self._file.write(chunk)
        else:
            self._chunks.append(chunk)

    def complete(self) -> Answer:
        if self._file is not None and self._part is not None and self._save_to is not None:
            self._file.close()
            os.replace(self._part, self._save_to)
        return Answer(self._response.status_code, self._response.headers, b"".join(self._chunks), self._size)

    def drop(self) -> None:
        """Leave nothing half done behind but what the next attempt goes on with; harmless after `complete`."""
        if self._file is not None and self._part is not None:
            self._file.close()
            if not self._stays:
                self._part.unlink(missing_ok=True)
