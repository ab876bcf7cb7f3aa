"""How an installation stands, in numbers: for whoever watches over it with a machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from curation.devices import count_silent_devices
from curation.storage_checks.findings import Kind
from db.models import CheckOutcome, Delivery, Job, JobState, Media, State, StorageCheck, Webhook


@dataclass(frozen=True)
class Gauges:
    """Jobs by name and state, messages of webhooks by how they fare; everything else says what it is."""

    media: dict[State, int]
    jobs: dict[tuple[str, JobState], int]
    deliveries: dict[str, int]
    webhooks_disabled: int
    devices_silent: int
    # Of storage checks: when one last found all in order, in seconds since 1970, and what the newest one found.
    storage_clean_at: float | None
    storage_found: dict[str, int]


def read_gauges(session: Session, silent_after: timedelta) -> Gauges:
    """Count everything anew: a second's work where there are millions of media, so ask seldom."""
    media = {
        state: int(count)
        for state, count in session.execute(select(Media.state, func.count()).group_by(Media.state))
    }
    jobs = session.execute(select(Job.name, Job.state, func.count()).group_by(Job.name, Job.state))
    fares = case(
        (Delivery.delivered_at.is_not(None), "delivered"),
        (Delivery.given_up_at.is_not(None), "given_up"),
        (Delivery.attempts > 0, "failing"),
        else_="waiting",
    ).label("fares")
    deliveries = dict.fromkeys(("waiting", "failing", "given_up", "delivered"), 0)
    deliveries |= {
        how: int(count) for how, count in session.execute(select(fares, func.count()).group_by(fares))
    }
    disabled = select(func.count()).select_from(Webhook).where(Webhook.disabled_at.is_not(None))
    return Gauges(
        media={state: media.get(state, 0) for state in State},
        jobs={(name, state): int(count) for name, state, count in jobs},
        deliveries=deliveries,
        webhooks_disabled=session.scalar(disabled) or 0,
        devices_silent=count_silent_devices(session, silent_after),
        storage_clean_at=_last_clean(session),
        storage_found=_found(session),
    )


def _last_clean(session: Session) -> float | None:
    ended = (
        select(StorageCheck.finished_at)
        .where(StorageCheck.outcome == CheckOutcome.CLEAN)
        .order_by(StorageCheck.id.desc())
        .limit(1)
    )
    moment = session.scalar(ended)
    return moment.timestamp() if moment is not None else None


def _found(session: Session) -> dict[str, int]:
    """How many of each kind the newest check found that could look, zeros included, so that an alarm can end."""
    looked = (CheckOutcome.CLEAN, CheckOutcome.DRIFT, CheckOutcome.STOPPED)
    newest = (
        select(StorageCheck.report)
        .where(StorageCheck.outcome.in_(looked))
        .order_by(StorageCheck.id.desc())
        .limit(1)
    )
    report = session.scalar(newest) or {}
    found: dict[str, int] = report.get("found", {})
    return {kind.value: found.get(kind.value, 0) for kind in Kind}
