"""Announcing what happened to those who asked to be told: a message for each webhook, in the transaction it tells of.

The message is a row and its sending a job, both written with the event itself: neither is ever lost, nor sent of
something that was rolled back. Where nobody listens nothing is asked of the database: who listens to what is looked
up every few seconds, so that a new webhook hears of what happens from then on.

Accepted is announced when somebody accepts. Whatever gives a media back an earlier state (undoing, restoring) is
no acceptance, and is not announced.
"""

from __future__ import annotations

import enum
import secrets
import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, ScalarSelect, select
from sqlalchemy.orm import Session

from curation import jobs
from db.models import Access, Delivery, Media, Source, Webhook, utc_now

DELIVERY = "webhook_delivery"
LISTENERS_LAST = 5.0  # seconds


class Announced(enum.StrEnum):
    """What a webhook can ask to be told."""

    MEDIA_REGISTERED = "media.registered"
    MEDIA_ACCEPTED = "media.accepted"
    EXPORT_FINISHED = "export.finished"


# When it was looked up, and what anybody at all listens to.
_listened_to: WeakKeyDictionary[Engine, tuple[float, frozenset[str]]] = WeakKeyDictionary()


def announce_media(
    session: Session,
    event: Announced,
    media_id: int,
    *,
    by: int | ScalarSelect[int],
    annotation_id: int | None = None,
) -> None:
    """Announce what an access (its id, or the question for it) has done to a media, as that stands by now."""
    if not (listeners := _listeners(session, event)):
        return
    row = session.execute(
        select(Media.file_name, Media.state, Media.captured_at, Source.name.label("source"), Access.login)
        .outerjoin(Source, Source.id == Media.source_id)
        .join(Access, Access.id == by)
        .where(Media.id == media_id)
    ).one()
    payload = {
        "media_id": media_id,
        "annotation_id": annotation_id,
        "file_name": row.file_name,
        "source": row.source,
        "state": row.state.value,
        "captured_at": row.captured_at.isoformat() if row.captured_at else None,
        "by": row.login,
    }
    _write(session, listeners, event, payload)


def announce_export(session: Session, access: Access, export: str, detail: dict[str, Any]) -> None:
    """Announce an export that this access has taken to its end; `export` is what the audit trail calls it."""
    if listeners := _listeners(session, Announced.EXPORT_FINISHED):
        payload = {"export": export, **detail, "by": access.login}
        _write(session, listeners, Announced.EXPORT_FINISHED, payload)


def write_delivery(session: Session, webhook_id: int, event: str, payload: dict[str, Any]) -> Delivery:
    """A message to one webhook, and the job that sends it."""
    delivery = Delivery(
        webhook_id=webhook_id,
        event=event,
        message_id=f"msg_{secrets.token_urlsafe(18)}",
        payload={**payload, "at": utc_now().isoformat()},
    )
    session.add(delivery)
    session.flush()
    jobs.add(session, DELIVERY, delivery.id)
    return delivery


def forget_listeners(session: Session) -> None:
    """Look up who listens anew at the next event: webhooks have changed."""
    _listened_to.pop(session.get_bind().engine, None)


def _listeners(session: Session, event: Announced) -> Sequence[int]:
    """Ids of the webhooks that are to be told; they cannot be deleted until the transaction ends."""
    if event not in _anything_listened_to(session):
        return ()
    # Asked again: one that was deleted a second ago would make the act itself fail.
    rows = session.execute(
        select(Webhook.id, Webhook.events)
        .where(Webhook.disabled_at.is_(None))
        .order_by(Webhook.id)
        .with_for_update(read=True, key_share=True)
    )
    return [row.id for row in rows if event.value in row.events]


def _anything_listened_to(session: Session) -> frozenset[str]:
    engine = session.get_bind().engine
    known = _listened_to.get(engine)
    if known is not None and time.monotonic() - known[0] < LISTENERS_LAST:
        return known[1]
    wanted = session.scalars(select(Webhook.events).where(Webhook.disabled_at.is_(None)))
    found = frozenset(event for events in wanted for event in events)
    _listened_to[engine] = (time.monotonic(), found)
    return found


def _write(session: Session, listeners: Sequence[int], event: Announced, payload: dict[str, Any]) -> None:
    for webhook_id in listeners:
        write_delivery(session, webhook_id, event, payload)
