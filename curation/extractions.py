"""Frames out of a video at an interval, each a media of its own that leads back to the video; taken by a job."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from curation import jobs
from curation.accesses import CURATORS, PEOPLE, require_scope
from curation.announcements import Announced, announce_media
from curation.content import inspect_content
from curation.decoding import Undecodable
from curation.errors import ContentMissing, InvalidText, MediaNotFound, WrongState
from curation.events import record
from curation.media_view import get_visible_media
from curation.picture_limits import LARGEST_BYTES
from curation.spool import Spool
from curation.stored_videos import fetched_video
from curation.twins import Newcomer, find_twins
from curation.uploads import store_content
from curation.video_limits import LONGEST_INTERVAL, MOST_FRAMES, SHORTEST_INTERVAL
from curation.videos import TakenFrame, take_frames
from db.models import Access, Blob, Extraction, Media, MediaType, State, utc_now
from db.types import Sessions
from storage import Bucket

EXTRACT_FRAMES = "extract_frames"
AT_A_TIME = 8
LONGEST_STEM = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExtractionView:
    """How far an extraction is: `frames` of `total` are done; over when `finished_at` says when, or why in `error`."""

    id: int
    media_id: int
    every_seconds: float
    frames: int
    total: int
    asked_by: str
    created_at: datetime
    finished_at: datetime | None
    error: str | None


def ask_for_frames(session: Session, access: Access, media_id: int, every_seconds: float) -> ExtractionView:
    """Have the frames of a video taken every so many seconds, from its beginning on.

    Asked for again while it is under way it is the same extraction, and a frame that is there already is not taken
    twice. Raises MediaNotFound, WrongState for what is no video or has no content, InvalidText for an interval out
    of bounds.
    """
    require_scope(access, *CURATORS)
    # The lock makes two who ask at the same instant come one after the other.
    media = get_visible_media(session, access, media_id, lock=True)
    if media.type != MediaType.VIDEO or media.blob_id is None or media.state == State.WITHDRAWN:
        raise WrongState("Frames are taken out of videos that are there.", state=media.state.value)
    duration = session.scalars(select(Blob.duration).where(Blob.id == media.blob_id)).one() or 0.0
    if not SHORTEST_INTERVAL <= every_seconds <= LONGEST_INTERVAL:
        raise InvalidText(
            f"The interval is between {SHORTEST_INTERVAL:g} and {LONGEST_INTERVAL:,.0f} seconds."
        )
    if count_frames(duration, every_seconds) > MOST_FRAMES:
        raise InvalidText(
            f"At most {MOST_FRAMES:,} frames are taken at once:"
            f" of this video one every {shortest_interval(duration):g} seconds."
        )
    running = session.scalar(
        select(Extraction)
        .where(
            Extraction.media_id == media_id,
            Extraction.every_seconds == every_seconds,
            Extraction.finished_at.is_(None),
        )
        .limit(1)
    )
    if running is None:
        running = Extraction(media_id=media_id, access_id=access.id, every_seconds=every_seconds)
        session.add(running)
        session.flush()
        jobs.add(session, EXTRACT_FRAMES, running.id)
        record(session, access, "frames_asked", {"every_seconds": every_seconds}, media_id=media_id)
    return next(view for view in list_extractions(session, access, media_id) if view.id == running.id)


def list_extractions(session: Session, access: Access, media_id: int) -> list[ExtractionView]:
    """What was taken out of a video, the last first. Raises MediaNotFound."""
    require_scope(access, *PEOPLE)
    get_visible_media(session, access, media_id)
    rows = session.execute(
        select(Extraction, Access.login, Blob.duration)
        .join(Access, Access.id == Extraction.access_id)
        .join(Media, Media.id == Extraction.media_id)
        .outerjoin(Blob, Blob.id == Media.blob_id)
        .where(Extraction.media_id == media_id)
        .order_by(Extraction.id.desc())
    )
    return [
        ExtractionView(
            id=extraction.id,
            media_id=media_id,
            every_seconds=extraction.every_seconds,
            frames=extraction.frames,
            total=count_frames(duration or 0.0, extraction.every_seconds),
            asked_by=login,
            created_at=extraction.created_at,
            finished_at=extraction.finished_at,
            error=extraction.error,
        )
        for extraction, login, duration in rows
    ]


def count_frames(duration: float, every_seconds: float) -> int:
    """How many frames an interval gives: the first, and one after each interval that ends within the video."""
    return max(1, math.ceil(duration / every_seconds - 1e-6))


def shortest_interval(duration: float) -> float:
    """The least time between two frames of a video, in whole tenths of a second, so that they are not too many."""
    return max(SHORTEST_INTERVAL, math.ceil(duration / MOST_FRAMES * 10) / 10)


@dataclass(frozen=True)
class _Video:
    """What the job needs to know of a video, without a session."""

    extraction_id: int
    media_id: int
    sha256: str
    bucket_key: str
    times: list[float]


def extract_frames(
    sessions: Sessions, bucket: Bucket, extraction_id: int, *, media_folder: str, spool_folder: Path
) -> None:
    """The job: take what is still to be taken. Harmless to repeat: a frame is known by its video and its time."""
    with sessions(read_only=True) as session:
        video = _find_video(session, extraction_id)
    error = None
    if video is None:
        error = "The video is not there any more."
        return _finish(sessions, extraction_id, error)
    spool_folder.mkdir(parents=True, exist_ok=True)
    try:
        with (
            jobs.kept_alive(sessions, EXTRACT_FRAMES, extraction_id),
            fetched_video(bucket, video.sha256, video.bucket_key, spool_folder) as path,
        ):
            for done, frame in enumerate(_frames(path, video.times), start=1):
                _register_frame(sessions, bucket, video, frame, done, media_folder, spool_folder)
    except ContentMissing as missing:
        error = missing.sentence
    except MediaNotFound:
        error = "The video was withdrawn meanwhile."
    except Undecodable as reason:
        error = f"The video {reason}."
    _finish(sessions, extraction_id, error)


def _find_video(session: Session, extraction_id: int) -> _Video | None:
    row = session.execute(
        select(Extraction.every_seconds, Media.id, Blob.sha256, Blob.bucket_key, Blob.duration)
        .join(Media, Media.id == Extraction.media_id)
        .join(Blob, Blob.id == Media.blob_id)
        .where(Extraction.id == extraction_id, Media.state != State.WITHDRAWN)
    ).first()
    if row is None:
        return None
    number = min(MOST_FRAMES, count_frames(row.duration or 0.0, row.every_seconds))
    times = [round(index * row.every_seconds, 6) for index in range(number)]
    return _Video(extraction_id, row.id, row.sha256, row.bucket_key, times)


def _frames(path: Path, times: list[float]) -> Iterator[TakenFrame]:
    while times:
        path.touch()  # so that nobody takes it for one that a killed process left behind
        taken, ended = take_frames(path, times[:AT_A_TIME])
        yield from taken
        if ended:
            return
        times = times[len(taken) :]


def _register_frame(
    sessions: Sessions,
    bucket: Bucket,
    video: _Video,
    frame: TakenFrame,
    done: int,
    media_folder: str,
    spool_folder: Path,
) -> None:
    """Make a frame a media, unless it is one already; `done` is how many frames are over with it.

    Raises MediaNotFound when the video was withdrawn.
    """
    is_there = exists().where(Media.extracted_from_id == video.media_id, Media.extracted_at == frame.at)
    with sessions() as session:
        if session.scalar(select(is_there)):
            session.get_one(Extraction, video.extraction_id).frames = done
            return
    name = f"frame at {frame.at:.3f} s"
    with Spool(spool_folder, limit=LARGEST_BYTES, name=name) as spool:
        spool.write(frame.content)
        spooled = spool.finish()
        facts = inspect_content(spooled.path, file_name=name)

        def show(session: Session, blob: Blob) -> None:
            extraction = session.get_one(Extraction, video.extraction_id)
            whose = session.get_one(Access, extraction.access_id)
            source = session.get_one(Media, video.media_id, with_for_update={"key_share": True})
            if source.state == State.WITHDRAWN:
                raise MediaNotFound(f"There is no media {video.media_id}.")
            extraction.frames = done
            if session.scalar(select(is_there)):
                return
            media = Media(
                type=MediaType.IMAGE,
                blob_id=blob.id,
                bucket_key=blob.bucket_key,
                extracted_from_id=source.id,
                extracted_at=frame.at,
                uploaded_by_id=whose.id,
                **_as_its_video(source, frame.at),
            )
            session.add(media)
            session.flush()
            find_twins(session, Newcomer.of(media), facts.hashes)
            record(
                session,
                whose,
                "media_registered",
                {"sha256": blob.sha256, "extracted_from": source.id},
                media_id=media.id,
            )
            announce_media(session, Announced.MEDIA_REGISTERED, media.id, by=whose.id)

        store_content(sessions, bucket, spooled, facts, media_folder, name, show)


def _as_its_video(video: Media, at: float) -> dict[str, Any]:
    """What a frame takes over from its video."""
    stem = PurePath(video.file_name or f"video {video.id}").stem
    while len(stem.encode()) > LONGEST_STEM:
        stem = stem[:-1]
    # Without a camera to belong to, the frames of a video at least belong together.
    alone = None if video.source_id is not None else f"video-{video.id}"
    return {
        "file_name": f"{stem} {at:08.3f}s.jpg",
        "captured_at": video.captured_at + timedelta(seconds=at) if video.captured_at else None,
        "captured_at_assumed": video.captured_at_assumed,
        "source_id": video.source_id,
        "sequence": video.sequence or alone,
        "azimuth": video.azimuth,
        "lat": video.lat,
        "lon": video.lon,
        "camera": video.camera,
    }


def _finish(sessions: Sessions, extraction_id: int, error: str | None) -> None:
    if error:
        log.warning("extraction %s: %s", extraction_id, error)
    with sessions() as session:
        extraction = session.get_one(Extraction, extraction_id)
        extraction.finished_at, extraction.error = utc_now(), error
