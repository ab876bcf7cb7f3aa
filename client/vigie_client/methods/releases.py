"""Releases: frozen, listed, compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Unpack

from vigie_client.calls import Call, Page, Saved, pages, reads, reads_nothing, reads_page, reads_saved, route
from vigie_client.filters import MediaFilter
from vigie_client.models.releases import Comparison, Release
from vigie_client.values import as_query


class ReleaseMethods:
    @route
    def create_release(
        self,
        name: str,
        *,
        note: str | None = None,
        split: Mapping[str, float] | None = None,
        **wanted: Unpack[MediaFilter],
    ) -> Call[Release]:
        """Have the media that match frozen under a name, by a job, as they are at that moment.

        `split` names shares that add up to 1, and a seed: {"train": 0.8, "val": 0.1, "test": 0.1, "seed": 7}.
        """
        body = {
            "name": name,
            "note": note,
            "filter": as_query(dict(wanted)),
            "split": dict(split) if split is not None else None,
        }
        return Call("POST", "/releases", reads(Release), json=body)

    @pages
    def list_releases(self) -> Call[Page[Release]]:
        """All releases, the last first."""
        return Call("GET", "/releases", reads_page(Release))

    @route
    def get_release(self, release_id: int) -> Call[Release]:
        """What is in a release, and how many of its media were withdrawn since."""
        return Call("GET", f"/releases/{release_id}", reads(Release))

    @route
    def delete_release(self, release_id: int) -> Call[None]:
        """Forget a release that nothing was exported of (admins)."""
        return Call("DELETE", f"/releases/{release_id}", reads_nothing)

    @route
    def compare_releases(self, release_id: int, other_id: int) -> Call[Comparison]:
        """How many media were added, removed, withdrawn, relabelled, moved or edited from one to the other."""
        return Call("GET", f"/releases/{release_id}/compare/{other_id}", reads(Comparison))

    @route
    def export_differences(self, release_id: int, other_id: int, to: Path | str) -> Call[Saved]:
        """The same media by media, as CSV; the file is there only once it is complete."""
        path = Path(to)
        address = f"/releases/{release_id}/compare/{other_id}/differences.csv"
        return Call("GET", address, reads_saved(path), save_to=path)
