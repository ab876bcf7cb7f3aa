"""Whether this process may use its bucket: found out by trying, when it starts, and again until it passes."""

from __future__ import annotations

import threading
from datetime import datetime
from weakref import WeakKeyDictionary

from curation.errors import Unavailable
from curation.storage_checks.marker import settle
from db.models import utc_now
from db.types import Sessions
from storage import Bucket, SelfTest


class Standing:
    """What the last try found: the steps of the self-test, and whether the bucket is this database's."""

    def __init__(self) -> None:
        self._trying = threading.Lock()
        self._passed = False
        self.tested: SelfTest | None = None
        self.tested_at: datetime | None = None

    def require(self, sessions: Sessions, bucket: Bucket) -> None:
        """Try, unless a try has passed already. Raises Unavailable, WrongBucket, BucketUnreachable."""
        if not self._passed:
            self.try_again(sessions, bucket)

    def try_again(self, sessions: Sessions, bucket: Bucket) -> None:
        """Try now. Raises Unavailable, WrongBucket, and BucketUnreachable while nobody answers."""
        with self._trying:
            self._passed = False
            bucket.check()
            tested = bucket.self_test()
            if not tested.passed:
                bucket.check()  # one that went away in the middle has not failed
            self.tested, self.tested_at = tested, utc_now()
            if not tested.passed:
                raise Unavailable(tested.sentence)
            settle(sessions, bucket)
            self._passed = True


_standings: WeakKeyDictionary[Bucket, Standing] = WeakKeyDictionary()
_making = threading.Lock()


def standing_of(bucket: Bucket) -> Standing:
    """The standing of a bucket in this process."""
    with _making:
        return _standings.setdefault(bucket, Standing())
