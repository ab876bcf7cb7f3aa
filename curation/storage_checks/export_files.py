"""Files of exports in the bucket: they come and go by themselves; only what nobody clears away is said."""

from __future__ import annotations

from collections.abc import Iterator

from curation.datasets.files import export_of
from curation.datasets.keeping import wanted_keys
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import Looking, in_batches
from storage import StoredObject


def check_export_files(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """Find what has lain there for a day without belonging to a finished export."""
    for batch in in_batches(objects):
        wanted = wanted_keys(looking.sessions, batch)
        looking.still_here()
        for found in batch:
            if export_of(found.key) is None:
                looking.report.add_foreign(found.key)
            elif found.key in wanted:
                looking.report.looked_at["export_files"] += 1
            elif looking.is_old(found.last_modified):
                looking.report.add(Finding(Kind.FILE_LEFT_BEHIND, {"key": found.key}))
