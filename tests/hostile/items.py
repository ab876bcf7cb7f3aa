"""What one hostile thing is, and how it may end."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from tests.hostile.target import Target


class Ends(enum.StrEnum):
    """What must become of it. `EITHER` is for what only another program's decoder can tell."""

    TAKEN = "taken"
    REFUSED = "refused"
    EITHER = "either"


@dataclass(frozen=True)
class Ending:
    """How it ended: the answer's status (0 when the connection was closed without one) and what it said."""

    status: int
    taken: bool
    said: str = ""
    busy: bool = False  # 503 with the time to come again at: no fault, as long as it is rare

    @classmethod
    def of(cls, answer: httpx.Response) -> Ending:
        busy = answer.status_code == 503 and "retry-after" in answer.headers
        return cls(answer.status_code, answer.is_success, answer.text[:300], busy)


@dataclass(frozen=True)
class Item:
    """One hostile thing: how to send it, and how it must end."""

    group: str
    name: str
    ends: Ends
    send: Callable[[Target], Ending] = field(repr=False)


@dataclass(frozen=True)
class Content:
    """A hostile file."""

    name: str
    content: bytes = field(repr=False)
    ends: Ends = Ends.REFUSED
    file_name: str = "IMG_0001.jpg"


def asked(group: str, name: str, ends: Ends, method: str, path: str, **request: Any) -> Item:
    """A request by an admin; `{media}` in the path is a media of the target's."""

    def send(target: Target) -> Ending:
        return Ending.of(target.admin.request(method, path.format(media=target.media_id), **request))

    return Item(group, name, ends, send)
