"""Installations to take back-ups of, and empty places to bring them back to."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from curation.annotation_files import write_annotation_file
from curation.annotations import submit_annotation
from db.models import Blob, Media
from db.session import get_engine, make_engine, open_session
from storage import Bucket, open_bucket
from storage.local import LocalBucket
from storage.s3 import S3Bucket
from tests.conftest import Installation
from tests.factories import a_box, a_jpeg, a_media, an_access
from tests.storage.conftest import s3_account, s3_bucket, s3_bucket_name, s3_server

__all__ = ["s3_account", "s3_bucket", "s3_bucket_name", "s3_server"]


@dataclass(frozen=True)
class Place:
    """A database and a bucket."""

    engine: Engine
    bucket: Bucket


@pytest.fixture
def home(installation: Installation) -> Place:
    """An installation with three pictures, one of them answered."""
    with open_session() as session:
        media = [a_stored_media(session, open_bucket()) for _ in range(3)]
        answered = submit_annotation(session, an_access(session), media[0].id, shapes=[a_box()])
    write_annotation_file(open_session, open_bucket(), answered.annotation.id, "annotations")
    return Place(get_engine(), open_bucket())


def a_stored_media(session, bucket: Bucket) -> Media:
    """A media whose object is in the bucket."""
    content = a_jpeg(64, 48)
    media = a_media(session, source="north")
    blob = session.get_one(Blob, media.blob_id)
    blob.sha256, blob.size = hashlib.sha256(content).hexdigest(), len(content)
    blob.bucket_key = media.bucket_key = f"media/{blob.sha256[:2]}/{blob.sha256[2:4]}/{blob.sha256}.jpg"
    media.upload_sha256 = blob.sha256
    session.flush()
    bucket.put(
        blob.bucket_key, io.BytesIO(content), size=blob.size, content_type="image/jpeg", sha256=blob.sha256
    )
    return media


@pytest.fixture
def folder_place(tmp_path: Path) -> Iterator[Place]:
    """An empty SQLite file and a folder that is not there yet."""
    engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    yield Place(engine, LocalBucket(tmp_path / "restored-bucket"))
    engine.dispose()


@pytest.fixture
def server_place(postgresql_url: str, s3_bucket: S3Bucket) -> Iterator[Place]:
    """An empty PostgreSQL database and an empty bucket of an S3 server."""
    name = "vigie_restored"
    server = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(make_url(postgresql_url).set(database=name).render_as_string(hide_password=False))
    yield Place(engine, s3_bucket)
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, home: Place) -> Place:
    """An empty database and an empty bucket, each of the other kind than those at home."""
    other = "server_place" if home.engine.dialect.name == "sqlite" else "folder_place"
    place: Place = request.getfixturevalue(other)
    return place
