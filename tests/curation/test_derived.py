"""Thumbnails and screen sizes: kept in the bucket, made again whenever they are not there."""

from __future__ import annotations

import hashlib
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from PIL import Image

from curation.derived import derived_key, keep_derived, screen, thumbnail
from curation.errors import ContentMissing
from storage.errors import BucketUnreachable, ObjectCutShort, ObjectDamaged
from storage.local import LocalBucket
from tests.curation.hostile import jpeg


@pytest.fixture
def bucket(tmp_path: Path) -> LocalBucket:
    bucket = LocalBucket(tmp_path / "bucket")
    bucket.prepare()
    return bucket


def register(bucket: LocalBucket, content: bytes, said_sha256: str | None = None) -> tuple[str, str]:
    """Store an original; gives its hash and key."""
    sha256 = said_sha256 or hashlib.sha256(content).hexdigest()
    key = f"media/{sha256}.jpg"
    bucket.put(
        key,
        io.BytesIO(content),
        size=len(content),
        content_type="image/jpeg",
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return sha256, key


def size_of(picture: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture)).size


def test_a_key_tells_recipe_content_and_size() -> None:
    assert derived_key("ab" * 32, "thumb") == f"derived/v1/{'ab' * 32}-thumb.jpg"


def test_sizes_are_made_on_demand_and_kept(bucket: LocalBucket) -> None:
    sha256, key = register(bucket, jpeg((1920, 1080)))
    assert size_of(screen(bucket, sha256, key)) == (1600, 900)
    assert size_of(thumbnail(bucket, sha256, key)) == (320, 180)
    assert size_of(bucket.read(derived_key(sha256, "screen"))) == (1600, 900)
    bucket.delete(key)
    assert size_of(screen(bucket, sha256, key)) == (1600, 900), "what is kept needs no original"


def test_what_was_drawn_at_the_upload_is_given_back(bucket: LocalBucket) -> None:
    sha256, key = register(bucket, jpeg())
    assert keep_derived(bucket, sha256, "thumb", b"drawn at the upload")
    assert thumbnail(bucket, sha256, key) == b"drawn at the upload"


@pytest.mark.parametrize("kept", [None, b""], ids=["deleted", "emptied"])
def test_a_size_that_is_lost_is_made_again(bucket: LocalBucket, tmp_path: Path, kept: bytes | None) -> None:
    sha256, key = register(bucket, jpeg())
    first = thumbnail(bucket, sha256, key)
    path = tmp_path / "bucket" / derived_key(sha256, "thumb")
    if kept is None:
        path.unlink()
    else:
        path.write_bytes(kept)
    assert thumbnail(bucket, sha256, key) == first


class _CutShort(LocalBucket):
    def read(self, key: str) -> bytes:
        if key.startswith("derived/"):
            raise ObjectCutShort("the connection broke")
        return super().read(key)


def test_a_kept_size_that_cannot_be_read_is_made_again(bucket: LocalBucket, tmp_path: Path) -> None:
    sha256, key = register(bucket, jpeg())
    assert size_of(thumbnail(_CutShort(tmp_path / "bucket"), sha256, key)) == (320, 180)


def test_a_size_that_cannot_be_kept_is_shown_all_the_same(bucket: LocalBucket, tmp_path: Path) -> None:
    sha256, key = register(bucket, jpeg())
    (tmp_path / "bucket" / "derived").write_text("a file where the folder should be")
    assert size_of(thumbnail(bucket, sha256, key)) == (320, 180)
    assert not keep_derived(bucket, sha256, "thumb", b"drawn")


def test_a_size_that_is_stored_damaged_is_not_kept(bucket: LocalBucket, tmp_path: Path) -> None:
    class Damaging(LocalBucket):
        def put(self, key: str, content: BinaryIO, **about: Any) -> None:
            super().put(key, content, **about)
            raise ObjectDamaged(key)

    sha256, key = register(bucket, jpeg())
    assert not keep_derived(Damaging(tmp_path / "bucket"), sha256, "thumb", b"not what was drawn")
    assert size_of(thumbnail(bucket, sha256, key)) == (320, 180)


def test_a_lost_original_is_told(bucket: LocalBucket) -> None:
    with pytest.raises(ContentMissing) as missing:
        screen(bucket, "ab" * 32, "media/none.jpg")
    assert missing.value.extra["bucket_key"] == "media/none.jpg"


def test_a_bucket_that_is_away_is_no_lost_original(tmp_path: Path) -> None:
    with pytest.raises(BucketUnreachable):
        thumbnail(LocalBucket(tmp_path / "away"), "ab" * 32, "media/none.jpg")


def test_an_original_that_has_changed_is_not_shown(bucket: LocalBucket) -> None:
    sha256, key = register(bucket, jpeg(), said_sha256="cd" * 32)
    with pytest.raises(ContentMissing, match="damaged"):
        screen(bucket, sha256, key)


def test_a_damaged_original_is_tried_once_an_hour_and_healed_by_a_new_upload(
    bucket: LocalBucket, tmp_path: Path
) -> None:
    whole = jpeg((1920, 1080))
    sha256, key = register(bucket, whole)
    (tmp_path / "bucket" / key).write_bytes(whole[:1000])
    with pytest.raises(ContentMissing):
        screen(bucket, sha256, key)
    (tmp_path / "bucket" / key).write_bytes(whole)
    with pytest.raises(ContentMissing):
        screen(bucket, sha256, key)
    keep_derived(bucket, sha256, "thumb", b"drawn at the new upload")
    assert size_of(screen(bucket, sha256, key)) == (1600, 900)


def test_many_who_ask_at_once_make_it_once(bucket: LocalBucket, tmp_path: Path) -> None:
    sha256, key = register(bucket, jpeg((1920, 1080)))
    originals_read = []

    class Counting(LocalBucket):
        def read(self, key: str) -> bytes:
            if key.startswith("media/"):
                originals_read.append(key)
            return super().read(key)

    counting, together = Counting(tmp_path / "bucket"), threading.Barrier(12)

    def ask(_: int) -> bytes:
        together.wait()
        return screen(counting, sha256, key)

    with ThreadPoolExecutor(12) as threads:
        assert len(set(threads.map(ask, range(12)))) == 1
    assert originals_read == [key]
