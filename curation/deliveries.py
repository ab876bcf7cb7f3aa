"""Sending the messages of webhooks: signed, tried again with growing waits for three days, then given up.

A message is sent at least once. Its id stays the same at every attempt, so that a receiver can tell a repeat. Signed
and named as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA256 of id, time and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from curation.announcements import DELIVERY, forget_listeners
from curation.errors import RefusedAddress
from curation.events import record
from curation.jobs import NotYet
from curation.outbound import Undelivered, post
from db.afterwards import after_commit
from db.clock import from_now
from db.models import Delivery, Job, JobState, Webhook, utc_now
from db.types import Sessions

SECRET_PREFIX = "whsec_"
ANSWER_SECONDS = 10.0
# Waits after the first, second … failure, in seconds; after the last of them comes the last attempt.
WAITS = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# A receiver that takes its time and then fails holds up its other messages for so long, not those of others.
SLOW_SECONDS = 1.0
HELD_UP = timedelta(seconds=60)
KEPT = timedelta(days=7)
GONE = 410  # “send nothing here any more”, says Standard Webhooks
SENDS_ON = "It sends on to another address, which is not followed."
SAYS_NO = "It answered with an error."
WAS_DISABLED = "The webhook was disabled before it could be sent."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Message:
    webhook_id: int
    url: str
    secret: str
    message_id: str
    body: bytes


def deliver(sessions: Sessions, delivery_id: int, *, api_url: str, to_private: bool) -> None:
    """Send one message, unless it was sent or given up. Raises NotYet while it is to be tried again.

    `api_url` is where the links of messages begin. No transaction is open while the receiver is waited for.
    """
    with sessions() as session:
        message = _read(session, delivery_id, api_url)
    if message is None:
        return
    started = time.monotonic()
    status, error = _send(message, to_private)
    slow = time.monotonic() - started > SLOW_SECONDS
    with sessions() as session:
        wait = _note(session, delivery_id, status, error, slow=slow)
    if wait is not None:
        log.info("webhook %s: message %s is tried again in %s s", message.webhook_id, delivery_id, wait)
        raise NotYet(wait * random.uniform(1, 1.1), error or "")  # not all of them at the same moment


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message, as Standard Webhooks writes it."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def sweep(session: Session) -> None:
    """Forget messages that were sent or given up a week ago. A chore."""
    over = Delivery.delivered_at.is_not(None) | Delivery.given_up_at.is_not(None)
    # Rows carry the time of whoever wrote them: a day more or less of a week harms nobody.
    session.execute(delete(Delivery).where(Delivery.created_at < from_now(session, -KEPT), over))


def _read(session: Session, delivery_id: int, api_url: str) -> _Message | None:
    """What is to be sent; None when nothing is, which is noted where it is news."""
    row = session.execute(
        select(Delivery, Webhook)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(Delivery.id == delivery_id)
    ).first()
    if row is None:
        return None
    delivery, webhook = row
    if delivery.delivered_at is not None or delivery.given_up_at is not None:
        return None
    if webhook.disabled_at is not None:
        delivery.given_up_at, delivery.error = utc_now(), WAS_DISABLED
        return None
    body = _body(delivery, api_url)
    return _Message(webhook.id, webhook.url, webhook.secret, delivery.message_id, body)


def _body(delivery: Delivery, api_url: str) -> bytes:
    data: dict[str, Any] = dict(delivery.payload)
    at = data.pop("at")
    if "media_id" in data:
        data["url"] = f"{api_url}/media/{data['media_id']}"
    return json.dumps(
        {"type": delivery.event, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def _send(message: _Message, to_private: bool) -> tuple[int | None, str | None]:
    """The status of the answer and what went wrong, if anything did."""
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Vigie",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(message.secret, message.message_id, timestamp, message.body),
    }
    try:
        status = post(message.url, message.body, headers, to_private=to_private, seconds=ANSWER_SECONDS)
    except Undelivered as error:
        return None, str(error)
    except RefusedAddress as error:
        return None, error.sentence
    if 200 <= status < 300:
        return status, None
    if 300 <= status < 400:
        return status, SENDS_ON
    return status, SAYS_NO


def _note(
    session: Session, delivery_id: int, status: int | None, error: str | None, *, slow: bool
) -> int | None:
    """Write down how an attempt went; returns the seconds until the next one, if there is to be one."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:  # the webhook was deleted meanwhile
        return None
    delivery.attempts += 1
    delivery.status, delivery.error = status, error
    if error is None:
        delivery.delivered_at = utc_now()
        return None
    if slow:
        _hold_up(session, delivery.webhook_id)
    if status == GONE:
        _disable(session, delivery.webhook_id, "It said that it wants no more messages.")
        delivery.given_up_at = utc_now()
    elif delivery.attempts > len(WAITS):
        delivery.given_up_at = utc_now()
        if not _heard_since(session, delivery):
            _disable(session, delivery.webhook_id, "Nothing has reached it for days.")
    if delivery.given_up_at is not None:
        return None
    return WAITS[delivery.attempts - 1]


def _hold_up(session: Session, webhook_id: int) -> None:
    """Let the other messages of a webhook wait a little."""
    until = from_now(session, HELD_UP)
    unsent = select(Delivery.id).where(
        Delivery.webhook_id == webhook_id, Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None)
    )
    session.execute(
        update(Job)
        .where(
            Job.name == DELIVERY,
            Job.state == JobState.WAITING,
            Job.run_after < until,
            Job.subject_id.in_(unsent),
        )
        .values(run_after=until)
    )


def _heard_since(session: Session, delivery: Delivery) -> bool:
    """Whether another message of the same webhook has arrived since this one was written."""
    arrived = select(Delivery.id).where(
        Delivery.webhook_id == delivery.webhook_id, Delivery.delivered_at > delivery.created_at
    )
    return session.scalar(arrived.limit(1)) is not None


def _disable(session: Session, webhook_id: int, why: str) -> None:
    webhook = session.get_one(Webhook, webhook_id)
    if webhook.disabled_at is None:
        webhook.disabled_at = utc_now()
        record(session, None, "webhook_disabled", {"webhook": webhook.name, "why": why})
        after_commit(session, lambda: forget_listeners(session))
