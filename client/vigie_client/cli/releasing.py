"""Releases by commands: `vigie release create`, `list`, `compare`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from vigie_client.cli.exporting import LOOK_AFTER, read_split
from vigie_client.cli.signed_in import open_client
from vigie_client.client import Client
from vigie_client.filters import MediaFilter
from vigie_client.models.releases import Release

CHANGES = ("added", "removed", "withdrawn", "relabelled", "moved", "edited", "unchanged")


def create_release(asked: Any, wanted: MediaFilter) -> int:
    """Freeze what matches, and wait until it is frozen."""
    seed = int(wanted.get("seed") or 0)
    order = {name: value for name, value in wanted.items() if name not in ("sort", "seed")}
    with open_client(asked) as client:
        release = client.create_release(
            asked.name,
            note=asked.note,
            split=read_split(asked.split, seed) if asked.split else None,
            **order,  # type: ignore[arg-type]
        )
        while release.is_under_way:
            time.sleep(LOOK_AFTER)
            release = client.get_release(release.id)
    if release.state != "ready":
        raise ValueError(f"Release {release.id} is {release.state}. {release.error or ''}".strip())
    print(f"Release {release.id}, {release.name}: {_media(release)}, SHA-256 {release.sha256}")
    for split, number in release.counts.get("splits", {}).items():
        print(f"{split}: {number:,} ({number / release.counts['media']:.1%})")
    for reason, number in release.counts.get("left_out", {}).items():
        print(f"left out: {number:,} ({reason.replace('_', ' ')})")
    return 0


def list_releases(asked: Any) -> int:
    with open_client(asked) as client:
        for release in client.list_releases():
            at = release.frozen_at.isoformat(timespec="seconds") if release.frozen_at else release.state
            print(f"{release.id}\t{at}\t{_media(release)}\t{release.name}")
    return 0


def compare_releases(asked: Any) -> int:
    """How many media differ; with `--output` also which, as CSV."""
    with open_client(asked) as client:
        first, second = (_find(client, name) for name in (asked.release, asked.other))
        found = client.compare_releases(first.id, second.id)
        for change in CHANGES:
            print(f"{change}: {getattr(found, change):,}")
        if asked.output:
            saved = client.export_differences(first.id, second.id, Path(asked.output))
            print(f"{saved.path}: {saved.size:,} bytes")
    return 0


def _find(client: Client, name: str) -> Release:
    """By its name, else by its number."""
    releases = list(client.list_releases())
    for release in releases:
        if release.name == name:
            return release
    for release in releases:
        if str(release.id) == name:
            return release
    raise ValueError(f"There is no release called {name}: see `vigie release list`.")


def _media(release: Release) -> str:
    return f"{release.counts.get('media', 0):,} media"
