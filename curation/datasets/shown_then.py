"""Which items of a release a filter showed at its moment: only of those may an increment say that they are gone.

Of each thing that a filter asks for it is decided here by what it is told of that moment: by what never changes of a
media, by what the release has kept of it, by its answer, or by what nobody ever takes away. What nothing tells is known
only where the release was made by the same filter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import Session

from curation.datasets.answers import Answers
from curation.datasets.items import DatasetItem, from_record
from curation.errors import Refused
from curation.media_filter import MediaFilter
from curation.sources import list_source_names
from curation.states import LISTED_STATES
from db.media_queries import acts_on_media, media_between, media_of_uploader, media_predicted
from db.models import Decision, Media, Release
from db.types import AnyRow

# The order says nothing about which.
ORDER = frozenset({"sort", "seed"})
NEVER_CHANGES = frozenset({"uploaded_from", "uploaded_to", "uploader", "type", "extracted_from"})
ONLY_GROWS = frozenset({"predicted", "acted_by", "acted_from"})
UNTOLD = frozenset({"near_twins"})


def unchanging(wanted: MediaFilter) -> list[ColumnElement[bool]]:
    """What of a filter was the same of a media at any time."""
    found = media_between(Media.created_at, wanted.uploaded_from, wanted.uploaded_to)
    if wanted.uploader:
        found.append(media_of_uploader(wanted.uploader))
    if wanted.type is not None:
        found.append(Media.type == wanted.type)
    if wanted.extracted_from is not None:
        found.append(Media.extracted_from_id == wanted.extracted_from)
    return found


def require_told(wanted: MediaFilter, release: Release) -> None:
    """Raises Refused for a filter of which nothing tells what it showed of a release."""
    if any(getattr(wanted, name) is not None for name in _untold(wanted, release)):
        raise Refused(
            "Which media had near twins at the time of this release is not known. Leave that out of the filter, or ask "
            "for what changed since a release that was made with it."
        )


def is_told_of_moments(wanted: MediaFilter) -> bool:
    """Whether the history tells what a filter showed at any moment: it does of states, and of what never changes."""
    of_moments = ORDER | NEVER_CHANGES | {"state"}
    return all(name in of_moments or getattr(wanted, name) == getattr(MediaFilter(), name) for name in FIELDS)


def _untold(wanted: MediaFilter, release: Release) -> set[str]:
    frozen_by = MediaFilter.from_query(release.filter)
    return {name for name in UNTOLD if getattr(wanted, name) != getattr(frozen_by, name)}


class ShownThen:
    """Asked for some hundred items of one release at a time."""

    def __init__(self, session: Session, wanted: MediaFilter, release: Release) -> None:
        assert release.frozen_at is not None
        require_told(wanted, release)
        self._session, self.wanted, self._frozen_at = session, wanted, release.frozen_at
        asked_for = {name for name in FIELDS if getattr(wanted, name) != getattr(MediaFilter(), name)} | {
            "state"
        }
        self._checks = [check for name, check in {**BY_RECORD, **BY_ANSWER}.items() if name in asked_for]
        self._answers = Answers(session) if asked_for & set(BY_ANSWER) else None
        self.sources = set(list_source_names(session)) if wanted.source else set()
        self.file_name = unicodedata.normalize("NFC", wanted.file_name or "").lower()

    def of(self, rows: Sequence[AnyRow]) -> set[int]:
        """Those of these items, by the ids of their media."""
        found = self._told_by_rows([row.media_id for row in rows])
        answers = self._answers.read(row.annotation_id for row in rows) if self._answers is not None else {}
        items = (from_record(row.record, answers.get(row.annotation_id)) for row in rows)
        return {
            item.media_id
            for item in items
            if item.media_id in found and all(check(self, item) for check in self._checks)
        }

    def _told_by_rows(self, media_ids: Sequence[int]) -> set[int]:
        wanted, then = self.wanted, self._frozen_at
        same = select(Media.id).where(Media.id.in_(media_ids), *unchanging(wanted))
        if wanted.predicted:
            same = same.where(media_predicted(wanted.predicted, then))
        if wanted.acted_by or wanted.acted_from:
            acts = acts_on_media(wanted.acted_by, wanted.acted_from, then, among=media_ids)
            same = same.where(Media.id.in_(union_all(*acts)))
        return set(self._session.scalars(same))


Check = Callable[[ShownThen, DatasetItem], bool]


def _source(then: ShownThen, item: DatasetItem) -> bool:
    # A name that no source has any more may be what one of the wanted was called.
    return item.source in then.wanted.source or item.source not in then.sources | {None}


def _file_name(then: ShownThen, item: DatasetItem) -> bool:
    return item.file_name is not None and then.file_name in item.file_name.lower()


def _captured(start: datetime | None, end: datetime | None, item: DatasetItem) -> bool:
    captured_at = item.captured_at
    return (
        captured_at is not None
        and (start is None or start <= captured_at)
        and (end is None or captured_at < end)
    )


def _reviewer(then: ShownThen, item: DatasetItem) -> bool:
    return item.reviewer == then.wanted.reviewer and item.decision != Decision.UNDONE.value


def _label_class(then: ShownThen, item: DatasetItem) -> bool:
    answer = item.answer
    used = {shape.label_class for shape in answer.shapes} | set(answer.label_classes) if answer else set()
    return not used.isdisjoint(then.wanted.label_class)


def _has_shapes(then: ShownThen, item: DatasetItem) -> bool:
    # An answer that nobody here can read is neither with shapes nor without.
    answer = item.answer
    return answer is not None and answer.readable and bool(answer.shapes) == then.wanted.has_shapes


BY_RECORD: Mapping[str, Check] = {
    "state": lambda then, item: item.state in (then.wanted.state or LISTED_STATES),
    "source": _source,
    "captured_from": lambda then, item: _captured(then.wanted.captured_from, None, item),
    "captured_to": lambda then, item: _captured(None, then.wanted.captured_to, item),
    "reviewer": _reviewer,
    "tag": lambda then, item: not set(then.wanted.tag).isdisjoint(item.tags),
    "file_name": _file_name,
}
BY_ANSWER: Mapping[str, Check] = {
    "label_class": _label_class,
    "reply": lambda then, item: (
        item.answer is not None and not set(then.wanted.replies).isdisjoint(item.answer.replies)
    ),
    "has_shapes": _has_shapes,
    "annotator": lambda then, item: item.answer is not None and item.answer.author == then.wanted.annotator,
}
FIELDS = ORDER | NEVER_CHANGES | ONLY_GROWS | UNTOLD | set(BY_RECORD) | set(BY_ANSWER)
