"""Which media somebody has worked on since an import brought them: these are not withdrawn when it is undone.

Their acts are told by their history. Here it is about the rest: what is known of them, tags, comments, drawings that
wait to be handed in, frames that were taken out of them, decisions about their near twins, and that they show what a
label class means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from curation.drafts import DRAFT_LIFE
from curation.tags import tags_by_media
from db.clock import from_now
from db.models import (
    Comment,
    Draft,
    Extraction,
    ImportItem,
    LabelClassExample,
    Media,
    NearTwin,
    Source,
    State,
    TwinDecision,
)

# What people can change of what is known of a media; its score is its models'.
COLUMNS = (
    "file_name",
    "source_id",
    "captured_at",
    "captured_at_assumed",
    "azimuth",
    "lat",
    "lon",
    "sequence",
)


def plain(value: Any) -> Any:
    """A column's value as `before` keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value


def known_apart(
    session: Session, media_id: int, had: Mapping[str, Any], added: Collection[str]
) -> dict[str, Any]:
    """What is known of a media apart from what an entry has just filled in (`had` before) and tagged it with (`added`):
    as much as its `before` has to keep, which tells that already.
    """
    now = _known(session, [media_id])[media_id]
    return _said({**now, **had}, set(now.get("tags", ())) - set(added))


def find_worked_on(
    session: Session, import_id: int, brought: Mapping[int, Sequence[Mapping[str, Any]]], since: datetime
) -> set[int]:
    """Those of the media that an import has brought, each with the `before` of its entries, on which anybody has worked
    since.
    """
    if not brought:
        return set()
    media_ids = list(brought)
    of_twins = (
        select(side)
        .join(TwinDecision, TwinDecision.id == NearTwin.decision_id)
        .where(side.in_(media_ids), TwinDecision.created_at >= since)
        for side in (NearTwin.media_id, NearTwin.other_id)
    )
    said = (
        select(made.media_id).where(made.media_id.in_(media_ids), made.created_at >= since)
        for made in (Comment, LabelClassExample)
    )
    drawn = select(Draft.media_id).where(
        Draft.media_id.in_(media_ids),
        Draft.saved_at >= since,
        Draft.saved_at > from_now(session, -DRAFT_LIFE),  # one that is offered no more is nobody's any more
    )
    extracting = select(Extraction.media_id).where(
        Extraction.media_id.in_(media_ids), Extraction.finished_at.is_(None)
    )
    of_the_same = exists().where(ImportItem.import_id == import_id, ImportItem.media_id == Media.id)
    extracted = select(Media.extracted_from_id).where(
        Media.extracted_from_id.in_(media_ids),
        Media.state != State.WITHDRAWN,
        Media.created_at >= since,
        ~of_the_same,
    )
    found = {
        media_id
        for trace in (*of_twins, *said, drawn, extracting, extracted)
        for media_id in session.scalars(trace)
        if media_id is not None
    }
    return found | _changed(session, brought)


def _changed(session: Session, brought: Mapping[int, Sequence[Mapping[str, Any]]]) -> set[int]:
    """Those of which something else is known than the import has left."""
    left = {media_id: known for media_id, done in brought.items() if (known := _left(done)) is not None}
    sources = {known["source_id"] for known in left.values() if "source_id" in known}
    there = set(session.scalars(select(Source.id).where(Source.id.in_(sources))))
    changed = set()
    for media_id, now in _known(session, list(left)).items():
        known = left[media_id]
        if "source_id" in known and known["source_id"] not in there:
            known["source_id"] = now.get("source_id")  # merged into another, with all of its media
        if known != now:
            changed.add(media_id)
    return changed


def _left(done: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What is known of a media by what its entries have kept, however much of that was put back already."""
    known = next((before["known"] for before in done if "known" in before), None)
    if known is None:
        return None
    values, tags = dict(known), set(known.get("tags", ()))
    for before in done:
        values.update(before.get("written", {}))
        tags.update(before.get("tags", ()))
    return _said(values, tags)


def _known(session: Session, media_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    tags = tags_by_media(session, media_ids)
    columns = (getattr(Media, name) for name in COLUMNS)
    rows = session.execute(select(Media.id, *columns).where(Media.id.in_(media_ids)))
    return {row.id: _said(row._asdict(), tags[row.id]) for row in rows}


def _said(values: Mapping[str, Any], tags: Collection[str]) -> dict[str, Any]:
    """As JSON, the same for the same; what is not known is not there."""
    known = {name: plain(values.get(name)) for name in COLUMNS}
    kept = {name: value for name, value in known.items() if value is not None and value is not False}
    return {**kept, "tags": sorted(tags)} if tags else kept
