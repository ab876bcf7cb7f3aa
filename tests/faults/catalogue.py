"""Where the faults are, in the order in which they are made."""

from __future__ import annotations

import importlib

from tests.faults.registry import FAULTS, Fault

MODULES = (
    *("killed_uploads", "killed_submissions", "curators", "twins", "gone_clients", "clocks", "replicas"),
    *("purged",),
    *("database_outages", "bucket_outages", "bucket_lies", "wrong_buckets", "full_disks", "crowds"),
)


def all_faults() -> list[Fault]:
    """Every fault, sorted by its number."""
    for module in MODULES:
        importlib.import_module(f"tests.faults.{module}")
    return sorted(FAULTS, key=lambda fault: int(fault.name[1:]))
