"""The self-test of a bucket: what we build on is tried with an object of our own, then removed."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Callable

from storage.bucket import Bucket, SelfTest, SelfTestStep
from storage.errors import BucketError, ObjectDamaged, ObjectMissing

FOLDER = "self-test"
Trial = Callable[[], str]


class Failed(Exception):
    """A step of the self-test did not do what it should; the text says what was seen."""


def run_self_test(bucket: Bucket, extra: tuple[tuple[str, Trial], ...] = ()) -> SelfTest:
    """Try writing, refusing damage, reading, listing and deleting; then the `extra` steps, which are not required.

    A trial returns a note, or raises Failed or BucketError. Each run uses a key of its own, so that replicas may
    test at the same time.
    """
    key = f"{FOLDER}/{secrets.token_hex(8)}.txt"
    content = b"Vigie writes this to find out whether the bucket works."

    def put() -> str:
        put_bytes(bucket, key, content)
        return ""

    def read_after_write() -> str:
        if bucket.read(key) != content:
            raise Failed("what was read is not what was written.")
        found = bucket.head(key)
        if found is None or found.size != len(content):
            raise Failed("the length it tells is not the one that was written.")
        return ""

    def read_a_part() -> str:
        with bucket.open(key, start=6, end=12) as stream:
            if stream.read() != content[6:12]:
                raise Failed("a part of an object is not the part that was asked for.")
        return ""

    def list_it() -> str:
        if [found.key for found in bucket.list(key)] != [key]:
            raise Failed("a listing does not show what was written.")
        return ""

    def refuse_damage() -> str:
        damaged = f"{FOLDER}/{secrets.token_hex(8)}.txt"
        try:
            bucket.put(
                damaged,
                io.BytesIO(content),
                size=len(content),
                content_type="text/plain",
                sha256=hashlib.sha256(b"something else").hexdigest(),
            )
        except ObjectDamaged:
            return ""
        finally:
            bucket.delete(damaged)  # a bucket may refuse them and keep them all the same
        raise Failed("bytes that do not fit their hash were taken.")

    def delete() -> str:
        bucket.delete(key)
        try:
            bucket.read(key)
        except ObjectMissing:
            return ""
        raise Failed("a deleted object can still be read.")

    required = (
        ("write", put),
        ("read after write", read_after_write),
        ("read a part", read_a_part),
        ("list", list_it),
        ("refuse damage", refuse_damage),
    )
    steps = [_try(name, trial, required=True) for name, trial in required]
    if steps[0].passed:
        steps += [_try(name, trial, required=False) for name, trial in extra]
    steps.append(_try("delete", delete, required=True))
    return SelfTest(place=bucket.place, steps=tuple(steps))


def put_bytes(bucket: Bucket, key: str, content: bytes, content_type: str = "text/plain") -> None:
    """Store a few bytes under a key."""
    bucket.put(
        key,
        io.BytesIO(content),
        size=len(content),
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )


def _try(name: str, trial: Trial, *, required: bool) -> SelfTestStep:
    try:
        return SelfTestStep(name, True, required, trial())
    except (Failed, BucketError) as problem:
        return SelfTestStep(name, False, required, str(problem))
