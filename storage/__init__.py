"""Bytes: objects under keys in a folder, an S3 bucket or Qarnot's. `open_bucket` is the tap, opened at a door only."""

from __future__ import annotations

import functools

from settings import Settings, get_settings
from storage.bucket import Bucket, ObjectStream, SelfTest, SelfTestStep, StoredObject
from storage.local import LocalBucket

__all__ = [
    "Bucket",
    "ObjectStream",
    "SelfTest",
    "SelfTestStep",
    "StoredObject",
    "bucket_for",
    "open_bucket",
]


@functools.cache
def open_bucket() -> Bucket:
    """The bucket of this process, as its settings say. Asks nobody: the first use does."""
    return bucket_for(get_settings())


def bucket_for(settings: Settings) -> Bucket:
    """The bucket that these settings choose: Qarnot's, an S3 one, or a folder. Asks nobody."""
    if settings.bucket_kind == "folder":
        return LocalBucket(settings.bucket_dir)
    # boto3 costs 30 MB and a third of a second: whoever keeps pictures in a folder never pays for it.
    from storage.s3 import S3Account, S3Bucket, host_of

    assert settings.bucket_name is not None  # Settings refuses a bucket without a name
    if settings.qarnot_token:
        from storage.qarnot import QarnotAccount

        ask = QarnotAccount(settings.qarnot_token, settings.qarnot_cluster_url, settings.s3_region)
        return S3Bucket(settings.bucket_name, ask, at="Qarnot")
    account = S3Account(
        endpoint_url=settings.s3_endpoint_url,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        region=settings.s3_region,
    )
    return S3Bucket(settings.bucket_name, lambda: account, at=host_of(settings.s3_endpoint_url))
