"""The marker: an object at the root of the bucket that says whose it is, so that nobody cleans up a stranger's."""

from __future__ import annotations

import enum
import json
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.errors import WrongBucket
from db.models import Blob, BlobState, Installation, utc_now
from db.types import Sessions
from db.upsert import insert_or_ignore
from storage import Bucket
from storage.errors import ObjectDamaged, ObjectMissing
from storage.self_test import put_bytes

MARKER_KEY = "vigie.json"
FORMAT = "vigie-bucket-1"
SAMPLES = 5


class Bond(enum.Enum):
    """How database and bucket belong together."""

    OURS = "ours"
    NEW = "new"  # neither has a name yet
    UNMARKED = "unmarked"  # the database has one, the bucket does not
    FOREIGN = "foreign"  # the bucket has another one


def read_bond(sessions: Sessions, bucket: Bucket) -> Bond:
    """Compare the name in the database with that in the bucket. Raises BucketUnreachable."""
    carried = _read_marker(bucket)
    with sessions(read_only=True) as session:
        name = _name(session)
    if name is None and carried is None:
        return Bond.NEW
    if carried is None:
        return Bond.UNMARKED
    return Bond.OURS if carried == name else Bond.FOREIGN


def require_own(sessions: Sessions, bucket: Bucket) -> None:
    """Raise WrongBucket unless this is the bucket of this database, or neither has been used yet."""
    bond = read_bond(sessions, bucket)
    if bond == Bond.FOREIGN:
        raise WrongBucket(
            "The bucket carries the name of another installation. If it is to be this one's from now on, say so:"
            " python manage.py adopt-bucket"
        )
    if bond == Bond.UNMARKED and not _holds_ours(sessions, bucket):
        raise WrongBucket(
            "The bucket holds nothing of what this installation has stored last. If it is the right one all the same,"
            " say so: python manage.py adopt-bucket"
        )


def settle(sessions: Sessions, bucket: Bucket) -> None:
    """Give database and bucket one name if they have none. Raises WrongBucket, and what the bucket raises."""
    require_own(sessions, bucket)
    if read_bond(sessions, bucket) != Bond.OURS:
        adopt(sessions, bucket)


def adopt(sessions: Sessions, bucket: Bucket) -> None:
    """Put the name of this database into the bucket, whatever stood there."""
    with sessions() as session:
        # Of two replicas that start at once the first gives the name.
        row = {"id": 1, "name": secrets.token_hex(16), "created_at": utc_now()}
        insert_or_ignore(session, Installation, [row], unique=["id"])
        name = _name(session)
    content = json.dumps({"format": FORMAT, "installation": name}, indent=1).encode()
    try:
        put_bytes(bucket, MARKER_KEY, content, "application/json")
    except ObjectDamaged:
        # Half a name would be taken for another installation's; a bucket without one is given its name again.
        if _read_marker(bucket) != name:
            bucket.delete(MARKER_KEY)
        raise


def _name(session: Session) -> str | None:
    return session.scalar(select(Installation.name).order_by(Installation.id).limit(1))


def _read_marker(bucket: Bucket) -> str | None:
    """The name that the bucket carries; a marker that cannot be read is nobody's."""
    try:
        found = json.loads(bucket.read(MARKER_KEY))
    except ObjectMissing:
        return None
    except ValueError:
        return ""
    return str(found.get("installation", "")) if isinstance(found, dict) else ""


def _holds_ours(sessions: Sessions, bucket: Bucket) -> bool:
    """Whether some of what was stored last is there, or nothing was stored yet."""
    latest = (
        select(Blob.bucket_key).where(Blob.state == BlobState.STORED).order_by(Blob.id.desc()).limit(SAMPLES)
    )
    with sessions(read_only=True) as session:
        keys = session.scalars(latest).all()
    return not keys or any(bucket.head(key) is not None for key in keys)
