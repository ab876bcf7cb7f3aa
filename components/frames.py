"""The frames of a video: taken at an interval by a button, and how far that is."""

from __future__ import annotations

import streamlit as st

from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.accesses import CURATORS
from curation.errors import NotFound
from curation.extractions import (
    ExtractionView,
    ask_for_frames,
    count_frames,
    list_extractions,
    shortest_interval,
)
from curation.media_filter import MediaFilter
from curation.media_view import MediaDetails
from curation.sign_in import SignedIn
from curation.video_limits import LONGEST_INTERVAL
from db.session import open_session
from language import _, number, plural
from language.retold import retold

# As often the figure is asked for while a job is at work, in seconds.
LOOK_AGAIN = 1.0
USUAL_INTERVAL = 5.0


def length_text(media: MediaDetails) -> str:
    """How long a video is, how many frames a second it has, and its codec."""
    if media.duration is None:
        return ""
    minutes, seconds = divmod(media.duration, 60)
    length = (
        _("{m} min {s} s", m=number(minutes), s=number(seconds))
        if minutes
        else _("{s} s", s=number(seconds, 1))
    )
    rate = _("{n} frames/s", n=number(media.frame_rate, 0)) if media.frame_rate else ""
    return ", ".join(part for part in (length, rate, media.codec or "") if part)


def frames_section(visitor: SignedIn, media: MediaDetails) -> None:
    """What was taken out of a video, and for curators a form to take more."""
    st.html(f'<p class="vigie-title">{_("Frames")}</p>')
    under_way = _is_under_way(visitor, media.id)
    st.fragment(run_every=LOOK_AGAIN if under_way else None)(_progress)(media.id, under_way)
    if visitor.access.scope in CURATORS and not under_way:
        _form(media)


def _is_under_way(visitor: SignedIn, media_id: int) -> bool:
    return any(one.finished_at is None for one in _read(visitor, media_id))


def _read(visitor: SignedIn, media_id: int) -> list[ExtractionView]:
    try:
        with open_session(read_only=True) as session:
            return list_extractions(session, visitor.access, media_id)
    except NotFound:  # withdrawn since the page was drawn
        return []


def _progress(media_id: int, was_under_way: bool) -> None:
    """How far it is; once it is over, the page is drawn anew and asks no more."""
    found = _read(require_visitor(), media_id)
    running = [one for one in found if one.finished_at is None]
    for one in running:
        said = _("{done} of {total} frames", done=number(one.frames), total=number(one.total))
        st.progress(min(1.0, one.frames / one.total), text=said)
    if was_under_way and not running:
        st.rerun()
    if found and found[0].error:
        st.caption(plain(retold(found[0].error)))
    if any(one.frames for one in found):
        query = MediaFilter(extracted_from=media_id).to_query() | {"sort": ["captured"]}
        with st.container(key="go_frames", width="content"):
            st.page_link("browse.py", label=_("Show the frames"), query_params=query)


def _form(media: MediaDetails) -> None:
    duration = media.duration or 0.0
    least = shortest_interval(duration)
    with st.container(horizontal=True, vertical_alignment="bottom", key="bar_frames"):
        every = st.number_input(
            _("One every … seconds"),
            min_value=least,
            max_value=LONGEST_INTERVAL,
            value=max(least, USUAL_INTERVAL if duration > USUAL_INTERVAL else 1.0),
            step=1.0,
            format="%.1f",
            key=f"every_{media.id}",
        )
        count = count_frames(duration, every)
        st.button(
            plural(count, "Take {n} frame", "Take {n} frames"),
            key="take_frames",
            on_click=_ask,
            args=(media.id, every),
        )


def _ask(media_id: int, every: float) -> None:
    with explain_problems(), open_session() as session:
        ask_for_frames(session, require_visitor().access, media_id, every)
