"""Multipart bodies, streamed: the file goes to a spool while it arrives, the small fields into memory.

FastAPI's own `UploadFile` reads the whole body before any dependency has looked at the caller. Here the
route has refused strangers before the first byte is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from anyio import to_thread
from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from curation.errors import ContentDiffers, Refused, TooLarge
from curation.spool import Spool, Spooled

HOP_BYTES = 2**20  # what is gathered before a thread writes it: fewer hops, still flat memory
MAX_FIELD_BYTES = 16_384
MAX_FIELDS = 20
MAX_HEADER_BYTES = 8_192
# What a body may have beside its file: every field and header at its largest has its place.
MAX_BESIDE_BYTES = (MAX_FIELDS + 1) * (MAX_FIELD_BYTES + MAX_HEADER_BYTES)


@dataclass
class Form:
    """What a body held: the spooled file, its name as sent, and the other fields."""

    file_name: str
    spooled: Spooled
    fields: dict[str, str] = field(default_factory=dict)


async def read_form(request: Request, spool: Spool, *, limit: int) -> Form:
    """Stream a multipart body with one part `file` into the spool.

    Raises TooLarge as soon as more than `limit` bytes have come or are announced, ContentDiffers for a body that
    was cut or damaged on its way, Refused for what is no such body. The spool belongs to the caller, who removes it.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Refused("Send the file as multipart/form-data, in a part called “file”.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit + MAX_BESIDE_BYTES:
        raise _too_large(limit)
    reader = _Reader(boundary, spool)
    gathered: list[bytes] = []
    size = came = 0
    try:
        async for chunk in request.stream():
            gathered.append(chunk)
            size += len(chunk)
            came += len(chunk)
            # Also what the parser drops: a body of no announced length may go on for ever behind its end.
            if came > limit + MAX_BESIDE_BYTES:
                raise _too_large(limit)
            if size >= HOP_BYTES:
                await to_thread.run_sync(reader.feed, b"".join(gathered))
                gathered, size = [], 0
    except ClientDisconnect:
        # Nobody is there to read it; it keeps an everyday event from being reported as a bug.
        raise ContentDiffers("The connection ended before the file did. Nothing was stored.") from None
    return await to_thread.run_sync(reader.finish, b"".join(gathered))


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"At most {limit / 2**20:,.10g} MiB are taken. Nothing was stored.")


class _Reader:
    """Follows the parser's callbacks: which part is this, and where do its bytes go."""

    def __init__(self, boundary: bytes, spool: Spool) -> None:
        self._spool = spool
        self._fields: dict[str, str] = {}
        self._file_name: str | None = None
        self._headers: dict[bytes, bytes] = {}
        self._header_name = b""
        self._header_value = b""
        self._header_bytes = 0
        self._text = bytearray()
        self._name = ""
        self._write: Callable[[bytes], None] = self._write_text
        self._ended = False
        self._parser = _parser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_text,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise ContentDiffers("The multipart body is damaged. Nothing was stored.") from None

    def finish(self, rest: bytes) -> Form:
        self.feed(rest)
        if not self._ended:
            raise ContentDiffers("The body ended too early. Nothing was stored; send it again.")
        if self._file_name is None:
            raise Refused("There is no part called “file”.")
        return Form(self._file_name, self._spool.finish(), self._fields)

    def _begin(self) -> None:
        self._headers, self._text = {}, bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._count_header(end - start)

    def _header_text(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._count_header(end - start)

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MAX_HEADER_BYTES:
            raise Refused("A part of the body has headers that are too long.")

    def _header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        self._header_bytes = 0
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name == "file":
            if self._file_name is not None:
                raise Refused("There is more than one part called “file”. Send one file at a time.")
            self._file_name = _file_name(options.get(b"filename", b""))
            self._write = self._spool.write
            return
        if self._name in self._fields or len(self._fields) >= MAX_FIELDS:
            raise Refused(f"The field “{self._name[:60]}” comes twice, or there are too many fields.")
        self._fields[self._name] = ""
        self._write = self._write_text

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._write(data[start:end])

    def _write_text(self, chunk: bytes) -> None:
        self._text += chunk
        if len(self._text) > MAX_FIELD_BYTES:
            raise Refused(f"The field “{self._name[:60]}” is too long.")

    def _part_end(self) -> None:
        if self._name != "file":
            try:
                self._fields[self._name] = self._text.decode()
            except UnicodeDecodeError:
                raise Refused(f"The field “{self._name[:60]}” is not UTF-8 text.") from None

    def _end(self) -> None:
        self._ended = True


def _parser(boundary: bytes, callbacks: dict[str, Callable[..., None]]) -> MultipartParser:
    try:
        return MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
    except FormParserError:
        raise Refused("The boundary of the multipart body cannot be used. Nothing was stored.") from None


def _file_name(raw: bytes) -> str:
    """Browsers send UTF-8 and escape only quotes and line ends (WHATWG, multipart/form-data)."""
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise Refused("The file name is not UTF-8 text.") from None
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
