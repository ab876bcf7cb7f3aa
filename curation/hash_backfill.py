"""Hashes of pictures that were stored before there were any: a chain of jobs, so that it goes on after a restart."""

from __future__ import annotations

import logging

from sqlalchemy import Select, delete, exists, select

from curation import jobs
from curation.decoding import Undecodable
from curation.derived import thumbnail
from curation.errors import ContentMissing
from curation.pictures import hash_thumbnail
from curation.twins import Newcomer, find_twins, keep_hashes
from db.locks import lock_words
from db.models import Blob, BlobState, Job, JobState, Media, PictureHash
from db.types import Sessions
from storage import Bucket

HASH_PICTURES = "hash_pictures"
AT_A_TIME = 100

log = logging.getLogger(__name__)


def ask_for_hashes(sessions: Sessions) -> None:
    """Have all pictures hashed that are not; asked again while that is under way, it changes nothing."""
    # Looked for without a lock: where all are hashed, that goes through the whole table.
    with sessions(read_only=True) as session:
        if session.scalar(_under_way()) or (first := session.scalar(_unhashed(0).limit(1))) is None:
            return
    with sessions() as session:
        lock_words(session, HASH_PICTURES)
        if not session.scalar(_under_way()):
            session.execute(delete(Job).where(Job.name == HASH_PICTURES))
            jobs.add(session, HASH_PICTURES, first - 1)


def hash_pictures(sessions: Sessions, bucket: Bucket, after: int) -> None:
    """The job: hash the next pictures beyond a blob, and leave the rest to another job. Harmless to repeat.

    A picture that is not there or cannot be read any more has no hash, and is not looked at again.
    """
    with jobs.kept_alive(sessions, HASH_PICTURES, after):
        with sessions(read_only=True) as session:
            blob_ids = session.scalars(_unhashed(after).limit(AT_A_TIME)).all()
        for blob_id in blob_ids:
            _hash_one(sessions, bucket, blob_id)
    if len(blob_ids) == AT_A_TIME:
        with sessions() as session:
            known = exists().where(Job.name == HASH_PICTURES, Job.subject_id == blob_ids[-1])
            if not session.scalar(select(known)):
                jobs.add(session, HASH_PICTURES, blob_ids[-1])


def _under_way() -> Select[bool]:
    return select(exists().where(Job.name == HASH_PICTURES, Job.state != JobState.FAILED))


def _unhashed(after: int) -> Select[int]:
    """Ids of stored pictures without hashes, by rising id."""
    return (
        select(Blob.id)
        .where(
            Blob.id > after,
            Blob.state == BlobState.STORED,
            Blob.content_type.startswith("image/"),
            ~exists().where(PictureHash.blob_id == Blob.id),
        )
        .order_by(Blob.id)
    )


def _hash_one(sessions: Sessions, bucket: Bucket, blob_id: int) -> None:
    # No transaction is open while the bucket is asked.
    with sessions(read_only=True) as session:
        blob = session.execute(select(Blob.sha256, Blob.bucket_key).where(Blob.id == blob_id)).first()
    if blob is None:
        return
    try:
        hashes = hash_thumbnail(thumbnail(bucket, blob.sha256, blob.bucket_key))
    except (ContentMissing, Undecodable) as problem:
        log.warning("no hash of %s: %s", blob.bucket_key, problem)
        hashes = None
    with sessions() as session:
        # Its row is held: the clean-up may be about to delete it.
        held = select(Blob.id).where(Blob.id == blob_id).with_for_update(key_share=True)
        if session.scalar(held) is None:
            return
        keep_hashes(session, blob_id, hashes)
        for media in session.scalars(select(Media).where(Media.blob_id == blob_id).order_by(Media.id)):
            find_twins(session, Newcomer.of(media), hashes)
