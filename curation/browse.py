"""Lists of media: a page of matches, how many there are, one of them in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE
from curation.disputes import fill_disputes
from curation.errors import NotAllowed
from curation.media_filter import SEEDS, MediaFilter, Sort
from curation.media_view import (
    MediaDetails,
    MediaView,
    fill_answers,
    fill_tags,
    get_visible_media,
    media_rows,
    media_view,
    shapes_by_annotation,
)
from curation.paging import Cursor, Section, decode_cursor, read_page
from curation.prediction_view import fill_predictions
from curation.states import LISTED_STATES, LIVE_STATES, UNLISTED_STATES
from db.media_queries import (
    media_acted_on,
    media_annotated_by,
    media_between,
    media_decided_by,
    media_has_shapes,
    media_in_states,
    media_named_like,
    media_of_sources,
    media_of_uploader,
    media_predicted,
    media_with_label_classes,
    media_with_near_twins,
    media_with_replies,
    media_with_tags,
)
from db.models import Access, Blob, Media, Scope, Source, State
from db.types import AnyRow, AnySelect

PAGE_SIZE = 60
MAX_PAGE_SIZE = 200
COUNT_CAP = 10_000


@dataclass(frozen=True)
class Page:
    items: list[MediaView]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class Count:
    """How many match: exact up to 10,000, then `capped`."""

    value: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.value:,}+" if self.capped else f"{self.value:,}"


def conditions(access: Access, wanted: MediaFilter) -> list[ColumnElement[bool]]:
    """What must hold for a media to match the filter and be visible to the access."""
    found: list[ColumnElement[bool]] = []
    if State.WITHDRAWN in wanted.state and access.scope != Scope.ADMIN:
        raise NotAllowed("Withdrawn media are shown to admins only.")
    if wanted.state:
        found.append(media_in_states(wanted.state))
    else:
        found.append(Media.state.not_in(UNLISTED_STATES))
    if access.scope == Scope.DEVICE:
        found.append(Media.uploaded_by_id == access.id)
    if wanted.label_class:
        found.append(media_with_label_classes(wanted.label_class))
    if wanted.reply:
        found.append(media_with_replies(wanted.replies))
    if wanted.has_shapes is not None:
        found.append(media_has_shapes(wanted.has_shapes))
    if wanted.predicted:
        found.append(media_predicted(wanted.predicted))
    if wanted.source:
        found.append(media_of_sources(wanted.source))
    found.extend(media_between(Media.captured_at, wanted.captured_from, wanted.captured_to))
    found.extend(media_between(Media.created_at, wanted.uploaded_from, wanted.uploaded_to))
    if wanted.uploader:
        found.append(media_of_uploader(wanted.uploader))
    if wanted.annotator:
        found.append(media_annotated_by(wanted.annotator))
    if wanted.reviewer:
        found.append(media_decided_by(wanted.reviewer))
    if wanted.acted_by or wanted.acted_from:
        found.append(media_acted_on(wanted.acted_by, wanted.acted_from))
    if wanted.tag:
        found.append(media_with_tags(wanted.tag))
    if wanted.file_name:
        found.append(media_named_like(wanted.file_name))
    if wanted.type is not None:
        found.append(Media.type == wanted.type)
    if wanted.extracted_from is not None:
        found.append(Media.extracted_from_id == wanted.extracted_from)
    if wanted.near_twins is not None:
        found.append(media_with_near_twins(wanted.near_twins, LIVE_STATES))
    return found


def sections_of(session: Session, wanted: MediaFilter) -> list[Section]:
    """The order of a filter as sections to walk through: what has no time, name or score comes last."""
    match wanted.sort:
        case Sort.UPLOADED_LAST | Sort.UPLOADED_FIRST:
            return [Section((Media.id,), wanted.sort == Sort.UPLOADED_LAST)]
        case Sort.CAPTURED_LAST | Sort.CAPTURED_FIRST:
            return _known_first(Media.captured_at, wanted.sort == Sort.CAPTURED_LAST)
        case Sort.FILE_NAME:
            return _known_first(Media.file_name, False)
        case Sort.SCORE:
            return _known_first(Media.score, True)
        case Sort.RANDOM:
            # Once around the shuffled order, from where the seed says: each half walks the index on it.
            columns, first = (Media.shuffle, Media.id), _first_place(wanted.seed or 0)
            return [
                Section(columns, False, (Media.shuffle >= first,)),
                Section(columns, False, (Media.shuffle < first,)),
            ]
        case Sort.SOURCE:
            names = select(Source.id).order_by(Source.name)
            if wanted.source:
                names = names.where(Source.name.in_(wanted.source))
            found = [
                section
                for source_id in session.scalars(names)
                for section in _known_first(Media.captured_at, False, Media.source_id == source_id)
            ]
            return (
                found
                if wanted.source and found
                else [
                    *found,
                    *_known_first(Media.captured_at, False, Media.source_id.is_(None)),
                ]
            )


def _first_place(seed: int) -> int:
    """Where in the shuffled order a seed begins: seeds that follow one another begin far apart (Knuth, 6.4)."""
    return seed * 2_654_435_761 % SEEDS


def _known_first(column: Any, descending: bool, *where: ColumnElement[bool]) -> list[Section]:
    return [
        Section((column, Media.id), descending, (*where, column.is_not(None))),
        Section((Media.id,), descending, (*where, column.is_(None))),
    ]


def list_page(
    session: Session,
    access: Access,
    wanted: MediaFilter,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
    *,
    start: int | None = None,
    answers: bool = False,
    extra: Sequence[ColumnElement[bool]] = (),
    also: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """One page of matches in the filter's order, with tags and answers when asked for.

    Matches must be `extra` too. Media that are `also`, and no matches, stand among them at their place in the
    order. With `start` the page begins at that media, or where it would stand. Raises UnknownFilter for a
    cursor of another list, NotAllowed for withdrawn media.
    """
    limit = max(1, min(limit, MAX_PAGE_SIZE))
    sections = sections_of(session, wanted)
    matches = [media_rows().where(*conditions(access, part), *extra) for part in _walked_apart(wanted)]
    if also:
        matches.append(media_rows().where(*also))

    def place(row: AnyRow, number: int) -> tuple[Any, ...]:
        return tuple(getattr(row, column.key) for column in sections[number].columns)

    after = decode_cursor(cursor, sections) if cursor else None
    first = None
    if start is not None and after is None:
        asked = (session.execute(part.where(Media.id == start)).first() for part in matches)
        first = next((row for row in asked if row is not None), None)
        after = _place_of(session, access, start, sections, place)
    page = read_page(
        session, matches, sections, after, max(1, limit - (1 if first is not None else 0)), place
    )
    rows = [first, *page.rows] if first is not None else page.rows
    items = [media_view(row) for row in rows]
    looks.disguise(session, access, items)
    if answers:
        complete(session, access, items)
    previous = page.previous_cursor
    if start is not None and cursor is None and after is not None:
        # The page after this one need not exist for the one before it to do so.
        back = replace(after, backwards=True)
        previous = back.encode() if read_page(session, matches, sections, back, 1, place).rows else None
    return Page(items, page.next_cursor, previous)


def complete(session: Session, access: Access, items: Sequence[MediaView]) -> None:
    """Add to the items of a page their tags and, for people, what models propose and the answers they may see."""
    if not items:
        return
    fill_tags(session, items)
    if access.scope in PEOPLE:
        fill_predictions(session, items)
    shown = [item for item in items if item.look is None]
    if shown and access.scope in PEOPLE:
        fill_answers(session, shown)
        fill_disputes(session, shown)


def _walked_apart(wanted: MediaFilter) -> list[MediaFilter]:
    """A filter as others that share no media, each in an order that an index has."""
    # Of these two orders there is an index within each state only, and everything would be sorted for a page.
    if wanted.sort not in (Sort.SCORE, Sort.RANDOM) or len(wanted.state) == 1:
        return [wanted]
    return [replace(wanted, state=(state,)) for state in wanted.state or sorted(LISTED_STATES)]


def _place_of(
    session: Session,
    access: Access,
    media_id: int,
    sections: Sequence[Section],
    place: Callable[[AnyRow, int], tuple[Any, ...]],
) -> Cursor | None:
    """Where a media stands in an order, whether or not it still matches; None when it is gone or foreign."""
    visible = media_rows().where(Media.id == media_id)
    if access.scope == Scope.DEVICE:
        visible = visible.where(Media.uploaded_by_id == access.id)
    for number, section in enumerate(sections):
        row = session.execute(visible.where(*section.where)).first()
        if row is not None:
            return Cursor(number, place(row, number))
    return None


def shapes_for(session: Session, items: Sequence[MediaView]) -> dict[int, list[Any]]:
    """The shapes of each media's current annotation, for drawing over thumbnails."""
    wanted = [item.annotation_id for item in items if item.annotation_id]
    by_annotation = shapes_by_annotation(session, wanted)
    return {item.id: by_annotation.get(item.annotation_id or 0, []) for item in items}


def count_matches(
    session: Session,
    access: Access,
    wanted: MediaFilter,
    *,
    extra: Sequence[ColumnElement[bool]] = (),
    also: Sequence[ColumnElement[bool]] = (),
    cap: int | None = COUNT_CAP,
) -> Count:
    """How many media `list_page` shows; counting stops at `cap`, so that it never takes long."""
    one: AnySelect = select(literal_column("1").label("one")).select_from(Media)
    matches: AnySelect = one.where(*conditions(access, wanted), *extra)
    if also:
        matches = select(union_all(matches, one.where(*also)).subquery())
    if cap is not None:
        matches = matches.limit(cap + 1)
    number = session.scalar(select(func.count()).select_from(matches.subquery())) or 0
    return Count(min(number, cap), True) if cap is not None and number > cap else Count(number)


def get_details(session: Session, access: Access, media_id: int) -> MediaDetails:
    """One media in full. Raises MediaNotFound."""
    get_visible_media(session, access, media_id)
    statement = media_rows().add_columns(
        Blob.sha256,
        Blob.size,
        Media.bucket_key,
        Media.camera,
        Blob.frame_rate,
        Media.extracted_from_id,
        Media.extracted_at,
    )
    row = session.execute(statement.where(Media.id == media_id)).one()
    base = media_view(row)
    details = MediaDetails(
        **{item.name: getattr(base, item.name) for item in fields(MediaView)},
        sha256=row.sha256,
        size=row.size,
        content_type=row.content_type,
        bucket_key=row.bucket_key,
        camera=row.camera,
        frame_rate=row.frame_rate,
        codec=row.codec,
        extracted_from=row.extracted_from_id,
        extracted_at=row.extracted_at,
    )
    fill_tags(session, [details])
    if access.scope in PEOPLE:
        fill_answers(session, [details])
        fill_disputes(session, [details])
        fill_predictions(session, [details])
    looks.disguise(session, access, [details])
    return details
