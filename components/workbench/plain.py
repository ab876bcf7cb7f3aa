"""The same decisions with plain buttons: for people who cannot use a canvas, one picture at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import asdict, replace
from html import escape

import streamlit as st

from components.clock import browser_zone, local_text
from components.figures import count_text
from components.filters import SORT_NAMES, YES_OR_NO
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from components.workbench import ORDERS, Place
from curation import leases
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.browse import complete
from curation.label_classes import list_label_classes
from curation.media_filter import Sort
from curation.media_view import AnnotationView, MediaView
from curation.questions import list_questions
from curation.queues import QUEUE_NAMES, count_queue, take_media
from curation.reviews import decide
from curation.states import DECIDABLE, NEEDS_COMMENT, STATE_NAMES, SUBMITTABLE
from db.models import AppliesTo, Asked, Decision, State
from db.session import open_session
from language import _, later, number
from settings import get_settings

# decision -> the word on its button, and what is said once it is stored
WORDS = {
    Decision.ACCEPTED: (later("Accept"), later("accepted")),
    Decision.REJECTED: (later("Reject"), later("rejected")),
    Decision.UNSURE: (later("Mark unsure"), later("unsure")),
    Decision.SENT_BACK: (later("Send back"), later("sent back")),
    Decision.PARKED: (later("Park"), later("parked")),
    Decision.UNPARKED: (later("Unpark"), later("unparked")),
    Decision.REOPENED: (later("Reopen"), later("reopened")),
}
# rows from above, each from the left
WHERE = (
    (later("upper left"), later("upper middle"), later("upper right")),
    (later("centre left"), later("centre middle"), later("centre right")),
    (later("lower left"), later("lower middle"), later("lower right")),
)
# As the workbench names them: the first of each comes first.
ORDER_NAMES = {
    **SORT_NAMES,
    Sort.CAPTURED_FIRST: later("Capture time"),
    Sort.UPLOADED_FIRST: later("Upload time"),
    Sort.SCORE: later("Model score"),
}
SAID = "plain_review_said"
UNDOABLE = "plain_review_undoable"


def review_policy() -> ReviewPolicy:
    """What this installation asks for before a picture counts as accepted."""
    return ReviewPolicy.of(get_settings())


def choose_order(place: Place, on_place: Callable[[Place], None]) -> None:
    """Choose in which order the queue is stepped through; it begins anew in it."""
    sort = place.wanted.sort
    st.session_state["plain_order"] = sort
    st.selectbox(
        _("Order"),
        [*ORDERS, *({sort} - set(ORDERS))],
        format_func=lambda order: _(ORDER_NAMES[order]),
        key="plain_order",
        width=220,
        on_change=lambda: on_place(place.in_order(st.session_state["plain_order"])),
    )


def plain_review(place: Place, on_place: Callable[[Place], None]) -> None:
    """Draw the picture at this place with a button per decision; each button leads on to the next one."""
    access, policy = require_visitor().access, review_policy()
    lease_seconds = get_settings().lease_seconds
    with open_session() as session:
        page = take_media(
            session,
            access,
            place.queue,
            place.wanted,
            start=place.start,
            limit=2,
            policy=policy,
            lease_seconds=lease_seconds,
        )
    with open_session(read_only=True) as session:
        complete(session, access, page.items)
        count = count_queue(session, access, place.queue, place.wanted, policy=policy)
        label_classes, questions = list_label_classes(session), list_questions(session)
    if said := st.session_state.pop(SAID, None):
        st.success(plain(said))
    if not page.items:
        st.info(_("Nothing is left in {queue}.", queue=_(QUEUE_NAMES[place.queue])))
        _undo_button(on_place, place)
        return
    media = page.items[0]
    following = page.items[1].id if len(page.items) > 1 else None
    waits = _("{queue}: ", queue=_(QUEUE_NAMES[place.queue]))
    st.caption(f"{waits}{count_text(count)}")
    names = {found.key: found.name for found in label_classes}
    left, right = st.columns([2.4, 1], gap="medium")
    with left:
        st.html(_picture(media))
    with right:
        st.html(_facts(media, names))
        whole = [found.key for found in label_classes if found.applies_to != AppliesTo.SHAPE]
        whole_key, comment_key = f"whole_{media.id}", f"comment_{media.id}"
        st.multiselect(
            _("Whole picture"),
            whole,
            format_func=names.__getitem__,
            placeholder=_("Choose"),
            key=whole_key,
        )
        known = media.annotation.replies if media.annotation is not None else {}
        for question in questions:
            st.radio(
                plain(question.sentence)
                if question.asked != Asked.REQUIRED
                else _("{question} (required)", question=plain(question.sentence)),
                list(YES_OR_NO),
                format_func=lambda said: _(YES_OR_NO[said]),
                index=None if question.key not in known else 0 if known[question.key] else 1,
                horizontal=True,
                key=f"reply_{question.key}_{media.id}",
            )
        st.text_area(_("Comment"), key=comment_key, max_chars=4_000)

        def comment() -> str | None:
            # Read when a button is pressed: what was typed last has come with that very press.
            return st.session_state[comment_key] or None

        to_key, author = (
            f"to_annotator_{media.id}",
            media.annotation.author if media.annotation else access.login,
        )
        if author != access.login and State(media.state) in DECIDABLE[Decision.SENT_BACK]:
            st.checkbox(_("Send back to {login} only", login=plain(author)), key=to_key)

        def replies() -> dict[str, bool]:
            said = {found.key: st.session_state[f"reply_{found.key}_{media.id}"] for found in questions}
            return {**known, **{key: reply == "yes" for key, reply in said.items() if reply is not None}}

        def done(what: str, act: int) -> None:
            st.session_state[SAID] = _(
                "{name}: {what}.", name=media.file_name or _("media {id}", id=str(media.id)), what=what
            )
            st.session_state[UNDOABLE] = media.id, act
            with open_session() as session:
                # Whose turn it is now need not wait until the lease ends.
                leases.release(session, require_visitor().access, [media.id])
            on_place(replace(place, start=following))

        def submit() -> None:
            with explain_problems():
                with open_session() as session:
                    stored = submit_annotation(
                        session,
                        require_visitor().access,
                        media.id,
                        label_classes=st.session_state[whole_key],
                        replies=replies(),
                        based_on=media.annotation_id,
                        seen_acts=media.acts,
                        comment=comment(),
                        look=media.look,
                        policy=policy,
                    )
                done(_("submitted, no shapes"), stored.act)

        def accept_with(answer: AnnotationView) -> None:
            """Replies belong to an answer: with new ones it is handed in again, its shapes as they are."""
            with explain_problems():
                with open_session() as session:
                    stored = submit_annotation(
                        session,
                        require_visitor().access,
                        media.id,
                        shapes=[asdict(shape) for shape in answer.shapes],
                        label_classes=answer.label_classes,
                        replies=replies(),
                        based_on=answer.id,
                        seen_acts=media.acts,
                        accept=True,
                        comment=comment(),
                        policy=policy,
                    )
                said = _("accepted") if stored.media.state == State.ACCEPTED else _("submitted")
                done(said, stored.act)

        def choose(decision: Decision) -> None:
            if decision == Decision.ACCEPTED and media.annotation is not None and replies() != known:
                accept_with(media.annotation)
                return
            with explain_problems():
                with open_session() as session:
                    stored = decide(
                        session,
                        require_visitor().access,
                        media.id,
                        decision,
                        annotation_id=media.annotation_id,
                        seen_acts=media.acts,
                        comment=comment(),
                        look=media.look,
                        to_annotator=decision == Decision.SENT_BACK and bool(st.session_state.get(to_key)),
                        policy=policy,
                    )
                done(_(WORDS[decision][1]), stored.act)

        # The id stands in each key: a second click meant for this picture never meets the next one.
        state = State(media.state)
        columns = itertools.cycle(st.columns(2, gap="small"))
        for decision, (name, _done) in WORDS.items():
            if state in DECIDABLE[decision] or (decision == Decision.ACCEPTED and state == State.NEW):
                next(columns).button(
                    _(name),
                    key=f"{decision.value}_{media.id}",
                    type="primary" if decision == Decision.ACCEPTED else "secondary",
                    help=_(NEEDS_COMMENT[decision]) if decision in NEEDS_COMMENT else None,
                    on_click=choose,
                    args=(decision,),
                    width="stretch",
                )
        if state in SUBMITTABLE:
            next(columns).button(
                _("Nothing here"), key=f"nothing_{media.id}", on_click=submit, width="stretch"
            )
        if following is not None:
            next(columns).button(
                _("Skip"),
                key=f"skip_{media.id}",
                on_click=lambda: on_place(replace(place, start=following)),
                width="stretch",
            )
        _undo_button(on_place, place)


def _undo_button(on_place: Callable[[Place], None], place: Place) -> None:
    """Take back the decision made last on this page."""
    media_id, act = st.session_state.get(UNDOABLE, (None, None))
    if media_id is None:
        return

    def undo() -> None:
        with explain_problems():
            with open_session() as session:
                decide(session, require_visitor().access, media_id, Decision.UNDONE, undoes=act)
            st.session_state.pop(UNDOABLE, None)
            st.session_state[SAID] = _("Taken back.")
            on_place(replace(place, start=media_id))

    st.button(_("Undo"), key=f"undo_{media_id}", on_click=undo, type="tertiary")


def _picture(media: MediaView) -> str:
    name = escape(media.file_name or _("media {id}", id=str(media.id)), quote=True)
    ratio = f"{media.width or 16} / {media.height or 9}"
    return (
        f'<img src="/api/media/{media.id}/picture?size=screen" alt="{name}" '
        f'style="width:100%;max-height:78vh;object-fit:contain;aspect-ratio:{ratio};background:#8882">'
    )


def _facts(media: MediaView, names: dict[str, str]) -> str:
    """What is known of the picture and what its present answer says, in words."""
    lines = [
        media.file_name,
        _(STATE_NAMES[State(media.state)]),
        media.source,
        local_text(media.captured_at, browser_zone()),
    ]
    answer = media.annotation
    if answer is not None:
        whole = [names.get(key, key) for key in answer.label_classes]
        shapes = [
            f"{names.get(shape.label_class, shape.label_class)}, {_place_in_words(shape.box)}"
            for shape in answer.shapes
        ]
        nothing = _("a file, as it was sent") if answer.content == "file" else _("nothing here")
        lines += [
            _("Answer {n} by {login}:", n=answer.number, login=answer.author),
            *(whole + shapes or [nothing]),
        ]
    if media.last_review is not None and media.last_review.comment:
        lines.append(f"“{media.last_review.comment}” ({media.last_review.author})")
    text = "<br>".join(escape(line) for line in lines if line)
    return f'<p style="overflow-wrap:anywhere">{text}</p>'


def _place_in_words(box: tuple[float, float, float, float]) -> str:
    """Such as “upper left, 0.6 % of the picture”."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    across = 0 if x < 1 / 3 else 2 if x > 2 / 3 else 1
    down = 0 if y < 1 / 3 else 2 if y > 2 / 3 else 1
    share = (box[2] - box[0]) * (box[3] - box[1]) * 100
    # Two digits that mean something, in as many places as that takes.
    places = len(f"{share:.2g}".partition(".")[2])
    return _("{where}, {share} % of the picture", where=_(WHERE[down][across]), share=number(share, places))
