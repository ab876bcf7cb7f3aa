"""Objects of the bucket over HTTP, whole or in parts (RFC 9110, section 14): what players and resumed downloads ask."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.errors import problem
from curation.errors import ContentMissing
from storage import Bucket, ObjectStream
from storage.errors import BucketError, ObjectDamaged, ObjectMissing

log = logging.getLogger(__name__)

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE | re.ASCII)
_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True)
class Part:
    """The bytes from `first` up to, not including, `behind`; never empty."""

    first: int
    behind: int


class Unsatisfiable(Exception):
    """The range asked for begins behind the end."""


def read_range(header: str | None, size: int) -> Part | None:
    """The one part that a `Range` header asks for, of something of `size` bytes.

    None when the whole is to be sent: no header, another unit, one that makes no sense, or several ranges at once,
    which a server may answer whole and no player needs. Raises Unsatisfiable.
    """
    found = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    begin, end = found.groups()
    if not begin:  # so many bytes from the end
        length = min(int(end), size)
        first, behind = size - length, size
    else:
        first, behind = int(begin), min(int(end) + 1, size) if end else size
        if end and int(end) < first:
            return None
    if first >= size or first >= behind:
        raise Unsatisfiable
    return Part(first, behind)


def send_object(
    request: Request,
    bucket: Bucket,
    key: str,
    *,
    size: int,
    etag: str,
    content_type: str,
    headers: Mapping[str, str],
    sha256: str | None = None,
    begun_anew: bool = False,
) -> Response:
    """The answer to a GET or HEAD of an object of `size` bytes: 200, 206, 304 or 416.

    `etag` is a strong one, quotes included; `headers` go with every answer. An object of another length, or sent whole
    with another `sha256`, never looks like the one that was stored. `begun_anew` says that somebody may hold the
    beginning of other bytes: a part is sent only to whoever names the ETag that it is of (`If-Range`). Raises
    ObjectMissing, ContentMissing and whatever else the bucket raises.
    """
    sent = {**headers, "ETag": etag, "Accept-Ranges": "bytes"}
    if is_unchanged(request, etag):
        return Response(status_code=304, headers=sent)
    if request.method == "HEAD":
        stored = bucket.head(key)
        if stored is None:
            raise ObjectMissing(key)
        _require_size(key, stored.size, size)
        return Response(headers={**sent, "Content-Length": str(size)}, media_type=content_type)
    try:
        part = None if begun_anew and "if-range" not in request.headers else _wanted_part(request, etag, size)
    except Unsatisfiable:
        return problem(
            416,
            f"The part that was asked for lies behind the end: there are {size} bytes.",
            "range_outside",
            {**sent, "Content-Range": f"bytes */{size}"},
        )
    if part is None:
        stream = bucket.open(key)
    else:
        stream = bucket.open(key, start=part.first, end=part.behind)
        sent["Content-Range"] = f"bytes {part.first}-{part.behind - 1}/{size}"
    try:
        _require_size(key, stream.size, size)
    except ContentMissing:
        stream.close()
        raise
    sent["Content-Length"] = str(stream.length)
    if part is not None:
        return ObjectResponse(stream, stream, 206, sent, content_type)
    chunks = stream if sha256 is None else _as_stored(stream, sha256)
    return ObjectResponse(stream, chunks, 200, sent, content_type)


def _require_size(key: str, found: int, size: int) -> None:
    if found != size:
        raise ContentMissing("The stored picture is damaged and cannot be shown.", bucket_key=key)


def _as_stored(stream: ObjectStream, sha256: str) -> Iterator[bytes]:
    """The chunks, the last one only when all of them are what was stored. Other bytes end early, which every client
    sees: by then the status has gone out."""
    digest = hashlib.sha256()
    last = b""
    for chunk in stream:
        digest.update(chunk)
        if last:
            yield last
        last = chunk
    if digest.hexdigest() != sha256:
        raise ObjectDamaged(f"What the bucket gave for {stream.key!r} is not what was stored.")
    yield last


def is_unchanged(request: Request, etag: str) -> bool:
    """True when the caller holds what `etag` stands for (`If-None-Match`), so that nothing need be sent."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or etag in _ENTITY_TAG.findall(held)


def _wanted_part(request: Request, etag: str, size: int) -> Part | None:
    # The caller wants a part only of what it began with. A date says too little about that: we send none.
    begun_with = request.headers.get("if-range")
    if begun_with is not None and begun_with.strip() != etag:
        return None
    return read_range(request.headers.get("range"), size)


class ObjectResponse(StreamingResponse):
    """An object's bytes on their way; given back to the bucket also when the caller leaves early, as players do."""

    def __init__(
        self,
        stream: ObjectStream,
        chunks: Iterator[bytes],
        status_code: int,
        headers: Mapping[str, str],
        content_type: str,
    ) -> None:
        super().__init__(chunks, status_code, headers, content_type)
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except BucketError as error:
            # The status has gone out, and a whole body never will: the server cuts the connection.
            log.error("an object was cut short on its way out: %s", error)
        finally:
            self._stream.close()
