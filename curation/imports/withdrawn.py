"""Pictures that were withdrawn here: an import brings those back whose import was undone, others only when told to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from curation.imports.taking_back import UNDONE_WITH_ITS_IMPORT
from db.models import Blob, Decision, Media, Review, State


def find_withdrawn(session: Session, sha256s: Collection[str], keys: Collection[str] = ()) -> dict[str, bool]:
    """Of these contents, and of these keys where they lie in place, those whose media are withdrawn and nothing else:
    whether somebody meant to withdraw any of them, and has not just undone an import.
    """
    if not sha256s and not keys:
        return {}
    live = aliased(Media)
    rows = session.execute(
        select(Media.id, Blob.sha256, Blob.bucket_key)
        .join(Blob, Blob.id == Media.blob_id)
        .where(
            or_(Blob.sha256.in_(sha256s), Blob.in_place & Blob.bucket_key.in_(keys)),
            Media.state == State.WITHDRAWN,
            ~exists().where(live.upload_sha256 == Blob.sha256),
        )
        .order_by(Media.id)
    ).all()
    if not rows:
        return {}
    withdrawals = session.execute(
        select(Review.media_id, Review.comment)
        .where(Review.media_id.in_(row.id for row in rows), Review.decision == Decision.WITHDRAWN)
        .order_by(Review.act)
    )
    said = {row.media_id: row.comment for row in withdrawals}
    meant: dict[str, bool] = defaultdict(bool)
    for row in rows:
        meant[row.sha256] |= said.get(row.id) != UNDONE_WITH_ITS_IMPORT
    # Of several contents that lay under one key the latest is what lies there.
    return {**{row.bucket_key: meant[row.sha256] for row in rows}, **meant}
