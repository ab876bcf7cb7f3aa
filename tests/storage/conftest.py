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
from tests.s3_server import S3Server, start_rclone

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


@pytest.fixture
def s3_bucket_name() -> str:
    """The name of a bucket that no other test has."""
    return f"vigie-test-{secrets.token_hex(6)}"


@pytest.fixture
def s3_bucket(s3_account: S3Account, s3_bucket_name: str) -> S3Bucket:
    """An empty bucket on the S3 server.

    Each test has one of its own, since an object that several have put at one moment is listed by rclone once for
    each of them, and comes back until it was deleted as often.
    """
    bucket = S3Bucket(s3_bucket_name, lambda: s3_account, at=host_of(s3_account.endpoint_url))
    bucket.prepare()
    return bucket


@pytest.fixture
def given_bucket(s3_bucket_name: str) -> Iterator[S3Bucket]:
    """An empty bucket on the server of TEST_S3_ENDPOINT_URL, made and taken away again."""
    account = S3Account(
        GIVEN_SERVER,
        os.environ.get("TEST_S3_ACCESS_KEY"),
        os.environ.get("TEST_S3_SECRET_KEY"),
        os.environ.get("TEST_S3_REGION", "us-east-1"),
    )
    bucket = S3Bucket(s3_bucket_name, lambda: account, at=host_of(GIVEN_SERVER))
    bucket.prepare()
    yield bucket
    for found in list(bucket.list()):
        bucket.delete(found.key)
    bucket._reading.delete_bucket(Bucket=s3_bucket_name)


@pytest.fixture(params=KINDS)
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    """An empty bucket of each kind."""
    if request.param == "folder":
        folder = LocalBucket(tmp_path / "bucket")
        folder.prepare()
        return folder
    found: Bucket = request.getfixturevalue("s3_bucket" if request.param == "rclone" else "given_bucket")
    return found
