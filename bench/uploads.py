"""Rows 6 and 7: registering pictures, beside the bucket calls and the decoding that no one can do without."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config
from PIL import Image

from bench.figures import Figure, at_least, at_most
from bench.ground import Ground
from bench.pictures import jpeg
from bench.timing import race
from curation.accesses import find_access
from curation.picture_limits import LARGEST_BYTES
from curation.pictures import PictureFacts, inspect_picture
from curation.spool import Spool
from curation.uploads import register_media
from db.session import open_session
from settings import Settings
from storage import bucket_for
from tests.s3_server import BUCKET_NAME

# What a request body comes in.
CHUNK_BYTES = 64 * 1024


def measure(ground: Ground) -> Iterator[Figure]:
    rounds = 40 if ground.quick else 120
    uploads = Uploads(ground)
    stored = race(rounds, ours=uploads.without_decoding, put=uploads.put)
    ours, put = stored["ours"].least, stored["put"].least
    note = (
        "row 6 is an upload with the decoding and the thumbnail taken out of it; it asks the bucket twice, "
        "to store and to confirm what is stored."
    )
    operation = "upload: hash, deduplicate, store, row; beside put_object"
    yield at_least("6", operation, 1 / ours, 1 / put, 0.55, unit="a second", note=note)
    decoded = race(rounds, ours=uploads.whole, parts=uploads.parts)
    ours, parts = decoded["ours"].least, decoded["parts"].least
    together = uploads.in_two_threads(rounds)
    note = (
        "the parts: full decode, thumbnail, two put_object, one insert, in one thread of one process. Ours "
        f"decodes in a limited child. With two workers {together:,.0f} uploads a second "
        f"({together * ours:.2f} x one worker)."
    )
    operation = "upload with full decode and thumbnail, beside the sum of its parts"
    yield at_most("7", operation, ours, parts, 1.3, shown="ms", note=note)


class Uploads:
    """The same kind of picture registered by our use case, and by the bare parts of it; never one twice."""

    def __init__(self, ground: Ground, database: str = "uploaded") -> None:
        server = ground.s3_server()
        url = ground.copy_of(ground.database(100_000), database)
        self._connection = ground.connect(url)
        self._sessions: Any = functools.partial(open_session, engine=ground.engine(url))
        environment = {
            "DATA_DIR": str(ground.folder / "data"),
            "BUCKET_NAME": BUCKET_NAME,
            "S3_ENDPOINT_URL": server.endpoint_url,
            "S3_ACCESS_KEY": server.access_key,
            "S3_SECRET_KEY": server.secret_key,
        }
        self._bucket = bucket_for(Settings.from_environment(environment))
        self._client = boto3.client(
            "s3",
            endpoint_url=server.endpoint_url,
            aws_access_key_id=server.access_key,
            aws_secret_access_key=server.secret_key,
            region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        self._spool_folder = ground.folder / "spool"
        self._numbers = itertools.count(1)
        with self._sessions(read_only=True) as session:
            access = find_access(session, "curator-2")
            assert access is not None
            self._access = access
        path = ground.folder / "facts.jpg"
        path.write_bytes(jpeg(0))
        self._facts: PictureFacts = inspect_picture(path, file_name=path.name)

    def whole(self) -> None:
        number = next(self._numbers)
        content = jpeg(number)
        with Spool(self._spool_folder, limit=LARGEST_BYTES) as spool:
            for start in range(0, len(content), CHUNK_BYTES):
                spool.write(content[start : start + CHUNK_BYTES])
            registered = register_media(
                self._sessions, self._bucket, self._access, spool.finish(), file_name=f"frame-{number}.jpg"
            )
        assert not registered.twin

    def without_decoding(self) -> None:
        with (
            patch("curation.uploads.inspect_content", lambda *_, **__: self._facts),
            patch("curation.uploads.keep_derived", lambda *_, **__: True),
        ):
            self.whole()

    def in_two_threads(self, uploads: int) -> float:
        """Uploads a second with two workers."""
        left = iter(range(uploads))

        def work() -> None:
            for _ in left:
                self.whole()

        threads = [threading.Thread(target=work) for _ in range(2)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return uploads / (time.perf_counter() - started)

    def put(self) -> None:
        self._put(f"bare/{next(self._numbers)}.jpg", jpeg(next(self._numbers)))

    def parts(self) -> None:
        number = next(self._numbers)
        content = jpeg(number)
        sha256 = hashlib.sha256(content).hexdigest()
        with Image.open(io.BytesIO(content)) as image:
            image.load()
        thumbnail = io.BytesIO()
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (480, 270))
            image.thumbnail((320, 320))
            image.save(thumbnail, "JPEG", quality=80)
        self._put(f"bare/{sha256}.jpg", content)
        self._put(f"bare/{sha256}-thumb.jpg", thumbnail.getvalue())
        with self._connection.transaction():
            row = self._connection.execute(
                """INSERT INTO blobs (sha256, size, content_type, width, height, orientation, bucket_key, state,
                    created_at) VALUES (%s, %s, 'image/jpeg', 1920, 1080, 1, %s, 'stored', now()) RETURNING id""",
                [sha256, len(content), f"bare/{sha256}.jpg"],
            ).fetchone()
            assert row is not None
            self._connection.execute(
                """INSERT INTO media (type, state, blob_id, bucket_key, upload_sha256, file_name,
                    captured_at_assumed, uploaded_by_id, act_count, created_at)
                VALUES ('image', 'new', %s, %s, %s, %s, false, %s, 0, now())""",
                [row[0], f"bare/{sha256}.jpg", sha256, f"frame-{number}.jpg", self._access.id],
            )

    def _put(self, key: str, content: bytes) -> None:
        # As any careful client sends it: with the digest that the server checks.
        md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        self._client.put_object(
            Bucket=BUCKET_NAME, Key=key, Body=content, ContentType="image/jpeg", ContentMD5=md5
        )
