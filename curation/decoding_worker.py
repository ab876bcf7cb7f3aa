"""The decoding child: the only place where bytes of strangers meet a decoder.

Started as `python -m curation.decoding_worker MEMORY_BYTES` by `curation.decoding`; asked over standard input,
answers over standard output, ends when its input ends, and so with its parent.

One message is two lengths (big-endian, 4 bytes each), that many bytes of JSON, and that many bytes as they are.
No pickle: the parent must be able to read an answer of a child that a picture has taken over.
"""

from __future__ import annotations

import io
import json
import math
import mmap
import os
import resource
import select
import signal
import struct
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

from curation.drawing import JPEG_QUALITY, draw_crop, draw_small, upright_size
from curation.exif import read_exif
from curation.geometry import Box, crop_window
from curation.picture_hashing import hash_picture
from curation.picture_limits import (
    CROP_SIDE,
    KINDS,
    SCREEN_SIDE,
    THUMBNAIL_SIDE,
    NotTaken,
    check_size,
    kind_of,
    webp_size,
)

LENGTHS = struct.Struct(">II")
IDLE_SECONDS = 60.0
SIDES = {"thumb": THUMBNAIL_SIDE, "screen": SCREEN_SIDE}
VIDEO_TASKS = ("inspect video", "poster", "frames")
DAMAGED = "is damaged: it cannot be decoded"
# The last chunk of every PNG holds nothing, so that its name and its sum are always the same.
END_OF_PNG = b"IEND\xaeB`\x82"
CUT_SHORT = "is cut short: its end is missing"


def main() -> None:
    """Answer requests until the input ends, or nobody asks for a while: an idle child only holds memory."""
    limit_this_process(int(sys.argv[1]))
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land among the answers
    # Between two pictures nothing is buffered, so that waiting for the pipe is waiting for the next one.
    while select.select([requests], [], [], IDLE_SECONDS)[0] and (lengths := requests.read(LENGTHS.size)):
        head_length, body_length = LENGTHS.unpack(lengths)
        request = json.loads(requests.read(head_length))
        body = requests.read(body_length)
        allow_time(request["seconds"])
        head, body = answer(request, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        encoded = json.dumps(head).encode()
        answers.write(LENGTHS.pack(len(encoded), len(body)) + encoded + body)
        answers.flush()


def limit_this_process(memory_bytes: int) -> None:
    """Once, before any picture: so much address space, no files written, no core dumps; Ctrl-C is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # We have limits of our own; Pillow's would warn far below them.
    Image.MAX_IMAGE_PIXELS = None


def allow_time(seconds: float) -> None:
    """So much CPU time from now on, then SIGXCPU; SIGALRM ends a child that waits, should its parent be gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    total = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (total, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, 4 * seconds)


def answer(request: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """What one request asks for: `inspect` a file; a size, a crop or the hashes of the picture in `body`; a video."""
    try:
        if request["task"] == "inspect":
            with open(request["path"], "rb") as file:
                return inspect(file)
        if request["task"] in VIDEO_TASKS:
            with open(request["path"], "rb") as file:
                return answer_about_video(request, file)
        if request["task"] == "crop":
            return {}, crop(io.BytesIO(body), Box(*request["box"]))
        if request["task"] == "hash":
            return {"hashes": hashes(body)}, b""
        return {}, draw(io.BytesIO(body), request["task"])
    except NotTaken as reason:
        return {"refused": str(reason)}, b""
    except MemoryError:
        return {"refused": "needs too much memory to decode"}, b""
    except Exception as problem:  # Pillow and FFmpeg raise nearly anything on broken files
        seen = CUT_SHORT if "truncated" in str(problem) else DAMAGED
        return {"refused": seen, "cause": f"{type(problem).__name__}: {problem}"[:500]}, b""


def answer_about_video(request: dict[str, Any], file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What one request about a video asks for. Raises NotTaken."""
    # FFmpeg's libraries take 80 MB of addresses: only the children that read videos load them.
    from curation import video_worker

    if request["task"] == "inspect video":
        return video_worker.inspect_video(file)
    if request["task"] == "poster":
        return video_worker.draw_poster(file)
    return video_worker.take_frames(file, request["times"], request["seconds"] / 2)


def inspect(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Decode every pixel of a file, and tell its facts with its thumbnail. Raises NotTaken."""
    check_whole(file)
    kind, image = open_picture(file)
    if kind == "PNG":
        image.verify()  # the sums of all chunks; a verified image cannot be decoded any more
        kind, image = open_picture(file)
    image.load()
    facts = read_exif(image.info.get("exif"))
    width, height = upright_size(image.size, facts.orientation)
    thumbnail = draw_small(image, THUMBNAIL_SIDE, JPEG_QUALITY["thumb"], facts.orientation)
    content_type, extension = KINDS[kind]
    exif = asdict(facts) | {"captured_at": facts.captured_at.isoformat() if facts.captured_at else None}
    found = {
        "content_type": content_type,
        "extension": extension,
        "width": width,
        "height": height,
        "exif": exif,
        "hashes": hashes(thumbnail),
    }
    return found, thumbnail


def hashes(thumbnail: bytes) -> dict[str, str] | None:
    """What a picture looks like, by its thumbnail; None where that says nothing."""
    found = hash_picture(thumbnail)
    return asdict(found) if found is not None else None


def draw(file: BinaryIO, size: str) -> bytes:
    """A derived size, decoded no larger than it needs to be. Raises NotTaken."""
    _, image = open_picture(file)
    orientation = read_exif(image.info.get("exif")).orientation
    return draw_small(image, SIDES[size], JPEG_QUALITY[size], orientation)


def crop(file: BinaryIO, box: Box) -> bytes:
    """The surroundings of a box (fractions of the upright picture), magnified. Raises NotTaken."""
    _, image = open_picture(file)
    orientation = read_exif(image.info.get("exif")).orientation
    window = crop_window(box, *upright_size(image.size, orientation))
    return draw_crop(image, window, CROP_SIDE, JPEG_QUALITY["crop"], orientation, box.crop_mark)


def open_picture(file: BinaryIO) -> tuple[str, Image.Image]:
    """The kind and the picture with its header read and found within the limits, no pixel decoded. Raises NotTaken."""
    file.seek(0)
    start = file.read(64)
    kind = kind_of(start)
    if kind == "WEBP":
        check_size(*webp_size(start))
    file.seek(0)
    try:
        image = Image.open(file, formats=(kind,))
    except (OSError, SyntaxError) as problem:
        raise NotTaken(DAMAGED) from problem
    check_size(*image.size)
    # A camera's JPEG may carry a preview or a depth map behind the picture (MPO): that is no animation.
    frames = 1 if kind == "JPEG" else getattr(image, "n_frames", 1)
    if frames > 1:
        raise NotTaken(f"is animated ({frames} frames); only still pictures are taken")
    return kind, image


def check_whole(file: BinaryIO) -> None:
    """Refuse a file whose end is missing, also where the pixels would still decode. Raises NotTaken."""
    kind = kind_of(file.read(64))
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if kind == "JPEG":
            # End of image behind the first start of scan; one in front belongs to a preview inside the EXIF block.
            whole = content.rfind(b"\xff\xd9") > start_of_scan(content)
        elif kind == "PNG":
            whole = content.rfind(END_OF_PNG) > 0
        else:
            whole = int.from_bytes(content[4:8], "little") + 8 <= len(content)
    if not whole:
        raise NotTaken(CUT_SHORT)


def start_of_scan(content: mmap.mmap) -> int:
    """Where the compressed pixels of a JPEG begin (ISO 10918-1, B.1). Raises NotTaken when they never do."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            at += 1
        elif content[at + 1] == 0xDA:
            return at
        elif content[at + 1] in (0x00, 0x01, 0xFF) or 0xD0 <= content[at + 1] <= 0xD8:
            at += 1 if content[at + 1] == 0xFF else 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise NotTaken(CUT_SHORT)


if __name__ == "__main__":
    main()
