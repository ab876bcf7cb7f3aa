"""Registering media: in one step, as an archive, or in the two steps of pyro-storage."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from vigie_client.calls import Answer, Call, FileToSend, reads, route
from vigie_client.models.media import ArchiveEntry, MediaDetails, Registered
from vigie_client.values import given, read_value


class Capture(TypedDict, total=False):
    """What is known about a capture. What the file itself knows (EXIF) need not be said."""

    source: str
    captured_at: datetime
    assumed_captured_at: datetime  # counts only where the picture itself knows no time
    timezone: str  # of EXIF times that name none, as in Europe/Paris
    lat: float
    lon: float
    azimuth: float
    sequence: str
    tags: Sequence[str]


class MediaFields(TypedDict, total=False):
    """The fields of a media that is created, or changed, apart from its content. None empties one."""

    type: str  # image or video
    file_name: str | None
    source: str | None
    captured_at: datetime | None
    azimuth: float | None
    lat: float | None
    lon: float | None
    sequence: str | None
    tags: Sequence[str]


class UploadMethods:
    @route
    def register_media(
        self,
        file: bytes | Path | str,
        *,
        file_name: str | None = None,
        sha256: str | None = None,
        idempotency_key: str | None = None,
        **capture: Unpack[Capture],
    ) -> Call[Registered]:
        """Register one picture or video; the same content once more answers its twin.

        With `sha256` the server checks that it arrived as it was sent. An `idempotency_key` of one's own makes a
        repeat by another process harmless too. Raises Refused for content that is no picture or video.
        """
        return Call(
            "POST",
            "/uploads",
            reads(Registered),
            form={**capture_form(capture), **({"sha256": sha256} if sha256 else {})},
            file=FileToSend.of(file, file_name),
            headers={"Idempotency-Key": idempotency_key or uuid.uuid4().hex},
            repeatable=True,
        )

    @route
    def register_archive(
        self, file: bytes | Path | str, *, file_name: str | None = None, **capture: Unpack[Capture]
    ) -> Call[list[ArchiveEntry]]:
        """Register every picture of a ZIP; says of each what became of it."""
        return Call(
            "POST",
            "/archives",
            _read_lines,
            form=capture_form(capture),
            file=FileToSend.of(file, file_name),
            repeatable=True,  # known content is answered as such
        )

    @route
    def create_media(self, **fields: Unpack[MediaFields]) -> Call[MediaDetails]:
        """Create a media that awaits its content (`upload_media`); it is removed after a day without."""
        return Call("POST", "/media", reads(MediaDetails), json=given(**fields))

    @route
    def upload_media(
        self, media_id: int, file: bytes | Path | str, *, file_name: str | None = None
    ) -> Call[MediaDetails]:
        """Send the content of a media that awaits it. Raises Conflict when it has other content by now."""
        return Call(
            "POST",
            f"/media/{media_id}/upload",
            reads(MediaDetails),
            file=FileToSend.of(file, file_name),
            repeatable=True,  # the same bytes again are answered as before
        )


def capture_form(capture: Mapping[str, Any]) -> dict[str, str]:
    """Capture details as form fields; tags are joined by semicolons."""
    fields = given(**capture)
    if "tags" in fields:
        fields["tags"] = ";".join(fields["tags"])
    return {name: str(value) for name, value in fields.items()}


def _read_lines(answer: Answer) -> list[ArchiveEntry]:
    return [read_value(ArchiveEntry, json.loads(line)) for line in answer.content.splitlines() if line]
