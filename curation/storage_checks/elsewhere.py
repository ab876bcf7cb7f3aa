"""Objects that lie in none of our folders: they may be anybody's, and are counted, never touched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from curation.storage_checks.looking import Looking, in_batches
from curation.storage_checks.marker import MARKER_KEY
from db.models import Blob
from storage import StoredObject

_LIKE_CONTENT = re.compile(r".+/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.[a-z0-9]{3,4}")


def check_elsewhere(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """Count what is foreign: neither our marker, nor a content that was stored before its folder was another one
    or that lies in place."""
    for batch in in_batches(found.key for found in objects if found.key != MARKER_KEY):
        hashes = {key: like[3] for key in batch if (like := _LIKE_CONTENT.fullmatch(key))}
        with looking.sessions(read_only=True) as session:
            wanted = select(Blob.bucket_key).where(Blob.sha256.in_(hashes.values()))
            known = set(session.scalars(wanted)) if hashes else set()
            in_place = select(Blob.bucket_key).where(Blob.bucket_key.in_(batch), Blob.in_place)
            known.update(session.scalars(in_place))
        for key in batch:
            if key not in known:
                looking.report.add_foreign(key)
