"""Looks: media to be answered once more, blind, by somebody else or by the same person.

A share of the answers given by people gets a second opinion, a share of a person's own older ones comes back
to that person. Neither is announced: whoever has a look open is shown the media as if nobody had answered
it (`disguise`). A look counts while its answer does; one whose media has moved on is never given, never
shown, and nobody has to tidy it up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy
from curation.errors import Conflict, MovedOn, StaleAnnotation
from curation.media_view import MediaView
from curation.states import LOOKABLE, STATE_NAMES
from db.clock import database_now, from_now
from db.media_queries import media_acted_on_by, media_shuffled_below
from db.models import Access, Annotation, Lease, Look, LookKind, Media, Origin, State, utc_now
from db.upsert import insert_or_ignore

# A look that was given and not answered is free again after so long: a holiday harms nothing.
GIVEN_FOR = timedelta(days=3)
# Where one person answers nearly everything, nobody is there to give all the second opinions that wait.
MOST_LOOKED_THROUGH = 2_000
SELF_CHECK_AGE = timedelta(days=7)
MOST_SELF_CHECKS_OPEN = 3
# What is due at once where somebody has answered for years before the setting is on must not fill their day.
MOST_SELF_CHECKS_A_DAY = 10
# What is said instead of anything that would tell the answer: of a table, of a dataset.
TO_ANSWER = "This picture is yours to answer on the Review page. Do that first."


def gets_second_opinion(media_id: int, share: float) -> bool:
    """Whether a media falls in the share: always the same for one media, and as likely for any other."""
    digest = hashlib.blake2b(f"second opinion about {media_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def want_second_opinion(session: Session, annotation: Annotation, policy: ReviewPolicy) -> None:
    """Have somebody else answer the media of this new answer too, when it falls in the share.

    Once per media: an answer that was corrected after a second opinion gets no third.
    """
    if annotation.origin != Origin.HUMAN or annotation.blind:
        return
    if not gets_second_opinion(annotation.media_id, policy.second_opinion_share):
        return
    answered = select(Look.id).where(
        Look.media_id == annotation.media_id,
        Look.kind == LookKind.SECOND_OPINION,
        Look.answered_at.is_not(None),
    )
    if session.scalar(answered.limit(1)) is None:
        session.add(
            Look(
                kind=LookKind.SECOND_OPINION,
                media_id=annotation.media_id,
                annotation_id=annotation.id,
            )
        )


def open_looks(session: Session, access: Access) -> list[int]:
    """Ids of the media that this access has before it to be answered blind, longest given first."""
    return list(_open(session, access))


def take(session: Session, access: Access, policy: ReviewPolicy, limit: int) -> list[int]:
    """Ids of at most `limit` media that this access shall answer blind: those it has already, then new ones.

    Never media that it has answered or decided before, save its own old answers that come back to it. A look
    is given to one access only, however many ask at once.
    """
    require_scope(access, *CURATORS)
    _renew(session, access)
    _want_self_check(session, access, policy)
    found = open_looks(session, access)
    if policy.second_opinion_share > 0 and len(found) < limit:
        found += _take_second_opinions(session, access, limit - len(found))
    return found[:limit]


def disguise(session: Session, access: Access, views: Sequence[MediaView]) -> None:
    """Show media that this access has to answer blind as if nobody had answered them."""
    given = given_looks(session, access) if views else {}
    for view in views:
        if view.id in given:
            view.look = given[view.id]
            view.state = State.NEW.value
            view.acts = 0
            view.annotation_id = view.annotation = view.last_review = view.dispute = None


def given_looks(session: Session, access: Access) -> dict[int, int]:
    """The looks that this access has open, longest given first: media id -> look id."""
    return _open(session, access) if access.scope in CURATORS else {}


def get_look(session: Session, access: Access, media: Media, look_id: int) -> Look:
    """The look that this access is about to answer, its media being locked.

    Raises Conflict when it is not this access's or answered, and StaleAnnotation or MovedOn when the answer that it
    was about counts no more: then there is nothing to compare with, and both answers are worth showing.
    """
    look = session.scalar(select(Look).where(Look.id == look_id, Look.media_id == media.id).with_for_update())
    if look is None or look.access_id != access.id:
        raise Conflict("This picture was given to somebody else meanwhile. Leave it to them.")
    if look.answered_at is not None:
        raise Conflict("You have answered this picture already. Undo that answer first.")
    now = {
        "media_id": media.id,
        "current_annotation_id": media.current_annotation_id,
        "acts": media.act_count,
    }
    if media.current_annotation_id != look.annotation_id:
        raise StaleAnnotation(
            "Someone answered this picture a moment ago. Look at both answers, then keep yours or drop it.",
            **now,
        )
    if media.state not in LOOKABLE:
        raise MovedOn(
            f"Someone was faster: this picture is {STATE_NAMES[media.state]} now. Look again, then answer.",
            state=media.state.value,
            **now,
        )
    return look


def close(look: Look) -> None:
    """Note that a look has been answered."""
    look.answered_at = utc_now()


def reopen(session: Session, annotation_id: int | None, access_id: int) -> None:
    """Give the look about an annotation back to who answered it, after that answer was undone."""
    look = session.scalar(
        select(Look).where(
            Look.annotation_id == annotation_id, Look.access_id == access_id, Look.answered_at.is_not(None)
        )
    )
    if look is not None:
        look.answered_at, look.taken_at = None, from_now(session)


def _counts() -> ColumnElement[bool]:
    """Of a Look beside its Media: the answer that it is about still counts, and waits for nothing else."""
    return (Media.current_annotation_id == Look.annotation_id) & Media.state.in_(LOOKABLE)


def _open(session: Session, access: Access) -> dict[int, int]:
    rows = session.execute(
        select(Look.media_id, Look.id)
        .join(Media, Media.id == Look.media_id)
        .where(
            Look.access_id == access.id,
            Look.answered_at.is_(None),
            Look.taken_at > from_now(session, -GIVEN_FOR),
            _counts(),
        )
        .order_by(Look.taken_at, Look.id.desc())
    )
    return {row.media_id: row.id for row in rows}


def _renew(session: Session, access: Access) -> None:
    """Give what this access left lying, and nobody else took, to it once more."""
    left_lying = (
        select(Look)
        .where(
            Look.access_id == access.id,
            Look.answered_at.is_(None),
            Look.taken_at <= from_now(session, -GIVEN_FOR),
        )
        .with_for_update(skip_locked=True)
    )
    renewed = session.scalars(left_lying).all()
    now = database_now(session) if renewed else None
    for look in renewed:
        look.taken_at = now
    session.flush()


def _take_second_opinions(session: Session, access: Access, limit: int) -> list[int]:
    # Two questions, each of which walks the index: those that nobody has, then those left lying.
    taken = _due(session, access, limit, Look.access_id.is_(None))
    if len(taken) < limit:
        left_lying = Look.access_id.in_(select(Access.id)) & (Look.taken_at <= from_now(session, -GIVEN_FOR))
        taken += _due(session, access, limit - len(taken), left_lying)
    # One moment for all: they are given again in the order of their ids.
    now = database_now(session) if taken else None
    for look in taken:
        look.access_id, look.taken_at = access.id, now
    session.flush()
    return [look.media_id for look in taken]


def _due(session: Session, access: Access, limit: int, free: ColumnElement[bool]) -> list[Look]:
    """Second opinions that this access can give, newest first: what is found while the day is fresh is learnt from."""
    free = and_(Look.kind == LookKind.SECOND_OPINION, Look.answered_at.is_(None), free)
    newest = select(Look.id).where(free).order_by(Look.id.desc()).limit(MOST_LOOKED_THROUGH)
    on_a_screen = select(Lease.media_id).where(
        Lease.media_id == Media.id, Lease.expires_at > from_now(session)
    )
    due = (
        select(Look)
        .join(Media, Media.id == Look.media_id)
        .where(
            Look.id.in_(newest),
            # Said again: of two who ask at once, the one who comes second must see what the first took.
            free,
            _counts(),
            ~media_acted_on_by(access.id),
            # Whoever has it on the screen just now may be this person, and has seen the answer.
            ~on_a_screen.exists(),
        )
        .order_by(Look.id.desc())
        .limit(limit)
        # (A writing transaction of SQLite is alone anyway.)
        .with_for_update(of=Look, skip_locked=True)
    )
    return list(session.scalars(due))


def _want_self_check(session: Session, access: Access, policy: ReviewPolicy) -> None:
    """Let one more of a person's own older answers come back, unless enough have lately."""
    if policy.self_check_share <= 0:
        return
    now = database_now(session)
    own = select(Look).where(Look.access_id == access.id, Look.kind == LookKind.SELF_CHECK)
    lately = session.scalars(
        own.where(or_(Look.answered_at.is_(None), Look.created_at > now - timedelta(days=1)))
    ).all()
    still_open = [look for look in lately if look.answered_at is None]
    if len(still_open) >= MOST_SELF_CHECKS_OPEN or len(lately) >= MOST_SELF_CHECKS_A_DAY:
        return
    # Oldest first, each once: going on after the last one keeps this from reading everything anew.
    last = session.scalar(
        select(func.max(Annotation.created_at))
        .join(Look, Look.annotation_id == Annotation.id)
        .where(Look.access_id == access.id, Look.kind == LookKind.SELF_CHECK)
    )
    candidate = (
        select(Annotation.id, Annotation.media_id)
        .join(Media, Media.current_annotation_id == Annotation.id)
        .where(
            Annotation.author_id == access.id,
            Annotation.origin == Origin.HUMAN,
            Annotation.created_at <= now - SELF_CHECK_AGE,
            Media.state.in_(LOOKABLE),
            media_shuffled_below(policy.self_check_share, for_id=access.id),
            ~select(literal(1))
            .where(Look.annotation_id == Annotation.id, Look.kind == LookKind.SELF_CHECK)
            .exists(),
        )
        .order_by(Annotation.created_at, Annotation.id)
        .limit(1)
    )
    if last is not None:
        candidate = candidate.where(Annotation.created_at >= last)
    found = session.execute(candidate).first()
    if found is None:
        return
    # Two windows of the same person may ask at once: the constraint lets one of them through.
    insert_or_ignore(
        session,
        Look,
        [
            {
                "kind": LookKind.SELF_CHECK,
                "media_id": found.media_id,
                "annotation_id": found.id,
                "access_id": access.id,
                "taken_at": now,
            }
        ],
        unique=("annotation_id", "kind"),
    )
