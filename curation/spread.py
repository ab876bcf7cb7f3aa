"""One shape for many frames of a camera: shown first, applied as one act, undone as one.

Only media that nobody has answered take part, and each gets an annotation of its own, handed in as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.answers import AnnotationDraft, clean_client_id
from curation.batches import LeftOut, lock_in_order
from curation.errors import AnswerIncomplete, Conflict, TooLarge, WrongState
from curation.events import record
from curation.label_classes import resolve
from curation.media_view import get_visible_media
from curation.states import STATE_NAMES
from db.locks import lock_words
from db.media_queries import media_of_view
from db.models import Access, Batch, BatchKind, Blob, Media, State
from db.types import AnyRow

MAX_MEDIA = 200
AROUND = 25


@dataclass(frozen=True)
class Target:
    """A media that a shape can be spread to."""

    id: int
    captured_at: datetime | None
    state: str
    file_name: str | None


@dataclass(frozen=True)
class SpreadPreview:
    """The media around this one, earliest first, and how many such media there are in all."""

    media: list[Target]
    total: int


@dataclass(frozen=True)
class Spread:
    """What a spread has done; `repeated` when its client id had been stored before."""

    batch_id: int
    changed: list[int]
    left_out: list[LeftOut]
    repeated: bool = False


def preview_spread(
    session: Session,
    access: Access,
    media_id: int,
    shape: Mapping[str, Any],
    *,
    before: int = AROUND,
    after: int = AROUND,
) -> SpreadPreview:
    """New media of the same source and azimuth, so many before and after this one. Nothing is written.

    A media without a source has none. Raises MediaNotFound, TooLarge, and what a submission of the shape would.
    """
    require_scope(access, *CURATORS)
    if before < 0 or after < 0 or before + after > MAX_MEDIA:
        raise TooLarge(f"At most {MAX_MEDIA} media at once.")
    media = get_visible_media(session, access, media_id)
    _require_drawable(session, media, shape)
    if media.source_id is None:
        return SpreadPreview([], 0)
    candidates = [
        Media.state == State.NEW,
        Media.id != media.id,
        *media_of_view(media.source_id, media.azimuth),
    ]
    total = session.scalar(select(func.count()).select_from(Media).where(*candidates)) or 0
    rows = _nearest(session, media, candidates, before, earlier=True)[::-1] + _nearest(
        session, media, candidates, after, earlier=False
    )
    return SpreadPreview(
        [Target(row.id, row.captured_at, row.state.value, row.file_name) for row in rows], total
    )


def spread(
    session: Session,
    access: Access,
    media_id: int,
    shape: Mapping[str, Any],
    media_ids: Sequence[int],
    *,
    client_id: str,
    replies: Mapping[str, Any] | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Spread:
    """Submit one shape for each of these media, as one batch; those that are not new by now are left out, and why.

    `replies` to the questions about a whole picture go to each of them. A repeated `client_id` gives back what was
    stored. Raises MediaNotFound, TooLarge, and what a submission of the shape would; then nothing is written.
    """
    require_scope(access, *CURATORS)
    clean_client_id(client_id)
    media = get_visible_media(session, access, media_id)
    # Of two with the same client id at the same moment the second waits, and then finds the first.
    lock_words(session, f"batch {client_id}")
    if (stored := session.scalar(select(Batch).where(Batch.client_id == client_id))) is not None:
        return _stored(access, media, stored)
    wanted = sorted(set(media_ids))
    if not wanted:
        raise AnswerIncomplete("Choose the media that get this shape.")
    if len(wanted) > MAX_MEDIA:
        raise TooLarge(f"At most {MAX_MEDIA} media at once.")
    if media.source_id is None:
        raise AnswerIncomplete(
            "This media has no source, so nothing says which others are of the same camera."
        )
    drawn = _require_drawable(session, media, shape)
    batch = Batch(access_id=access.id, kind=BatchKind.SPREAD, client_id=client_id)
    session.add(batch)
    session.flush()
    left_out = _foreign(session, media, wanted)
    changed: list[int] = []
    for target in lock_in_order(session, [found for found in wanted if found not in left_out]):
        if target.state != State.NEW:
            left_out[target.id] = f"It is {STATE_NAMES[target.state]} by now."
            continue
        submit_annotation(
            session,
            access,
            target.id,
            shapes=[drawn],
            replies=replies,
            based_on=target.current_annotation_id,
            batch_id=batch.id,
            policy=policy,
        )
        changed.append(target.id)
    batch.detail = {
        "media_id": media.id,
        "shape": drawn,
        "changed": changed,
        "left_out": [[found, why] for found, why in sorted(left_out.items())],
    }
    if changed:
        detail = {"batch": batch.id, "label_class": drawn["label_class"], "media": len(changed)}
        record(session, access, "shape_spread", detail, media_id=media.id)
    session.flush()
    return _done(batch)


def _require_drawable(session: Session, media: Media, shape: Mapping[str, Any]) -> dict[str, Any]:
    """The shape as a person's own, once it is certain that it could stand on this media."""
    drawn = {name: shape.get(name) for name in ("label_class", "box", "points")}
    blob = session.get(Blob, media.blob_id) if media.blob_id is not None else None
    if blob is None:
        raise WrongState("This media has no content yet, so it cannot be annotated.", state=media.state.value)
    (draft,) = AnnotationDraft.from_payload([drawn], [], blob.width, blob.height).shapes
    resolve(session, [draft.label_class])
    return drawn


def _nearest(
    session: Session, media: Media, candidates: Sequence[ColumnElement[bool]], limit: int, *, earlier: bool
) -> list[AnyRow]:
    """The candidates next to this media in time, nearest first; next to one without a time, others without."""
    time = Media.captured_at
    beyond: ColumnElement[bool] = Media.id < media.id if earlier else Media.id > media.id
    if media.captured_at is None:
        beyond = and_(time.is_(None), beyond)
    else:
        further = time < media.captured_at if earlier else time > media.captured_at
        beyond = or_(further, and_(time == media.captured_at, beyond))
    order = (time.desc(), Media.id.desc()) if earlier else (time, Media.id)
    columns = (Media.id, Media.captured_at, Media.state, Media.file_name)
    statement = select(*columns).where(*candidates, beyond).order_by(*order).limit(limit)
    return list(session.execute(statement))


def _foreign(session: Session, media: Media, media_ids: Sequence[int]) -> dict[int, str]:
    """Which of these are not of the same camera, and why they are left out."""
    known = set(session.scalars(select(Media.id).where(Media.id.in_(media_ids))))
    same = set(
        session.scalars(
            select(Media.id).where(Media.id.in_(media_ids), *media_of_view(media.source_id, media.azimuth))
        )
    )
    return {
        found: "It is of another camera or looks another way."
        if found in known
        else "There is no such media."
        for found in media_ids
        if found not in same
    }


def _stored(access: Access, media: Media, batch: Batch) -> Spread:
    if batch.access_id != access.id or batch.detail.get("media_id") != media.id:
        raise Conflict("This client id was used for something else. Make a new one.")
    return _done(batch, repeated=True)


def _done(batch: Batch, *, repeated: bool = False) -> Spread:
    left_out = [LeftOut(media_id, why) for media_id, why in batch.detail["left_out"]]
    return Spread(batch.id, list(batch.detail["changed"]), left_out, repeated)
