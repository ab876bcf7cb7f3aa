"""Things to test with: only what a test does not say itself is made up here."""

from __future__ import annotations

import functools
import io
import itertools
from datetime import UTC, datetime
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from curation.sources import get_or_create_source
from curation.tags import get_or_create_tags
from db.models import Access, Blob, BlobState, Media, MediaTag, Release, Scope, State, utc_now

_numbers = itertools.count(1)
PASSWORD = "a password of tests"


@functools.cache
def hashed_password() -> str:
    # Cost 4: as many accesses as a test wants, in no time.
    import bcrypt

    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


def an_access(session: Session, scope: Scope = Scope.USER, login: str | None = None) -> Access:
    """An access whose password is PASSWORD."""
    access = Access(
        login=login or f"{scope.value}-{next(_numbers)}", hashed_password=hashed_password(), scope=scope
    )
    session.add(access)
    session.flush()
    return access


def an_admin(session: Session) -> Access:
    return an_access(session, Scope.ADMIN)


def a_viewer(session: Session) -> Access:
    return an_access(session, Scope.VIEWER)


def a_blob(session: Session, *, width: int = 1920, height: int = 1080) -> Blob:
    """A row only: its object is not in any bucket."""
    sha256 = f"{next(_numbers):064x}"
    blob = Blob(
        sha256=sha256,
        size=470_000,
        content_type="image/jpeg",
        width=width,
        height=height,
        bucket_key=f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg",
        state=BlobState.STORED,
    )
    session.add(blob)
    session.flush()
    return blob


def a_media(
    session: Session,
    *,
    uploaded_by: Access | None = None,
    source: str | None = None,
    tags: list[str] | None = None,
    width: int = 1920,
    height: int = 1080,
    **columns: Any,
) -> Media:
    """A media with a blob, `new` unless said otherwise."""
    blob = a_blob(session, width=width, height=height)
    values: dict[str, Any] = {
        "state": State.NEW,
        "file_name": f"IMG_{next(_numbers):04d}.jpg",
        "captured_at": datetime(2026, 8, 12, 17, 42, 8, tzinfo=UTC),
        "source_id": get_or_create_source(session, source).id if source else None,
        **columns,
    }
    media = Media(
        blob_id=blob.id,
        bucket_key=blob.bucket_key,
        upload_sha256=blob.sha256,
        uploaded_by_id=(uploaded_by or an_access(session)).id,
        **values,
    )
    session.add(media)
    session.flush()
    for tag_id in get_or_create_tags(session, tags or []):
        session.add(MediaTag(media_id=media.id, tag_id=tag_id))
    session.flush()
    return media


def a_release(session: Session, access: Access) -> Release:
    """Frozen a moment ago, and empty."""
    release = Release(name=f"release {next(_numbers)}", access_id=access.id, frozen_at=utc_now())
    release.counts, release.vocabulary = {"in_scope": 0, "media": 0}, {"label_classes": [], "questions": []}
    session.add(release)
    session.flush()
    return release


def a_box(label_class: str = "wildfire", box: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4)) -> dict[str, Any]:
    return {"label_class": label_class, "box": list(box)}


def a_jpeg(
    width: int = 320, height: int = 240, *, colour: tuple[int, int, int] | None = None, **save: Any
) -> bytes:
    """A small JPEG; every call without a colour gives other bytes."""
    number = next(_numbers)
    fill = colour or (number * 7 % 256, number * 31 % 256, number // 256 % 256)
    picture = Image.new("RGB", (width, height), fill)
    picture.putpixel((number % width, number // width % height), (255, 255, 255))
    content = io.BytesIO()
    picture.save(content, "JPEG", **{"quality": 90, **save})
    return content.getvalue()
