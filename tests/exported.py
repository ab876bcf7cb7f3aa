"""Datasets to export: media with pictures in the bucket, answers of every kind, and exports made of them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from curation.annotations import submit_annotation
from curation.datasets.asking import ExportView, ask_for_export, get_export
from curation.datasets.files import export_key, receipt_key
from curation.datasets.keeping import get_stored
from curation.datasets.making import make_export
from curation.datasets.options import ExportOptions
from curation.media_filter import MediaFilter
from curation.reviews import decide
from db.models import Access, Blob, Decision, Export, ExportFormat, ExportState, Media, MediaType
from db.session import open_session
from settings import get_settings
from storage import Bucket, open_bucket
from storage.self_test import put_bytes
from tests.factories import a_box, a_jpeg, a_media

POLYGON = {
    "label_class": "industrial",
    "box": [0.5, 0.5, 0.7, 0.8],
    "points": [[0.5, 0.5], [0.7, 0.55], [0.6, 0.8]],
}


def a_stored_media(session: Session, curator: Access, bucket: Bucket | None = None, **columns: Any) -> Media:
    """A media whose picture is in the bucket."""
    content = a_jpeg(64, 36)
    media = a_media(session, uploaded_by=curator, width=64, height=36, **columns)
    blob = session.get_one(Blob, media.blob_id)
    blob.sha256, blob.size = hashlib.sha256(content).hexdigest(), len(content)
    blob.content_type = "image/jpeg"
    (bucket or open_bucket()).put(
        blob.bucket_key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=blob.sha256
    )
    session.flush()
    return media


def a_dataset(session: Session, curator: Access, bucket: Bucket | None = None) -> list[Media]:
    """Eight media: boxes, a polygon, nothing here, a class of the whole, new, rejected, without content, a video."""
    found = [
        a_stored_media(
            session, curator, bucket, source=f"CAM-{number % 3}", tags=["smoky", "été"][: number % 3]
        )
        for number in range(6)
    ]
    submit_annotation(
        session, curator, found[0].id, shapes=[a_box(), a_box("dust", (0.123456789, 0.2, 0.3, 0.4))]
    )
    submit_annotation(session, curator, found[1].id, shapes=[POLYGON])
    submit_annotation(session, curator, found[2].id, shapes=[])
    submit_annotation(session, curator, found[3].id, shapes=[], label_classes=["low_cloud"], comment="=hazy")
    for media in found[:2]:
        decide(session, curator, media.id, Decision.ACCEPTED, annotation_id=media.current_annotation_id)
    decide(session, curator, found[5].id, Decision.REJECTED, comment="too dark")
    found.append(a_media(session, uploaded_by=curator, source="CAM-9"))
    found[-1].blob_id = found[-1].bucket_key = found[-1].upload_sha256 = None
    film = a_stored_media(session, curator, bucket, type=MediaType.VIDEO)
    session.get_one(Blob, film.blob_id).content_type = "video/mp4"
    session.flush()
    return [*found, film]


def an_asked_export(session: Session, access: Access, **columns: Any) -> Export:
    """The row of an export that nobody has begun to make."""
    made = Export(
        access_id=access.id,
        **{
            "format": ExportFormat.JSONL,
            "file_name": "vigie-jsonl.jsonl",
            "content_type": "application/jsonl",
            **columns,
        },
    )
    session.add(made)
    session.flush()
    return made


def a_kept_export(session: Session, access: Access, content: bytes = b'{"media_id": 1}\n') -> Export:
    """A finished export with a file and a receipt in the bucket."""
    sha256 = hashlib.sha256(content).hexdigest()
    facts = {"sha256": sha256, "size": len(content)}
    receipt = {"file": {"name": "vigie-jsonl.jsonl", **facts}}
    made = an_asked_export(session, access, state=ExportState.READY, receipt=receipt, **facts)
    made.bucket_key = export_key(made.id, made.attempts, sha256, made.file_name)
    put_bytes(open_bucket(), made.bucket_key, content)
    put_bytes(open_bucket(), receipt_key(made.bucket_key), json.dumps(receipt).encode())
    session.flush()
    return made


def ask(access: Access, format: ExportFormat = ExportFormat.JSONL, **given: Any) -> ExportView:
    """Ask for an export; `options` and `wanted` as they travel."""
    options = ExportOptions.from_payload(given.pop("options", {}))
    wanted = MediaFilter.from_query(given.pop("wanted", {}))
    with open_session() as session:
        return ask_for_export(session, access, format, wanted=wanted, options=options, **given)


def make(access: Access, export_id: int, bucket: Bucket | None = None) -> ExportView:
    """Do what the job does, and see what became of it."""
    make_export(
        open_session,
        bucket or open_bucket(),
        export_id,
        spool_folder=get_settings().data_dir / "spool",
        kept_for=timedelta(days=7),
    )
    with open_session(read_only=True) as session:
        return get_export(session, access, export_id)


def exported(access: Access, format: ExportFormat = ExportFormat.JSONL, **given: Any) -> ExportView:
    """An export that was asked for and made."""
    made = make(access, ask(access, format, **given).id)
    assert made.state == "ready", made.error
    return made


def file_of(access: Access, made: ExportView, bucket: Bucket | None = None) -> bytes:
    """The bytes that are kept of it."""
    with open_session(read_only=True) as session:
        stored = get_stored(session, access, made.id)
    assert stored is not None
    return (bucket or open_bucket()).read(stored.bucket_key)


def members_of(content: bytes) -> dict[str, bytes]:
    """The files of an archive, in its order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
