"""Deciding about near twins: keep them, reject some of them, or group them. One act for many media, undone as one."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, aliased

from curation import looks
from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy, has_moved
from curation.answers import clean_client_id, clean_comment
from curation.batches import ACTED_SINCE, UNDONE_ALREADY, WITHDRAWN, BatchUndone, LeftOut, lock_in_order
from curation.errors import AnswerIncomplete, Conflict, NotAllowed, NotFound, NothingToUndo, TooLarge
from curation.events import record
from curation.reviews import decide
from curation.states import DECIDABLE, LIVE_STATES, STATE_NAMES
from curation.tags import touch
from curation.undoing import UNDO_LIFE, StandingAct, standing_acts, take_back
from db.locks import lock_words
from db.models import Access, Decision, Media, NearTwin, Scope, State, TwinAnswer, TwinDecision, utc_now

MAX_MEDIA = 200
NO_TWIN = "It has no twin here that nobody has decided about."
NOT_SEEN = "It has been acted on: say how many acts it had when you saw it."
CHANGED_SINCE = "Its sequence was changed since."


@dataclass(frozen=True)
class TwinsDecided:
    """What a decision has done; `repeated` when its client id had been stored before."""

    id: int
    answer: TwinAnswer
    changed: list[int]
    left_out: list[LeftOut]
    repeated: bool = False


@dataclass
class _Done:
    """What an answer has changed, and what an undo needs to know."""

    changed: list[int] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    # Before and after.
    sequences: dict[str, list[str | None]] = field(default_factory=dict)


def decide_twins(
    session: Session,
    access: Access,
    answer: TwinAnswer,
    media_ids: Sequence[int],
    *,
    seen_acts: Mapping[int, int] | None = None,
    comment: str | None = None,
    client_id: str | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> TwinsDecided:
    """Give one answer about media that look alike, which then leave the list of near twins.

    `kept` says that all of these are wanted, `grouped` that a split must never part them, and `rejected` is a review
    of each of these, with a comment. `seen_acts` is how many acts each media had when it was shown: none that somebody
    has acted on since is rejected, and without that number none that anybody has acted on. Those it cannot be said of
    are left out, and why. A repeated `client_id` gives back what was stored. Raises AnswerIncomplete, TooLarge,
    Conflict, NotAllowed.
    """
    require_scope(access, *CURATORS)
    client_id, comment = clean_client_id(client_id), clean_comment(comment)
    if client_id is not None:
        # Of two with the same client id at the same moment the second waits, and then finds the first.
        lock_words(session, f"twins {client_id}")
        stored = session.scalar(select(TwinDecision).where(TwinDecision.client_id == client_id))
        if stored is not None:
            return _stored(access, answer, stored)
    wanted = sorted(set(media_ids))
    if len(wanted) < (1 if answer == TwinAnswer.REJECTED else 2):
        raise AnswerIncomplete("Choose the media that look alike.")
    if len(wanted) > MAX_MEDIA:
        raise TooLarge(f"At most {MAX_MEDIA} media at once.")
    decision = TwinDecision(access_id=access.id, answer=answer, client_id=client_id)
    session.add(decision)
    session.flush()
    held = lock_in_order(session, wanted)
    pairs = _open_pairs(session, wanted)
    if answer != TwinAnswer.REJECTED:
        pairs = [pair for pair in pairs if {pair.media_id, pair.other_id} <= set(wanted)]
    paired = {media_id for pair in pairs for media_id in (pair.media_id, pair.other_id)}
    done = _Done()
    done.left_out = dict.fromkeys(set(wanted) - {media.id for media in held}, "There is no such media.")
    taking_part = []
    for media in held:
        if media.state not in LIVE_STATES:
            gone = media.state == State.WITHDRAWN
            done.left_out[media.id] = WITHDRAWN if gone else f"It is {STATE_NAMES[media.state]} by now."
        elif media.id not in paired:
            done.left_out[media.id] = NO_TWIN
        else:
            taking_part.append(media)
    match answer:
        case TwinAnswer.REJECTED:
            _reject(session, access, taking_part, pairs, seen_acts or {}, comment, policy, done)
        case TwinAnswer.GROUPED:
            _group(taking_part, done)
        case TwinAnswer.KEPT:
            done.changed = [media.id for media in taking_part]
    _close(pairs, decision, set(done.changed))
    decision.detail = {
        "changed": done.changed,
        "left_out": [[media_id, why] for media_id, why in sorted(done.left_out.items())],
        "acts": done.acts,
        "sequences": done.sequences,
    }
    detail = {"decision": decision.id, "answer": answer.value, "media": len(done.changed)}
    record(session, access, "twins_decided", detail)
    session.flush()
    return _told(decision)


@dataclass(frozen=True)
class _Pair:
    """Two live media that look alike by a row that is held, and that nobody has decided about.

    The row's own two; where its first is not live, whoever stands for that in the lists is the other. Who stands for
    it looks like the last of those that came later.
    """

    row: NearTwin
    media_id: int
    other_id: int


def _open_pairs(session: Session, media_ids: Sequence[int]) -> list[_Pair]:
    """The pairs nobody has decided about that any of these media makes with any other."""
    later, first = aliased(Media), aliased(Media)
    rows = session.execute(
        select(NearTwin, first.state)
        .join(later, later.id == NearTwin.media_id)
        .join(first, first.id == NearTwin.other_id)
        .where(
            NearTwin.decision_id.is_(None),
            later.state.in_(LIVE_STATES),
            or_(NearTwin.media_id.in_(media_ids), NearTwin.other_id.in_(media_ids)),
        )
        .order_by(NearTwin.id)
        .with_for_update(of=NearTwin)
    ).all()
    ends = _first_and_last(session, {row.other_id for row, state in rows if state not in LIVE_STATES})
    pairs = []
    for row, state in rows:
        if state in LIVE_STATES:
            pairs.append(_Pair(row, row.media_id, row.other_id))
            continue
        if row.other_id not in ends:
            continue  # who came later is not held: the last of them went since the pairs were asked for
        oldest, newest = ends[row.other_id]
        other_id = newest if row.media_id == oldest else oldest
        if other_id != row.media_id:
            pairs.append(_Pair(row, row.media_id, other_id))
    return pairs


def _first_and_last(session: Session, other_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Of what looks like each of these and is live, undecided: the oldest and the newest."""
    rows = session.execute(
        select(NearTwin.other_id, func.min(NearTwin.media_id), func.max(NearTwin.media_id))
        .join(Media, Media.id == NearTwin.media_id)
        .where(NearTwin.other_id.in_(other_ids), NearTwin.decision_id.is_(None), Media.state.in_(LIVE_STATES))
        .group_by(NearTwin.other_id)
    )
    return {other_id: (oldest, newest) for other_id, oldest, newest in rows}


def _reject(
    session: Session,
    access: Access,
    media: Sequence[Media],
    pairs: Sequence[_Pair],
    seen_acts: Mapping[int, int],
    comment: str | None,
    policy: ReviewPolicy,
    done: _Done,
) -> None:
    to_answer, rejected = looks.given_looks(session, access), {one.id for one in media}
    for one in media:
        if (why := _not_to_reject(session, one, seen_acts.get(one.id), to_answer)) is not None:
            done.left_out[one.id] = why
            continue
        decided = decide(
            session,
            access,
            one.id,
            Decision.REJECTED,
            # That nothing has moved since it was shown was found out above, under its lock.
            annotation_id=one.current_annotation_id,
            comment=comment or f"Looks like media {_twin_of(one.id, pairs, rejected)}.",
            policy=policy,
        )
        done.acts[str(one.id)] = decided.act
        done.changed.append(one.id)


def _not_to_reject(
    session: Session, media: Media, seen_acts: int | None, to_answer: Container[int]
) -> str | None:
    """Why a held media cannot be rejected by somebody who saw it when it had so many acts; None when it can."""
    if media.id in to_answer:
        # First of all: any other reason would tell that somebody has answered it.
        return looks.TO_ANSWER
    if media.state not in DECIDABLE[Decision.REJECTED]:
        return f"It is {STATE_NAMES[media.state]} by now."
    if has_moved(session, media, seen_acts or 0):
        return NOT_SEEN if seen_acts is None else ACTED_SINCE
    return None


def _twin_of(media_id: int, pairs: Sequence[_Pair], rejected: Container[int]) -> int:
    """What a media looks like, by its nearest pair; if there is any, by one with a media that is not rejected too."""
    found = [
        (one in rejected, pair.row.distance, pair.row.id, one)
        for pair in pairs
        for one, other in ((pair.other_id, pair.media_id), (pair.media_id, pair.other_id))
        if other == media_id
    ]
    return min(found)[-1]


def _group(media: Sequence[Media], done: _Done) -> None:
    """Whoever has no sequence gets the first that one of them has, else a new one named after the first media.

    A sequence that is there stays: taken out of it, a media would leave behind what belongs to it. The decision is
    what keeps them together (`datasets.groups`), whatever their sequences are or become.
    """
    if not media:
        return
    name = next((one.sequence for one in media if one.sequence), f"twins-{media[0].id}")
    for one in media:
        if one.sequence is None:
            done.sequences[str(one.id)] = [None, name]
            one.sequence = name
        done.changed.append(one.id)


def _close(pairs: Sequence[_Pair], decision: TwinDecision, changed: Container[int]) -> None:
    """Note the decision on the rows that it is about: for a rejection those by which a rejected media came later.

    What looks like a first one that is rejected still looks like the others: nobody has decided about those.
    """
    for pair in pairs:
        both = pair.other_id in changed and pair.other_id < pair.media_id
        if pair.media_id in changed and (both or decision.answer == TwinAnswer.REJECTED):
            pair.row.decision_id = decision.id


def undo_twin_decision(session: Session, access: Access, decision_id: int) -> BatchUndone:
    """Take back all of a decision that still stands: reviews that are the last act of their media, sequences, pairs.

    Its author may within a day, an admin at any time. Raises NotFound, NotAllowed, NothingToUndo.
    """
    require_scope(access, *CURATORS)
    decision = session.scalar(
        select(TwinDecision)
        .where(TwinDecision.id == decision_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if decision is None:
        raise NotFound(f"There is no decision {decision_id} about near twins.")
    if access.scope != Scope.ADMIN:
        if decision.access_id != access.id:
            raise NotAllowed("This was done by someone else. Only an admin can undo it.")
        if utc_now() - decision.created_at > UNDO_LIFE:
            raise NotAllowed("This was done more than a day ago. Only an admin can undo it.")
    if decision.undone_at is not None:
        raise NothingToUndo(UNDONE_ALREADY)
    left_out: list[LeftOut] = []
    undone: list[int] = []
    detail: dict[str, Any] = decision.detail
    acts = {int(media_id): act for media_id, act in detail["acts"].items()}
    sequences = {int(media_id): names for media_id, names in detail["sequences"].items()}
    held = lock_in_order(session, list(detail["changed"]))
    standing = standing_acts(session, list(acts))
    for media in held:
        why = None
        if media.id in acts:
            why = _take_back_rejection(session, access, media, acts[media.id], standing.get(media.id, []))
        elif media.id in sequences:
            before, after = sequences[media.id]
            why = None if media.sequence == after else CHANGED_SINCE
            media.sequence = before if why is None else media.sequence
        if why is None:
            undone.append(media.id)
        else:
            left_out.append(LeftOut(media.id, why))
    session.execute(update(NearTwin).where(NearTwin.decision_id == decision.id).values(decision_id=None))
    touch(session, [media.id for media in held])
    decision.undone_at = utc_now()
    told = {"decision": decision.id, "media": len(undone), "left_out": len(left_out)}
    record(session, access, "twin_decision_undone", told)
    session.flush()
    return BatchUndone(undone, left_out)


def _take_back_rejection(
    session: Session, access: Access, media: Media, act: int, standing: Sequence[StandingAct]
) -> str | None:
    """Undo the rejection of a held media; why not, when it cannot be."""
    if media.state == State.WITHDRAWN:
        return WITHDRAWN
    if act not in [one.number for one in standing]:
        return UNDONE_ALREADY
    if standing[0].number != act:
        return ACTED_SINCE
    take_back(session, access, media, standing[0])
    return None


def _stored(access: Access, answer: TwinAnswer, decision: TwinDecision) -> TwinsDecided:
    if decision.access_id != access.id or decision.answer != answer:
        raise Conflict("This client id was used for something else. Make a new one.")
    return _told(decision, repeated=True)


def _told(decision: TwinDecision, *, repeated: bool = False) -> TwinsDecided:
    left_out = [LeftOut(media_id, why) for media_id, why in decision.detail["left_out"]]
    return TwinsDecided(decision.id, decision.answer, list(decision.detail["changed"]), left_out, repeated)
