"""Undoing a run of somebody's acts: who and when, what would happen, and the button that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import streamlit as st

from components.clock import browser_zone, local_text
from components.doors import Node, link, node, show_doors, table
from components.media_panel import act_text
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation import undo_runs
from curation.accesses import list_accesses
from curation.undo_runs import MAX_ACTS, RunAct, RunPreview
from db.models import Access, Scope
from db.session import open_session
from language import _, plural
from language.retold import retold

_RUN = "undo_run"  # in the session state: the run that is being looked at


@dataclass(frozen=True)
class Run:
    login: str
    start: datetime
    end: datetime


def acts_section(visitor: Access) -> None:
    """Choose a person and a span of time, look at what they did, and take it back."""
    with open_session(read_only=True) as session:
        accesses = list_accesses(session, visitor)
    st.subheader(_("Undo a run of acts"))
    st.caption(
        _(
            "Everything that one person submitted and decided in a span of time, as far as nobody has acted on it "
            "since. The history of each media keeps all of it."
        )
    )
    zone = browser_zone()
    now = datetime.now(zone).replace(second=0, microsecond=0, tzinfo=None)
    st.session_state.setdefault("run_from", now - timedelta(hours=1))
    # To the end of this minute: what somebody did a moment ago is meant too.
    st.session_state.setdefault("run_to", now + timedelta(minutes=1))
    with st.form("undo_run_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Person"),
            [access.login for access in accesses if access.scope != Scope.DEVICE],
            index=None,
            placeholder=_("Choose one"),
            key="run_login",
        )
        st.datetime_input(_("From"), key="run_from", format="YYYY-MM-DD", step=60)
        st.datetime_input(_("To"), key="run_to", format="YYYY-MM-DD", step=60)
        st.form_submit_button(_("Preview"), on_click=_look, args=(zone,))
    run: Run | None = st.session_state.get(_RUN)
    if run is None:
        return
    with explain_problems():
        with open_session(read_only=True) as session:
            shown = undo_runs.preview(session, visitor, run.login, run.start, run.end)
        _show(run, shown, zone)


def _show(run: Run, shown: RunPreview, zone: tzinfo) -> None:
    st.markdown(
        plural(
            shown.undoable,
            "**{login}**, {start} to {end}: {n} act can be undone.{left}",
            "**{login}**, {start} to {end}: {n} acts can be undone.{left}",
            login=plain(run.login),
            start=plain(local_text(run.start, zone)),
            end=plain(local_text(run.end, zone)),
            left=_left(shown.left),
        )
    )
    if shown.more:
        st.caption(
            _("The newest {n} acts of this span are looked at. Preview again for those before.", n=MAX_ACTS)
        )
    if shown.first:
        if shown.undoable + sum(shown.left.values()) > len(shown.first):
            st.caption(_("The newest {n} of them:", n=len(shown.first)))
        show_doors(acts_table(shown.first, zone), key="run_acts")
    with st.container(horizontal=True):
        st.button(
            plural(shown.undoable, "Undo this act", "Undo these {n} acts"),
            type="primary",
            disabled=not shown.undoable,
            on_click=_apply,
            args=(run,),
            key="run_apply",
        )
        st.button(_("Close"), on_click=_close, type="tertiary", key="run_close")


def acts_table(acts: Sequence[RunAct], zone: tzinfo) -> Node:
    """What would be undone, each with a door to its media, and why the others stay."""
    rows: list[list[Node | str]] = [
        [
            node("time", local_text(act.at, zone), datetime=act.at.isoformat()),
            act_text(act.what),
            link(f"/browse?media={act.media_id}", act.file_name or _("media {id}", id=str(act.media_id))),
            _("will be undone") if act.why is None else _("stays: {why}", why=retold(act.why)),
        ]
        for act in acts
    ]
    return table((_("when"), _("what"), _("media"), ""), rows, empty="")


def _left(left: Mapping[str, int]) -> str:
    return "".join(
        " " + plural(count, "{n} stays: {why}", "{n} stay: {why}", why=plain(retold(why)))
        for why, count in left.items()
    )


def _look(zone: tzinfo) -> None:
    chosen = st.session_state
    if not (chosen["run_login"] and chosen["run_from"] and chosen["run_to"]):
        st.toast(_("Choose a person, and from when to when."))
        return
    start, end = (chosen[key].replace(tzinfo=zone).astimezone(UTC) for key in ("run_from", "run_to"))
    chosen[_RUN] = Run(chosen["run_login"], start, end)


def _apply(run: Run) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            done = undo_runs.apply(session, admin, run.login, run.start, run.end)
        st.toast(
            plural(
                done.undone,
                "{n} act of {login} undone.{left}",
                "{n} acts of {login} undone.{left}",
                login=plain(run.login),
                left=_left(done.left),
            )
        )


def _close() -> None:
    st.session_state.pop(_RUN, None)
