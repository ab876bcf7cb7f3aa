"""The decisions of an installation as one list, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE, find_access, require_scope
from curation.errors import UnknownFilter
from curation.media_view import ReviewView, get_visible_media, review_rows, review_view
from curation.paging import Section, decode_cursor, read_page
from db.models import Access, Decision, Media, Review, Scope, State
from db.queries import review_kept_from


@dataclass(frozen=True)
class ReviewPage:
    items: list[ReviewView]
    next_cursor: str | None


def list_reviews(
    session: Session,
    access: Access,
    *,
    media_id: int | None = None,
    author: str | None = None,
    decision: Decision | None = None,
    cursor: str | None = None,
    limit: int = 60,
) -> ReviewPage:
    """Decisions on the media that this access may see, newest first, of one media, one login, one kind.

    None of them is on a media that it shall answer blind. Raises NotAllowed, MediaNotFound, UnknownFilter.
    """
    require_scope(access, *PEOPLE)
    shown: list[ColumnElement[Any]] = [~review_kept_from(access.id)]
    if given := looks.given_looks(session, access):
        shown.append(Review.media_id.not_in(given))
    if media_id is not None:
        shown.append(Review.media_id == get_visible_media(session, access, media_id).id)
    elif access.scope != Scope.ADMIN:
        shown.append(Media.state != State.WITHDRAWN)
    if author is not None:
        found = find_access(session, author)
        if found is None:
            raise UnknownFilter(f"There is no access “{author[:100]}”.")
        shown.append(Review.access_id == found.id)
    if decision is not None:
        shown.append(Review.decision == decision)
    sections = [Section((Review.id,), descending=True, where=tuple(shown))]
    after = decode_cursor(cursor, sections) if cursor else None
    rows = review_rows().join(Media, Media.id == Review.media_id)
    page = read_page(session, [rows], sections, after, limit, lambda row, _section: (row.id,))
    return ReviewPage([review_view(row) for row in page.rows], page.next_cursor)
