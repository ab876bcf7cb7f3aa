"""Tags: free words on media, for finding them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.browse import conditions
from curation.errors import InvalidText, MediaNotFound, TooLarge
from curation.events import record
from curation.media_filter import MediaFilter
from db.models import Access, Media, MediaTag, Tag, utc_now
from db.queries import tags_of
from db.upsert import insert_or_ignore

MAX_TAG_LENGTH = 60
MAX_TAGS = 30
MAX_MEDIA = 10_000


def clean_tags(names: Iterable[str]) -> list[str]:
    """Distinct tags without edge spaces; raises InvalidText."""
    cleaned = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in cleaned:
        if len(name) > MAX_TAG_LENGTH or ";" in name or not name.isprintable():
            raise InvalidText(f"A tag has at most {MAX_TAG_LENGTH} printable characters and no semicolon.")
    if len(cleaned) > MAX_TAGS:
        raise InvalidText(f"At most {MAX_TAGS} tags at once.")
    return cleaned


def list_tags(session: Session) -> Sequence[str]:
    return session.scalars(select(Tag.name).order_by(Tag.name)).all()


def get_or_create_tags(session: Session, names: Sequence[str]) -> list[int]:
    """The ids of tags, made where missing; safe against another transaction that makes the same one."""
    if not names:
        return []
    rows = [{"name": name} for name in sorted(names)]  # in one order: two transactions never block each other
    insert_or_ignore(session, Tag, rows, unique=["name"])
    return list(session.scalars(select(Tag.id).where(Tag.name.in_(names)).order_by(Tag.name)))


def tags_by_media(session: Session, media_ids: Sequence[int]) -> dict[int, list[str]]:
    """The sorted tags of each of at most some hundred media, also of those that have none."""
    found: dict[int, list[str]] = {media_id: [] for media_id in media_ids}
    for media_id, name in session.execute(tags_of(media_ids)):
        found[media_id].append(name)
    return {
        media_id: sorted(names) for media_id, names in found.items()
    }  # in the same order on every database


def change_tags(
    session: Session, access: Access, media_ids: Sequence[int], add: Iterable[str], remove: Iterable[str]
) -> dict[int, list[str]]:
    """Add and remove tags on many media in one transaction; returns each changed media's tags before.

    Raises MediaNotFound when any id is absent, and then changes nothing.
    """
    require_scope(access, *CURATORS)
    media_ids = list(dict.fromkeys(media_ids))
    if len(media_ids) > MAX_MEDIA:
        raise TooLarge(f"At most {MAX_MEDIA:,} media at once.")
    add, remove = clean_tags(add), clean_tags(remove)
    before: dict[int, list[str]] = {}
    for start in range(0, len(media_ids), 500):
        part = media_ids[start : start + 500]
        known = set(
            session.scalars(select(Media.id).where(Media.id.in_(part), *conditions(access, MediaFilter())))
        )
        if missing := [media_id for media_id in part if media_id not in known]:
            raise MediaNotFound(f"There is no media {missing[0]}. Nothing was changed.")
        before.update(tags_by_media(session, part))
    changed = {
        media_id: names
        for media_id, names in before.items()
        if set(add) - set(names) or set(remove) & set(names)
    }
    ids_to_add = dict(zip(sorted(add), get_or_create_tags(session, sorted(add)), strict=True)) if add else {}
    rows = [
        {"media_id": media_id, "tag_id": ids_to_add[name]}
        for media_id, names in changed.items()
        for name in add
        if name not in names
    ]
    if rows:
        session.execute(insert(MediaTag), rows)
    if remove:
        ids = list(session.scalars(select(Tag.id).where(Tag.name.in_(remove))))
        targets = list(changed)
        for start in range(0, len(targets), 500):
            session.execute(
                delete(MediaTag).where(
                    MediaTag.media_id.in_(targets[start : start + 500]), MediaTag.tag_id.in_(ids)
                )
            )
    touch(session, list(changed))
    if changed:
        record(session, access, "tags_changed", {"add": add, "remove": remove, "media": len(changed)})
    return changed


def touch(session: Session, media_ids: Sequence[int]) -> None:
    """Note that what is told of media beside their rows has changed, such as their tags: no row says so by itself."""
    for start in range(0, len(media_ids), 500):
        some = media_ids[start : start + 500]
        session.execute(update(Media).where(Media.id.in_(some)).values(changed_at=utc_now()))
