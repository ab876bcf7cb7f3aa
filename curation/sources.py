"""Sources: the cameras and sites that media come from, where they stand and which way they look."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, require_scope
from curation.errors import InvalidText, NameTaken, SourceNotFound
from curation.events import record
from curation.states import UNLISTED_STATES
from db.media_queries import listed_media_per
from db.models import Access, Media, Scope, Source, utc_now
from db.types import AnySelect
from db.upsert import insert_or_ignore

MAX_NAME_LENGTH = 100
MAX_PLACE_LENGTH = 200
AT_ONCE = 500


@dataclass(frozen=True)
class SourceView:
    """A source with the media that Browse lists of it, and the devices whose uploads are of it by default."""

    id: int
    name: str
    place: str | None
    azimuth: float | None
    media: int
    devices: int
    created_at: datetime


def clean_source(name: str | None) -> str | None:
    """A source's name without edge spaces, None when empty; raises InvalidText."""
    name = (name or "").strip()
    if not name:
        return None
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidText(f"A source has a name of at most {MAX_NAME_LENGTH} printable characters.")
    return name


def list_source_names(session: Session) -> Sequence[str]:
    return session.scalars(select(Source.name).order_by(Source.name)).all()


def list_sources(session: Session, access: Access) -> list[SourceView]:
    """Every source by name, those without media included."""
    require_scope(access, *PEOPLE)
    return [SourceView(**row._asdict()) for row in session.execute(_views().order_by(Source.name))]


def view_source(session: Session, access: Access, source_id: int) -> SourceView:
    """One source as it is listed. Raises SourceNotFound."""
    require_scope(access, *PEOPLE)
    row = session.execute(_views().where(Source.id == source_id)).first()
    if row is None:
        raise SourceNotFound("There is no such source.")
    return SourceView(**row._asdict())


def get_source(session: Session, source_id: int) -> Source:
    found = session.get(Source, source_id)
    if found is None:
        raise SourceNotFound("There is no such source.")
    return found


def get_or_create_source(session: Session, name: str) -> Source:
    """The source of this name, made where missing; safe against another transaction that makes it too."""
    make_missing_source(session, name)
    return session.scalars(select(Source).where(Source.name == name)).one()


def make_missing_source(session: Session, name: str) -> int | None:
    """Make the source of this name unless it is there; its id when it was made here, for who may have to undo that."""
    named = select(Source.id).where(Source.name == name)
    if session.scalar(named) is not None or not insert_or_ignore(
        session, Source, [{"name": name}], unique=["name"]
    ):
        return None
    return session.scalar(named)


def source_of_upload(session: Session, access: Access, name: str | None) -> Source | None:
    """The source that an upload names, else the one of the device that sends it, else none."""
    if name:
        return get_or_create_source(session, name)
    # Asked for here: the sender was read before its content was, and its source may have been merged meanwhile.
    own = select(Source).join(Access, Access.source_id == Source.id).where(Access.id == access.id)
    return session.scalar(own)


def create_source(
    session: Session, access: Access, name: str, *, place: str | None = None, azimuth: float | None = None
) -> Source:
    """A source that waits for its first media. Raises NotAllowed, InvalidText, NameTaken."""
    require_scope(access, Scope.ADMIN)
    source = Source(name=_named(name), place=_clean_place(place), azimuth=_clean_azimuth(azimuth))
    session.add(source)
    _flush_name(session, source.name)
    record(session, access, "source_created", {"source": source.name})
    return source


def change_source(session: Session, access: Access, source_id: int, changes: Mapping[str, Any]) -> Source:
    """Change `name`, `place` or `azimuth`; what is absent stays, and media keep the azimuth that they were given.

    Raises NotAllowed, SourceNotFound, InvalidText, NameTaken.
    """
    require_scope(access, Scope.ADMIN)
    source = get_source(session, source_id)
    before = source.name
    if "name" in changes and (name := _named(changes["name"])) != before:
        # Before the name: whoever gives a media this source holds the media first, and then asks for the source.
        _touch_media(session, source.id)
        source.name = name
    if "place" in changes:
        source.place = _clean_place(changes["place"])
    if "azimuth" in changes:
        source.azimuth = _clean_azimuth(changes["azimuth"])
    if not session.is_modified(source):
        return source
    _flush_name(session, source.name)
    renamed = source.name if source.name != before else None
    detail = {"source": before, "name": renamed, "place": source.place, "azimuth": source.azimuth}
    record(session, access, "source_changed", detail)
    return source


def _touch_media(session: Session, source_id: int) -> None:
    """Note that something else is told of the media of a source: their rows do not say so by themselves."""
    last = 0
    some = select(Media.id).where(Media.source_id == source_id).order_by(Media.id).limit(AT_ONCE)
    while media_ids := session.scalars(some.where(Media.id > last)).all():
        session.execute(update(Media).where(Media.id.in_(media_ids)).values(changed_at=utc_now()))
        last = media_ids[-1]


def _views() -> AnySelect:
    media = listed_media_per(Media.source_id, UNLISTED_STATES).subquery()
    devices = (
        select(Access.source_id, func.count().label("devices"))
        .where(Access.scope == Scope.DEVICE, Access.deleted_at.is_(None), Access.source_id.is_not(None))
        .group_by(Access.source_id)
        .subquery()
    )
    return (
        select(
            Source.id,
            Source.name,
            Source.place,
            Source.azimuth,
            func.coalesce(media.c.media, 0).label("media"),
            func.coalesce(devices.c.devices, 0).label("devices"),
            Source.created_at,
        )
        .outerjoin(media, media.c.owner == Source.id)
        .outerjoin(devices, devices.c.source_id == Source.id)
    )


def _flush_name(session: Session, name: str) -> None:
    # The constraint decides: a device may send the first picture of a source of this name at this moment.
    try:
        session.flush()
    except IntegrityError:
        raise NameTaken(
            f"There is a source “{name}” already. Two sources of one camera are merged."
        ) from None


def _named(name: str | None) -> str:
    cleaned = clean_source(name)
    if cleaned is None:
        raise InvalidText("A source needs a name.")
    return cleaned


def _clean_place(place: str | None) -> str | None:
    place = (place or "").strip()
    if len(place) > MAX_PLACE_LENGTH or not (place.isprintable() or not place):
        raise InvalidText(f"A place has at most {MAX_PLACE_LENGTH} printable characters.")
    return place or None


def _clean_azimuth(azimuth: float | None) -> float | None:
    if azimuth is None:
        return None
    if not math.isfinite(azimuth) or not 0 <= azimuth <= 360:
        raise InvalidText("azimuth is a number from 0 to 360.")
    return azimuth % 360
