"""Pictures on their way to a screen: who may see which, and where its bytes are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE
from curation.errors import ContentGone, ContentMissing, MediaNotFound
from curation.geometry import Box
from db.models import Access, Blob, BlobState, Media, Scope, Shape, State


@dataclass(frozen=True)
class StoredPicture:
    """Everything needed to send a picture, read in one query."""

    media_id: int
    sha256: str
    bucket_key: str
    content_type: str
    size: int
    file_name: str | None


def get_picture(session: Session, access: Access, media_id: int) -> StoredPicture:
    """The stored picture of a media this access may see. Raises MediaNotFound, ContentMissing."""
    row = session.execute(
        select(
            Media.state,
            Media.uploaded_by_id,
            Media.file_name,
            Media.purged_at,
            Blob.sha256,
            Blob.bucket_key,
            Blob.content_type,
            Blob.size,
            Blob.state.label("blob_state"),
        )
        .outerjoin(Blob, Blob.id == Media.blob_id)
        .where(Media.id == media_id)
    ).first()
    if (
        row is None
        or (access.scope == Scope.DEVICE and row.uploaded_by_id != access.id)
        or (row.state == State.WITHDRAWN and access.scope != Scope.ADMIN)
    ):
        raise MediaNotFound(f"There is no media {media_id}.")
    if row.purged_at is not None:
        raise ContentMissing(f"The content of media {media_id} was deleted on {row.purged_at:%Y-%m-%d}.")
    if row.blob_state == BlobState.LOST:
        raise ContentGone(
            f"The picture of media {media_id} was lost from the bucket."
            " Uploading the same picture again brings it back.",
            bucket_key=row.bucket_key,
        )
    if row.blob_state == BlobState.DAMAGED:
        raise ContentGone(
            f"The picture of media {media_id} is damaged in the bucket."
            " Uploading the same picture again mends it.",
            bucket_key=row.bucket_key,
        )
    if row.sha256 is None:
        raise ContentMissing(
            f"The picture of media {media_id} is not in the bucket.", bucket_key=row.bucket_key
        )
    return StoredPicture(media_id, row.sha256, row.bucket_key, row.content_type, row.size, row.file_name)


def find_smallest_shape(session: Session, access: Access, media_id: int) -> Box | None:
    """The box of the smallest shape of a media's current annotation, which needs magnifying most.

    None without shapes; for a device, which sends pictures and sees no answers; and for who is about to answer the
    media without having seen the first answer.
    """
    if access.scope not in PEOPLE or media_id in looks.open_looks(session, access):
        return None
    area = (Shape.x_max - Shape.x_min) * (Shape.y_max - Shape.y_min)
    row = session.execute(
        select(Shape.x_min, Shape.y_min, Shape.x_max, Shape.y_max)
        .join(Media, Media.current_annotation_id == Shape.annotation_id)
        .where(Media.id == media_id)
        .order_by(area, Shape.position)
        .limit(1)
    ).first()
    return Box(*row) if row is not None else None
