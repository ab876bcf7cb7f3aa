"""What a table wants accepted and others have yet to accept: said before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from curation.acts import ReviewPolicy
from curation.imports.found import Remark
from curation.reviews import state_after_accepting
from curation.tables.merging import ANSWER_COLUMNS, MediaChange
from curation.tables.paths import wanted_after
from curation.tables.standing import Now
from db.models import Access, State


def find_waiting(
    session: Session,
    access: Access,
    media: Sequence[MediaChange],
    standing: Mapping[int, Now],
    policy: ReviewPolicy,
) -> list[Remark]:
    """Remarks on media that would be accepted no more, and on those that would not come to be, with conflicts left."""
    lost: list[int] = []
    waiting: list[int] = []
    for one in media:
        now = standing[one.media_id]
        taken = [change for change in one.changes if not change.conflict]
        said = next((State(change.new) for change in taken if change.column == "state"), None)
        submits = any(change.column in ANSWER_COLUMNS for change in taken)
        if wanted_after(now.state, said, submits=submits) != State.ACCEPTED:
            continue
        if not _is_accepted(session, access, None if submits else now.annotation_id, policy):
            (lost if now.state == State.ACCEPTED else waiting).append(one.row)
    remarks = []
    if lost:
        sentence = (
            "Media that are accepted now get a new answer, and have to be accepted by others once more:"
            f" {len(lost)}, the first in row {lost[0]}."
        )
        remarks.append(Remark("state", sentence))
    if waiting:
        sentence = (
            "Media that are to be accepted have to be accepted by others as well:"
            f" {len(waiting)}, the first in row {waiting[0]}."
        )
        remarks.append(Remark("state", sentence))
    return remarks


def _is_accepted(session: Session, access: Access, annotation_id: int | None, policy: ReviewPolicy) -> bool:
    """Whether an answer would be accepted with this access; None is one of that access that nobody has seen yet."""
    if policy.reviews_required == 0:
        return True
    if annotation_id is None:
        return policy.reviews_required == 1 and policy.review_own
    return state_after_accepting(session, access, annotation_id, policy) == State.ACCEPTED
