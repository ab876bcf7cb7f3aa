"""Row 17: a back-up taken of so many pictures and brought back on an empty machine, beside copying the bare files."""

from __future__ import annotations

import hashlib
import io
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from backup.restoring import restore
from backup.taking import take_backup
from bench.figures import Figure, below
from bench.ground import Ground, say
from bench.pictures import jpeg
from curation.media_keys import media_key
from db.models import Blob, Media, utc_now
from db.session import make_engine, open_session
from settings import Settings
from storage import Bucket, bucket_for

PROMISED_PICTURES, PROMISED_SECONDS = 10_000, 15 * 60


def measure(ground: Ground) -> Iterator[Figure]:
    pictures = PROMISED_PICTURES // 20 if ground.quick else PROMISED_PICTURES
    server = ground.s3_server()
    environment = {
        "DATA_DIR": str(ground.folder / "restored"),
        "S3_ENDPOINT_URL": server.endpoint_url,
        "S3_ACCESS_KEY": server.access_key,
        "S3_SECRET_KEY": server.secret_key,
    }
    source = ground.engine(ground.copy_of(ground.database(pictures), "backed_up"))
    bucket = bucket_for(Settings.from_environment(environment | {"BUCKET_NAME": "backed-up"}))
    bucket.prepare()
    _store(source, bucket, pictures)
    say(f"stored {pictures:,} pictures")
    shelf = ground.folder / "shelf"
    taking = time.perf_counter()
    taken = take_backup(source, bucket, shelf, now=utc_now())
    taking = time.perf_counter() - taking

    copying = time.perf_counter()
    shutil.copytree(taken.folder, ground.folder / "copied")
    copying = time.perf_counter() - copying

    target = make_engine(f"sqlite:///{_folder(ground, 'restored')}/vigie.db")
    empty = bucket_for(Settings.from_environment(environment | {"BUCKET_NAME": "restored"}))
    restoring = time.perf_counter()
    outcome = restore(target, empty, taken.folder)
    restoring = time.perf_counter() - restoring
    target.dispose()
    assert not outcome.damaged and outcome.manifest.objects >= pictures
    note = (
        f"{taken.manifest.object_bytes / 1e6:,.0f} MB, PostgreSQL and S3 into SQLite and S3; beside it the files "
        f"of the back-up are copied. Taking it took {taking:,.1f} s."
    )
    most = PROMISED_SECONDS * pictures / PROMISED_PICTURES
    operation = f"restore {pictures:,} pictures into an empty installation"
    yield below("17", operation, restoring, most, shown="s", limit=f"{copying:,.1f} s", note=note)


def _store(engine: Engine, bucket: Bucket, pictures: int) -> None:
    """Give each row of a filled database the content that it stands for."""
    with open_session(engine=engine) as session:
        for part in _ids(session, pictures):
            with ThreadPoolExecutor(8) as pool:
                stored = list(pool.map(lambda number: _put(bucket, number), part))
            session.execute(update(Blob), stored)
        keys = select(Blob.bucket_key).where(Blob.id == Media.blob_id).scalar_subquery()
        session.execute(update(Media).values(bucket_key=keys))


def _ids(session: Session, pictures: int) -> Iterator[list[int]]:
    ids = list(session.scalars(select(Blob.id).order_by(Blob.id).limit(pictures)))
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


def _put(bucket: Bucket, number: int) -> dict[str, object]:
    content = jpeg(number)
    sha256 = hashlib.sha256(content).hexdigest()
    key = media_key("media", sha256, "jpg")
    bucket.put(key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256)
    return {"id": number, "sha256": sha256, "size": len(content), "bucket_key": key}


def _folder(ground: Ground, name: str) -> Path:
    folder = ground.folder / name
    folder.mkdir(exist_ok=True)
    return folder
