"""Row 12: metadata rows that are imported, from the lines of a file to the entries of a preview, beside COPY in."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import delete, select

from bench.figures import Figure, at_least
from bench.ground import Ground
from bench.timing import race
from curation.accesses import find_access
from curation.acts import ReviewPolicy
from curation.imports.asking import start_import
from curation.imports.dataset_reading import read_dataset
from curation.imports.staging import add_file
from curation.imports.work import ImportWork
from curation.spool import Spool
from curation.uploads import UploadPlace
from db.models import Blob, ImportItem, ImportKind, Media
from db.session import open_session
from storage.local import LocalBucket

MEDIA = 100_000
ROWS = 20_000


def measure(ground: Ground) -> Iterator[Figure]:
    url = ground.copy_of(ground.database(MEDIA), "imports")
    sessions = partial(open_session, engine=ground.engine(url))
    with tempfile.TemporaryDirectory() as folder:
        bucket, spool_folder = LocalBucket(Path(folder) / "bucket"), Path(folder) / "spool"
        bucket.prepare()
        with sessions() as session:
            access = find_access(session, "curator-1")
            assert access is not None
            import_id = start_import(session, access, ImportKind.FILES, "metadata", format="jsonl").id
            known = session.execute(
                select(Media.id, Blob.sha256, Media.file_name)
                .join(Media, Media.blob_id == Blob.id)
                .limit(ROWS)
            ).all()
        with Spool(spool_folder, limit=2**30) as spool:
            for media_id, sha256, file_name in known:
                told = {"media_id": media_id, "sha256": sha256, "file_name": file_name, "state": "new"}
                spool.write(json.dumps({**told, "source": "CAM-1", "tags": ["smoky"]}).encode() + b"\n")
            add_file(sessions, bucket, access, import_id, "metadata.jsonl", spool.finish())
        work = ImportWork(
            sessions=sessions,
            bucket=bucket,
            access=access,
            import_id=import_id,
            kind=ImportKind.FILES,
            format="jsonl",
            prefix="",
            options={},
            policy=ReviewPolicy(),
            place=UploadPlace(),
            spool_folder=spool_folder,
            still_wanted=lambda: None,
            note=lambda _done, _total: None,
            fail=lambda _sentence: None,
        )
        read_dataset(work)
        rows = io.BytesIO()
        columns = "import_id, position, name, wanted, outcome, media_id"
        wanted = f"COPY (SELECT {columns} FROM import_items) TO STDOUT".encode()
        with ground.connect(url).cursor() as cursor, cursor.copy(wanted) as taken:
            for piece in taken:
                rows.write(piece)

        def copy_in() -> None:
            with sessions() as session:
                session.execute(delete(ImportItem))
            copied = f"COPY import_items ({columns}) FROM STDIN".encode()
            with ground.connect(url).cursor() as cursor, cursor.copy(copied) as given:
                given.write(rows.getvalue())

        times = race(3, warm=True, ours=lambda: read_dataset(work), copied=copy_in)
    rates = [ROWS / times[name].least for name in ("ours", "copied")]
    note = (
        f"{ROWS:,} lines of metadata read, matched with {MEDIA:,} media by their hashes, previewed and written as "
        "entries, those of the reading before deleted first; the limit is COPY of the same entries, after the same "
        "deletion."
    )
    yield at_least("12", "metadata rows imported beside COPY in", *rates, 0.2, unit="rows/s", note=note)
