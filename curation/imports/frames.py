"""Frames of videos: of which video here, and at which of its seconds, each frame of a dataset was taken.

A dataset says it by the number that the video had where the dataset comes from. Which media here that is shows once all
entries are done: the one that the entry of this number has become, or was recognised as.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.imports.work import ImportWork
from db.models import ImportItem, ImportOutcome, Media, MediaType, State

TOGETHER = 20  # in one transaction: nobody waits long for a media that is held
LONGEST_NUMBER = 18  # digits


def video_of(details: Mapping[str, Any]) -> str | None:
    """The number, as a dataset says it, of the video that a frame was taken from; empty for one that is no number."""
    said = details.get("extracted_from")
    if said is None:
        return None
    number = str(said) if type(said) is int or isinstance(said, str) else ""
    return number if number.isdecimal() and len(number) <= LONGEST_NUMBER else ""


def link_frames(work: ImportWork) -> None:
    """Say of the frames that were brought, and of those here of which it is not known, which video they are from.

    To be called once all entries are done; harmless to repeat.
    """
    with work.sessions(read_only=True) as session:
        videos = _videos(session, work.import_id)
    last = 0
    while videos:
        work.still_wanted()
        with work.sessions() as session:
            items = session.scalars(
                select(ImportItem)
                .where(
                    ImportItem.import_id == work.import_id,
                    ImportItem.position > last,
                    ImportItem.media_id.is_not(None),
                    ImportItem.wanted["details"]["extracted_from"].as_string().is_not(None),
                )
                .order_by(ImportItem.position)
                .limit(TOGETHER)
                .with_for_update()
            ).all()
            if not items:
                return
            last = items[-1].position
            # By rising media, as everybody holds them: two who want the same ones never block each other.
            for item in sorted(items, key=lambda one: one.media_id or 0):
                _link(session, work, item, videos)


def _videos(session: Session, import_id: int) -> dict[str, int]:
    """The videos of an import by their numbers in the dataset; a number that several have says nothing."""
    number = ImportItem.wanted["video"].as_string()
    rows = session.execute(
        select(number.label("number"), Media.id)
        .join(Media, Media.id == ImportItem.media_id)
        .where(
            ImportItem.import_id == import_id,
            number.is_not(None),
            Media.type == MediaType.VIDEO,
            Media.state != State.WITHDRAWN,
        )
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.number, set()).add(row.id)
    return {number: ids.pop() for number, ids in found.items() if len(ids) == 1}


def _link(session: Session, work: ImportWork, item: ImportItem, videos: Mapping[str, int]) -> None:
    details, before = item.wanted.get("details", {}), dict(item.before or {})
    video_id, created = videos.get(video_of(details) or ""), bool(before.get("created"))
    if video_id is None or not (created or work.options["commit"]["details"]):
        return
    media = session.get_one(Media, item.media_id, populate_existing=True, with_for_update=True)
    known = media.extracted_from_id is not None or media.type != MediaType.IMAGE
    if known or media.state == State.WITHDRAWN or (item.outcome == ImportOutcome.FAILED and not created):
        return
    at = _second(details)
    if not created:
        # What was not known of it is taken back with the rest.
        before["media"] = {**before.get("media", {}), "extracted_from_id": None, "extracted_at": None}
        before["written"] = {
            **before.get("written", {}),
            "extracted_from_id": video_id,
            "extracted_at": at,
        }
        item.before, item.outcome = before, ImportOutcome.CHANGED
    media.extracted_from_id, media.extracted_at = video_id, at


def _second(details: Mapping[str, Any]) -> float | None:
    said = details.get("extracted_at")
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return float(said) if 0 <= said < 1e9 and math.isfinite(said) else None
