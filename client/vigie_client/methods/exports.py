"""Exports, into files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, Unpack

from vigie_client.calls import Call, Saved, reads_saved, route
from vigie_client.filters import MediaFilter
from vigie_client.values import as_query


class ExportMethods:
    @route
    def export_csv(
        self,
        to: Path | str,
        *,
        per: Literal["media", "shape"] = "media",
        raw: bool = False,
        columns: Sequence[str] | None = None,
        editable: bool = False,
        **wanted: Unpack[MediaFilter],
    ) -> Call[Saved]:
        """The metadata of all media that match, as CSV; the file is there only once it is complete.

        One line per media, or per shape. `raw` leaves text as it is: for programs, not for spreadsheets. `editable`
        adds how each row was, so that the table can be changed and sent back (`apply_table`).
        """
        options = {"raw": "1" if raw else None, "editable": "1" if editable else None}
        query = as_query({**wanted, "per": per, **options, "columns": columns})
        return _export("/exports/media.csv", Path(to), query)

    @route
    def export_contact_sheet(
        self, to: Path | str, *, zone: str | None = None, **wanted: Unpack[MediaFilter]
    ) -> Call[Saved]:
        """Up to 300 of the media that match, on paper (PDF); times in the zone, as in Europe/Paris."""
        return _export("/exports/contact-sheet.pdf", Path(to), as_query({**wanted, "zone": zone}))

    @route
    def export_events(
        self,
        to: Path | str,
        *,
        name: str | None = None,
        login: str | None = None,
        media_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Call[Saved]:
        """The audit trail as CSV, newest first (admins)."""
        wanted = {"name": name, "login": login, "media_id": media_id, "since": since, "until": until}
        return _export("/exports/events.csv", Path(to), as_query(wanted))


def _export(address: str, path: Path, query: dict[str, list[str]]) -> Call[Saved]:
    return Call("GET", address, reads_saved(path), query=query, save_to=path)
