"""How an installation stands, in numbers: for whoever watches over it with a machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from curation.devices import count_silent_devices
from db.models import Delivery, Job, JobState, Media, State, Webhook


@dataclass(frozen=True)
class Gauges:
    """Jobs by name and state, messages of webhooks by how they fare; everything else says what it is."""

    media: dict[State, int]
    jobs: dict[tuple[str, JobState], int]
    deliveries: dict[str, int]
    webhooks_disabled: int
    devices_silent: int


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
    )
