"""Back-ups on their shelf: what each holds, what it costs, what is left of one that was cut off."""

from __future__ import annotations

import argparse
import errno
import fcntl
import hashlib
import io
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from backup import commands
from backup.copying import Earlier, several_at_once
from backup.restoring import check_backup
from backup.shelf import BackupRefused, whole_backups
from backup.taking import take_backup
from backup.wanted import Wanted
from db.models import Blob, BlobState, Media, utc_now
from db.session import open_session
from storage import open_bucket
from storage.errors import BucketUnreachable
from storage.local import LocalBucket, content_type_of
from tests.backup.conftest import a_stored_media

NOW = utc_now().replace(microsecond=0)


class Reading(LocalBucket):
    """A folder that notes what is read of it, and is taken away after so many objects."""

    def __init__(self, folder: Path, objects: int = 1000) -> None:
        super().__init__(folder)
        self.read_keys: list[str] = []
        self._left = objects
        self._one_at_a_time = threading.Lock()

    def open(self, key, **named):
        with self._one_at_a_time:
            if self._left == 0:
                raise BucketUnreachable("The disk was taken away.")
            stream = super().open(key, **named)
            self._left -= 1
            self.read_keys.append(key)
            return stream


def bucket_folder(installation) -> Path:
    return Path(installation.data_dir) / "bucket"


def test_a_backup_holds_every_object_that_rows_need_and_nothing_derived(home, installation, tmp_path):
    derived = bucket_folder(installation) / "derived/v1/thumb.jpg"
    derived.parent.mkdir(parents=True)
    derived.write_bytes(b"made again")
    (bucket_folder(installation) / "vigie.json").write_text("{}")
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    held = taken.folder / "objects"
    files = {
        path.relative_to(held).as_posix(): path.read_bytes() for path in held.rglob("*") if path.is_file()
    }
    assert files == {
        found.key: home.bucket.read(found.key)
        for found in home.bucket.list()
        if not found.key.startswith("derived/")
    }
    assert (taken.manifest.objects, taken.manifest.missing) == (5, 0)
    assert taken.manifest.object_bytes == sum(map(len, files.values()))
    assert check_backup(taken.folder).damaged == 0


def test_the_next_backup_reads_only_what_is_new_and_stands_without_the_first(home, installation, tmp_path):
    first = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    with open_session() as session:
        added = a_stored_media(session, open_bucket()).bucket_key
    bucket = Reading(bucket_folder(installation))
    second = take_backup(home.engine, bucket, tmp_path / "shelf", now=NOW + timedelta(days=1), keep=1)
    assert bucket.read_keys == [added]
    assert whole_backups(tmp_path / "shelf") == [second.folder] and not first.folder.exists()
    assert second.manifest.objects == first.manifest.objects + 1
    assert check_backup(second.folder).damaged == 0


def test_a_backup_that_was_cut_off_is_taken_over(home, installation, tmp_path):
    with pytest.raises(BucketUnreachable):
        take_backup(home.engine, Reading(bucket_folder(installation), 2), tmp_path / "shelf", now=NOW)
    (cut_off,) = (tmp_path / "shelf").glob("*.unfinished")
    assert whole_backups(tmp_path / "shelf") == []
    # As after a power cut: one of the two files has its size, and nothing in it.
    hollow = next(path for path in (cut_off / "objects").rglob("*.jpg"))
    hollow.write_bytes(bytes(hollow.stat().st_size))
    bucket = Reading(bucket_folder(installation))
    taken = take_backup(home.engine, bucket, tmp_path / "shelf", now=NOW + timedelta(seconds=1))
    assert len(bucket.read_keys) == 3 and hollow.name in " ".join(bucket.read_keys)
    assert os.listdir(tmp_path / "shelf").count(taken.folder.name) == 1 and not cut_off.exists()
    assert check_backup(taken.folder).damaged == 0 and taken.manifest.missing == 0


def test_when_the_bucket_goes_away_what_waits_is_given_up():
    begun = []

    def work(number):
        begun.append(number)
        if number == 0:
            raise BucketUnreachable("away")
        time.sleep(0.1)

    with pytest.raises(BucketUnreachable):
        list(several_at_once(work, range(1000)))
    assert len(begun) < 100


def test_what_the_bucket_lost_or_damaged_is_counted_and_named(home, installation, tmp_path):
    with open_session(read_only=True) as session:
        lost, damaged, _ = session.scalars(select(Blob.bucket_key).order_by(Blob.id)).all()
    (bucket_folder(installation) / lost).unlink()
    (bucket_folder(installation) / damaged).write_bytes(b"something else")
    taken = take_backup(home.engine, home.bucket, tmp_path, now=NOW)
    assert (taken.manifest.missing, set(taken.missing)) == (2, {lost, damaged})
    assert taken.manifest.objects == 2
    assert not (taken.folder / "objects" / damaged).exists()


def test_what_is_known_to_be_lost_or_in_the_trash_is_not_missed(home, installation, tmp_path):
    with open_session() as session:
        blobs = session.scalars(select(Blob).order_by(Blob.id)).all()
        blobs[0].state, blobs[1].state, blobs[2].state = BlobState.LOST, BlobState.TRASH, BlobState.DAMAGED
        lost, kept = blobs[0].bucket_key, blobs[2].bucket_key
    (bucket_folder(installation) / lost).unlink()
    (bucket_folder(installation) / kept).write_bytes(b"half a picture")
    taken = take_backup(home.engine, home.bucket, tmp_path, now=NOW)
    assert (taken.manifest.missing, taken.manifest.objects) == (0, 2)
    assert (taken.folder / "objects" / kept).read_bytes() == b"half a picture"


def test_what_is_in_doubt_is_kept_if_it_is_there(home, installation, tmp_path):
    with open_session() as session:
        doubted, never_stored, _ = session.scalars(select(Blob).order_by(Blob.id)).all()
        doubted.state = never_stored.state = BlobState.PENDING
        kept, gone = doubted.bucket_key, never_stored.bucket_key
    (bucket_folder(installation) / gone).unlink()
    taken = take_backup(home.engine, home.bucket, tmp_path, now=NOW)
    assert (taken.manifest.missing, (taken.folder / "objects" / kept).exists()) == (0, True)


@pytest.fixture(params=["folder", "S3"])
def bucket(request, home):
    """The bucket at home, and one of an S3 server with the same in it."""
    if request.param == "folder":
        return home.bucket
    there = request.getfixturevalue("s3_bucket")
    for found in home.bucket.list():
        put(there, found.key, home.bucket.read(found.key))
    return there


def put(bucket, key, content):
    sha256 = hashlib.sha256(content).hexdigest()
    bucket.put(key, io.BytesIO(content), size=len(content), content_type=content_type_of(key), sha256=sha256)


def mark(state):
    """One of the contents at home is known to be in this state from now on."""
    with open_session() as session:
        blob = session.scalars(select(Blob).order_by(Blob.id)).first()
        blob.state = state
        return blob.bucket_key


def days_later(days):
    return NOW + timedelta(days=days)


def rot(path):
    """Change a byte of a file, as a disk does that goes bad."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def no_links(*given):
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("state", [BlobState.LOST, BlobState.DAMAGED, BlobState.PENDING])
def test_the_last_copy_of_what_the_bucket_lost_goes_from_backup_to_backup(home, bucket, tmp_path, state):
    first = take_backup(home.engine, bucket, tmp_path / "shelf", now=NOW)
    key = mark(state)
    expected = bucket.read(key)
    if state == BlobState.DAMAGED:
        put(bucket, key, bytes(len(expected)))
    else:
        bucket.delete(key)
    for day in (1, 2, 3):
        taken = take_backup(home.engine, bucket, tmp_path / "shelf", now=days_later(day), keep=1)
    assert whole_backups(tmp_path / "shelf") == [taken.folder] and not first.folder.exists()
    assert (taken.folder / "objects" / key).read_bytes() == expected
    assert (taken.manifest.objects, taken.manifest.missing, taken.kept) == (4, 0, [])
    assert check_backup(taken.folder).damaged == 0


def test_what_the_newest_backup_lacks_is_looked_for_in_the_older_ones(home, tmp_path):
    take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    newest = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=days_later(1))
    key = mark(BlobState.LOST)
    expected = home.bucket.read(key)
    home.bucket.delete(key)
    (newest.folder / "objects" / key).unlink()
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=days_later(2), keep=1)
    assert (taken.folder / "objects" / key).read_bytes() == expected
    assert whole_backups(tmp_path / "shelf") == [taken.folder]


@pytest.mark.parametrize("state", [BlobState.STORED, BlobState.LOST])
def test_no_backup_goes_that_has_a_file_of_what_the_new_one_lacks(home, tmp_path, monkeypatch, state):
    first = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    key = mark(state)
    home.bucket.delete(key)
    rot(first.folder / "objects" / key)
    said: list[str] = []
    given = argparse.Namespace(folder=tmp_path / "shelf", keep=1)
    monkeypatch.setattr("backup.commands.datetime", Clock)
    assert commands.backup(given, said.append) == 1
    assert [line for line in said if line.startswith(f"{first.folder} was not removed")]
    assert (f"  {key}" in said) == (state == BlobState.STORED)
    newest, *rest = whole_backups(tmp_path / "shelf")
    assert rest == [first.folder] and not (newest / "objects" / key).exists()


class Clock:
    """A week later: each file is read."""

    @staticmethod
    def now(zone):
        return days_later(7)


def test_where_files_cannot_be_linked_they_are_copied_and_read(home, installation, tmp_path, monkeypatch):
    first = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    with open_session(read_only=True) as session:
        whole, rotten, lost = session.scalars(select(Blob.bucket_key).order_by(Blob.id)).all()
    expected = {key: home.bucket.read(key) for key in (whole, rotten)}
    for key in (whole, lost):
        home.bucket.delete(key)
    for key in (rotten, lost):
        rot(first.folder / "objects" / key)
    monkeypatch.setattr("os.link", no_links)
    bucket = Reading(bucket_folder(installation))
    taken = take_backup(home.engine, bucket, tmp_path / "shelf", now=days_later(1), keep=1)
    assert bucket.read_keys == [rotten]
    assert {key: (taken.folder / "objects" / key).read_bytes() for key in expected} == expected
    assert (taken.missing, taken.manifest.objects, taken.kept) == ([lost], 3, [first.folder])
    assert check_backup(taken.folder).damaged == 0
    assert not list(taken.folder.rglob(".*")), "nothing half-written stays"


@pytest.mark.parametrize("days", [[1, 2, 3, 4, 5, 6, 7], [7], [30]])
def test_a_file_that_went_bad_is_taken_anew_within_a_week(home, bucket, tmp_path, days):
    first = take_backup(home.engine, bucket, tmp_path / "shelf", now=NOW)
    with open_session(read_only=True) as session:
        keys = session.scalars(select(Blob.bucket_key)).all()
    for key in keys:
        rot(first.folder / "objects" / key)
    for day in days:
        taken = take_backup(home.engine, bucket, tmp_path / "shelf", now=days_later(day), keep=1)
    assert (check_backup(taken.folder).damaged, taken.manifest.objects, taken.manifest.missing) == (0, 4, 0)
    assert {key: (taken.folder / "objects" / key).read_bytes() for key in keys} == {
        key: bucket.read(key) for key in keys
    }


def test_what_was_kept_damaged_is_taken_anew_once_it_is_whole_again(home, tmp_path, monkeypatch):
    monkeypatch.setattr("backup.copying.SHARES", 10**9)  # no other is read
    key = mark(BlobState.DAMAGED)
    expected = home.bucket.read(key)
    put(home.bucket, key, bytes(len(expected)))
    first = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    assert (first.folder / "objects" / key).read_bytes() == bytes(len(expected))
    put(home.bucket, key, expected)
    mark(BlobState.STORED)
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=days_later(1))
    assert (taken.folder / "objects" / key).read_bytes() == expected
    assert check_backup(taken.folder).damaged == 0


def test_beside_rows_that_went_bad_every_file_is_read(home, tmp_path):
    first = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=NOW)
    (first.folder / "tables" / "blobs.jsonl.gz").write_bytes(b"\x1f\x8b rotten")
    for path in (first.folder / "objects").rglob("*.jpg"):
        rot(path)
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=days_later(1))
    assert (check_backup(taken.folder).damaged, taken.manifest.objects) == (0, 4)


def test_a_backup_reads_a_seventh_of_what_it_links(tmp_path):
    hashes = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
    read: list[str] = []
    for day in range(7):
        earlier = Earlier.on(tmp_path, days_later(day))
        due = [sha256 for sha256 in hashes if earlier.is_due(Wanted("key", 1, sha256))]
        assert 10 < len(due) < 50
        read += due
    assert sorted(read) == sorted(hashes)


def test_one_at_a_time_works_in_a_shelf(home, tmp_path):
    with open(tmp_path / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BackupRefused, match="Another back-up"):
            take_backup(home.engine, home.bucket, tmp_path, now=NOW)
    assert take_backup(home.engine, home.bucket, tmp_path, now=NOW).manifest.objects == 4


def test_the_command_says_what_it_did_and_ends_with_1_when_something_is_missing(home, installation, tmp_path):
    said: list[str] = []
    given = argparse.Namespace(folder=tmp_path / "shelf", keep=None, check=True)
    assert commands.backup(given, said.append) == 0
    assert "4 objects" in said[0] and str(tmp_path / "shelf") in said[0]
    assert commands.restore(given, said.append) == 0
    assert said[-1] == "All of it is whole."

    with open_session() as session:
        key = str(a_stored_media(session, open_bucket()).bucket_key)
    (bucket_folder(installation) / key).unlink()
    given.folder = tmp_path / "another shelf"
    said.clear()
    assert commands.backup(given, said.append) == 1
    assert f"  {key}" in said


def test_a_bucket_that_is_away_ends_the_command_with_a_sentence(home, installation, tmp_path):
    bucket_folder(installation).rename(tmp_path / "elsewhere")
    given = argparse.Namespace(folder=tmp_path / "shelf", keep=None)
    with pytest.raises(BackupRefused, match=r"is not there.* the next one takes over"):
        commands.backup(given, print)


def test_a_media_without_content_needs_no_object(home, tmp_path):
    with open_session() as session:
        media = session.scalars(select(Media)).first()
        blob_id, media.blob_id, media.bucket_key, media.purged_at = media.blob_id, None, None, NOW
        session.flush()
        session.execute(delete(Blob).where(Blob.id == blob_id))
    taken = take_backup(home.engine, home.bucket, tmp_path, now=NOW)
    assert (taken.manifest.missing, taken.manifest.objects) == (0, 3)
