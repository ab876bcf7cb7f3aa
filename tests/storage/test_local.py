"""What only a folder can do wrong."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.errors import BucketUnreachable, InvalidKey, ObjectCutShort
from storage.local import OLDEST_PART_SECONDS, PARTS_FOLDER, LocalBucket
from tests.storage.objects import PICTURE, store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> LocalBucket:
    bucket = LocalBucket(tmp_path / "bucket")
    bucket.prepare()
    return bucket


def test_an_object_is_a_file_of_the_same_name(folder: LocalBucket, tmp_path: Path) -> None:
    store(folder, "media/ab/a.jpg")
    assert (tmp_path / "bucket/media/ab/a.jpg").read_bytes() == PICTURE


def test_the_type_of_an_object_follows_from_its_key(folder: LocalBucket) -> None:
    for key in ("a.jpg", "a.PNG", "a.webp", "a.json", "a.unknown"):
        store(folder, key)
    assert [found.content_type for found in folder.list()] == [
        "image/png",
        "image/jpeg",
        "application/json",
        "application/octet-stream",
        "image/webp",
    ]


def test_a_write_that_breaks_off_leaves_nothing(folder: LocalBucket, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError("the sender is gone")
            return super().read(10)

    with pytest.raises(BucketUnreachable):
        folder.put("a.jpg", Broken(PICTURE), size=len(PICTURE), content_type="image/jpeg", sha256="0" * 64)
    assert list(folder.list()) == []
    assert list((tmp_path / "bucket" / PARTS_FOLDER).iterdir()) == []


def test_half_written_files_of_a_killed_process_are_cleared_away_after_an_hour(
    folder: LocalBucket, tmp_path: Path
) -> None:
    parts = tmp_path / "bucket" / PARTS_FOLDER
    old, young = parts / "old", parts / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    before = time.time() - OLDEST_PART_SECONDS - 1
    os.utime(old, (before, before))
    folder.prepare()
    assert list(parts.iterdir()) == [young]
    assert list(folder.list()) == []


def test_a_folder_that_is_not_there_is_no_empty_bucket(tmp_path: Path) -> None:
    bucket = LocalBucket(tmp_path / "on a disk that was taken away")
    for use in (
        bucket.check,
        lambda: bucket.head("a.jpg"),
        lambda: bucket.read("a.jpg"),
        lambda: list(bucket.list()),
    ):
        with pytest.raises(BucketUnreachable):
            use()
    bucket.prepare()
    bucket.check()


def test_a_bucket_whose_folder_is_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "bucket").write_text("I am a file")
    bucket = LocalBucket(tmp_path / "bucket")
    for use in (bucket.check, bucket.prepare, lambda: store(bucket, "a.jpg")):
        with pytest.raises(BucketUnreachable):
            use()
    assert not bucket.self_test().passed


def test_an_object_cannot_take_the_place_of_a_folder_nor_a_folder_that_of_an_object(
    folder: LocalBucket,
) -> None:
    store(folder, "media/a/b.jpg")
    with pytest.raises(InvalidKey):
        store(folder, "media/a")
    with pytest.raises(BucketUnreachable):
        store(folder, "media/a/b.jpg/c.jpg")
    folder.delete("media/a")
    assert folder.read("media/a/b.jpg") == PICTURE


def test_a_file_cut_short_while_it_is_read_raises(folder: LocalBucket, tmp_path: Path) -> None:
    store(folder, "a.jpg", PICTURE * 20)
    stream = folder.open("a.jpg")
    next(stream)
    os.truncate(tmp_path / "bucket/a.jpg", len(PICTURE))
    with pytest.raises(ObjectCutShort):
        stream.read()


def test_a_full_disk_is_told_and_leaves_what_is_there_readable(folder: LocalBucket, tmp_path: Path) -> None:
    store(folder, "old.jpg")
    script = (
        "import sys, resource, io, hashlib, pathlib\n"
        "from storage.local import LocalBucket\n"
        "from storage.errors import BucketFull\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "content = b'x' * 100_000\n"
        "bucket = LocalBucket(pathlib.Path(sys.argv[1]))\n"
        "try:\n"
        "    bucket.put('new.jpg', io.BytesIO(content), size=len(content), content_type='image/jpeg',\n"
        "               sha256=hashlib.sha256(content).hexdigest())\n"
        "except BucketFull:\n"
        "    print('full')\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "bucket"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "full\n"
    assert [found.key for found in folder.list()] == ["old.jpg"]
    assert folder.read("old.jpg") == PICTURE
    assert list((tmp_path / "bucket" / PARTS_FOLDER).iterdir()) == []


def test_files_are_given_back(folder: LocalBucket) -> None:
    store(folder, "a.jpg")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        folder.read("a.jpg")
        store(folder, "b.jpg")
        list(folder.list())
        folder.open("a.jpg").close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_content_is_never_held_in_memory_as_a_whole(folder: LocalBucket, tmp_path: Path) -> None:
    size = 200 * 2**20
    with open(tmp_path / "large", "wb") as file:
        file.truncate(size)
    digest = hashlib.sha256()
    for _ in range(200):
        digest.update(bytes(2**20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(tmp_path / "large", "rb") as file:
        folder.put("large.bin", file, size=size, content_type="video/mp4", sha256=digest.hexdigest())
    with folder.open("large.bin") as stream:
        assert sum(len(chunk) for chunk in stream) == size
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KiB
