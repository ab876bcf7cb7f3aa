"""Qarnot's bucket: its account e-mail and storage address are asked once, at the first use; the client is ours."""

from __future__ import annotations

import logging
import threading
import time

from storage.errors import BucketRefused, BucketUnreachable
from storage.s3 import S3Account

ANSWER_SECONDS = 5
# While Qarnot is away every waiting request would ask again, one after the other: a fresh failure counts for all.
FAILURE_COUNTS_SECONDS = 2.0

log = logging.getLogger(__name__)


class QarnotAccount:
    """Callable that gives the S3Account of a Qarnot token. Raises BucketRefused, BucketUnreachable."""

    def __init__(
        self,
        token: str,
        cluster_url: str,
        region: str,
        *,
        failure_counts_seconds: float = FAILURE_COUNTS_SECONDS,
    ) -> None:
        self._token = token
        self._cluster_url = cluster_url
        self._region = region
        self._failure_counts_seconds = failure_counts_seconds
        self._account: S3Account | None = None
        self._failure: BucketUnreachable | None = None
        self._failed_at = 0.0
        self._asking = threading.Lock()

    def __call__(self) -> S3Account:
        with self._asking:
            if self._account is not None:
                return self._account
            if (
                self._failure is not None
                and time.monotonic() - self._failed_at < self._failure_counts_seconds
            ):
                raise type(self._failure)(str(self._failure))
            try:
                self._account = self._ask()
            except BucketUnreachable as problem:
                self._failure, self._failed_at = problem, time.monotonic()
                raise
            return self._account

    def _ask(self) -> S3Account:
        import qarnot  # with requests and a second boto3 resource layer: only whoever uses Qarnot pays for it
        from qarnot.exceptions import QarnotException, UnauthorizedException

        try:
            connection = qarnot.Connection(
                client_token=self._token,
                cluster_url=self._cluster_url,
                cluster_timeout=ANSWER_SECONDS,
                retry_count=0,  # its retries wait without end; ours is the next request
                logger=log,
            )
            email, storage = connection.user_info.email, connection.storage
        except UnauthorizedException as problem:
            raise BucketRefused("Qarnot does not accept QARNOT_TOKEN.") from problem
        except (QarnotException, OSError, ValueError) as problem:  # requests' errors are OSErrors
            raise BucketUnreachable(
                f"Cannot ask Qarnot for the bucket: {type(problem).__name__}."
            ) from problem
        if not email or not storage:
            raise BucketRefused("Qarnot gives no storage for this QARNOT_TOKEN.")
        return S3Account(endpoint_url=storage, access_key=email, secret_key=self._token, region=self._region)
