"""Content of any kind that is taken: a picture or a video, told apart by its bytes, whatever it is called."""

from __future__ import annotations

from pathlib import Path

from curation.picture_limits import LARGEST_BYTES
from curation.pictures import PictureFacts, inspect_picture
from curation.spool import START_BYTES
from curation.video_limits import LARGEST_VIDEO_BYTES, find_video_kind
from curation.videos import VideoFacts, inspect_video
from db.models import MediaType


def inspect_content(path: Path, *, file_name: str) -> PictureFacts | VideoFacts:
    """Tell what a file is. Raises RefusedPicture, TooLarge and Unavailable."""
    with open(path, "rb") as file:
        start = file.read(START_BYTES)
    inspect = inspect_picture if find_video_kind(start) is None else inspect_video
    return inspect(path, file_name=file_name)


def largest_of(start: bytes) -> int:
    """How many bytes content may have that begins like this: known before the rest has come."""
    return LARGEST_BYTES if find_video_kind(start) is None else LARGEST_VIDEO_BYTES


def type_of(facts: PictureFacts) -> MediaType:
    """What a media with this content is."""
    return MediaType.VIDEO if isinstance(facts, VideoFacts) else MediaType.IMAGE
