"""Registering media: the object first, the row that makes it visible last.

No transaction is open while the bucket is spoken to. What a crash leaves behind is at most an object
without a row, never a row without its object; a repeat finishes the job.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation.accesses import require_scope
from curation.announcements import Announced, announce_media
from curation.capture import CaptureDetails, CaptureTime, settle_capture_time
from curation.content import inspect_content, type_of
from curation.derived import keep_derived
from curation.errors import ContentBusy, ContentDiffers, InvalidText
from curation.events import record
from curation.file_names import clean_file_name
from curation.kill_points import reached
from curation.media_keys import media_key
from curation.pictures import PictureFacts
from curation.reviews import decide
from curation.sources import make_missing_source, source_of_upload
from curation.spool import Spooled
from curation.tags import get_or_create_tags
from curation.tallies import Tally, count_once_stored
from curation.twins import Newcomer, find_twins, keep_hashes
from curation.videos import VideoFacts
from db.clock import database_now
from db.durability import forget_if_it_crashes
from db.models import (
    Access,
    Blob,
    BlobState,
    Decision,
    IdempotencyKey,
    Media,
    MediaTag,
    Scope,
    Source,
    State,
    utc_now,
)
from db.types import Sessions
from db.upsert import insert_or_ignore
from storage import Bucket
from storage.errors import ObjectDamaged

LEASE = timedelta(minutes=15)
SLOWEST_BUCKET = 2**20  # bytes a second: a lease lasts as long as a large object may take
ROUNDS = 3  # how often a clean-up may get in between before we ask the caller to come again
DELETION_TAKES = 10.0  # seconds, at most; nobody holds a request up for longer
LOOK_AGAIN = 0.1  # seconds
IMPORTED = "import-"  # how the idempotency keys of what imports bring begin
UPLOADERS = (Scope.USER, Scope.ADMIN, Scope.DEVICE)

WAS_RESTORED = "It had been withdrawn, and was restored."
KEY_USED = "This Idempotency-Key was used for another file. Make a new one for each file."

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UploadPlace:
    """Where uploads go and how they are read: from the settings, handed in by the door."""

    media_folder: str = "media"
    default_timezone: str = "UTC"


@dataclass(frozen=True)
class Registered:
    """The stored media; `twin` when the same content was there before, `looks_like` others whose bytes differ.

    `restored_act` is the number of the act that brought it back, of one that had been withdrawn;
    `made_source` the source that was made for it.
    """

    media_id: int
    sha256: str
    twin: bool = False
    restored_act: int | None = None
    made_source: int | None = None
    notes: tuple[str, ...] = ()
    created_at: datetime | None = None  # of a media that is new
    looks_like: tuple[int, ...] = ()

    @property
    def restored(self) -> bool:
        return self.restored_act is not None


def register_media(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    spooled: Spooled,
    *,
    file_name: str,
    details: CaptureDetails = CaptureDetails(),
    expected_sha256: str | None = None,
    idempotency_key: str | None = None,
    place: UploadPlace = UploadPlace(),
) -> Registered:
    """Check, store and register one picture or video; returns only when object and row are safe.

    Raises RefusedPicture, TooLarge, InvalidText, ContentDiffers, ContentBusy, and what the bucket raises.
    """
    require_scope(access, *UPLOADERS)
    file_name = clean_file_name(file_name)
    require_sent(spooled, expected_sha256, file_name)
    reached("upload.spooled")
    with sessions(read_only=True) as session:
        known, key = answered_before(session, access, idempotency_key, spooled.sha256)
        twin, twin_key = (None, "") if known is not None else _find_twin(session, spooled.sha256)
    if known is not None and key and is_stored(bucket, key, spooled.size):
        return known
    if twin is not None and is_stored(bucket, twin_key, spooled.size):
        with sessions() as session:
            remember(session, access, idempotency_key, twin)
            count_once_stored(session, Tally.UPLOADS, "already_here")
        return twin
    facts = inspect_content(spooled.path, file_name=file_name)

    def show(session: Session, blob: Blob) -> Registered:
        if known is not None:
            return known  # its object had gone, and is there again
        registered = register_stored(session, access, blob, facts, file_name, details, place)
        remember(session, access, idempotency_key, registered)
        return registered

    return store_content(sessions, bucket, spooled, facts, place.media_folder, file_name, show)


def require_sent(spooled: Spooled, expected_sha256: str | None, file_name: str) -> None:
    """Raise ContentDiffers when a digest came along and is not that of what arrived."""
    if expected_sha256 is not None and expected_sha256.lower() != spooled.sha256:
        raise ContentDiffers(
            f"{file_name} did not arrive as it was sent: its SHA-256 differs. Send it again."
        )


def store_content(
    sessions: Sessions,
    bucket: Bucket,
    spooled: Spooled,
    facts: PictureFacts,
    folder: str,
    file_name: str,
    show: Callable[[Session, Blob], T],
) -> T:
    """Bring content into the bucket, then `show` it: write the rows that make it visible, in the transaction that
    says it is stored. The one order of writes for everything that becomes a media.

    Content that is being deleted is waited for. Raises ContentBusy when that takes too long, or a clean-up takes it
    away again and again, and what the bucket raises.
    """
    key = media_key(folder, spooled.sha256, facts.extension)
    for last in (False,) * (ROUNDS - 1) + (True,):
        claim = _claim_once_deleted(sessions, spooled, facts, key)
        if claim.in_place and not is_stored(bucket, claim.key, spooled.size):
            claim = _claim_once_deleted(sessions, spooled, facts, key, gone_from=claim.key)
        reached("upload.claimed")
        try:
            _store(bucket, spooled, facts, claim)
        except ObjectDamaged:
            _doubt(sessions, spooled.sha256)
            raise
        reached("upload.confirmed")
        try:
            with sessions() as session:
                # With a share of its key: who restores a media of it has that one first, and then asks for the share.
                held = select(Blob).where(Blob.sha256 == spooled.sha256).with_for_update(key_share=True)
                blob = session.scalar(held)
                # The clean-up may have taken the content meanwhile: then all over again.
                if blob is None or blob.state not in (BlobState.PENDING, BlobState.STORED):
                    continue
                blob.state, blob.lease_until = BlobState.STORED, None
                keep_hashes(session, blob.id, facts.hashes)
                shown = show(session, blob)
                session.flush()
                reached("upload.shown")
            reached("upload.committed")
            return shown
        except IntegrityError:
            # Its source was merged into another at this moment: the next round finds that one, or makes it anew.
            if last:
                raise
    raise ContentBusy(f"{file_name} is being cleaned up at this moment. Send it again in a while.")


def answered_before(
    session: Session, access: Access, key: str | None, sha256: str
) -> tuple[Registered | None, str]:
    """What a repeat was answered the first time, and the key of its object unless that is in doubt."""
    if key is None:
        return None, ""
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise InvalidText("An Idempotency-Key has 1 to 200 printable ASCII characters.")
    row = session.execute(
        select(IdempotencyKey, Blob.bucket_key, Blob.state)
        .join(Media, Media.id == IdempotencyKey.media_id)
        .join(Blob, Blob.id == Media.blob_id)
        .where(
            IdempotencyKey.access_id == access.id, IdempotencyKey.key == key, Media.state != State.WITHDRAWN
        )
    ).first()
    if row is None:
        return None, ""
    found = row.IdempotencyKey
    if found.sha256 != sha256:
        raise ContentDiffers(KEY_USED)
    stored = row.bucket_key if row.state == BlobState.STORED else ""
    notes = (WAS_RESTORED,) if found.restored_act is not None else ()
    known = Registered(
        found.media_id,
        sha256,
        twin=found.twin,
        restored_act=found.restored_act,
        made_source=found.made_source,
        notes=notes,
    )
    return known, stored


def _find_twin(session: Session, sha256: str) -> tuple[Registered | None, str]:
    """The live media with this content and the key of its object, unless that object is in doubt."""
    row = session.execute(
        select(Media.id, Blob.bucket_key)
        .join(Blob, Blob.id == Media.blob_id)
        .where(Media.upload_sha256 == sha256, Blob.state == BlobState.STORED)
    ).first()
    return (None, "") if row is None else (Registered(row.id, sha256, twin=True), row.bucket_key)


def is_stored(bucket: Bucket, key: str, size: int) -> bool:
    """A twin is worth its answer only with its object; a lost one is stored again from these bytes."""
    found = bucket.head(key)
    return found is not None and found.size == size


@dataclass(frozen=True)
class _Claim:
    """Under which key a content is to lie, and whether it lies there already as far as its row knows."""

    key: str
    stored: bool
    in_place: bool = False  # where somebody else has put it: nothing is ever written there


def _claim_once_deleted(
    sessions: Sessions, spooled: Spooled, facts: PictureFacts, key: str, gone_from: str | None = None
) -> _Claim:
    """Claim a content, waiting a while for its deletion to end, with no transaction open. Raises ContentBusy."""
    until = time.monotonic() + DELETION_TAKES
    while True:
        try:
            with sessions() as session:
                return _claim_blob(session, spooled, facts, key, gone_from)
        except ContentBusy:
            if time.monotonic() >= until:
                raise
        time.sleep(LOOK_AGAIN)


def _claim_blob(
    session: Session, spooled: Spooled, facts: PictureFacts, key: str, gone_from: str | None
) -> _Claim:
    """Take the content's row, which the clean-up also takes. Raises ContentBusy while it is being deleted.

    What is said to be `gone_from` the place where somebody else had put it moves among our own.
    A database that crashes may forget it: the upload then finds no row, or the one of before, and begins again.
    """
    # By the clock that the clean-up goes by: one that is slow here must not give the content up while it is sent.
    lease_until = database_now(session) + LEASE + timedelta(seconds=spooled.size / SLOWEST_BUCKET)
    values = {
        "size": spooled.size,
        "content_type": facts.content_type,
        "width": facts.width,
        "height": facts.height,
        "orientation": facts.exif.orientation,
        "duration": facts.duration if isinstance(facts, VideoFacts) else None,
        "frame_rate": facts.frame_rate if isinstance(facts, VideoFacts) else None,
        "codec": facts.codec if isinstance(facts, VideoFacts) else None,
        "state": BlobState.PENDING,
        "lease_until": lease_until,
        "delete_after": None,
        "verified_at": None,
    }
    forget_if_it_crashes(session)
    new = {**values, "sha256": spooled.sha256, "bucket_key": key, "created_at": utc_now()}
    if insert_or_ignore(session, Blob, [new], unique=["sha256"]):
        return _Claim(key, stored=False)
    blob = session.scalar(select(Blob).where(Blob.sha256 == spooled.sha256).with_for_update())
    # No row any more: its deletion has ended between these two lines.
    if blob is None or blob.state == BlobState.DELETING:
        raise ContentBusy("The same content is being deleted at this moment. Send it again in a while.")
    if blob.state == BlobState.STORED and not (blob.in_place and blob.bucket_key == gone_from):
        return _Claim(blob.bucket_key, stored=True, in_place=blob.in_place)
    if blob.state == BlobState.TRASH or blob.in_place:
        # Nobody has it, so it may lie where contents lie now. All others stay where media say that they are, but for
        # what lay in somebody else's place and is not there any more: nothing of ours is written there.
        session.execute(update(Media).where(Media.blob_id == blob.id).values(bucket_key=key))
        blob.bucket_key, blob.in_place = key, False
    for name, value in values.items():
        # All facts anew: who found an object without a row could only write down its size.
        setattr(blob, name, value)
    return _Claim(blob.bucket_key, stored=False)


def _store(bucket: Bucket, spooled: Spooled, facts: PictureFacts, claim: _Claim) -> None:
    if not (claim.in_place or (claim.stored and is_stored(bucket, claim.key, spooled.size))):
        with open(spooled.path, "rb") as content:
            bucket.put(
                claim.key,
                content,
                size=spooled.size,
                content_type=facts.content_type,
                sha256=spooled.sha256,
                md5=spooled.md5,
            )
    reached("upload.put")
    keep_derived(bucket, spooled.sha256, "thumb", facts.thumbnail)
    if isinstance(facts, VideoFacts):
        keep_derived(bucket, spooled.sha256, "screen", facts.poster)


def _doubt(sessions: Sessions, sha256: str) -> None:
    """Let a content be looked at that was stored damaged: an equal upload may have been told that it is safe.

    It stays readable. Who sends it again stores it anew, whatever its size says; else the clean-up settles it.
    """
    with sessions() as session:
        stored = select(Blob).where(Blob.sha256 == sha256, Blob.state == BlobState.STORED).with_for_update()
        blob = session.scalar(stored)
        if blob is not None:
            blob.state, blob.lease_until = BlobState.PENDING, None


def register_stored(
    session: Session,
    access: Access,
    blob: Blob,
    facts: PictureFacts,
    file_name: str,
    details: CaptureDetails,
    place: UploadPlace,
) -> Registered:
    """Write the rows that make stored content a media, or find those that do so already."""
    if access.scope == Scope.ADMIN and (restored := _restore(session, access, blob)) is not None:
        return restored
    made_source = make_missing_source(session, details.source) if details.source else None
    source = source_of_upload(session, access, details.source)
    captured = settle_capture_time(details, facts.exif, place.default_timezone)
    values: dict[str, Any] = {
        "blob_id": blob.id,
        "bucket_key": blob.bucket_key,
        "upload_sha256": blob.sha256,
        "type": type_of(facts),
        "state": State.NEW,
        "file_name": file_name,
        **capture_values(details, captured, facts, source),
        "source_id": source.id if source else None,
        "sequence": details.sequence,
        "uploaded_by_id": access.id,
        "created_at": utc_now(),
    }
    inserted = insert_or_ignore(session, Media, [values], unique=["upload_sha256"])
    media_id = session.scalars(select(Media.id).where(Media.upload_sha256 == blob.sha256)).one()
    if not inserted:
        count_once_stored(session, Tally.UPLOADS, "already_here")
        return Registered(media_id, blob.sha256, twin=True, made_source=made_source)
    tag_ids = get_or_create_tags(session, details.tags)
    rows = [{"media_id": media_id, "tag_id": tag_id} for tag_id in tag_ids]
    insert_or_ignore(session, MediaTag, rows, unique=["media_id", "tag_id"])
    record(session, access, "media_registered", {"sha256": blob.sha256}, media_id=media_id)
    announce_media(session, Announced.MEDIA_REGISTERED, media_id, by=access.id)
    count_once_stored(session, Tally.UPLOADS, "registered")
    newcomer = Newcomer(media_id, values["source_id"], details.sequence, captured.at)
    return Registered(
        media_id,
        blob.sha256,
        made_source=made_source,
        notes=(captured.note,) if captured.note else (),
        created_at=values["created_at"],
        looks_like=find_twins(session, newcomer, facts.hashes),
    )


def capture_values(
    details: CaptureDetails, captured: CaptureTime, facts: PictureFacts, source: Source | None
) -> dict[str, Any]:
    """What is stored of when and where a picture was taken: as told, else as its EXIF says, else as its source does."""
    placed_by_hand = details.lat is not None
    azimuths = (details.azimuth, facts.exif.azimuth, source.azimuth if source else None)
    return {
        "captured_at": captured.at,
        "captured_at_assumed": captured.assumed,
        "azimuth": next((azimuth for azimuth in azimuths if azimuth is not None), None),
        "lat": details.lat if placed_by_hand else facts.exif.lat,
        "lon": details.lon if placed_by_hand else facts.exif.lon,
        "camera": facts.exif.camera,
    }


def _restore(session: Session, access: Access, blob: Blob) -> Registered | None:
    """An admin who sends a withdrawn picture again wants it back."""
    withdrawn = session.scalar(
        select(Media.id)
        .where(Media.blob_id == blob.id, Media.state == State.WITHDRAWN)
        .order_by(Media.id.desc())
        .limit(1)
        # Held: another admin may be restoring it at this moment, and then it is simply a twin.
        .with_for_update(key_share=True)
    )
    live = session.scalar(select(Media.id).where(Media.upload_sha256 == blob.sha256))
    if withdrawn is None or live is not None:
        return None
    decided = decide(
        session, access, withdrawn, Decision.RESTORED, comment="The same picture was uploaded again."
    )
    count_once_stored(session, Tally.UPLOADS, "restored")
    return Registered(
        withdrawn,
        blob.sha256,
        twin=True,
        restored_act=decided.act,
        notes=(WAS_RESTORED,),
    )


def remember(session: Session, access: Access, key: str | None, registered: Registered) -> None:
    """Answer a repeat with the same idempotency key as this one, and note of a twin that somebody has sent it again.

    Raises ContentDiffers.
    """
    if registered.twin and not registered.restored and not (key or "").startswith(IMPORTED):
        noted = update(Media).where(Media.id == registered.media_id)
        # What is told of it is what it was.
        session.execute(noted.values(sent_again_at=utc_now(), changed_at=Media.changed_at))
    if key is None:
        return
    row = {
        "access_id": access.id,
        "key": key,
        "sha256": registered.sha256,
        "media_id": registered.media_id,
        "twin": registered.twin,
        "restored_act": registered.restored_act,
        "made_source": registered.made_source,
    }
    if insert_or_ignore(session, IdempotencyKey, [row], unique=["access_id", "key"]):
        return
    # Of two contents that come with one key at the same moment, the one that is registered first has it.
    first = select(IdempotencyKey.sha256).where(
        IdempotencyKey.access_id == access.id, IdempotencyKey.key == key
    )
    if session.scalar(first) != registered.sha256:
        raise ContentDiffers(KEY_USED)
