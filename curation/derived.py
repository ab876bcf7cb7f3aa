"""Derived pictures: thumbnail, screen size, crop. Made from the original, kept in the bucket, deletable any time."""

from __future__ import annotations

import hashlib
import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import get_args

from curation.decoding import DECODERS, Undecodable
from curation.errors import ContentMissing
from curation.geometry import Box
from curation.pictures import DerivedSize, WholeSize, crop_picture, draw_picture
from curation.stored_videos import fetched_video, is_video_key
from curation.videos import draw_poster
from storage import Bucket
from storage.errors import BucketError, BucketUnreachable, ObjectCutShort, ObjectDamaged, ObjectMissing

# Part of every key: a changed way of drawing is the next number, and what the earlier ones drew can be deleted.
NEWEST_RECIPE = 1
RECIPES = tuple(f"v{number}" for number in range(1, NEWEST_RECIPE + 1))
RECIPE = RECIPES[-1]
FOLDER = "derived"
CONTENT_TYPE = "image/jpeg"
FAILURE_SECONDS = 3600.0
MOST_FAILURES = 10_000

log = logging.getLogger(__name__)


def derived_key(sha256: str, size: DerivedSize, recipe: str = RECIPE) -> str:
    """The key under which a size of the picture with this hash is kept."""
    return f"{FOLDER}/{recipe}/{sha256}-{size}.jpg"


def thumbnail(bucket: Bucket, sha256: str, original_key: str) -> bytes:
    """The thumbnail as a JPEG, made again when it is not there. Raises ContentMissing and BucketUnreachable."""
    return derived_picture(bucket, sha256, original_key, "thumb")


def screen(bucket: Bucket, sha256: str, original_key: str) -> bytes:
    """The screen size as a JPEG, made when it is not there yet. Raises ContentMissing and BucketUnreachable."""
    return derived_picture(bucket, sha256, original_key, "screen")


def crop(bucket: Bucket, sha256: str, original_key: str, box: Box, *, keep: bool) -> bytes:
    """What surrounds a box, magnified from the original, as a JPEG. Raises as `derived_picture` does.

    With `keep` it takes the content's one place for a crop in the bucket. Anybody may ask for any box, so all others
    are drawn each time and left to the browser to keep. What stands in the place says by its comment of which box it
    is, because the shapes of a media change, and two media may have the same content.
    """
    key = derived_key(sha256, "crop")
    mark = box.crop_mark.encode()

    def find_kept() -> bytes | None:
        kept = _read_kept(bucket, key) if keep else None
        return kept if kept is not None and _comment(mark) in kept[:256] else None

    found = find_kept()
    if found is not None:
        return found
    with _making.only_one(key):
        found = find_kept()
        if found is None:
            found = _make(bucket, sha256, original_key, "crop", lambda original: crop_picture(original, box))
            if keep:
                keep_derived(bucket, sha256, "crop", found)
    return found


def derived_picture(bucket: Bucket, sha256: str, original_key: str, size: WholeSize) -> bytes:
    """A size of a picture, from the bucket or made now and kept there.

    Raises ContentMissing when the original is gone, changed or cannot be decoded; that it cannot is remembered for
    an hour, so that a broken picture in a list does not cost a decoding at each look.
    """
    key = derived_key(sha256, size)
    found = _read_kept(bucket, key)
    if found is not None:
        return found
    _failures.check(key)
    with _making.only_one(key):
        # Someone else may have made it while we waited.
        found = _read_kept(bucket, key)
        if found is None and size == "screen" and is_video_key(original_key):
            return _make_poster(bucket, sha256, original_key)
        if found is None:
            found = _make(bucket, sha256, original_key, size, lambda original: draw_picture(original, size))
            keep_derived(bucket, sha256, size, found)
        return found


def keep_derived(bucket: Bucket, sha256: str, size: DerivedSize, picture: bytes) -> bool:
    """Keep a drawn picture; False when the bucket would not take it, which harms nothing: it is made again."""
    key = derived_key(sha256, size)
    try:
        bucket.put(
            key,
            io.BytesIO(picture),
            size=len(picture),
            content_type=CONTENT_TYPE,
            sha256=hashlib.sha256(picture).hexdigest(),
            md5=hashlib.md5(picture, usedforsecurity=False).hexdigest(),
            confirm=False,
        )
    except BucketError as problem:
        log.warning("Could not keep the %s of %s: %s", size, sha256, problem)
        if isinstance(problem, ObjectDamaged):
            _forget_kept(bucket, key)
        return False
    _failures.forget(sha256)
    return True


def _forget_kept(bucket: Bucket, key: str) -> None:
    """Delete a drawn picture that was stored damaged and would be shown; nobody was promised that it stays."""
    try:
        bucket.delete(key)
    except BucketError as problem:
        log.warning("What is damaged stays as %s: %s", key, problem)


def _comment(text: bytes) -> bytes:
    """A comment as it stands in a JPEG (ISO 10918-1, B.2.4.5)."""
    return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text


def _read_kept(bucket: Bucket, key: str) -> bytes | None:
    try:
        return bucket.read(key) or None
    except ObjectMissing:
        return None
    except BucketError as problem:
        # Whatever is wrong with the copy, the original can still answer; not so when the whole bucket is away, where
        # asking twice would only double the wait.
        if isinstance(problem, BucketUnreachable) and not isinstance(problem, ObjectCutShort):
            raise
        log.warning("Could not read %s: %s", key, problem)
        return None


def _make(
    bucket: Bucket, sha256: str, original_key: str, size: DerivedSize, draw: Callable[[bytes], bytes]
) -> bytes:
    key = derived_key(sha256, size)
    _failures.check(key)
    # Of a video everything is drawn from its poster, which is its screen size.
    if is_video_key(original_key):
        return draw(derived_picture(bucket, sha256, original_key, "screen"))
    with _making.room:
        try:
            picture = draw(_read_original(bucket, sha256, original_key))
        except ObjectMissing:
            raise ContentMissing(
                "The bucket does not hold this picture any more.", bucket_key=original_key
            ) from None
        except Undecodable as reason:
            log.warning("No %s of %s: it %s", size, original_key, reason)
            _failures.remember(key)
            _failures.check(key)
            raise
    return picture


def _read_original(bucket: Bucket, sha256: str, original_key: str) -> bytes:
    """What was stored. Damage on the way is none of the object's: it is fetched again before it counts as damaged."""
    for _ in range(2):
        original = bucket.read(original_key)
        if hashlib.sha256(original).hexdigest() == sha256:
            return original
    raise Undecodable("is not what was stored: its hash differs")


def _make_poster(bucket: Bucket, sha256: str, original_key: str) -> bytes:
    """The poster of a video, kept with its thumbnail: both come with the upload, so that this happens hardly ever."""
    key = derived_key(sha256, "screen")
    try:
        with fetched_video(bucket, sha256, original_key) as path:
            thumbnail, poster = draw_poster(path)
    except Undecodable as reason:
        log.warning("No poster of %s: it %s", original_key, reason)
        _failures.remember(key)
        _failures.check(key)
        raise
    keep_derived(bucket, sha256, "thumb", thumbnail)
    keep_derived(bucket, sha256, "screen", poster)
    return poster


class _Failures:
    """Keys that could not be made, for an hour each."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def remember(self, key: str) -> None:
        if len(self._until) >= MOST_FAILURES:
            self._until.clear()
        self._until[key] = time.monotonic() + FAILURE_SECONDS

    def forget(self, sha256: str) -> None:
        """The content has been seen whole since, such as in a new upload that healed it."""
        for size in get_args(DerivedSize):
            self._until.pop(derived_key(sha256, size), None)

    def check(self, key: str) -> None:
        """Raises ContentMissing while a failure is remembered."""
        if self._until.get(key, 0.0) > time.monotonic():
            raise ContentMissing("The stored picture is damaged and cannot be shown.", derived_key=key)


class _Making:
    """Two makers at most, because each holds a whole original in memory, and one per key."""

    def __init__(self) -> None:
        self.room = threading.BoundedSemaphore(DECODERS)
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def only_one(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._locks[key]
                if waiting == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = (lock, waiting - 1)


_failures = _Failures()
_making = _Making()
