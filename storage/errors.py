"""What can go wrong between us and the bucket.

BucketError
├── InvalidKey            a key that climbs out of the bucket or cannot be stored everywhere
├── ObjectMissing         there is no such object
├── ObjectTooLarge        more bytes than the bucket takes as one object
├── ObjectDamaged         the bytes are not the ones that were promised
├── RangeOutside          the part asked for begins behind the end of the object
└── BucketUnreachable     refused, timed out, 5xx: trying again later helps
    ├── ObjectCutShort    the bytes ended early
    ├── BucketFull        there is no room left
    └── BucketRefused     the bucket answered, but it is missing or our key and secret are not accepted
"""


class BucketError(Exception):
    """Base of everything a bucket raises; the text is one sentence for the operator's log."""


class InvalidKey(BucketError, ValueError):
    """The key climbs, is empty, too long, or holds characters that some store would not bear."""


class ObjectMissing(BucketError):
    """No object under this key; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The bucket holds no object {key!r}.")
        self.key = key


class ObjectTooLarge(BucketError):
    """More bytes than the bucket takes as one object; nothing was sent."""


class ObjectDamaged(BucketError):
    """Length or hash differ from what was promised; nothing counts as stored."""


class RangeOutside(BucketError):
    """The range begins at or behind the end of the object."""


class BucketUnreachable(BucketError):
    """The bucket cannot be used at the moment; trying again later helps."""


class ObjectCutShort(BucketUnreachable):
    """An object began to arrive and ended early; what came of it is no picture."""


class BucketFull(BucketUnreachable):
    """There is no room left for another object."""


class BucketRefused(BucketUnreachable):
    """The bucket does not exist or does not accept our key and secret; somebody must mend the settings."""
