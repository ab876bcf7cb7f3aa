"""Taking back what an import did to each media, as far as nobody has acted on that media since.

What is known of a media is put back whatever became of its acts, and the other way round. What was left stays in
`before`, so that an undo can be repeated once it is in nobody's way any more.

What has to be put back stands in an entry's `before`:

    created   true for a media that the import registered: it is withdrawn
    restored  true for one that had been withdrawn, and that the import brought back: it is withdrawn again
    acts      numbers of the acts that the import made on the media, the last ones of it that stand
    media     columns of the media as they were, by name, and `written`, as the import left them
    tags      tags that the import added
    untagged  tags that it took away
    partly    true once some of it was put back
    made_source  the source that the entry made: it is removed once nothing else is of it
    known     of a media that it created or brought back: what else was known of it then, for who worked on it since

A dataset may speak of one media in several entries: they are judged together, by all that the import did to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from curation.acts import add_review, next_act
from curation.batches import ACTED_SINCE, WITHDRAWN, lock_in_order
from curation.events import record
from curation.imports.work import repeat_key
from curation.imports.worked_on import find_worked_on, plain
from curation.label_classes import retire_label_class
from curation.tags import get_or_create_tags, touch
from curation.undoing import StandingAct, standing_acts, take_back
from db.expressions import among
from db.models import (
    Access,
    AnnotationLabel,
    Decision,
    IdempotencyKey,
    Import,
    ImportItem,
    ImportKind,
    ImportOutcome,
    ImportState,
    LabelClass,
    Media,
    MediaTag,
    Review,
    Scope,
    Shape,
    Source,
    State,
    Tag,
)
from db.upsert import insert_or_ignore

# An entry may have failed after its picture was registered.
CHANGING = (ImportOutcome.CREATED, ImportOutcome.CHANGED, ImportOutcome.FAILED)
CHANGED_SINCE = "Somebody has changed what is known of it since; that was left."
FOUND_SINCE = "Another import or upload has found it here since; it was left."
PARTLY = "Partly undone."
POSITION = ("lat", "lon")
UNDONE_WITH_ITS_IMPORT = "Its import was undone."
NOT_REACHED = "The import was undone before its turn came."


def settle_waiting(session: Session, import_id: int, item_ids: Sequence[int]) -> None:
    """Settle those of these entries that wait for ever, because their import is undone before it came to them.

    What they have brought in already, and nothing was said of yet, is to be taken back as well.
    """
    undone = session.get_one(Import, import_id)
    waiting = select(ImportItem).where(
        ImportItem.id.in_(item_ids), ImportItem.outcome == ImportOutcome.WAITING
    )
    entries = {repeat_key(import_id, item.position): item for item in session.scalars(waiting)}
    answered = select(IdempotencyKey).where(
        IdempotencyKey.access_id == undone.access_id, IdempotencyKey.key.in_(entries)
    )
    brought = {answer.key: answer for answer in session.scalars(answered)}
    for key, item in entries.items():
        answer = brought.get(key)
        made = {"made_source": answer.made_source} if answer is not None and answer.made_source else {}
        item.outcome, item.why, item.before = ImportOutcome.LEFT_OUT, NOT_REACHED, made or None
        if answer is not None and (answer.restored_act is not None or not answer.twin):
            is_new = answer.restored_act is None
            item.outcome, item.media_id = ImportOutcome.FAILED, answer.media_id
            before = {"created": True} if is_new else {"restored": True, "acts": [answer.restored_act]}
            item.before = {**before, **made}


def take_back_entries(session: Session, access: Access, import_id: int, item_ids: Sequence[int]) -> None:
    """Take back these entries and what else the import has done to their media, the last first; of those that are
    left it is written why. Harmless to repeat.
    """
    about = select(ImportItem.media_id).where(ImportItem.id.in_(item_ids), ImportItem.media_id.is_not(None))
    items = session.scalars(
        select(ImportItem)
        .where(
            ImportItem.import_id == import_id,
            ImportItem.media_id.in_(about),
            ImportItem.outcome.in_(CHANGING),
        )
        .order_by(ImportItem.position.desc())
    ).all()
    of_media: dict[int, list[ImportItem]] = defaultdict(list)
    for item in items:
        if item.media_id is not None and item.before:
            of_media[item.media_id].append(item)
    held = lock_in_order(session, list(of_media))
    standing = standing_acts(session, list(of_media))
    undone = session.get_one(Import, import_id)
    found = _found_since(session, undone, list(of_media))
    done = {media_id: [item.before or {} for item in entries] for media_id, entries in of_media.items()}
    brought = {media_id: before for media_id, before in done.items() if _is_brought(before)}
    worked_on = find_worked_on(session, undone.id, brought, undone.committed_at or undone.created_at)
    for media in held:
        entries, acts = of_media[media.id], standing.get(media.id, [])
        since = FOUND_SINCE if media.id in found else ACTED_SINCE if media.id in worked_on else None
        why = _take_back(session, access, media, done[media.id], acts, since=since)
        for item in entries:
            _settle(session, media, item, why)
        session.flush()


def retire_made(session: Session, access: Access, found: Import) -> None:
    """Retire the label classes that an import has made, unless an answer that counts uses them."""
    if access.scope != Scope.ADMIN:
        return
    made = found.options.get("commit", {}).get("made", [])
    for label_class in session.scalars(select(LabelClass).where(LabelClass.key.in_(made))).all():
        counting = select(Media.current_annotation_id).where(
            Media.current_annotation_id.is_not(None), Media.state != State.WITHDRAWN
        )
        used = [
            exists().where(table.label_class_id == label_class.id, table.annotation_id.in_(counting))
            for table in (Shape, AnnotationLabel)
        ]
        if label_class.retired_at is None and not any(session.scalar(select(one)) for one in used):
            retire_label_class(session, access, label_class.id)


def _is_brought(done: Sequence[dict[str, Any]]) -> bool:
    """Whether a media was registered, or brought back, by one of these entries: undoing them withdraws it."""
    return any(before.get("created") or before.get("restored") for before in done)


def _found_since(session: Session, undone: Import, media_ids: Sequence[int]) -> set[int]:
    """Those of the media that another import or upload has found here since: theirs they are as well."""
    by_import = (
        select(ImportItem.media_id)
        .join(Import, Import.id == ImportItem.import_id)
        .where(
            ImportItem.media_id.in_(media_ids),
            ImportItem.import_id != undone.id,
            ImportItem.outcome.in_((ImportOutcome.ALREADY_THERE, ImportOutcome.CHANGED)),
            Import.kind != ImportKind.TABLE,
            Import.state.not_in((ImportState.UNDOING, ImportState.UNDONE)),
            or_(Import.finished_at.is_(None), Import.finished_at >= undone.committed_at),
        )
    )
    by_upload = select(Media.id).where(Media.id.in_(media_ids), Media.sent_again_at >= undone.committed_at)
    return {media_id for found in (by_import, by_upload) for media_id in session.scalars(found) if media_id}


def remove_made_sources(session: Session, import_id: int) -> None:
    """Remove the sources that an import has made, but those that anything else is of, or that somebody has described.

    Its own media that were withdrawn with it lose them: until they are purged each would keep its source in every list.
    """
    taken_back = exists().where(
        ImportItem.import_id == import_id,
        ImportItem.outcome == ImportOutcome.UNDONE,
        ImportItem.media_id == Media.id,
    )
    withdrawn = and_(Media.state == State.WITHDRAWN, taken_back)
    made_by = ImportItem.before["made_source"].as_integer()
    makers: dict[int, list[ImportItem]] = defaultdict(list)
    for item in session.scalars(
        select(ImportItem).where(ImportItem.import_id == import_id, made_by.is_not(None))
    ):
        makers[(item.before or {})["made_source"]].append(item)
    sources = session.scalars(
        select(Source).where(among(session, Source.id, list(makers))).order_by(Source.id).with_for_update()
    ).all()
    for source in sources:
        used = (
            exists().where(Media.source_id == source.id, ~withdrawn),
            exists().where(Access.source_id == source.id),
        )
        described = source.place is not None or source.azimuth is not None
        if not described and not any(session.scalar(select(one)) for one in used):
            session.execute(
                update(Media)
                .where(Media.source_id == source.id, withdrawn)
                .values(source_id=None)
                .execution_options(synchronize_session=False)
            )
            session.delete(source)
            # Its number may come to be another one's, which a second undo would take for it.
            for item in makers[source.id]:
                item.before = {
                    name: kept for name, kept in (item.before or {}).items() if name != "made_source"
                }


def _take_back(
    session: Session,
    access: Access,
    media: Media,
    done: Sequence[dict[str, Any]],
    standing: Sequence[StandingAct],
    *,
    since: str | None,
) -> str | None:
    """Take back what was done to one media, by one entry after the other; why not all of it, None when all.

    `since` is what has happened to it beside acts, for which it is not withdrawn.
    """
    made = {number for before in done for number in before.get("acts", ())}
    own = [act for act in standing if act.number in made]
    created = any(before.get("created") for before in done)
    restored = any(before.get("restored") for before in done)
    if media.state == State.WITHDRAWN:
        return None if created or restored or not own else WITHDRAWN
    if own != list(standing[: len(own)]) or (created and len(own) < len(standing)):
        return ACTED_SINCE
    if since is not None and (created or restored):
        return since
    for act in own:
        if act.review is None or act.review.decision != Decision.RESTORED:
            take_back(session, access, media, act, comment=UNDONE_WITH_ITS_IMPORT)
    if created:
        _withdraw(session, access, media, UNDONE_WITH_ITS_IMPORT)
    elif restored:
        # For the reason for which it was withdrawn before.
        _withdraw(session, access, media, _last_withdrawal(session, media.id))
    return None


def _settle(session: Session, media: Media, item: ImportItem, why: str | None) -> None:
    """Put back what was known of a media, and note what came of its entry; `why` its acts were left, if they were."""
    before = dict(item.before or {})
    put_back = False
    if not before.get("created"):
        put_back = _put_back(session, media, before)
        if why is None:
            put_back = bool(before.pop("acts", ())) or put_back
            why = CHANGED_SINCE if before.get("media") else None
    if why is None:
        item.outcome, item.why = ImportOutcome.UNDONE, None
        return
    before["partly"] = put_back or before.get("partly", False)
    item.before, item.why = before, f"{PARTLY}\n{why}" if before["partly"] else why


def _last_withdrawal(session: Session, media_id: int) -> str | None:
    """What was said when a media was last withdrawn."""
    return session.scalar(
        select(Review.comment)
        .where(Review.media_id == media_id, Review.decision == Decision.WITHDRAWN)
        .order_by(Review.act.desc())
        .limit(1)
    )


def _withdraw(session: Session, access: Access, media: Media, comment: str | None) -> None:
    """Take a media out of every list whose import is undone; whoever may undo that may do this."""
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=media.current_annotation_id,
        decision=Decision.WITHDRAWN,
        comment=comment,
        act=next_act(media),
        state_before=media.state,
        state_after=State.WITHDRAWN,
    )
    add_review(session, media, review, media.current_annotation_id)
    media.upload_sha256 = None  # the same content may be registered anew from now on
    record(session, access, "media_withdrawn", {"comment": comment}, media_id=media.id)


def _put_back(session: Session, media: Media, before: dict[str, Any]) -> bool:
    """Put back what was known of a media, and take it out of `before`; columns that somebody has changed since stay.

    Returns whether anything was put back.
    """
    had, written = before.pop("media", {}), before.pop("written", {})
    changed = {name for name in had if plain(getattr(media, name)) != written.get(name)}
    if not changed.isdisjoint(POSITION):  # half of one place and half of another are none
        changed.update(name for name in POSITION if name in had)
    for name in had.keys() - changed:
        is_moment = name.endswith("_at") and had[name] is not None
        setattr(media, name, datetime.fromisoformat(had[name]) if is_moment else had[name])
    if changed:
        before["media"] = {name: had[name] for name in changed}
        before["written"] = {name: written.get(name) for name in changed}
    if tags := before.pop("tags", []):
        ids = list(session.scalars(select(Tag.id).where(Tag.name.in_(tags))))
        session.execute(delete(MediaTag).where(MediaTag.media_id == media.id, MediaTag.tag_id.in_(ids)))
    if untagged := before.pop("untagged", []):
        rows = [{"media_id": media.id, "tag_id": tag_id} for tag_id in get_or_create_tags(session, untagged)]
        insert_or_ignore(session, MediaTag, rows, unique=["media_id", "tag_id"])
    if tags or untagged:
        touch(session, [media.id])
    return bool(tags or untagged or had.keys() - changed)
