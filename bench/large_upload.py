"""Row 15b: a video of 2 GiB is sent through HTTP, and the server's memory stays as it is."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator

import httpx

from bench.figures import Figure, below
from bench.ground import Ground, say
from bench.memory import SECRET, doors
from bench.processes import forget_peak, peak_megabytes, resident_megabytes
from tests.product import Program, start_product
from tests.s3_server import BUCKET_NAME
from tests.videos import a_video

FULL_BYTES = 2 * 2**30
QUICK_BYTES = 256 * 2**20
PIECE = 2**20
MOST_GROWTH = 64  # MB
SMALL = 1_000  # media that are there already
BOUNDARY = "vigie-bench-boundary"


class LargeVideo:
    """An MP4 that plays, with a box behind it that nobody reads: as many bytes as one wants, made as they are sent."""

    def __init__(self, size: int) -> None:
        self._clip = a_video(seconds=4.0)
        self._padding = size - len(self._clip) - 8
        self._noise = random.Random(2).randbytes(PIECE)
        self.size = size

    def __iter__(self) -> Iterator[bytes]:
        yield self._clip
        yield (self._padding + 8).to_bytes(4, "big") + b"free"
        left = self._padding
        while left:
            piece = self._noise[:left]
            yield piece
            left -= len(piece)

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for piece in self:
            digest.update(piece)
        return digest.hexdigest()


def measure(ground: Ground) -> Iterator[Figure]:
    video = LargeVideo(QUICK_BYTES if ground.quick else FULL_BYTES)
    s3 = ground.s3_server()
    product = start_product(
        ground.folder / "large",
        DATABASE_URL=ground.copy_of(ground.database(SMALL), "large"),
        SECRET_KEY=SECRET,
        BUCKET_NAME=BUCKET_NAME,
        S3_ENDPOINT_URL=s3.endpoint_url,
        S3_ACCESS_KEY=s3.access_key,
        S3_SECRET_KEY=s3.secret_key,
    )
    try:
        with Program(product) as program:
            program.timeout = httpx.Timeout(1800)
            # What is loaded at the first upload stays: that is no growth.
            program.upload(a_video(seconds=1.0), "first.mp4")
            server = doors(product)["api"]
            idle = resident_megabytes(server)
            forget_peak(server)
            started = time.perf_counter()
            answer = program.post("/uploads", content=_body(video), headers=_headers(video))
            answer.raise_for_status()
            media = answer.json()["media"]
            sent = time.perf_counter() - started
            assert (media["size"], media["duration"]) == (video.size, 4.0)
            yield below(
                "15b",
                f"growth of the API while {video.size / 2**20:,.0f} MiB are uploaded",
                peak_megabytes(server) - idle,
                MOST_GROWTH,
                shown="MB",
                limit=f"{idle:.0f} MB idle",
                note=f"{video.size / 2**20:,.0f} MiB in {sent:.0f} s, {video.size / 1e6 / sent:.0f} MB/s",
            )
            forget_peak(server)
            digest = hashlib.sha256()
            with program.stream("GET", f"/media/{media['id']}/picture?size=video") as whole:
                for chunk in whole.iter_raw():
                    digest.update(chunk)
            assert digest.hexdigest() == video.sha256 == media["sha256"]
            say("what came back is what was sent")
            yield below(
                "15b",
                f"growth of the API while {video.size / 2**20:,.0f} MiB are downloaded",
                peak_megabytes(server) - idle,
                MOST_GROWTH,
                shown="MB",
                limit=f"{idle:.0f} MB idle",
            )
    finally:
        product.stop()


def _headers(video: LargeVideo) -> dict[str, str]:
    length = video.size + len(_BEFORE) + len(_AFTER)
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(length)}


_BEFORE = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.mp4"\r\n'
    "Content-Type: video/mp4\r\n\r\n"
).encode()
_AFTER = f"\r\n--{BOUNDARY}--\r\n".encode()


def _body(video: LargeVideo) -> Iterator[bytes]:
    yield _BEFORE
    yield from video
    yield _AFTER
