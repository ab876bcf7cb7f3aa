"""Annotations one by one, as pyro-storage's clients handle them: created without content, listed, moved, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curation import comparisons, looks
from curation.accesses import CURATORS, PEOPLE, require_scope
from curation.acts import lock_media
from curation.errors import AnnotationNotFound, Conflict, WrongState
from curation.events import record
from curation.media_view import AnnotationView, annotation_views, get_visible_media
from curation.paging import Section, decode_cursor, read_page
from curation.undoing import standing_acts, take_back
from db.models import Access, Annotation, AnnotationContent, Media, Origin, Scope, State, utc_now
from db.queries import annotation_kept_from
from db.types import AnySelect

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
NEWEST_FIRST = [Section((Annotation.id,), True)]


@dataclass(frozen=True)
class AnnotationPage:
    items: list[AnnotationView]
    next_cursor: str | None


def create_annotation(session: Session, access: Access, media_id: int) -> AnnotationView:
    """An annotation without content, for a file to be attached: no act, and in no list of answers until then.

    It is based on what counts now. Raises MediaNotFound, and WrongState for a withdrawn media.
    """
    require_scope(access, *CURATORS)
    media = lock_media(session, access, media_id)
    if media.state == State.WITHDRAWN:
        raise WrongState("This media is withdrawn. Restore it first.", state=media.state.value)
    annotation = Annotation(
        media_id=media.id,
        number=_next_number(session, media.id),
        author_id=access.id,
        based_on_id=media.current_annotation_id,
        content=AnnotationContent.NONE,
        origin=Origin.IMPORT,
        act=0,
        state_before=media.state,
        state_after=media.state,
    )
    session.add(annotation)
    session.flush()
    return annotation_views(session, [annotation.id])[0]


def list_annotations(
    session: Session,
    access: Access,
    *,
    media_id: int | None = None,
    author: str | None = None,
    content: AnnotationContent | None = None,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> AnnotationPage:
    """Annotations that this access may see, newest first, those without content among them. Raises UnknownFilter."""
    found = _visible(session, access)
    if media_id is not None:
        found = found.where(Annotation.media_id == media_id)
    if author is not None:
        login = author.strip().lower()
        found = found.where(
            Annotation.author_id == select(Access.id).where(Access.login == login).scalar_subquery()
        )
    if content is not None:
        found = found.where(Annotation.content == content)
    after = decode_cursor(cursor, NEWEST_FIRST) if cursor else None
    limit = max(1, min(limit, MAX_PAGE_SIZE))
    page = read_page(session, [found], NEWEST_FIRST, after, limit, lambda row, _: (row.id,))
    views = annotation_views(session, [row.id for row in page.rows])
    return AnnotationPage(views[::-1], page.next_cursor)


def get_annotation(session: Session, access: Access, annotation_id: int) -> AnnotationView:
    """One annotation. Raises AnnotationNotFound."""
    get_visible_annotation(session, access, annotation_id)
    return annotation_views(session, [annotation_id])[0]


def get_visible_annotation(session: Session, access: Access, annotation_id: int) -> Annotation:
    """The annotation, when this access may see it. Raises AnnotationNotFound, the same for hidden and absent ones."""
    wanted = _visible(session, access).where(Annotation.id == annotation_id)
    if session.execute(wanted).first() is None:
        raise AnnotationNotFound(f"There is no annotation {annotation_id}.")
    return session.get_one(Annotation, annotation_id)


def move_annotation(session: Session, access: Access, annotation_id: int, media_id: int) -> AnnotationView:
    """Put an annotation without content to another media. Raises AnnotationNotFound, MediaNotFound, Conflict."""
    require_scope(access, Scope.ADMIN)
    annotation, media = _hold(session, access, annotation_id, also=media_id)
    if annotation.media_id != media_id:
        if annotation.content != AnnotationContent.NONE:
            raise Conflict("This annotation is an answer about its own media, and stays there.")
        _leave_place(session, annotation)
        annotation.media_id, annotation.number = media.id, _next_number(session, media.id)
        annotation.based_on_id = media.current_annotation_id
        annotation.state_before = annotation.state_after = media.state
        record(session, access, "annotation_moved", {"annotation": annotation.id}, media_id=media.id)
        session.flush()
    return annotation_views(session, [annotation.id])[0]


def withdraw_annotation(session: Session, access: Access, annotation_id: int) -> AnnotationView:
    """Take an annotation out of every list. What is withdrawn while it counts is undone, as its media's last act.

    Raises AnnotationNotFound, and Conflict when something has been decided about it since.
    """
    require_scope(access, Scope.ADMIN)
    annotation, media = _hold(session, access, annotation_id)
    view = annotation_views(session, [annotation.id])[0]
    _take_back_if_it_counts(session, access, media, annotation)
    annotation.withdrawn_at = utc_now()
    comparisons.forget(session, annotation.id)
    record(session, access, "annotation_withdrawn", {"annotation": annotation.id}, media_id=media.id)
    session.flush()
    return view


def _take_back_if_it_counts(session: Session, access: Access, media: Media, annotation: Annotation) -> None:
    acts = standing_acts(session, [media.id], quiet=True).get(media.id, [])
    own = next((act for act in acts if act.annotation is annotation), None)
    last = next((act for act in acts if not act.is_quiet), None)
    counts = media.current_annotation_id == annotation.id
    disputes = annotation.blind and media.state == State.DISPUTED
    if own is not None and (own is last or own.is_quiet) and not (counts and own is not last):
        take_back(session, access, media, own)
    elif counts or disputes:
        raise Conflict("Something has been decided about this answer since. Undo that first.")


def _visible(session: Session, access: Access) -> AnySelect:
    """Rows of (id) that this access may see: nothing withdrawn, nothing that it shall answer blind."""
    require_scope(access, *PEOPLE)
    found: AnySelect = (
        select(Annotation.id)
        .join(Media, Media.id == Annotation.media_id)
        .where(Annotation.withdrawn_at.is_(None), ~annotation_kept_from(access.id))
    )
    if access.scope != Scope.ADMIN:
        found = found.where(Media.state != State.WITHDRAWN)
    given = list(looks.given_looks(session, access))
    return found.where(Annotation.media_id.not_in(given)) if given else found


def _hold(
    session: Session, access: Access, annotation_id: int, *, also: int | None = None
) -> tuple[Annotation, Media]:
    """An annotation whose media is held, and that media, or the other one that is held too."""
    media_id = get_visible_annotation(session, access, annotation_id).media_id
    if also is not None:
        get_visible_media(session, access, also)
    held = {found: lock_media(session, access, found) for found in sorted({media_id, also or media_id})}
    annotation = session.get_one(Annotation, annotation_id, populate_existing=True)
    if annotation.media_id not in held:
        raise Conflict("This annotation was moved to another media at this moment. Try again.")
    if annotation.withdrawn_at is not None:
        raise AnnotationNotFound(f"There is no annotation {annotation_id}.")
    return annotation, held[also or media_id]


def _leave_place(session: Session, annotation: Annotation) -> None:
    """Leave a withdrawn annotation where this one stood, so that the numbers of its media have no gap."""
    names = ("media_id", "number", "author_id", "based_on_id", "content", "origin", "act")
    left = {name: getattr(annotation, name) for name in (*names, "state_before", "state_after", "created_at")}
    # Out of the way first: two annotations never have one number.
    annotation.number = -annotation.id
    session.flush()
    session.add(Annotation(**left, withdrawn_at=utc_now()))
    session.flush()


def _next_number(session: Session, media_id: int) -> int:
    highest = select(func.max(Annotation.number)).where(Annotation.media_id == media_id)
    return (session.scalar(highest) or 0) + 1
