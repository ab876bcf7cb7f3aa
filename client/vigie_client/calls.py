"""One request as plain values, and what makes a description of it a method of both clients.

Every route is described once, in `vigie_client.methods`, by a function that returns a `Call`. `Client` runs calls at
once, `AsyncClient` when awaited: `@route` and `@pages` make the same description a method of either.
"""

from __future__ import annotations

import functools
import hashlib
import json as json_format
import types
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Concatenate, Generic, ParamSpec, TypeVar, overload
from urllib.parse import parse_qs, urlsplit

import httpx

from vigie_client.errors import ContentDiffers, UnexpectedAnswer
from vigie_client.values import read_value

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers, and the body unless that went to a file."""

    status: int
    headers: httpx.Headers
    content: bytes = b""
    size: int = 0

    def json(self) -> Any:
        try:
            return json_format.loads(self.content)
        except ValueError:
            raise UnexpectedAnswer("The answer is not JSON.") from None


@dataclass(frozen=True)
class FileToSend:
    """A file on disk or bytes in memory, opened anew for each attempt."""

    name: str
    content: bytes | Path

    @contextmanager
    def open(self) -> Iterator[tuple[str, bytes | BinaryIO]]:
        # A name that the disk gave us need not be UTF-8; the wire is.
        name = self.name.encode("utf-8", "replace").decode()
        if isinstance(self.content, bytes):
            yield name, self.content
            return
        with self.content.open("rb") as file:
            yield name, file

    def has(self, sha256: str) -> bool:
        """Whether it is, at this moment, the content that this digest was made of. Raises OSError."""
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest() == sha256.lower()
        return sha256_of(self.content) == sha256.lower()

    @classmethod
    def of(cls, file: bytes | Path | str, name: str | None) -> FileToSend:
        """From bytes and their name, or from a path. Raises ValueError for bytes without a name."""
        if isinstance(file, bytes):
            if not name:
                raise ValueError('Bytes need a file name: file_name="IMG_0001.jpg".')
            return cls(name, file)
        path = Path(file)
        return cls(name or path.name, path)


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, how its answer is read, and whether it may be sent again when no answer came."""

    method: str
    path: str
    read: Callable[[Answer], T]
    query: Mapping[str, list[str]] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    file: FileToSend | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # True where the server does the same once, however often it is asked: reading, and writing with an id of ours.
    repeatable: bool = False
    # Where the body goes when it is not to be held in memory.
    save_to: Path | None = None
    # The ETag of what is saved: what came of it before is kept when it breaks off, and only the rest is asked for.
    resumes: str | None = None
    open_to_anyone: bool = False

    @property
    def may_be_repeated(self) -> bool:
        return self.repeatable or self.method == "GET"

    @property
    def still_has_its_digest(self) -> bool:
        """Whether the file is still what was said to be sent; also where nothing was said. Raises OSError."""
        said = (self.form or {}).get("sha256")
        return self.file is not None and (said is None or self.file.has(said))

    @property
    def carries_a_file(self) -> bool:
        """Up or down: then it takes as long as it takes, while bytes flow."""
        return self.file is not None or self.save_to is not None


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, and the query of the next one (from the Link header, RFC 8288)."""

    items: list[T]
    next_query: Mapping[str, list[str]] | None


@dataclass(frozen=True)
class Saved:
    """A download that is complete: where it lies, its size, and the number of its rows where the server said so."""

    path: Path
    size: int
    rows: int | None = None


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reads(kind: type[T]) -> Callable[[Answer], T]:
    """Read the JSON of an answer as this type."""
    return lambda answer: read_value(kind, answer.json())


def reads_list(kind: type[T]) -> Callable[[Answer], list[T]]:
    return lambda answer: _read_list(kind, answer)


def reads_page(kind: type[T]) -> Callable[[Answer], Page[T]]:
    return lambda answer: Page(_read_list(kind, answer), _next_query(answer.headers))


def reads_nothing(_answer: Answer) -> None:
    return None


def reads_bytes(answer: Answer) -> bytes:
    return answer.content


def reads_whole(path: Path, sha256: str) -> Callable[[Answer], Saved]:
    """A file that must be the one of this hash; another one is taken away again. Raises ContentDiffers."""

    def read(_answer: Answer) -> Saved:
        if sha256_of(path) != sha256:
            path.unlink()
            raise ContentDiffers(
                "What arrived is not the file that was made. It was deleted; ask for it again."
            )
        return Saved(path, path.stat().st_size)

    return read


def reads_saved(path: Path) -> Callable[[Answer], Saved]:
    def read(answer: Answer) -> Saved:
        rows = answer.headers.get("x-total-count", "")
        return Saved(path, answer.size, int(rows) if rows.isdigit() else None)

    return read


def _read_list(kind: type[T], answer: Answer) -> list[T]:
    found = answer.json()
    if not isinstance(found, list):
        raise UnexpectedAnswer("The answer is not a list.")
    return [read_value(kind, item) for item in found]


def _next_query(headers: httpx.Headers) -> Mapping[str, list[str]] | None:
    for link in httpx.Response(200, headers={"link": headers.get("link", "")}).links.values():
        if link.get("rel") == "next":
            return parse_qs(urlsplit(link["url"]).query, keep_blank_values=True)
    return None


class RunsNow:
    """A client whose methods return when they are done."""

    def run(self, call: Call[T]) -> T:
        raise NotImplementedError

    def iterate(self, call: Call[Page[T]]) -> Iterator[T]:
        wanted: Call[Page[T]] | None = call
        while wanted is not None:
            page = self.run(wanted)
            yield from page.items
            wanted = _next_page(wanted, page)


class RunsLater:
    """A client whose methods are awaited."""

    async def run(self, call: Call[T]) -> T:
        raise NotImplementedError

    async def iterate(self, call: Call[Page[T]]) -> AsyncIterator[T]:
        wanted: Call[Page[T]] | None = call
        while wanted is not None:
            page = await self.run(wanted)
            for item in page.items:
                yield item
            wanted = _next_page(wanted, page)


def _next_page(call: Call[Page[T]], page: Page[T]) -> Call[Page[T]] | None:
    return None if page.next_query is None else replace(call, query=page.next_query)


class _Described(Generic[P, T]):
    """A function that describes a call, kept where both clients find it."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.describe = describe

    def bound_to(self, client: Any, runner: Callable[[Call[T]], Any]) -> Callable[P, Any]:
        @functools.wraps(self.describe)
        def method(_client: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
            return runner(self.describe(_client, *args, **kwargs))

        # A method as any other: `help` and editors show its arguments without the client.
        return types.MethodType(method, client)


class route(_Described[P, T]):
    """A method for one route: `client.get_media(3)`, or `await client.get_media(3)`."""

    @overload
    def __get__(self, client: None, owner: type) -> Callable[Concatenate[Any, P], Call[T]]: ...
    @overload
    def __get__(self, client: RunsNow, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: RunsLater, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, client: RunsNow | RunsLater | None, owner: type) -> Any:
        return self.describe if client is None else self.bound_to(client, client.run)


class pages(Generic[P, T]):
    """A method for a list of any length: `for media in client.list_media()`, or `async for`."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[Page[T]]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, client: None, owner: type) -> Callable[Concatenate[Any, P], Call[Page[T]]]: ...
    @overload
    def __get__(self, client: RunsNow, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: RunsLater, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, client: RunsNow | RunsLater | None, owner: type) -> Any:
        return self.describe if client is None else _Described(self.describe).bound_to(client, client.iterate)
