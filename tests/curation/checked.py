"""An installation to be checked: pictures that were really registered, and ways to break what was stored."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from curation.annotation_files import write_annotation_file
from curation.annotations import submit_annotation
from curation.spool import Spool, spool_chunks
from curation.storage_checks.findings import Kind
from curation.storage_checks.looking import Place
from curation.storage_checks.running import Result, Wanted, make_check
from curation.uploads import Registered, register_media
from db.models import Access, Blob, Job, Media
from db.session import open_session
from storage import open_bucket
from tests.factories import a_box, a_jpeg

LONG_AGO = timedelta(days=3)


@dataclass
class Checked:
    """What the tests of storage checks do to an installation."""

    data_dir: Path
    curator: Access

    @property
    def place(self) -> Place:
        return Place("media", "annotations", self.data_dir / "spool")

    @property
    def folder(self) -> Path:
        """The bucket, as a folder."""
        return self.data_dir / "bucket"

    def register(self, content: bytes | None = None) -> Registered:
        with Spool(self.data_dir / "spool", limit=2**25) as spool:
            return register_media(
                open_session,
                open_bucket(),
                self.curator,
                spool_chunks(spool, [content or a_jpeg()]),
                file_name="IMG_0001.jpg",
            )

    def answer(self, media_id: int, **more: Any) -> int:
        """An answer with its file in the bucket; gives its id."""
        with open_session() as session:
            submitted = submit_annotation(session, self.curator, media_id, shapes=[a_box()], **more)
            for job in session.scalars(select(Job)):
                session.delete(job)
        write_annotation_file(open_session, open_bucket(), submitted.annotation.id, "annotations")
        return submitted.annotation.id

    def path_of(self, media_id: int) -> Path:
        """Where the original of a media lies."""
        with open_session(read_only=True) as session:
            return self.folder / str(session.get_one(Media, media_id).bucket_key)

    def blob_of(self, media_id: int) -> Blob:
        with open_session(read_only=True) as session:
            return session.scalars(select(Blob).join(Media).where(Media.id == media_id)).one()

    def put(self, key: str, content: bytes = b"anything", *, age: timedelta = LONG_AGO) -> Path:
        """An object that no row knows, as old as is said."""
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        grow_old(path, age)
        return path

    def check(self, **wanted: Any) -> Result:
        return make_check(open_session, open_bucket(), self.place, Wanted(**wanted))

    def finds(self, **wanted: Any) -> dict[Kind, int]:
        """What a check finds, by kind."""
        return dict(self.check(**wanted).report.found)


def grow_old(path: Path, age: timedelta = LONG_AGO) -> None:
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
