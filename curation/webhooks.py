"""Webhooks: addresses that are told what happens, made and looked after by admins."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from curation import jobs
from curation.accesses import require_scope
from curation.announcements import DELIVERY, Announced, forget_listeners, write_delivery
from curation.deliveries import SECRET_PREFIX
from curation.errors import InvalidText, NotFound, TooLarge, WrongState
from curation.events import record
from curation.outbound import clean_url, require_public
from curation.paging import Section, decode_cursor, read_page
from db.afterwards import after_commit
from db.clock import from_now
from db.models import Access, Delivery, Job, JobState, Scope, Webhook, utc_now
from db.types import AnyRow

MAX_WEBHOOKS = 20  # each is one more row to write when something happens
TEST = "webhook.test"
LATEST = 20


@dataclass(frozen=True)
class WebhookView:
    """A webhook as admins see it: everything but its secret.

    `waiting` counts messages that are not sent yet, `failing` those of them that have failed at least once,
    `given_up` those that never arrived.
    """

    id: int
    name: str
    url: str
    events: list[str]
    disabled: bool
    disabled_at: datetime | None
    made_by: str
    created_at: datetime
    last_delivered_at: datetime | None
    waiting: int
    failing: int
    given_up: int


@dataclass(frozen=True)
class DeliveryView:
    """A message and how it went; `status` is that of the last answer, `error` what the last attempt failed by."""

    id: int
    webhook_id: int
    event: str
    message_id: str
    payload: dict[str, Any]
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime
    delivered_at: datetime | None
    given_up_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True)
class DeliveryPage:
    items: list[DeliveryView]
    next_cursor: str | None


def list_webhooks(session: Session, access: Access) -> list[WebhookView]:
    """All webhooks, oldest first, with how their messages fare."""
    require_scope(access, Scope.ADMIN)
    return _views(session)


def get_webhook(session: Session, access: Access, webhook_id: int) -> WebhookView:
    """One webhook. Raises NotFound."""
    require_scope(access, Scope.ADMIN)
    _find(session, webhook_id)
    return _views(session, webhook_id)[0]


def create_webhook(
    session: Session, access: Access, *, name: str, url: str, events: Sequence[str], to_private: bool
) -> tuple[WebhookView, str]:
    """A new webhook and the secret that its messages are signed with, which is told now and never again.

    Raises InvalidText, RefusedAddress for one in a private network unless `to_private`, TooLarge beyond 20.
    """
    require_scope(access, Scope.ADMIN)
    made = Webhook(made_by_id=access.id, secret=_make_secret())
    _fill(made, name, url, events, to_private)
    if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= MAX_WEBHOOKS:
        raise TooLarge(f"There are {MAX_WEBHOOKS} webhooks already. Delete one first.")
    session.add(made)
    session.flush()
    record(session, access, "webhook_created", _trace(made))
    _look_up_anew(session)
    return _views(session, made.id)[0], made.secret


def change_webhook(
    session: Session,
    access: Access,
    webhook_id: int,
    *,
    to_private: bool,
    name: str | None = None,
    url: str | None = None,
    events: Sequence[str] | None = None,
    disabled: bool | None = None,
) -> WebhookView:
    """Change what is given. One that is disabled is told nothing; what waits for it is given up.

    Raises NotFound, and what creating one raises.
    """
    require_scope(access, Scope.ADMIN)
    if url is not None:
        url = _reachable(url, to_private)  # before the row: names are looked up, and that may take a while
    webhook = _find(session, webhook_id)
    _fill(
        webhook,
        webhook.name if name is None else name,
        webhook.url if url is None else url,
        webhook.events if events is None else events,
        to_private=True,
    )
    if disabled is not None and disabled != (webhook.disabled_at is not None):
        webhook.disabled_at = utc_now() if disabled else None
    record(session, access, "webhook_changed", _trace(webhook))
    _look_up_anew(session)
    session.flush()
    return _views(session, webhook_id)[0]


def delete_webhook(session: Session, access: Access, webhook_id: int) -> None:
    """Take a webhook away, with its messages. Raises NotFound."""
    require_scope(access, Scope.ADMIN)
    webhook = _find(session, webhook_id)
    record(session, access, "webhook_deleted", _trace(webhook))
    _look_up_anew(session)
    session.delete(webhook)
    session.flush()


def send_test(session: Session, access: Access, webhook_id: int) -> DeliveryView:
    """Write a message that says nothing but that it is a test; it is sent at once. Raises NotFound, WrongState."""
    require_scope(access, Scope.ADMIN)
    webhook = _require_enabled(_find(session, webhook_id))
    payload = {"webhook_id": webhook.id, "by": access.login}
    return _get_delivery(session, write_delivery(session, webhook.id, TEST, payload).id)


def list_deliveries(
    session: Session, access: Access, webhook_id: int, *, cursor: str | None = None, limit: int = LATEST
) -> DeliveryPage:
    """The messages of a webhook, newest first. Raises NotFound, UnknownFilter."""
    require_scope(access, Scope.ADMIN)
    _find(session, webhook_id)
    sections = [Section((Delivery.id,), descending=True, where=(Delivery.webhook_id == webhook_id,))]
    after = decode_cursor(cursor, sections) if cursor else None
    page = read_page(session, [_DELIVERIES], sections, after, limit, lambda row, _section: (row.id,))
    return DeliveryPage([_delivery_view(row) for row in page.rows], page.next_cursor)


def retry_delivery(session: Session, access: Access, delivery_id: int) -> DeliveryView:
    """Send a message once more, now, whether it arrived or not. Raises NotFound, WrongState."""
    require_scope(access, Scope.ADMIN)
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    _require_enabled(_find(session, delivery.webhook_id))
    sending = select(Job).where(Job.name == DELIVERY, Job.subject_id == delivery_id).with_for_update()
    job = session.scalar(sending)
    if job is None:
        jobs.add(session, DELIVERY, delivery_id)
    elif job.state == JobState.RUNNING:
        # The job may be over the moment after, and would leave nobody to send it again.
        raise WrongState("This message is being sent at this moment. Look again in a while.")
    else:
        job.state, job.run_after = JobState.WAITING, from_now(session)
    # Its waits begin anew.
    delivery.delivered_at, delivery.given_up_at, delivery.attempts = None, None, 0
    session.flush()
    return _get_delivery(session, delivery_id)


def _make_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _fill(webhook: Webhook, name: str, url: str, events: Sequence[str], to_private: bool) -> None:
    name = name.strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise InvalidText("The name of a webhook has 1 to 100 printable characters.")
    known = [event.value for event in Announced]
    if not events or not set(events) <= set(known):
        raise InvalidText("A webhook is told of media.registered, media.accepted or export.finished.")
    webhook.name = name
    webhook.events = [event for event in known if event in events]
    webhook.url = _reachable(url, to_private)


def _reachable(url: str, to_private: bool) -> str:
    url = clean_url(url)
    if not to_private:
        require_public(url)
    return url


def _trace(webhook: Webhook) -> dict[str, Any]:
    """What the audit trail keeps. The address may hold a secret of its receiver's, so the name must do."""
    told = ", ".join(webhook.events)
    return {"webhook": webhook.name, "events": told, "disabled": webhook.disabled_at is not None}


def _look_up_anew(session: Session) -> None:
    after_commit(session, lambda: forget_listeners(session))


def _find(session: Session, webhook_id: int) -> Webhook:
    found = session.get(Webhook, webhook_id)
    if found is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return found


def _require_enabled(webhook: Webhook) -> Webhook:
    if webhook.disabled_at is not None:
        raise WrongState("This webhook is disabled, so nothing is sent to it. Enable it first.")
    return webhook


def _views(session: Session, webhook_id: int | None = None) -> list[WebhookView]:
    unsent = Delivery.delivered_at.is_(None) & Delivery.given_up_at.is_(None)
    fares = (
        select(
            Delivery.webhook_id,
            func.max(Delivery.delivered_at).label("last_delivered_at"),
            func.sum(case((unsent, 1), else_=0)).label("waiting"),
            func.sum(case((unsent & (Delivery.attempts > 0), 1), else_=0)).label("failing"),
            func.sum(case((Delivery.given_up_at.is_not(None), 1), else_=0)).label("given_up"),
        )
        .group_by(Delivery.webhook_id)
        .subquery()
    )
    rows = (
        select(Webhook, Access.login, fares)
        .join(Access, Access.id == Webhook.made_by_id)
        .outerjoin(fares, fares.c.webhook_id == Webhook.id)
        .order_by(Webhook.id)
    )
    if webhook_id is not None:
        rows = rows.where(Webhook.id == webhook_id)
    return [
        WebhookView(
            id=row.Webhook.id,
            name=row.Webhook.name,
            url=row.Webhook.url,
            events=list(row.Webhook.events),
            disabled=row.Webhook.disabled_at is not None,
            disabled_at=row.Webhook.disabled_at,
            made_by=row.login,
            created_at=row.Webhook.created_at,
            last_delivered_at=row.last_delivered_at,
            waiting=row.waiting or 0,
            failing=row.failing or 0,
            given_up=row.given_up or 0,
        )
        for row in session.execute(rows)
    ]


_DELIVERIES = select(
    Delivery.id,
    Delivery.webhook_id,
    Delivery.event,
    Delivery.message_id,
    Delivery.payload,
    Delivery.attempts,
    Delivery.status,
    Delivery.error,
    Delivery.created_at,
    Delivery.delivered_at,
    Delivery.given_up_at,
    Job.run_after,
).outerjoin(Job, (Job.name == DELIVERY) & (Job.subject_id == Delivery.id))


def _get_delivery(session: Session, delivery_id: int) -> DeliveryView:
    return _delivery_view(session.execute(_DELIVERIES.where(Delivery.id == delivery_id)).one())


def _delivery_view(row: AnyRow) -> DeliveryView:
    values = dict(row._mapping)
    over = row.delivered_at is not None or row.given_up_at is not None
    next_attempt_at = values.pop("run_after")
    return DeliveryView(**values, next_attempt_at=None if over else next_attempt_at)
