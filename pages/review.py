"""Review: step through a queue or a filter image by image, annotate and decide."""

import streamlit as st

from components.addresses import asked_id
from components.comments import see_mentions
from components.layout import use_layout
from components.messages import plain
from components.sign_in import require_visitor
from components.workbench import Place, workbench
from components.workbench.plain import choose_order, plain_review, review_policy
from curation.errors import NotAllowed, UnknownFilter
from curation.overview import fullest_queue
from curation.preferences import preferences_of
from curation.queues import QUEUE_NAMES, Queue, count_queues, queue_filter
from db.session import open_session
from language import _
from language.retold import retold

OURS = ("queue", "start", "plain")


def read_place() -> Place:
    """Where the address says to be. Raises UnknownFilter."""
    query = st.query_params
    asked = query.get("queue") or fullest()
    if asked not in QUEUE_NAMES:
        raise UnknownFilter(f"There is no queue “{asked[:60]}”.")
    filters = {name: query.get_all(name) for name in query if name not in OURS}
    place = Place(Queue(asked), filters, asked_id("start"))
    queue_filter(place.queue, place.wanted)
    return place


def fullest() -> str:
    """The queue in which most waits, for an address that names none."""
    with open_session(read_only=True) as session:
        found = fullest_queue(count_queues(session, require_visitor().access, policy=review_policy()))
    return found.queue.value if found else Queue.TO_REVIEW.value


def go(place: Place) -> None:
    """Write the place into the address."""
    kept = {"plain": ["1"]} if st.query_params.get("plain") == "1" else {}
    st.query_params.from_dict({**place.to_query(), **kept})


def leave_plain() -> None:
    del st.query_params["plain"]


visitor = require_visitor()
try:
    place = read_place()
    if place.start is not None:
        see_mentions(visitor, place.start)
    use_layout("wide")
    if st.query_params.get("plain") == "1":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.session_state["plain_queue"] = place.queue
            st.selectbox(
                _("Queue"),
                [queue for queue in QUEUE_NAMES if queue != Queue.FILTER or place.queue == Queue.FILTER],
                format_func=lambda queue: _(QUEUE_NAMES[queue]),
                key="plain_queue",
                width=260,
                on_change=lambda: go(Place(st.session_state["plain_queue"], place.order)),
            )
            choose_order(place, go)
            st.button(_("With the picture tools"), on_click=leave_plain, type="tertiary")
        plain_review(place, go)
    else:
        workbench(place, go, preferences_of(visitor.access).keys)
except (UnknownFilter, NotAllowed) as problem:
    use_layout("reading")
    st.error(plain(retold(problem.sentence)))
    st.button(_("Go to the queues"), on_click=st.query_params.clear)
