"""Objects too large for one request: whole in every bucket, gone when they cannot be whole."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from storage.bucket import Bucket
from storage.errors import BucketUnreachable, ObjectDamaged, ObjectTooLarge
from storage.s3 import S3Account, S3Bucket
from storage.s3_parts import LARGEST_IN_ONE, LARGEST_OBJECT, MOST_PARTS, PART_BYTES, part_size
from tests.faults.relay import Relay
from tests.s3_server import S3Server
from tests.storage.objects import store
from tests.storage.test_s3 import IMPATIENT, bucket_of

LARGE = random.Random(4).randbytes(LARGEST_IN_ONE + 1)
KEY = "media/aa/bb/large.mp4"


@pytest.fixture
def relay(s3_server: S3Server) -> Iterator[Relay]:
    relay = Relay(s3_server.port)
    yield relay
    relay.close()


def hash_of(bucket: Bucket, key: str) -> str:
    digest = hashlib.sha256()
    for chunk in bucket.open(key):
        digest.update(chunk)
    return digest.hexdigest()


def test_a_large_object_is_stored_whole_and_read_in_parts(bucket: Bucket) -> None:
    store(bucket, KEY, LARGE, content_type="video/mp4")
    found = bucket.head(KEY)
    assert found is not None
    assert (found.size, found.content_type) == (len(LARGE), "video/mp4")
    assert hash_of(bucket, KEY) == hashlib.sha256(LARGE).hexdigest()
    with bucket.open(KEY, start=len(LARGE) - 7) as stream:
        assert stream.read() == LARGE[-7:]


def test_a_large_object_that_is_not_what_was_said_is_never_begun(bucket: Bucket) -> None:
    with pytest.raises(ObjectDamaged):
        store(bucket, KEY, LARGE, sha256=hashlib.sha256(b"other").hexdigest())
    assert bucket.head(KEY) is None


@pytest.mark.parametrize(
    "size",
    [1, PART_BYTES * MOST_PARTS, PART_BYTES * MOST_PARTS + 1, 100 * 10**9, 2**40 + 1, LARGEST_OBJECT],
)
def test_no_object_is_in_more_parts_than_a_service_takes(size: int) -> None:
    each = part_size(size)
    assert PART_BYTES <= each <= 5 * 2**30
    assert -(-size // each) <= MOST_PARTS


def test_what_is_too_large_for_the_usual_parts_goes_in_larger_ones(
    s3_bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.s3_parts.MOST_PARTS", 3)
    numbers = []
    s3_bucket._writing.meta.events.register(
        "before-parameter-build.s3.UploadPart",
        lambda params, **_: numbers.append((params["PartNumber"], params["ContentLength"])),
        unique_id="test-parts",
    )
    try:
        store(s3_bucket, KEY, LARGE)
    finally:
        s3_bucket._writing.meta.events.unregister(
            "before-parameter-build.s3.UploadPart", unique_id="test-parts"
        )
    each = 11 * 2**20
    assert numbers == [(1, each), (2, each), (3, len(LARGE) - 2 * each)]
    assert hash_of(s3_bucket, KEY) == hashlib.sha256(LARGE).hexdigest()


def test_one_part_is_never_in_memory_as_a_whole(
    s3_bucket: S3Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.s3_parts.MOST_PARTS", 2)
    path = tmp_path / "large"
    path.write_bytes(LARGE)
    tracemalloc.start()
    try:
        with path.open("rb") as content:
            s3_bucket.put(
                KEY,
                content,
                size=len(LARGE),
                content_type="video/mp4",
                sha256=hashlib.sha256(LARGE).hexdigest(),
            )
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 8 * 2**20


def test_what_no_service_takes_is_refused_before_it_is_read(s3_bucket: S3Bucket) -> None:
    content = io.BytesIO(b"not read")
    with pytest.raises(ObjectTooLarge):
        s3_bucket.put(KEY, content, size=LARGEST_OBJECT + 1, content_type="application/zip", sha256="0" * 64)
    assert content.tell() == 0


def test_a_part_changed_on_its_way_is_sent_again(
    relay: Relay, s3_account: S3Account, s3_bucket: S3Bucket, s3_bucket_name: str
) -> None:
    changed = []

    def change_once(chunk: bytes) -> bytes:
        if not changed and len(chunk) > 1000 and b"PUT" not in chunk[:4]:
            changed.append(True)
            return bytes([chunk[0] ^ 1]) + chunk[1:]
        return chunk

    relay.change_request = change_once
    store(bucket_of(replace(s3_account, endpoint_url=relay.url), s3_bucket_name), KEY, LARGE)
    assert changed
    assert hash_of(s3_bucket, KEY) == hashlib.sha256(LARGE).hexdigest()


def test_a_bucket_that_goes_away_in_between_leaves_no_object(
    relay: Relay, s3_account: S3Account, s3_bucket: S3Bucket, s3_bucket_name: str
) -> None:
    sent = [0]

    def hang_up(chunk: bytes) -> bytes:
        sent[0] += len(chunk)
        if sent[0] > 10 * 2**20:
            raise OSError
        return chunk

    relay.change_request = hang_up
    behind = bucket_of(replace(s3_account, endpoint_url=relay.url), s3_bucket_name, IMPATIENT)
    with pytest.raises(BucketUnreachable):
        store(behind, KEY, LARGE)
    assert s3_bucket.head(KEY) is None


def test_uploads_that_nobody_finished_are_cleared_after_a_day(
    s3_bucket: S3Bucket, s3_bucket_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = s3_bucket._reading
    begun = client.create_multipart_upload(Bucket=s3_bucket_name, Key=KEY)
    client.upload_part(
        Bucket=s3_bucket_name, Key=KEY, UploadId=begun["UploadId"], PartNumber=1, Body=LARGE[: 5 * 2**20]
    )
    s3_bucket.prepare()
    assert len(client.list_multipart_uploads(Bucket=s3_bucket_name)["Uploads"]) == 1, (
        "it may still be under way"
    )
    monkeypatch.setattr("storage.s3_parts.ABANDONED", timedelta(seconds=-10))
    s3_bucket.prepare()
    assert not client.list_multipart_uploads(Bucket=s3_bucket_name).get("Uploads")


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=-3)])
def test_uploads_are_abandoned_by_the_buckets_clock(
    s3_bucket: S3Bucket, s3_bucket_name: str, ahead: timedelta
) -> None:
    """Somebody elsewhere sends a video at this moment. Not every service refuses a request whose time is wrong."""
    client = s3_bucket._reading
    begun = client.create_multipart_upload(Bucket=s3_bucket_name, Key=KEY)
    upload_id = begun["UploadId"]
    with time_machine.travel(datetime.now(UTC) + ahead, tick=True), pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "botocore.auth.get_current_datetime", lambda: (datetime.now(UTC) - ahead).replace(tzinfo=None)
        )
        assert upload_id not in [found["UploadId"] for found in s3_bucket._parts.abandoned()]
        patch.setattr("storage.s3_parts.ABANDONED", timedelta(seconds=-10))
        assert upload_id in [found["UploadId"] for found in s3_bucket._parts.abandoned()]
    client.abort_multipart_upload(Bucket=s3_bucket_name, Key=KEY, UploadId=upload_id)
