"""Registering content where somebody else has put it: it is read and looked at, and its object never touched."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.capture import CaptureDetails
from curation.content import inspect_content
from curation.derived import keep_derived
from curation.errors import ContentBusy
from curation.file_names import clean_file_name
from curation.imports.work import ImportWork
from curation.pictures import PictureFacts
from curation.spool import Spooled
from curation.uploads import Registered, answered_before, is_stored, register_stored, remember
from curation.videos import VideoFacts
from db.models import Blob, BlobState, Media, utc_now
from db.upsert import insert_or_ignore


def register_in_place(
    work: ImportWork, spooled: Spooled, key: str, *, file_name: str, details: CaptureDetails, repeat: str
) -> Registered:
    """Make the object under a key a media, from a copy of its bytes. Content that is here already stays where it is,
    unless its object is there no more.

    Raises RefusedPicture, InvalidText, ContentBusy.
    """
    with work.sessions(read_only=True) as session:
        known, _ = answered_before(session, work.access, repeat, spooled.sha256)
        settled = Blob.state.in_((BlobState.STORED, BlobState.TRASH))
        lies_at = session.scalar(select(Blob.bucket_key).where(Blob.sha256 == spooled.sha256, settled))
    if known is not None:
        return known
    gone_from = lies_at if lies_at is not None and not is_stored(work.bucket, lies_at, spooled.size) else None
    file_name = clean_file_name(file_name)
    facts = inspect_content(spooled.path, file_name=file_name)
    with work.sessions() as session:
        blob = _claim(session, spooled, facts, key, gone_from)
        registered = register_stored(session, work.access, blob, facts, file_name, details, work.place)
        remember(session, work.access, repeat, registered)
    keep_derived(work.bucket, spooled.sha256, "thumb", facts.thumbnail)
    if isinstance(facts, VideoFacts):
        keep_derived(work.bucket, spooled.sha256, "screen", facts.poster)
    return registered


def _claim(session: Session, spooled: Spooled, facts: PictureFacts, key: str, gone_from: str | None) -> Blob:
    """The row of a content, held; one that is lost, gone from where it lay, or that nobody has, leads to this key."""
    new = {
        "sha256": spooled.sha256,
        "size": spooled.size,
        "content_type": facts.content_type,
        "width": facts.width,
        "height": facts.height,
        "orientation": facts.exif.orientation,
        "duration": facts.duration if isinstance(facts, VideoFacts) else None,
        "frame_rate": facts.frame_rate if isinstance(facts, VideoFacts) else None,
        "codec": facts.codec if isinstance(facts, VideoFacts) else None,
        "bucket_key": key,
        "in_place": True,
        "state": BlobState.STORED,
        "created_at": utc_now(),
    }
    insert_or_ignore(session, Blob, [new], unique=["sha256"])
    held = select(Blob).where(Blob.sha256 == spooled.sha256).with_for_update(key_share=True)
    blob = session.scalar(held.execution_options(populate_existing=True))
    if blob is None or blob.state in (BlobState.DELETING, BlobState.PENDING):
        raise ContentBusy("The same content is being stored or deleted at this moment. Import it again.")
    if blob.state in (BlobState.LOST, BlobState.DAMAGED) or blob.bucket_key == gone_from:
        session.execute(update(Media).where(Media.blob_id == blob.id).values(bucket_key=key))
        # Read a moment ago: the next import of this prefix knows its object by that.
        blob.bucket_key, blob.in_place, blob.verified_at = key, True, utc_now()
    blob.state, blob.delete_after = BlobState.STORED, None
    return blob
