"""Sources: the cameras and sites that media come from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.errors import InvalidText
from db.models import Source
from db.upsert import insert_or_ignore

MAX_NAME_LENGTH = 100


def clean_source(name: str | None) -> str | None:
    """A source's name without edge spaces, None when empty; raises InvalidText."""
    name = (name or "").strip()
    if not name:
        return None
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidText(f"A source has a name of at most {MAX_NAME_LENGTH} printable characters.")
    return name


def list_sources(session: Session) -> Sequence[str]:
    return session.scalars(select(Source.name).order_by(Source.name)).all()


def get_or_create_source(session: Session, name: str) -> Source:
    """The source of this name, made where missing; safe against another transaction that makes it too."""
    found = session.scalar(select(Source).where(Source.name == name))
    if found is None:
        insert_or_ignore(session, Source, [{"name": name}], unique=["name"])
        found = session.scalars(select(Source).where(Source.name == name)).one()
    return found
