"""Buckets for tests: the same suite runs on a folder, on a real S3 server over HTTP, and on one that is named."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.bucket import Bucket
from storage.local import LocalBucket
from storage.s3 import S3Account, S3Bucket, host_of
from tests.s3_server import BUCKET_NAME, S3Server, start_rclone

GIVEN_SERVER = os.environ.get("TEST_S3_ENDPOINT_URL")
KINDS = ["folder", "rclone", *(["given server"] if GIVEN_SERVER else [])]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = start_rclone(tmp_path_factory.mktemp("s3"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3_account(s3_server: S3Server) -> S3Account:
    return S3Account(s3_server.endpoint_url, s3_server.access_key, s3_server.secret_key, "us-east-1")


@pytest.fixture(scope="session")
def rclone_bucket(s3_account: S3Account) -> S3Bucket:
    return S3Bucket(BUCKET_NAME, lambda: s3_account, at=host_of(s3_account.endpoint_url))


@pytest.fixture(scope="session")
def given_bucket() -> Iterator[S3Bucket]:
    """A bucket of our own on the server of TEST_S3_ENDPOINT_URL, made and taken away again."""
    account = S3Account(
        GIVEN_SERVER,
        os.environ.get("TEST_S3_ACCESS_KEY"),
        os.environ.get("TEST_S3_SECRET_KEY"),
        os.environ.get("TEST_S3_REGION", "us-east-1"),
    )
    name = f"vigie-test-{secrets.token_hex(6)}"
    bucket = S3Bucket(name, lambda: account, at=host_of(GIVEN_SERVER))
    bucket.prepare()
    yield bucket
    bucket._reading.delete_bucket(Bucket=name)


@pytest.fixture(params=KINDS)
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bucket]:
    """An empty bucket of each kind."""
    if request.param == "folder":
        folder = LocalBucket(tmp_path / "bucket")
        folder.prepare()
        yield folder
        return
    found: Bucket = request.getfixturevalue("rclone_bucket" if request.param == "rclone" else "given_bucket")
    yield found
    empty(found)


@pytest.fixture
def s3_bucket(rclone_bucket: S3Bucket) -> Iterator[S3Bucket]:
    """An empty bucket on the S3 server."""
    yield rclone_bucket
    empty(rclone_bucket)


def empty(bucket: Bucket) -> None:
    # An object that rclone has come to list twice has to be deleted twice.
    for _ in range(5):
        for found in list(bucket.list()):
            bucket.delete(found.key)
