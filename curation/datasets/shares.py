"""What a split really comes to: whole groups are put into it, so that shares are met only nearly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.browse import conditions
from curation.datasets.items import SPLITS
from curation.datasets.splits import Split, assign
from curation.media_filter import MediaFilter
from db.models import Access, Media

# Media, those that do not match included: all are looked at. Of more the receipt tells, which counts them anyway.
COUNTED_UP_TO = 50_000
MISSED_BY = 0.02  # of all media
SHARES_MISSED = (
    "The shares that were asked for are not met: what belongs together is not parted, and there are few groups, or "
    "some that are large."
)


def count_shares(
    session: Session, access: Access, wanted: MediaFilter, split: Split
) -> dict[str, int] | None:
    """How many media each part would have at this moment; None for more than are counted while somebody waits."""
    if session.scalar(select(Media.id).offset(COUNTED_UP_TO).limit(1)) is not None:
        return None
    part_of = assign(session, split)
    matching = select(Media.id).where(*conditions(access, wanted))
    counted = Counter(part_of(media_id) for media_id in session.scalars(matching))
    return {part: counted[part] for part in SPLITS}


def misses(shares: Mapping[str, Any], counted: Mapping[str, int]) -> bool:
    """Whether the parts are far from the shares they were to have, or one that was asked for is empty."""
    total = sum(counted.get(part, 0) for part in SPLITS)
    return total > 0 and any(
        abs(counted.get(part, 0) / total - shares.get(part, 0)) > MISSED_BY
        or (shares.get(part, 0) > 0 and not counted.get(part, 0))
        for part in SPLITS
    )


def shares_record(split: Split, counted: Mapping[str, int]) -> dict[str, Any]:
    """What a receipt says of a split: what was asked for, what came of it, and a sentence where that is far off."""
    asked = split.to_payload()
    total = sum(counted.get(part, 0) for part in SPLITS)
    real = {part: round(counted.get(part, 0) / total, 4) if total else 0.0 for part in SPLITS}
    return {"asked": asked, "real": real, "warning": SHARES_MISSED if misses(asked, counted) else None}
