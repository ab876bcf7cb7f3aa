"""Media in two steps, as pyro-storage's clients make them: first a media that awaits its content, then the content.

Unlike an upload in one step the content may be another media's too: each is what its sender says it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.acts import lock_media
from curation.announcements import Announced, announce_media
from curation.capture import (
    CaptureDetails,
    clean_moment,
    clean_sequence,
    require_both,
    settle_capture_time,
    turned,
)
from curation.content import inspect_content, type_of
from curation.errors import RefusedPicture, WrongState
from curation.events import record
from curation.file_names import clean_file_name
from curation.kill_points import reached
from curation.media_view import get_visible_media
from curation.picture_limits import LARGEST_BYTES
from curation.sources import clean_source, get_or_create_source, source_of_upload
from curation.spool import Spooled
from curation.tags import clean_tags, get_or_create_tags, touch
from curation.tallies import Tally, count_once_stored
from curation.twins import Newcomer, find_twins
from curation.uploads import UPLOADERS, UploadPlace, capture_values, is_stored, require_sent, store_content
from curation.video_limits import LARGEST_VIDEO_BYTES
from db.clock import from_now
from db.models import (
    Access,
    Annotation,
    Blob,
    BlobState,
    Comment,
    Event,
    Media,
    MediaTag,
    MediaType,
    Prediction,
    Source,
    State,
)
from db.types import Sessions
from storage import Bucket

AWAITS_CONTENT_FOR = timedelta(hours=24)
# What programs write where a file has no name: that of the part it stands in.
NAMELESS = "file"


def create_media(session: Session, access: Access, given: Mapping[str, Any]) -> int:
    """A media that awaits its content, and its id; `given` as for `change_media`. Raises InvalidText."""
    require_scope(access, *UPLOADERS)
    media = Media(
        type=MediaType.IMAGE,
        state=State.AWAITING_CONTENT,
        source=source_of_upload(session, access, None),
        uploaded_by_id=access.id,
        # By the clock that the sweep goes by: one that is slow here must not make a fresh media look forsaken.
        created_at=from_now(session),
    )
    session.add(media)
    session.flush()
    _fill(session, media, given)
    record(session, access, "media_created", {"type": media.type.value}, media_id=media.id)
    session.flush()
    return media.id


def change_media(session: Session, access: Access, media_id: int, given: Mapping[str, Any]) -> None:
    """Change what is told about a media, and only what is among `given`; None takes away.

    Known are `type` (while it awaits its content), `file_name`, `source`, `captured_at` with its zone, `azimuth`,
    `lat` and `lon` in degrees, `sequence`, and `tags`, all of them. Raises MediaNotFound, WrongState, InvalidText.
    """
    require_scope(access, *CURATORS)
    media = lock_media(session, access, media_id)
    _fill(session, media, given)
    if given:
        record(session, access, "media_changed", {"changed": sorted(given)}, media_id=media.id)
    session.flush()


def largest_content(session: Session, access: Access, media_id: int) -> int:
    """How many bytes the content of a media may have, for whoever may send it. Raises MediaNotFound."""
    require_scope(access, *UPLOADERS)
    media = get_visible_media(session, access, media_id)
    return LARGEST_VIDEO_BYTES if media.type == MediaType.VIDEO else LARGEST_BYTES


def upload_content(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    media_id: int,
    spooled: Spooled,
    *,
    file_name: str,
    expected_sha256: str | None = None,
    place: UploadPlace = UploadPlace(),
) -> None:
    """Give a media the content it awaits; returns only when object and row are safe. A repeat changes nothing.

    Raises MediaNotFound, WrongState when it has other content already, RefusedPicture (also for content of
    another type), TooLarge, ContentDiffers, ContentBusy, and what the bucket raises.
    """
    require_scope(access, *UPLOADERS)
    file_name = clean_file_name(file_name)
    require_sent(spooled, expected_sha256, file_name)
    reached("upload.spooled")
    with sessions(read_only=True) as session:
        media = get_visible_media(session, access, media_id)
        blob = _require_awaiting(session, media, spooled.sha256)
    stored = blob is not None and blob.state == BlobState.STORED
    if blob is not None and stored and is_stored(bucket, blob.bucket_key, spooled.size):
        return
    facts = inspect_content(spooled.path, file_name=file_name)
    _require_type(media, file_name, type_of(facts))

    def show(session: Session, blob: Blob) -> None:
        media = lock_media(session, access, media_id)
        if _require_awaiting(session, media, blob.sha256) is not None:
            return
        _require_type(media, file_name, type_of(facts))
        source = session.get(Source, media.source_id) if media.source_id is not None else None
        details = CaptureDetails(
            captured_at=media.captured_at, lat=media.lat, lon=media.lon, azimuth=media.azimuth
        )
        captured = settle_capture_time(details, facts.exif, place.default_timezone)
        for name, value in capture_values(details, captured, facts, source).items():
            setattr(media, name, value)
        media.blob_id, media.bucket_key = blob.id, blob.bucket_key
        media.state = State.NEW
        if media.file_name is None and file_name != NAMELESS:
            media.file_name = file_name
        session.flush()
        find_twins(session, Newcomer.of(media), facts.hashes)
        record(session, access, "media_registered", {"sha256": blob.sha256}, media_id=media.id)
        announce_media(session, Announced.MEDIA_REGISTERED, media.id, by=access.id)
        count_once_stored(session, Tally.UPLOADS, "registered")

    store_content(sessions, bucket, spooled, facts, place.media_folder, file_name, show)


def sweep(session: Session) -> None:
    """Remove media that nobody has filled for a day, unless somebody has said or decided something about them."""
    old = forsaken_media(from_now(session, -AWAITS_CONTENT_FOR))
    ids = session.scalars(old.limit(500).with_for_update(skip_locked=True)).all()
    session.execute(delete(Annotation).where(Annotation.media_id.in_(ids)))
    session.execute(update(Event).where(Event.media_id.in_(ids)).values(media_id=None))
    session.execute(delete(Media).where(Media.id.in_(ids)))


def forsaken_media(created_before: datetime | ColumnElement[datetime]) -> Select[int]:
    """Ids of media that nobody has filled since, and nobody has said or decided anything about."""
    return select(Media.id).where(
        Media.state == State.AWAITING_CONTENT,
        Media.created_at <= created_before,
        Media.act_count == 0,
        ~exists().where(Comment.media_id == Media.id),
        ~exists().where(Prediction.media_id == Media.id),
    )


def _fill(session: Session, media: Media, given: Mapping[str, Any]) -> None:
    """Write what is given to a media whose row is there; raises WrongState, InvalidText."""
    if "type" in given and given["type"] != media.type:
        if media.state != State.AWAITING_CONTENT:
            raise WrongState("This media has its content, and that says what it is.", state=media.state.value)
        media.type = MediaType(given["type"])
    if "file_name" in given:
        media.file_name = clean_file_name(given["file_name"]) if given["file_name"] is not None else None
    if "source" in given:
        source = clean_source(given["source"])
        media.source_id = get_or_create_source(session, source).id if source else None
    if "captured_at" in given:
        at = given["captured_at"]
        media.captured_at = clean_moment("captured_at", at) if at is not None else None
        media.captured_at_assumed = False
    if "azimuth" in given:
        media.azimuth = turned(given["azimuth"])
    if "lat" in given or "lon" in given:
        media.lat, media.lon = given.get("lat", media.lat), given.get("lon", media.lon)
        require_both(media.lat, media.lon)
    if "sequence" in given:
        media.sequence = clean_sequence(given["sequence"])
    if "tags" in given:
        tag_ids = get_or_create_tags(session, clean_tags(given["tags"] or []))
        session.execute(delete(MediaTag).where(MediaTag.media_id == media.id))
        session.add_all(MediaTag(media_id=media.id, tag_id=tag_id) for tag_id in tag_ids)
        touch(session, [media.id])


def _require_awaiting(session: Session, media: Media, sha256: str) -> Blob | None:
    """The content that a media has already, when it is the same; raises WrongState when it is another."""
    if media.blob_id is None and media.state == State.AWAITING_CONTENT:
        return None
    if media.purged_at is not None:
        raise WrongState(
            "The content of this media was deleted. Create another one.", state=media.state.value
        )
    if media.state == State.WITHDRAWN:
        raise WrongState("This media is withdrawn. Restore it first.", state=media.state.value)
    blob = session.get(Blob, media.blob_id) if media.blob_id is not None else None
    if blob is None or blob.sha256 != sha256:
        raise WrongState(
            "This media has its content already. Create another one for another file.",
            state=media.state.value,
        )
    return blob


def _require_type(media: Media, file_name: str, found: MediaType) -> None:
    if found != media.type:
        raise RefusedPicture(
            f"{file_name} is of the type {found.value}, but this media was created as {media.type.value}."
            " Nothing was stored."
        )
