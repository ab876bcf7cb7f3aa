"""Derived pictures: there must be no more of them than contents; fewer are made again when somebody looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from curation.derived import FOLDER
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import Looking, in_batches
from db.models import Blob
from storage import StoredObject

_DERIVED = re.compile(rf"{FOLDER}/([^/]+)/([0-9a-f]{{64}})-[a-z]+\.jpg")


def check_derived(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """Find those of contents that are no more, and note by which recipes they were drawn."""
    recipes: dict[str, int] = looking.report.facts.setdefault("recipes", {})
    for batch in in_batches(objects):
        hashes: dict[str, str] = {}
        for found in batch:
            like = _DERIVED.fullmatch(found.key)
            if like is None:
                looking.report.add_foreign(found.key)
                continue
            recipes[like[1]] = recipes.get(like[1], 0) + 1
            if looking.is_old(found.last_modified):
                hashes[found.key] = like[2]
        if not hashes:
            continue
        with looking.sessions(read_only=True) as session:
            known = set(session.scalars(select(Blob.sha256).where(Blob.sha256.in_(set(hashes.values())))))
        for key, sha256 in hashes.items():
            if sha256 not in known:
                looking.report.add(Finding(Kind.DERIVED_WITHOUT_CONTENT, {"key": key}))
