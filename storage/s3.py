"""S3Bucket: any S3 service by boto3; the only file that imports it."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from urllib3.exceptions import HTTPError

from storage.bucket import CHUNK_BYTES, ObjectStream, SelfTest, StoredObject, check_key, check_range
from storage.errors import (
    BucketError,
    BucketFull,
    BucketRefused,
    BucketUnreachable,
    ObjectCutShort,
    ObjectDamaged,
    ObjectMissing,
    ObjectTooLarge,
    RangeOutside,
)
from storage.s3_parts import LARGEST_IN_ONE, LARGEST_OBJECT, S3Parts
from storage.s3_trials import S3Trials, is_md5
from storage.self_test import run_self_test

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectOutputTypeDef, PutObjectRequestTypeDef

# Every thread of a server may talk to the bucket at once (40 in FastAPI's pool, plus a script per open page); a
# thread that finds the pool empty opens a connection of its own, which is closed afterwards.
CONNECTIONS = 40

PUT_AGAIN_AFTER = 0.4  # seconds, then twice that
LOOKS = 3  # at what is stored, before it is called damaged
LOOK_AGAIN_AFTER = 0.2  # seconds, then twice that

_DAMAGED = (
    "BadDigest",
    "InvalidDigest",
    "XAmzContentSHA256Mismatch",
    "XAmzContentChecksumMismatch",
    "IncompleteBody",
)
_NOT_BORNE = ("NotImplemented", "InvalidArgument", "InvalidRequest")
_FULL = ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage")


@dataclass(frozen=True)
class S3Account:
    """Where an S3 service is and who we are there; without an endpoint it is AWS, without keys what boto3 finds."""

    endpoint_url: str | None
    access_key: str | None
    secret_key: str | None = field(repr=False)
    region: str


@dataclass(frozen=True)
class S3Patience:
    """How long to wait, in seconds. With these, whatever happens, a caller has the answer within 15 s (a PUT: 60 s).

    boto3 counts attempts, not seconds: one that hung for ten would be begun again, and again. So the last one begins
    within 2 s, and has 3 to connect and 10 to read. A PUT is made again only when the service drops it at once, and no
    oftener.
    """

    connect: float = 3
    read: float = 10
    put_read: float = 54
    attempts: int = 3
    last_attempt_begins_within: float = 2


class S3Bucket:
    """One bucket of an S3 service, by two clients (reading, writing) whose connections all threads share.

    `account` is asked at the first use and again until it has answered once, so that making an S3Bucket asks nobody.
    """

    def __init__(
        self, name: str, account: Callable[[], S3Account], *, at: str, patience: S3Patience = S3Patience()
    ) -> None:
        """`at` says where for people, without secrets."""
        self._name = name
        self._patience = patience
        self._account = account
        self._at = at
        self._clients: tuple[S3Client, S3Client] | None = None
        self._making_clients = threading.Lock()
        self._bears_sha256 = True
        self._parts = S3Parts(name, self._connect, self._explained)

    @property
    def place(self) -> str:
        return f"the bucket {self._name} at {self._at}"

    @property
    def on_this_host(self) -> bool:
        return False

    @property
    def largest(self) -> int | None:
        return LARGEST_OBJECT

    @property
    def _reading(self) -> S3Client:
        return self._connect()[0]

    @property
    def _writing(self) -> S3Client:
        return self._connect()[1]

    def _connect(self) -> tuple[S3Client, S3Client]:
        with self._making_clients:  # making clients is not safe between threads, using them is
            if self._clients is None:
                self._clients = _make_clients(self._account(), self._patience)
            return self._clients

    def put(
        self,
        key: str,
        content: BinaryIO,
        *,
        size: int,
        content_type: str,
        sha256: str,
        md5: str | None = None,
        confirm: bool = True,
    ) -> None:
        check_key(key)
        if size > LARGEST_OBJECT:
            raise ObjectTooLarge(f"{key!r} has {size} bytes: more than any bucket takes as one object.")
        begin = content.tell()
        md5 = _measured(content, size, sha256, md5)
        content.seek(begin)
        if size > LARGEST_IN_ONE:
            etag = self._parts.put(key, content, size=size, content_type=content_type, sha256=sha256)
            self._confirm(key, size, sha256, md5, etag)
            return
        request: PutObjectRequestTypeDef = {
            "Bucket": self._name,
            "Key": key,
            "Body": content,
            "ContentLength": size,
            "ContentType": content_type,
            "ContentMD5": base64.b64encode(bytes.fromhex(md5)).decode(),
            "Metadata": {"sha256": sha256},
        }
        with self._explained(key):
            answer = self._put_object(request, content, begin, sha256)
        if not confirm and is_md5(answer["ETag"], md5):
            return
        self._confirm(key, size, sha256, md5)

    def _put_object(
        self, request: PutObjectRequestTypeDef, content: BinaryIO, begin: int, sha256: str
    ) -> PutObjectOutputTypeDef:
        """The PUT itself; one that the service drops at once, as some do when two write the same key, is made again."""
        # Not one digest of these may be left out: some services check the MD5 and ignore the SHA-256, others the
        # other way round, and boto3's own CRC is checked by few.
        checksum: dict[str, Any] = {}
        if self._bears_sha256:
            checksum = {"ChecksumSHA256": base64.b64encode(bytes.fromhex(sha256)).decode()}
        last_begins = time.monotonic() + self._patience.last_attempt_begins_within
        dropped = 0
        while True:
            content.seek(begin)
            try:
                answer = self._writing.put_object(**request, **checksum)
            except ClientError as problem:
                if checksum and problem.response["Error"]["Code"] in _NOT_BORNE:
                    checksum = {}
                    continue
                if problem.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    raise
                dropped += 1
                # Not all after the same time: those that met once would meet again.
                pause = PUT_AGAIN_AFTER * dropped * random.uniform(0.5, 1.5)
                left = last_begins - time.monotonic()
                if dropped == self._patience.attempts or left <= 0:
                    raise
                time.sleep(min(pause, left))
                continue
            self._bears_sha256 = bool(checksum)
            return answer

    def _confirm(self, key: str, size: int, sha256: str, md5: str, etag_of_parts: str = "") -> None:
        """Look at what is stored, and twice more before believing that it is not what was sent. Raises ObjectDamaged.

        It stays where it is, whatever it is: under the same key somebody else may have stored the same bytes, and may
        have been told so. That an answer was garbled is no reason to delete theirs.
        """
        for look in range(LOOKS):
            if look:
                time.sleep(LOOK_AGAIN_AFTER * look)
            try:
                if self._is_what_was_sent(key, size, sha256, md5, etag_of_parts):
                    return
            except ObjectMissing:
                # Some services have no object for a moment while another writer puts the same one (seen of rclone).
                continue
        raise ObjectDamaged(f"What the bucket stored as {key!r} is not what was sent.")

    def _is_what_was_sent(self, key: str, size: int, sha256: str, md5: str, etag_of_parts: str) -> bool:
        # Some services read a whole object to tell its ETag: of a large one that takes longer than others may wait.
        client = self._writing if size > LARGEST_IN_ONE else self._reading
        with self._explained(key):
            found = client.head_object(Bucket=self._name, Key=key)
        # An ETag that is the MD5, or that of all parts, cannot be so by accident. One that is neither says nothing:
        # services that encrypt put something else there.
        shown = is_md5(found["ETag"], md5) or found["ETag"].strip('"') == etag_of_parts
        return found["ContentLength"] == size and (shown or self._hash(key) == sha256)

    def _hash(self, key: str) -> str:
        digest = hashlib.sha256()
        with self.open(key) as stream:
            for chunk in stream:
                digest.update(chunk)
        return digest.hexdigest()

    def head(self, key: str) -> StoredObject | None:
        check_key(key)
        try:
            with self._explained(key):
                found = self._reading.head_object(Bucket=self._name, Key=key)
        except ObjectMissing:
            return None
        return StoredObject(key, found["ContentLength"], found.get("ContentType"), found.get("LastModified"))

    def open(self, key: str, *, start: int | None = None, end: int | None = None) -> ObjectStream:
        check_key(key)
        part: dict[str, Any] = {}
        if start or end is not None:
            check_range(1 << 62, start, end)
            part["Range"] = f"bytes={start or 0}-{'' if end is None else end - 1}"
        with self._explained(key):
            found = self._reading.get_object(Bucket=self._name, Key=key, **part)
        length = found["ContentLength"]
        size = int(found["ContentRange"].rpartition("/")[2]) if part else length
        stored = StoredObject(key, size, found.get("ContentType"), found.get("LastModified"))
        body = found["Body"]

        def chunks() -> Iterator[bytes]:
            try:
                yield from body.iter_chunks(CHUNK_BYTES)
            except (BotoCoreError, HTTPError, OSError) as problem:
                raise ObjectCutShort(
                    f"The object {key!r} ended early: {type(problem).__name__}."
                ) from problem

        return ObjectStream(stored, length, chunks(), body.close)

    def read(self, key: str) -> bytes:
        with self.open(key) as stream:
            return stream.read()

    def delete(self, key: str) -> None:
        check_key(key)
        try:
            with self._explained(key):
                self._reading.delete_object(Bucket=self._name, Key=key)
        except ObjectMissing:
            pass

    def link(self, key: str, seconds: int, *, content_type: str, disposition: str) -> str | None:
        check_key(key)
        asked = {
            "Bucket": self._name,
            "Key": key,
            "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition,
        }
        with self._explained(key):
            return self._reading.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        with self._explained(prefix):
            pages = self._reading.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
            last = None
            for page in pages:
                for found in page.get("Contents", ()):
                    # Some services list an object twice that two have written at one moment (seen of rclone).
                    if found["Key"] == last:
                        continue
                    last = found["Key"]
                    yield StoredObject(found["Key"], found["Size"], None, found["LastModified"])

    def unfinished(self) -> Iterator[str]:
        yield from (upload["Key"] for upload in self._parts.abandoned())

    def prepare(self) -> None:
        try:
            with self._explained(""):
                self._reading.head_bucket(Bucket=self._name)
        except ObjectMissing:
            with self._explained(""):
                self._create()
        self.sweep()

    def sweep(self) -> None:
        self._parts.clear_abandoned()

    def _create(self) -> None:
        region = self._reading.meta.region_name
        place: dict[str, Any] = {}
        # AWS wants to be told the region for all but its first; the others know where they are.
        if self._reading.meta.endpoint_url.endswith(".amazonaws.com") and region != "us-east-1":
            place["CreateBucketConfiguration"] = {"LocationConstraint": region}
        try:
            self._reading.create_bucket(Bucket=self._name, **place)
        except ClientError as problem:
            # Another replica was faster.
            if problem.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def check(self) -> None:
        try:
            with self._explained(""):
                self._reading.head_bucket(Bucket=self._name)
        except ObjectMissing:
            raise BucketRefused(f"There is no {self.place.removeprefix('the ')}.") from None

    def self_test(self) -> SelfTest:
        return run_self_test(self, S3Trials(self, self._name, self._connect, self._explained).steps)

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Turn what boto3 raises into our errors; no text of the service's own, which may repeat our key."""
        try:
            yield
        except ClientError as problem:
            raise self._in_our_words(problem, key) from problem
        except NoCredentialsError as problem:
            raise BucketRefused(f"No key is known for {self.place}.") from problem
        except (BotoCoreError, HTTPError, OSError) as problem:
            raise BucketUnreachable(f"Cannot reach {self.place}: {type(problem).__name__}.") from problem

    def _in_our_words(self, problem: ClientError, key: str) -> BucketError:
        code = problem.response.get("Error", {}).get("Code", "")
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        said = f"{self.place} answered {status} {code}"
        if code == "NoSuchBucket":
            return BucketRefused(f"There is no {self.place.removeprefix('the ')}.")
        if code in _DAMAGED:
            return ObjectDamaged(f"The bytes of {key!r} changed on their way to {self.place}.")
        if code in _FULL or status == 507:
            return BucketFull(f"There is no room left in {self.place}.")
        if status == 404:
            return ObjectMissing(key)
        if status == 416:
            return RangeOutside(f"The range lies outside of {key!r}.")
        if status in (401, 403) or code == "InvalidAccessKeyId":
            return BucketRefused(f"Our key or secret is not accepted: {said}.")
        if status >= 500 or status in (408, 429) or code in ("SlowDown", "RequestTimeout"):
            return BucketUnreachable(f"Try again later: {said}.")
        return BucketError(f"Unexpected for {key!r}: {said}.")


def host_of(url: str | None) -> str:
    """Host and port of an address, without the name and password it may hold."""
    parts = urlsplit(url or "https://s3.amazonaws.com")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _measured(content: BinaryIO, size: int, sha256: str, md5: str | None) -> str:
    """Make sure of the bytes before they leave, and give their MD5. Raises ObjectDamaged."""
    digest, check = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    length = 0
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
        if md5 is None:
            check.update(chunk)
        length += len(chunk)
    if length != size or digest.hexdigest() != sha256:
        raise ObjectDamaged(f"{length} bytes arrived that are not the {size} bytes announced.")
    return md5 or check.hexdigest()


def _make_clients(account: S3Account, patience: S3Patience) -> tuple[S3Client, S3Client]:
    session = boto3.session.Session()
    # rclone and others know path style and version 4 alone. A checksum goes where we say so: what services other than
    # AWS make of boto3's default is a refusal or a damaged object.
    common = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=patience.connect,
        max_pool_connections=CONNECTIONS,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )

    def client(read_timeout: float, attempts: int) -> S3Client:
        return session.client(
            "s3",
            endpoint_url=account.endpoint_url,
            aws_access_key_id=account.access_key,
            aws_secret_access_key=account.secret_key,
            region_name=account.region,
            config=common.merge(
                Config(
                    read_timeout=read_timeout, retries={"mode": "standard", "total_max_attempts": attempts}
                )
            ),
        )

    def begin_no_late_attempt(request: Any, **_: Any) -> None:
        now = time.monotonic()
        if now - request.context.setdefault("vigie_begun", now) > patience.last_attempt_begins_within:
            raise TimeoutError("the bucket did not answer in time")

    reading, writing = client(patience.read, patience.attempts), client(patience.put_read, 1)
    reading.meta.events.register("request-created.s3", begin_no_late_attempt)
    return reading, writing
