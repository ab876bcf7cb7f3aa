"""The JSON file that follows each annotation into the bucket. Rows are the truth; the file is a copy."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.errors import AnnotationNotFound
from curation.kill_points import reached
from curation.media_keys import annotation_key
from curation.media_view import annotation_views
from db.models import Annotation, Blob, Media
from db.types import Sessions
from storage import Bucket


def write_annotation_file(sessions: Sessions, bucket: Bucket, annotation_id: int, folder: str) -> str:
    """Write the file of one annotation and note its key; harmless to repeat. Raises AnnotationNotFound."""
    with sessions() as session:
        document = annotation_document(session, annotation_id)
    content = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()
    key = annotation_key(folder, document["media"]["id"], document["number"])
    reached("annotation.before_file")
    bucket.put(
        key,
        io.BytesIO(content),
        size=len(content),
        content_type="application/json",
        sha256=hashlib.sha256(content).hexdigest(),
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )
    reached("annotation.after_file")
    with sessions() as session:
        session.execute(update(Annotation).where(Annotation.id == annotation_id).values(bucket_key=key))
    return key


def annotation_document(session: Session, annotation_id: int) -> dict[str, Any]:
    """What the file says: the answer, and which picture it is about. Boxes are fractions of the upright picture."""
    found = annotation_views(session, [annotation_id])
    if not found:
        raise AnnotationNotFound(f"There is no annotation {annotation_id}.")
    media = session.execute(
        select(Media.id, Media.file_name, Blob.sha256, Blob.width, Blob.height)
        .outerjoin(Blob, Blob.id == Media.blob_id)
        .where(Media.id == found[0].media_id)
    ).one()
    document = asdict(found[0])
    document["created_at"] = found[0].created_at.isoformat()
    del document["media_id"]
    return {"format": "vigie-annotation-1", **document, "media": dict(media._mapping)}
