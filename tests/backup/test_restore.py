"""A back-up comes back on an empty machine, of whatever kind, whole or with what is missing named."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select

from backup.restoring import check_backup, restore
from backup.shelf import BackupRefused, Manifest, find_backup
from backup.taking import take_backup
from db import migrate
from db.dumping import OF_THE_MOMENT, filled_tables, reading
from db.models import Access, Base, Blob, BlobState, Media, Scope, utc_now
from db.session import open_session
from storage import Bucket
from storage.errors import BucketUnreachable
from storage.local import LocalBucket
from tests.backup.conftest import Place
from tests.conftest import TEST_SECRET
from tests.db.every_table import fill_every_table
from tests.factories import an_access

ROOT = Path(__file__).parent.parent.parent


def rows_of(engine):
    """Every row that a back-up holds, as the models read it."""
    with engine.connect() as connection:
        return {
            name: connection.execute(select(table).order_by(*table.primary_key.columns)).all()
            for name, table in Base.metadata.tables.items()
            if name not in OF_THE_MOMENT
        }


def objects_of(bucket: Bucket):
    return {found.key: bucket.read(found.key) for found in bucket.list()}


def test_it_comes_back_in_another_kind_of_database_and_bucket_and_from_there_again(
    home, elsewhere, tmp_path, request
):
    fill_every_table(home.engine)
    expected, pictures = rows_of(home.engine), objects_of(home.bucket)
    assert all(expected.values()) and len(pictures) == 4
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=utc_now())
    outcome = restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    assert (outcome.damaged, outcome.manifest) == (0, taken.manifest)
    assert rows_of(elsewhere.engine) == expected
    assert objects_of(elsewhere.bucket) == pictures
    migrate.check(elsewhere.engine)

    again = take_backup(elsewhere.engine, elsewhere.bucket, tmp_path / "other shelf", now=utc_now())
    assert again.manifest.tables == taken.manifest.tables, "the same rows make the same files"
    if elsewhere.engine.dialect.name == "postgresql":
        back: Place = request.getfixturevalue("folder_place")
        restore(back.engine, back.bucket, again.folder)
        assert rows_of(back.engine) == expected
        assert objects_of(back.bucket) == pictures


@pytest.fixture
def s3_settings(s3_server, s3_bucket_name) -> dict[str, str]:
    """How an installation is told of the bucket on the S3 server."""
    return {
        "BUCKET_NAME": s3_bucket_name,
        "S3_ENDPOINT_URL": s3_server.endpoint_url,
        "S3_ACCESS_KEY": s3_server.access_key,
        "S3_SECRET_KEY": s3_server.secret_key,
    }


def look_deep(
    elsewhere: Place, folder: Path, s3_settings: dict[str, str], *options: str
) -> subprocess.CompletedProcess[str]:
    """A deep check of what was restored into a place."""
    there = {"DATA_DIR": str(folder / "restored"), "SECRET_KEY": TEST_SECRET}
    if elsewhere.engine.dialect.name == "postgresql":
        there |= s3_settings
    else:
        (folder / "restored").mkdir()
        (folder / "restored-bucket").rename(folder / "restored" / "bucket")
    there["DATABASE_URL"] = elsewhere.engine.url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "fsck", "--deep", *options],
        env=os.environ | there,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_what_came_back_is_clean_to_a_deep_check(home, elsewhere, s3_settings, tmp_path):
    (tmp_path / "shelf").mkdir()
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=utc_now())
    restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    checked = look_deep(elsewhere, tmp_path, s3_settings)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "3 contents read" in checked.stdout


def test_what_the_bucket_had_lost_comes_back_and_is_found_again(home, elsewhere, s3_settings, tmp_path):
    now = utc_now()
    take_backup(home.engine, home.bucket, tmp_path / "shelf", now=now)
    with open_session() as session:
        blob = session.scalars(select(Blob)).first()
        blob.state = BlobState.LOST
        home.bucket.delete(blob.bucket_key)
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=now + timedelta(days=1), keep=1)
    restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    checked = look_deep(elsewhere, tmp_path, s3_settings, "--repair")
    assert "1 repaired" in checked.stdout, checked.stdout + checked.stderr
    with open_session(engine=elsewhere.engine, read_only=True) as session:
        assert set(session.scalars(select(Blob.state))) == {BlobState.STORED}


def test_ids_go_on_behind_those_that_came_back(home, elsewhere, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    with open_session(engine=elsewhere.engine) as session:
        before = session.scalars(select(Access.id)).all()
        assert before and an_access(session, Scope.USER, "newcomer").id > max(before)


def test_what_was_true_for_minutes_only_does_not_come_back(home, elsewhere, tmp_path):
    fill_every_table(home.engine)
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    with elsewhere.engine.connect() as connection:
        for name in OF_THE_MOMENT:
            assert connection.execute(select(Base.metadata.tables[name])).all() == [], name


def test_a_backup_of_an_older_version_is_brought_to_this_one(home, elsewhere, tmp_path):
    older = ScriptDirectory(str(migrate.FOLDER)).get_revision("head").down_revision
    migrate.downgrade(older, home.engine)
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    assert taken.manifest.revision == older
    restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    migrate.check(elsewhere.engine)
    assert migrate.is_current(elsewhere.engine)
    with open_session(engine=elsewhere.engine, read_only=True) as session:
        assert len(session.scalars(select(Media)).all()) == 3


def test_a_backup_of_a_newer_version_is_refused(home, folder_place, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    document = (taken.folder / "manifest.json").read_text()
    (taken.folder / "manifest.json").write_text(document.replace(taken.manifest.revision, "0123456789ab"))
    with pytest.raises(BackupRefused, match="newer version"):
        restore(folder_place.engine, folder_place.bucket, taken.folder)


def test_only_an_empty_database_and_an_empty_bucket_are_filled(home, folder_place, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=utc_now())
    before = rows_of(home.engine)
    with pytest.raises(BackupRefused, match="DATABASE_URL is not empty"):
        restore(home.engine, folder_place.bucket, taken.folder)
    assert rows_of(home.engine) == before

    other = LocalBucket(tmp_path / "other")
    other.prepare()
    (tmp_path / "other" / "holiday.jpg").write_bytes(b"somebody's")
    with pytest.raises(BackupRefused, match=r"something else in the folder .*holiday\.jpg"):
        restore(folder_place.engine, other, taken.folder)
    assert filled_tables(folder_place.engine) == []
    assert [found.key for found in other.list()] == ["holiday.jpg"]


def test_tables_that_stand_empty_are_no_hindrance(home, elsewhere, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    migrate.upgrade(elsewhere.engine)
    restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    assert rows_of(elsewhere.engine) == rows_of(home.engine)


class Failing(LocalBucket):
    """A folder on a disk that is taken away after some writes."""

    writes_left = 2

    def put(self, *given, **named):
        if self.writes_left == 0:
            raise BucketUnreachable("The disk was taken away.")
        self.writes_left -= 1
        super().put(*given, **named)


def test_a_restoring_that_was_cut_off_goes_on(home, folder_place, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path / "shelf", now=utc_now())
    failing = Failing(tmp_path / "restored-bucket")
    with pytest.raises(BucketUnreachable):
        restore(folder_place.engine, failing, taken.folder)
    assert filled_tables(folder_place.engine) == []
    begun = {
        path: path.stat().st_ino for path in (tmp_path / "restored-bucket").rglob("*.*") if path.is_file()
    }
    assert len(begun) == 2
    restore(folder_place.engine, folder_place.bucket, taken.folder)
    assert rows_of(folder_place.engine) == rows_of(home.engine)
    assert objects_of(folder_place.bucket) == objects_of(home.bucket)
    assert {path: path.stat().st_ino for path in begun} == begun, "what was there was not written again"


def test_an_object_damaged_on_the_shelf_is_named_and_left_out(home, elsewhere, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    assert check_backup(taken.folder).damaged == 0
    (path, *_) = sorted((taken.folder / "objects").rglob("*.jpg"))
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    key = path.relative_to(taken.folder / "objects").as_posix()
    assert check_backup(taken.folder).examples == [key]
    outcome = restore(elsewhere.engine, elsewhere.bucket, taken.folder)
    assert (outcome.damaged, outcome.examples) == (1, [key])
    assert objects_of(elsewhere.bucket).keys() == objects_of(home.bucket).keys() - {key}
    assert rows_of(elsewhere.engine) == rows_of(home.engine)


def test_damaged_rows_are_refused_before_anything_is_changed(home, folder_place, tmp_path):
    taken = take_backup(home.engine, home.bucket, tmp_path, now=utc_now())
    path = taken.folder / "tables" / "media.jsonl.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for attempt in (
        lambda: check_backup(taken.folder),
        lambda: restore(folder_place.engine, folder_place.bucket, taken.folder),
    ):
        with pytest.raises(BackupRefused, match=r"media\.jsonl\.gz is not what was written"):
            attempt()
    assert filled_tables(folder_place.engine) == []
    assert not (tmp_path / "restored-bucket").exists()


def test_a_shelf_stands_for_its_newest_whole_backup(home, tmp_path):
    now = utc_now().replace(microsecond=0)
    take_backup(home.engine, home.bucket, tmp_path, now=now.replace(year=2024))
    newest = take_backup(home.engine, home.bucket, tmp_path, now=now)
    (tmp_path / "2999-01-01T00-00-00Z").mkdir()
    assert find_backup(tmp_path) == find_backup(newest.folder) == newest.folder
    with pytest.raises(BackupRefused, match="no whole back-up"):
        find_backup(tmp_path / "nothing")
    (newest.folder / "manifest.json").write_text('{"format": "another"}')
    with pytest.raises(BackupRefused, match="another version"):
        Manifest.read(newest.folder)


def test_rows_are_read_as_of_one_moment(home):
    with reading(home.engine) as tables:
        before = [row[0] for row in tables.rows_of("accesses")]
        with open_session() as session:
            an_access(session)
        assert [row[0] for row in tables.rows_of("accesses")] == before
