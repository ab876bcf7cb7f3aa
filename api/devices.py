"""Devices over HTTP: cameras that send media, each by a token of its own. For admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field, StrictBool

from api.dependencies import AccessDep, ReadSessionDep, SessionDep, SignedInDep
from api.fields import A_NUMBER, Body
from api.tokens import Days, TokenMade
from curation import devices
from curation.accesses import disable_access, enable_access
from curation.devices import MAX_OVERLAP_MINUTES, Device
from curation.tokens import require_no_lasting_token
from settings import get_settings

router = APIRouter(tags=["devices"])

DeviceId = Annotated[int, Path(ge=1, le=2**63 - 1)]
SourceName = Annotated[
    str | None, Field(max_length=100, description="Where its uploads are from when they do not say.")
]


@dataclass(frozen=True)
class DayOut:
    """A day of UTC and the media that came in it."""

    day: date
    count: int


@dataclass(frozen=True)
class DeviceOut:
    id: int
    login: str
    source: str | None
    disabled: bool
    created_at: datetime
    last_seen_at: datetime | None
    last_media_at: datetime | None
    media_total: int
    per_day: list[DayOut]
    silent: bool
    tokens: int
    token_expires_at: datetime | None

    @classmethod
    def of(cls, device: Device) -> DeviceOut:
        days = [DayOut(day.day, day.count) for day in device.per_day]
        return cls(**{**vars(device), "per_day": days})


@dataclass(frozen=True)
class DeviceMade(DeviceOut):
    """The only answer that ever holds the device's secret."""

    token: str


class DeviceIn(Body):
    login: str = Field(min_length=1, max_length=100)
    source: SourceName = None
    expires_in_days: Days = None


class DeviceChange(Body):
    """What is absent stays as it is."""

    login: str = Field(default="", min_length=1, max_length=100)
    source: SourceName = None
    disabled: StrictBool = False


class Rotation(Body):
    overlap_minutes: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_OVERLAP_MINUTES,
            description="How long the token before works beside the new one.",
        ),
        A_NUMBER,
    ] = 0
    expires_in_days: Days = None


@router.get("/devices")
def list_devices(session: ReadSessionDep, access: AccessDep) -> list[DeviceOut]:
    """Every device by login: signs of life, the media of the last fourteen days, whether a token works."""
    return [DeviceOut.of(device) for device in devices.list_devices(session, access, _silent_after())]


@router.post("/devices", status_code=201)
def create_device(wanted: DeviceIn, session: SessionDep, signed_in: SignedInDep) -> DeviceMade:
    """A device and its token, whose secret is in this answer and nowhere else."""
    device_id, made = devices.create_device(
        session, signed_in, wanted.login, source=wanted.source, expires_in_days=wanted.expires_in_days
    )
    device = DeviceOut.of(devices.view_device(session, signed_in.access, device_id, _silent_after()))
    return DeviceMade(**vars(device), token=made.token)


@router.patch("/devices/{device_id}")
def change_device(
    device_id: DeviceId, wanted: DeviceChange, session: SessionDep, signed_in: SignedInDep
) -> DeviceOut:
    """Rename, give a source or take it (null), disable or enable. Disabling ends its tokens at once."""
    require_no_lasting_token(signed_in)
    access = signed_in.access
    devices.get_device(session, access, device_id)
    given = wanted.model_fields_set
    if "login" in given:
        devices.rename_device(session, access, device_id, wanted.login)
    if "source" in given:
        devices.change_source_of_device(session, access, device_id, wanted.source)
    if "disabled" in given:
        (disable_access if wanted.disabled else enable_access)(session, access, device_id)
    return DeviceOut.of(devices.view_device(session, access, device_id, _silent_after()))


@router.post("/devices/{device_id}/token", status_code=201)
def rotate_token(
    device_id: DeviceId, session: SessionDep, signed_in: SignedInDep, wanted: Rotation | None = None
) -> TokenMade:
    """A new token; those before end at once, or after an overlap in which both work."""
    wanted = wanted or Rotation()
    return TokenMade.of(
        devices.rotate_token(
            session,
            signed_in,
            device_id,
            overlap_minutes=wanted.overlap_minutes,
            expires_in_days=wanted.expires_in_days,
        )
    )


@router.delete("/devices/{device_id}/token", status_code=204)
def revoke_tokens(device_id: DeviceId, session: SessionDep, signed_in: SignedInDep) -> None:
    """End every token of a device, from its next request on."""
    devices.revoke_tokens(session, signed_in, device_id)


def _silent_after() -> timedelta:
    return timedelta(hours=get_settings().device_silent_hours)
