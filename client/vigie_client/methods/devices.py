"""Devices and sources."""

from __future__ import annotations

from typing import TypedDict, Unpack

from vigie_client.calls import Call, reads, reads_list, reads_nothing, route
from vigie_client.models.installation import Device, NewDevice, NewToken, Source, SourceMerge
from vigie_client.values import as_query, given, written


class SourceFields(TypedDict, total=False):
    name: str
    place: str | None
    azimuth: float | None


class DeviceFields(TypedDict, total=False):
    login: str
    source: str | None
    disabled: bool


class DeviceMethods:
    @route
    def list_devices(self) -> Call[list[Device]]:
        """Cameras: what they sent of late, and which have fallen silent (admins)."""
        return Call("GET", "/devices", reads_list(Device))

    @route
    def create_device(
        self, login: str, *, source: str | None = None, expires_in_days: int | None = None
    ) -> Call[NewDevice]:
        """Let one more camera send (admins); its token is in `token`, and is shown this once.

        `source` is what its uploads get when they name none.
        """
        body = given(login=login, source=source, expires_in_days=expires_in_days)
        return Call("POST", "/devices", reads(NewDevice), json=body)

    @route
    def change_device(self, device_id: int, **changes: Unpack[DeviceFields]) -> Call[Device]:
        """Rename a camera, give it another source, or disable it (admins)."""
        return Call("PATCH", f"/devices/{device_id}", reads(Device), json=written(changes))

    @route
    def rotate_device_token(
        self, device_id: int, *, overlap_minutes: int | None = None, expires_in_days: int | None = None
    ) -> Call[NewToken]:
        """Give a camera a new token, shown this once (admins).

        The old ones end at once, or after `overlap_minutes`: time to bring the new one to the camera.
        """
        return Call(
            "POST",
            f"/devices/{device_id}/token",
            reads(NewToken),
            json=given(overlap_minutes=overlap_minutes, expires_in_days=expires_in_days),
        )

    @route
    def revoke_device_token(self, device_id: int) -> Call[None]:
        """End a camera's tokens at once (admins)."""
        return Call("DELETE", f"/devices/{device_id}/token", reads_nothing)

    @route
    def list_sources(self) -> Call[list[Source]]:
        """Cameras and sites that media come from."""
        return Call("GET", "/sources", reads_list(Source))

    @route
    def create_source(self, **fields: Unpack[SourceFields]) -> Call[Source]:
        """Name a source before its first media (admins)."""
        return Call("POST", "/sources", reads(Source), json=given(**fields))

    @route
    def change_source(self, source_id: int, **changes: Unpack[SourceFields]) -> Call[Source]:
        """Rename a source, or say where it stands and looks (admins)."""
        return Call("PATCH", f"/sources/{source_id}", reads(Source), json=written(changes))

    @route
    def preview_merge(self, source_id: int, *, into: int) -> Call[SourceMerge]:
        """What a merge would move (admins). Nothing is written."""
        return Call("GET", f"/sources/{source_id}/merge", reads(SourceMerge), query=as_query({"into": into}))

    @route
    def merge_source(self, source_id: int, *, into: int) -> Call[SourceMerge]:
        """Move everything of a source to another, and let it go (admins). Nobody can undo it."""
        return Call("POST", f"/sources/{source_id}/merge", reads(SourceMerge), json={"into": into})
