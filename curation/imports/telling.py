"""What a dataset says about one media, said here: what is known of it, its answer, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import looks
from curation.annotations import submit_annotation
from curation.errors import CurationError
from curation.imports.bringing import Told, comment_of, told_of
from curation.imports.choices import KEEP
from curation.imports.upright import STORED, turned_upright, why_other_size
from curation.imports.work import ImportWork
from curation.imports.worked_on import plain
from curation.media_view import AnnotationView, annotation_views
from curation.questions import list_questions
from curation.reviews import decide
from curation.sources import get_or_create_source, make_missing_source
from curation.states import SUBMITTABLE
from curation.tags import get_or_create_tags, tags_by_media, touch
from db.models import Blob, Decision, Media, MediaTag, Origin, State
from db.upsert import insert_or_ignore

SAME = 1e-6
# Which decision leads from a new answer, or from none, to the state that a dataset carries.
DECISIONS = {
    State.ACCEPTED: Decision.ACCEPTED,
    State.REJECTED: Decision.REJECTED,
    State.SENT_BACK: Decision.SENT_BACK,
    State.UNSURE: Decision.UNSURE,
    State.PARKED: Decision.PARKED,
}
WITHOUT_COMMENT = {
    State.SENT_BACK: "Sent back before it was imported.",
    State.PARKED: "Parked before it was imported.",
}

ANSWERED = "It has another answer already, which was kept."
NOTHING_LEFT = "All its label classes are left out, so there is no answer to take over."
PARTLY = "Shapes and label classes that are left out are not in its answer."
UNKNOWN_QUESTIONS = "Replies to questions that are not asked here were left out."
NO_STATE = "Its state could not be taken over."
DISPUTED = "It was disputed, which takes two answers: it waits for its review here."


@dataclass
class Telling:
    """What was done about a media, as far as it has to be told or taken back."""

    acts: list[int] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)  # as they were
    written: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    made_source: int | None = None
    annotation_id: int | None = None
    notes: list[str] = field(default_factory=list)
    failed: bool = False
    left_out: bool = False

    @property
    def changes(self) -> bool:
        return bool(self.acts or self.columns or self.tags)

    def before(
        self,
        *,
        created: bool = False,
        restored_act: int | None = None,
        known: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What `taking_back` needs, of a media that the import created, brought back, or found here."""
        restored = [restored_act] if restored_act is not None else []
        kept = {
            "created": created,
            "restored": bool(restored),
            "acts": restored + self.acts,
            "media": self.columns,
            "written": self.written,
            "tags": self.tags,
            "made_source": self.made_source,
        }
        told = {} if known is None else {"known": known}
        return {**{name: value for name, value in kept.items() if value}, **told}


def tell(
    session: Session,
    work: ImportWork,
    media_id: int,
    wanted: Mapping[str, Any],
    *,
    created: bool,
) -> Telling:
    """Do what is wanted for a media. Raises what submitting raises."""
    telling = Telling()
    choices = work.options["commit"]
    if choices["details"] or created:
        told = told_of(wanted.get("details", {}))
        _fill(session, media_id, told, telling, created=created, exact=bool(wanted.get("exact")))
    state = State(wanted["state"]) if choices["states"] and wanted.get("state") in set(State) else None
    decides = state in DECISIONS or state == State.DISPUTED
    answers = wanted.get("answer") is not None
    if (answers or decides) and not created and media_id in looks.given_looks(session, work.access):
        # Whatever else was said or done would tell what was answered: that it is the same, that it was kept.
        telling.left_out = True
        telling.notes.append(looks.TO_ANSWER)
        return telling
    before = session.scalars(select(Media.state).where(Media.id == media_id)).one()
    same = False
    if answers:
        answer = _upright(session, media_id, wanted, telling)
        same = _answer(session, work, media_id, answer, choices, telling)
    open_to_it = (
        telling.annotation_id is not None or before == State.NEW or (same and before == State.ANNOTATED)
    )
    if state is not None and open_to_it:
        _decide(session, work, media_id, state, comment_of(wanted.get("details", {})), telling)
    return telling


def _upright(
    session: Session, media_id: int, wanted: Mapping[str, Any], telling: Telling
) -> Mapping[str, Any]:
    """The answer of an entry on the picture as it is shown here."""
    answer: Mapping[str, Any] = wanted["answer"]
    if wanted.get("size") is None:
        return answer
    blob = session.scalars(select(Blob).join(Media).where(Media.id == media_id)).one()
    why = why_other_size(tuple(wanted["size"]), (blob.width, blob.height), blob.orientation)
    if why is not None:
        telling.notes.append(why)
    return turned_upright(answer, blob.orientation) if why == STORED else answer


def _fill(
    session: Session, media_id: int, told: Told, telling: Telling, *, created: bool, exact: bool
) -> None:
    """Write what is not known of a media. Of a new one all that is said counts more than what its picture says itself,
    and where the dataset is `exact` also what it does not say.
    """
    media = session.get_one(Media, media_id, populate_existing=True, with_for_update=True)
    details = told.details
    values: dict[str, Any] = {
        "captured_at": details.captured_at,
        "azimuth": details.azimuth,
        "lat": details.lat,
        "lon": details.lon,
        "sequence": details.sequence,
        "score": told.score,
    }
    source = None
    if details.source and (created or media.source_id is None):
        telling.made_source = make_missing_source(session, details.source)
        source = get_or_create_source(session, details.source)
    values["source_id"] = source.id if source is not None else None
    said = set(values) if exact else {"source_id" if name == "source" else name for name in told.names}
    for name, value in values.items():
        have = getattr(media, name)
        if created and name in said and have != value:
            setattr(media, name, value)
        elif not created and have is None and value is not None:
            telling.columns[name], telling.written[name] = None, plain(value)
            setattr(media, name, value)
    if "captured_at" in said and (created or "captured_at" in telling.columns):
        if not created and media.captured_at_assumed != told.captured_at_assumed:
            telling.columns["captured_at_assumed"] = media.captured_at_assumed
            telling.written["captured_at_assumed"] = told.captured_at_assumed
        media.captured_at_assumed = told.captured_at_assumed
    if details.tags and not created:
        telling.tags.extend(_add_tags(session, media_id, details.tags))
    session.flush()


def _add_tags(session: Session, media_id: int, names: tuple[str, ...]) -> list[str]:
    """The tags that the media did not have."""
    has = tags_by_media(session, [media_id])[media_id]
    new = [name for name in names if name not in has]
    rows = [{"media_id": media_id, "tag_id": tag_id} for tag_id in get_or_create_tags(session, new)]
    insert_or_ignore(session, MediaTag, rows, unique=["media_id", "tag_id"])
    if new:
        touch(session, [media_id])
    return new


def _answer(
    session: Session,
    work: ImportWork,
    media_id: int,
    answer: Mapping[str, Any],
    choices: Mapping[str, Any],
    telling: Telling,
) -> bool:
    """Submit an answer unless another one is to be kept; True when the one that counts says the same already."""
    mapping = choices["mapping"]
    shapes = [
        {**shape, "label_class": mapping[shape["label_class"]], "origin": Origin.IMPORT.value}
        for shape in answer["shapes"]
        if mapping.get(shape["label_class"])
    ]
    words = answer["label_classes"]
    labels = list(dict.fromkeys(mapping[word] for word in words if mapping.get(word)))
    left = len(answer["shapes"]) + len(words) - len(shapes) - sum(1 for word in words if mapping.get(word))
    if left and not shapes and not labels:
        telling.left_out = True
        telling.notes.append(NOTHING_LEFT)
        return False
    asked = {question.key for question in list_questions(session, off=True)} if answer["replies"] else set()
    replies = {key: yes for key, yes in answer["replies"].items() if key in asked}
    media = session.get_one(Media, media_id, populate_existing=True)
    if media.current_annotation_id is not None:
        current = annotation_views(session, [media.current_annotation_id])[0]
        if _says_the_same(current, shapes, labels, replies):
            return True
        if choices["answered"] == KEEP:
            telling.left_out = True
            telling.notes.append(ANSWERED)
            return False
    if media.state not in SUBMITTABLE:
        # What is decided is reopened by the same act's author, so that the history says why it moved.
        _reopen(session, work, media, telling)
    submitted = submit_annotation(
        session,
        work.access,
        media_id,
        shapes=shapes,
        label_classes=labels,
        replies=replies,
        based_on=media.current_annotation_id,
        comment=answer.get("comment"),
        origin=Origin.IMPORT,
        policy=work.policy,
    )
    telling.acts.append(submitted.act)
    telling.annotation_id = submitted.annotation.id
    telling.notes.extend(submitted.notes)
    if left:
        telling.notes.append(PARTLY)
    if len(replies) < len(answer["replies"]):
        telling.notes.append(UNKNOWN_QUESTIONS)
    return False


def _reopen(session: Session, work: ImportWork, media: Media, telling: Telling) -> None:
    if media.state in (State.ACCEPTED, State.REJECTED):
        decided = decide(
            session,
            work.access,
            media.id,
            Decision.REOPENED,
            annotation_id=media.current_annotation_id,
            comment="Another answer was imported.",
            policy=work.policy,
        )
        telling.acts.append(decided.act)


def _decide(
    session: Session, work: ImportWork, media_id: int, state: State, comment: str | None, telling: Telling
) -> None:
    """Bring a media to the state that the dataset carries, as far as the rules here allow the importing person."""
    if state == State.DISPUTED:
        telling.notes.append(DISPUTED)
    media = session.get_one(Media, media_id, populate_existing=True)
    if state not in DECISIONS or media.state == state:
        return
    try:
        with session.begin_nested():
            decided = decide(
                session,
                work.access,
                media_id,
                DECISIONS[state],
                annotation_id=media.current_annotation_id,
                comment=comment or WITHOUT_COMMENT.get(state),
                policy=work.policy,
            )
    except CurationError as problem:
        telling.notes.extend((NO_STATE, problem.sentence))
        return
    telling.acts.append(decided.act)


def _says_the_same(
    current: AnnotationView, shapes: list[dict[str, Any]], labels: list[str], replies: Mapping[str, bool]
) -> bool:
    """Whether an answer here holds the same shapes, to a millionth, label classes and replies."""
    if set(current.label_classes) != set(labels) or current.replies != dict(replies):
        return False
    if current.content == "file" or len(current.shapes) != len(shapes):
        return False
    # In order each mostly finds the first one left. Only mostly: shapes with an edge in common change places by a
    # rounding.
    here = sorted(_numbers(one.label_class, one.box, one.points) for one in current.shapes)
    left = sorted(_numbers(one["label_class"], one["box"], one.get("points")) for one in shapes)
    for one in here:
        same = next((place for place, other in enumerate(left) if _is_same(one, other)), None)
        if same is None:
            return False
        left.pop(same)
    return True


def _is_same(one: tuple[str, list[float]], other: tuple[str, list[float]]) -> bool:
    return (
        one[0] == other[0]
        and len(one[1]) == len(other[1])
        and all(abs(x - y) <= SAME for x, y in zip(one[1], other[1], strict=True))
    )


def _numbers(label_class: str, box: Any, points: Any) -> tuple[str, list[float]]:
    return label_class, [*box, *(number for point in points or () for number in point)]
