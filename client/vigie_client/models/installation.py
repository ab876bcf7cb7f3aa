"""What admins see to, and what callers know of themselves: accesses, tokens, devices, sources, webhooks, events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Health:
    status: str


@dataclass(frozen=True)
class AccessToken:
    access_token: str
    token_type: str = "bearer"


@dataclass(frozen=True)
class Preferences:
    language: str | None = None
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Me:
    """Who is calling."""

    id: int
    login: str
    scope: str
    must_change_password: bool = False
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True)
class Access:
    id: int
    login: str
    scope: str
    disabled: bool = False
    must_change_password: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True)
class Token:
    """A token without its secret."""

    id: int
    name: str
    scope: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True)
class NewToken(Token):
    """A token as it was made: `token` is its secret, which nobody is shown again."""

    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class FramesOfDay:
    day: date
    count: int


@dataclass(frozen=True)
class Device:
    """A camera: what it sent of late, and whether it has fallen silent."""

    id: int
    login: str
    source: str | None = None
    disabled: bool = False
    last_seen_at: datetime | None = None
    last_media_at: datetime | None = None
    media_total: int = 0
    per_day: list[FramesOfDay] = field(default_factory=list)
    silent: bool = False
    created_at: datetime | None = None
    tokens: int = 0
    token_expires_at: datetime | None = None


@dataclass(frozen=True)
class NewDevice(Device):
    """A camera as it was made: `token` is its secret, which nobody is shown again."""

    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Source:
    id: int
    name: str
    place: str | None = None
    azimuth: float | None = None
    media: int = 0
    devices: int = 0
    created_at: datetime | None = None


@dataclass(frozen=True)
class SourceMerge:
    """What a merge moves, or has moved."""

    source: str
    into: str
    media: int
    devices: int


@dataclass(frozen=True)
class Webhook:
    id: int
    name: str
    url: str
    events: list[str]
    disabled: bool = False
    created_at: datetime | None = None
    disabled_at: datetime | None = None
    made_by: str | None = None
    last_delivered_at: datetime | None = None
    waiting: int = 0
    failing: int = 0
    given_up: int = 0


@dataclass(frozen=True)
class NewWebhook(Webhook):
    """A webhook as it was made: `secret` signs what is sent, and nobody is shown it again."""

    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Delivery:
    """One thing that a webhook is told, however many attempts that takes."""

    id: int
    webhook_id: int
    event: str
    created_at: datetime
    message_id: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0
    status: int | None = None
    error: str | None = None
    delivered_at: datetime | None = None
    given_up_at: datetime | None = None
    next_attempt_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """An entry of the audit trail."""

    id: int
    what: str
    at: datetime
    who: str | None = None
    media_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LabelClass:
    """`applies_to` is shape or media; `parent` the key of the label class above it."""

    key: str
    name: str
    colour: str
    applies_to: str
    id: int | None = None
    hotkey: str | None = None
    exclusive_group: str | None = None
    parent: str | None = None
    position: int = 0
    pinned: bool = False
    retired: bool = False
    guide: str | None = None


@dataclass(frozen=True)
class Question:
    key: str
    sentence: str
    asked: str
