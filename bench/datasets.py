"""Row 10: datasets as files of other programs, beside json.dumps of the same document, and pictures zipped.

Run as a program of its own, `python -m bench.datasets DATABASE_URL FORMAT`, it writes everything once and prints what
memory it took, in MB: idle, then at most.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.figures import Figure, at_least, below
from bench.ground import Ground
from bench.pictures import jpeg
from bench.processes import forget_peak, peak_megabytes, resident_megabytes
from bench.timing import race
from curation.accesses import find_access
from curation.datasets.archive import zip_chunks
from curation.datasets.options import ExportOptions
from curation.datasets.pictures import READERS, PictureWanted, picture_members
from curation.datasets.receipt import ReceiptBook
from curation.datasets.source import of_filter
from curation.datasets.writers import writer_for
from curation.media_filter import MediaFilter
from db.models import ExportFormat
from db.session import make_engine, open_session
from db.streaming import hold_still
from settings import Settings
from storage import Bucket, bucket_for
from tests.product import ROOT
from tests.s3_server import BUCKET_NAME

COCO_MEDIA = 100_000
WRITTEN = (ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.PARQUET)


def measure(ground: Ground) -> Iterator[Figure]:
    yield _coco(ground)
    yield _pictures(ground, "s3", proven=False)
    yield _pictures(ground, "folder", proven=True)
    for size in sorted({COCO_MEDIA, ground.million}):
        for format in WRITTEN:
            growth = _growth(ground.database(size), format)
            yield below("10", f"memory over idle, {format.value} of {size:,} media", growth, 96, shown="MB")


def _coco(ground: Ground) -> Figure:
    """From the database to bytes, beside a document that is in memory already and is made text."""
    url = ground.database(COCO_MEDIA)
    document = json.loads(b"".join(_written(url, ExportFormat.COCO)))
    media, shapes = len(document["images"]), len(document["annotations"])
    times = race(
        2,
        warm=True,
        ours=lambda: [None for _ in _written(url, ExportFormat.COCO)],
        dumps=lambda: json.dumps(document),
    )
    rates = [media / times[name].least for name in ("ours", "dumps")]
    note = (
        f"COCO of {COCO_MEDIA:,} media of which {media:,} have answers, with {shapes / media:.1f} shapes each, read "
        "from the database and written; the limit is json.dumps of the document when it is in memory."
    )
    return at_least("10", "COCO beside json.dumps", *rates, 0.04, unit="media/s", note=note)


def _written(url: str, format: ExportFormat) -> Iterator[bytes]:
    engine = make_engine(url)
    options = ExportOptions()
    with open_session(read_only=True, engine=engine) as session, ReceiptBook() as receipt:
        hold_still(session)
        access = find_access(session, "curator-1")
        assert access is not None
        dataset = of_filter(session, access, MediaFilter())
        writer = writer_for(format, options)
        if writer.single:
            for member in writer.members(dataset, receipt):
                yield from member.chunks
        else:
            yield from zip_chunks(writer.members(dataset, receipt))
    engine.dispose()


# --- pictures -------------------------------------------------------------------------------------


def _pictures(ground: Ground, place: str, *, proven: bool) -> Figure:
    bucket = _bucket(ground, place)
    number = 100 if ground.quick else 400
    wanted = [_stored(bucket, media_id) for media_id in range(number)]
    megabytes = sum(picture.size for picture in wanted) / 1e6
    times = race(
        10,
        ours=lambda: _zipped(bucket, wanted),
        plain=lambda: _read(bucket, wanted, proven=False),
        proven=lambda: _read(bucket, wanted, proven=True),
    )
    rates = {name: megabytes / taken.least for name, taken in times.items()}
    note = (
        f"{number} pictures of half a megabyte, proven to be what was stored and summed as ZIP archives must, "
        f"beside reading and dropping them with as many threads ({READERS}). A folder in the memory of the machine "
        "gives bytes faster than any processor can prove them: its limit is reading them and proving their SHA-256."
    )
    operation = (
        f"pictures zipped, bucket: {place} ({rates['plain']:,.0f} MB/s read, {rates['proven']:,.0f} proven)"
    )
    limit = rates["proven" if proven else "plain"]
    return at_least("10", operation, rates["ours"], limit, 0.7, unit="MB/s", note=note)


def _bucket(ground: Ground, place: str) -> Bucket:
    environment = {"DATA_DIR": str(ground.folder / "zipped")}
    if place == "s3":
        server = ground.s3_server()
        environment |= {
            "BUCKET_NAME": BUCKET_NAME,
            "S3_ENDPOINT_URL": server.endpoint_url,
            "S3_ACCESS_KEY": server.access_key,
            "S3_SECRET_KEY": server.secret_key,
        }
    bucket = bucket_for(Settings.from_environment(environment))
    bucket.prepare()
    return bucket


def _stored(bucket: Bucket, media_id: int) -> PictureWanted:
    content = jpeg(media_id)
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"zipped/{sha256}.jpg"
    bucket.put(key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256)
    return PictureWanted(media_id, f"images/{media_id}.jpg", key, sha256, len(content))


def _zipped(bucket: Bucket, wanted: list[PictureWanted]) -> None:
    with ReceiptBook() as receipt:
        for _ in zip_chunks(picture_members(bucket, wanted, receipt)):
            pass
        assert receipt.pictures == len(wanted)


def _read(bucket: Bucket, wanted: list[PictureWanted], *, proven: bool) -> None:
    def read(picture: PictureWanted) -> None:
        digest = hashlib.sha256()
        with bucket.open(picture.bucket_key) as stream:
            for chunk in stream:
                if proven:
                    digest.update(chunk)
        assert not proven or digest.hexdigest() == picture.sha256

    with ThreadPoolExecutor(READERS) as readers:
        for _ in readers.map(read, wanted):
            pass


# --- memory ---------------------------------------------------------------------------------------


def _growth(url: str, format: ExportFormat) -> float:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.datasets", url, format.value],
        cwd=ROOT,
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},  # as the product sets it for its processes
        stdout=subprocess.PIPE,
        check=True,
    )
    idle, most = json.loads(answer.stdout)
    return float(most - idle)


def _write_once(url: str, format: ExportFormat) -> tuple[float, float]:
    if format is ExportFormat.PARQUET:
        import pyarrow.parquet  # noqa: F401 - it is loaded once, and no part of what grows
    time.sleep(0.2)
    idle = resident_megabytes(os.getpid())
    forget_peak(os.getpid())
    for _ in _written(url, format):
        pass
    return idle, peak_megabytes(os.getpid())


if __name__ == "__main__":
    print(json.dumps(_write_once(sys.argv[1], ExportFormat(sys.argv[2]))))
