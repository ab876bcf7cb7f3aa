"""What every bucket promises, whatever it is made of."""

from __future__ import annotations

import hashlib
import io
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from storage.bucket import Bucket
from storage.errors import InvalidKey, ObjectDamaged, ObjectMissing, RangeOutside
from storage.local import LocalBucket
from tests.storage.objects import PICTURE, store

CLIMBING_KEYS = [
    "",
    "/etc/passwd",
    "../outside",
    "media/../../outside",
    "media/./a.jpg",
    "media//a.jpg",
    "media/",
    "..",
    ".parts/a",
    "media/.hidden",
    "media\\..\\a.jpg",
    "c:/a.jpg",
    "media/a\x00.jpg",
    "media/a\r\nb.jpg",
    "media/\udcff.jpg",
    "a" * 256,
    "a/" * 600 + "a",
]


def test_what_is_put_is_read_back(bucket: Bucket) -> None:
    store(bucket, "media/ab/cd/abcd.jpg")
    assert bucket.read("media/ab/cd/abcd.jpg") == PICTURE


def test_an_object_tells_its_size_type_and_time(bucket: Bucket) -> None:
    store(bucket, "media/a.jpg")
    found = bucket.head("media/a.jpg")
    assert found is not None
    assert (found.key, found.size, found.content_type) == ("media/a.jpg", len(PICTURE), "image/jpeg")
    assert found.last_modified is not None
    assert abs(found.last_modified - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_stream_tells_size_and_type_before_the_first_byte(bucket: Bucket) -> None:
    store(bucket, "media/a.jpg")
    with bucket.open("media/a.jpg") as stream:
        assert (stream.size, stream.length, stream.content_type) == (len(PICTURE), len(PICTURE), "image/jpeg")
        assert b"".join(stream) == PICTURE


def test_putting_again_replaces_the_object(bucket: Bucket) -> None:
    store(bucket, "a.jpg", b"first")
    store(bucket, "a.jpg", b"second, and longer")
    assert bucket.read("a.jpg") == b"second, and longer"


def test_an_empty_object_can_be_kept(bucket: Bucket) -> None:
    store(bucket, "empty.json", b"")
    assert bucket.read("empty.json") == b""
    assert [found.size for found in bucket.list()] == [0]


def test_a_picture_larger_than_boto3s_parts_is_stored_whole(bucket: Bucket) -> None:
    content = random.Random(1).randbytes(9 * 2**20)
    store(bucket, "large.jpg", content)
    assert hashlib.sha256(bucket.read("large.jpg")).digest() == hashlib.sha256(content).digest()


def test_putting_begins_where_the_file_stands(bucket: Bucket) -> None:
    content = io.BytesIO(b"skipped" + PICTURE)
    content.seek(len(b"skipped"))
    bucket.put(
        "a.jpg",
        content,
        size=len(PICTURE),
        content_type="image/jpeg",
        sha256=hashlib.sha256(PICTURE).hexdigest(),
    )
    assert bucket.read("a.jpg") == PICTURE


def test_an_md5_is_not_needed(bucket: Bucket) -> None:
    store(bucket, "a.jpg", md5=None)
    assert bucket.read("a.jpg") == PICTURE


def test_the_second_look_can_be_left_out(bucket: Bucket) -> None:
    store(bucket, "a.jpg", confirm=False)
    assert bucket.read("a.jpg") == PICTURE


@pytest.mark.parametrize(
    "untrue",
    [
        {"sha256": hashlib.sha256(b"something else").hexdigest()},
        {"size": len(PICTURE) - 1},
        {"size": len(PICTURE) + 1},
        {"size": 0},
    ],
    ids=["hash", "shorter", "longer", "empty"],
)
def test_bytes_that_are_not_what_was_said_are_not_stored(bucket: Bucket, untrue: dict[str, Any]) -> None:
    with pytest.raises(ObjectDamaged):
        store(bucket, "a.jpg", **untrue)
    assert bucket.head("a.jpg") is None
    assert list(bucket.list()) == []


def test_an_object_that_is_not_there_is_missing(bucket: Bucket) -> None:
    assert bucket.head("media/none.jpg") is None
    with pytest.raises(ObjectMissing):
        bucket.open("media/none.jpg")
    with pytest.raises(ObjectMissing):
        bucket.read("media/none.jpg")


def test_a_folder_of_keys_is_no_object(bucket: Bucket) -> None:
    store(bucket, "media/ab/a.jpg")
    assert bucket.head("media/ab") is None
    with pytest.raises(ObjectMissing):
        bucket.open("media/ab")
    assert bucket.read("media/ab/a.jpg") == PICTURE


@pytest.mark.parametrize(
    ("start", "end"), [(None, 5), (0, 1), (3, 9), (7, None), (len(PICTURE) - 1, None), (5, 10**9)]
)
def test_a_part_is_the_slice_of_the_whole(bucket: Bucket, start: int | None, end: int | None) -> None:
    store(bucket, "a.jpg")
    with bucket.open("a.jpg", start=start, end=end) as stream:
        part = stream.read()
    assert part == PICTURE[start:end]
    assert (stream.size, stream.length) == (len(PICTURE), len(part))


@pytest.mark.parametrize(("start", "end"), [(len(PICTURE), None), (10**9, None), (5, 5), (9, 3), (-3, None)])
def test_a_part_outside_of_the_object_is_refused(bucket: Bucket, start: int, end: int | None) -> None:
    store(bucket, "a.jpg")
    with pytest.raises(RangeOutside):
        bucket.open("a.jpg", start=start, end=end)


def test_a_deleted_object_is_gone_and_deleting_it_again_is_fine(bucket: Bucket) -> None:
    store(bucket, "media/a.jpg")
    bucket.delete("media/a.jpg")
    bucket.delete("media/a.jpg")
    bucket.delete("never/was/there.jpg")
    assert bucket.head("media/a.jpg") is None


def test_a_listing_is_ordered_by_key(bucket: Bucket) -> None:
    keys = ["Z.jpg", "a-b.jpg", "a.jpg", "a/a/c.jpg", "a/b.jpg", "ab.jpg", "b/é.jpg"]
    for key in reversed(keys):
        store(bucket, key, key.encode())
    assert [(found.key, found.size) for found in bucket.list()] == [(key, len(key.encode())) for key in keys]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("a", ["a.jpg", "a/a/c.jpg", "a/b.jpg", "ab.jpg"]),
        ("a/", ["a/a/c.jpg", "a/b.jpg"]),
        ("a/a", ["a/a/c.jpg"]),
        ("a/a/", ["a/a/c.jpg"]),
        ("a/b.jpg", ["a/b.jpg"]),
        ("c", []),
        ("c/d/", []),
    ],
)
def test_a_listing_may_be_of_one_prefix(bucket: Bucket, prefix: str, expected: list[str]) -> None:
    for key in ["a.jpg", "a/a/c.jpg", "a/b.jpg", "ab.jpg", "b.jpg"]:
        store(bucket, key, b"x")
    assert [found.key for found in bucket.list(prefix)] == expected


@pytest.mark.parametrize("key", CLIMBING_KEYS)
def test_a_key_that_climbs_or_breaks_a_store_is_refused(bucket: Bucket, key: str) -> None:
    with pytest.raises(InvalidKey):
        store(bucket, key)
    for use in (bucket.head, bucket.open, bucket.read, bucket.delete):
        with pytest.raises(InvalidKey):
            use(key)
    assert list(bucket.list()) == []


@pytest.mark.parametrize(
    "key", ["é/ñ.jpg", "media/a b.jpg", "a+b&c=d.jpg", "%2e%2e/a.jpg", "日本/煙.jpg", "a#b?c.jpg"]
)
def test_a_key_may_be_written_in_any_script(bucket: Bucket, key: str) -> None:
    store(bucket, key)
    assert bucket.read(key) == PICTURE
    assert [found.key for found in bucket.list()] == [key]


def test_streams_closed_early_leave_the_bucket_usable(bucket: Bucket) -> None:
    store(bucket, "a.jpg", PICTURE * 20)
    for _ in range(60):
        with bucket.open("a.jpg") as stream:
            next(stream)
    assert bucket.read("a.jpg") == PICTURE * 20


def test_many_threads_may_use_one_bucket(bucket: Bucket) -> None:
    together = threading.Barrier(24)

    def use(number: int) -> bool:
        together.wait()
        key, content = f"media/{number}.jpg", f"picture {number} ".encode() * 5000
        store(bucket, key, content)
        return bucket.read(key) == content

    with ThreadPoolExecutor(24) as threads:
        assert all(threads.map(use, range(24)))
    assert len(list(bucket.list("media/"))) == 24


def test_the_same_content_put_by_many_at_once_is_stored_whole(bucket: Bucket) -> None:
    together = threading.Barrier(8)

    def put(_: int) -> None:
        together.wait()
        store(bucket, "media/same.jpg")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(8)))
    assert bucket.read("media/same.jpg") == PICTURE
    assert len(list(bucket.list())) == 1


def test_a_bucket_that_works_passes_its_self_test_and_keeps_nothing_of_it(bucket: Bucket) -> None:
    result = bucket.self_test()
    assert result.passed, result
    assert list(bucket.list()) == []


def test_a_self_test_leaves_nothing_in_a_bucket_that_keeps_what_it_refuses(tmp_path: Path) -> None:
    class Keeping(LocalBucket):
        def put(self, key: str, content: BinaryIO, **about: Any) -> None:
            sent = content.read()
            super().put(
                key, io.BytesIO(sent), **about | {"sha256": hashlib.sha256(sent).hexdigest(), "md5": None}
            )
            raise ObjectDamaged("refused")

    bucket = Keeping(tmp_path / "keeping")
    bucket.prepare()
    assert not bucket.self_test().passed
    assert list(bucket.list()) == []


def test_a_bucket_that_works_passes_its_check_and_can_be_prepared_again(bucket: Bucket) -> None:
    store(bucket, "a.jpg")
    bucket.prepare()
    bucket.check()
    assert bucket.read("a.jpg") == PICTURE
