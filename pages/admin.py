"""Admin: who may enter and what for, how the installation is, and what happened in it."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from components.access_forms import change_access, new_access, show_one_time_password
from components.clock import browser_zone, local_text
from components.doors import Node, link, node, show_doors, table
from components.layout import use_layout
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation import installation
from curation.accesses import list_accesses, require_scope
from db.models import Access, Event, Job, JobState, Scope
from db.session import open_session
from storage import SelfTest, open_bucket

EVENTS = 200


def when(moment: datetime) -> Node:
    return node("time", local_text(moment, zone), datetime=moment.isoformat())


def accesses_table(accesses: Sequence[Access], seen: dict[int, datetime], visitor: Access) -> Node:
    rows: list[list[Node | str]] = [
        [
            node("span", access.login, cls="strong") if access.id == visitor.id else access.login,
            access.scope.value,
            when(access.created_at),
            when(seen[access.id]) if access.id in seen else "never",
            _standing(access),
        ]
        for access in accesses
    ]
    return table(("login", "scope", "created", "last seen", ""), rows, empty="")


def _standing(access: Access) -> str:
    if access.disabled_at is not None:
        return f"disabled {local_text(access.disabled_at, zone)}"
    return "one-time password" if access.must_change_password else ""


def events_table(events: Sequence[tuple[Event, str | None]]) -> Node:
    rows: list[list[Node | str]] = [
        [
            when(event.created_at),
            login or "",
            event.name.replace("_", " "),
            _about(event),
            event.address or "",
        ]
        for event, login in events
    ]
    return table(("when", "who", "what", "about", "from"), rows, empty="Nothing has happened yet.")


def _about(event: Event) -> Node:
    details = {name: str(value) for name, value in event.detail.items() if value is not None}
    short = ", ".join(f"{name} {_shortened(value)}" for name, value in details.items())
    whole = ", ".join(f"{name} {value}" for name, value in details.items())
    if event.media_id is None:
        return node("span", short, title=whole)
    media = link(f"/browse?media={event.media_id}", f"media {event.media_id}")
    return node("span", media, f" {short}", title=whole)


def _shortened(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:16]}…"


def jobs_table(jobs: Sequence[Job]) -> Node:
    rows: list[list[Node | str]] = [
        [when(job.created_at), job.name.replace("_", " "), str(job.subject_id), job.error or ""]
        for job in jobs
    ]
    return table(("asked for", "job", "of", "last failure"), rows, empty="No job has failed for good.")


def bucket_table(tested: SelfTest) -> Node:
    rows: list[list[Node | str]] = [
        [
            step.name,
            node("span", "works", cls="good")
            if step.passed
            else node("span", "fails", cls="bad")
            if step.required
            else "not offered",
            step.note,
        ]
        for step in tested.steps
    ]
    return table(("tried", "", "seen"), rows, empty="")


def retry_jobs() -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            count = installation.retry_failed_jobs(session, admin)
        st.toast(f"{count:,} jobs are tried again.")


def size_text(size: int | None) -> str:
    return "" if size is None else f"{size / 2**20:,.1f} MiB"


visitor = require_visitor().access
require_scope(visitor, Scope.ADMIN)
use_layout("lists")
zone = browser_zone()

with open_session(read_only=True) as session:
    accesses = list_accesses(session, visitor)
    seen = installation.last_seen(session, visitor)
    facts = installation.database_facts(session, visitor)
    counts = installation.count_jobs(session, visitor)
    failed = installation.list_failed_jobs(session, visitor)
    events = installation.list_events(session, visitor, EVENTS)

st.subheader("Accesses")
show_one_time_password()
left, right = st.columns([1.9, 1], gap="medium")
with left:
    show_doors(accesses_table(accesses, seen, visitor), key="accesses")
with right:
    change, new = st.tabs(["Change", "New access"])
    with change:
        change_access(accesses, visitor)
    with new:
        new_access()

st.subheader("Installation")
bucket, database, jobs = st.columns(3, gap="medium")
with bucket:
    st.markdown("**Bucket**")
    with explain_problems():
        if st.button("Check the bucket"):
            tested = open_bucket().self_test()
            (st.success if tested.passed else st.error)(plain(tested.sentence))
            show_doors(bucket_table(tested), key="self_test")
        else:
            st.caption(
                f"Kept in {plain(open_bucket().place)}. The check writes a small object, reads it and deletes it."
            )
with database:
    st.markdown("**Database**")
    st.write(f"{facts.product} {plain(facts.version)}, {size_text(facts.size)}")
    st.write(f"{facts.media:,} media in all, withdrawn ones included")
    st.write(
        "The tables are those of this version."
        if facts.current
        else "The tables are not those of this version: run `manage.py migrate`."
    )
with jobs:
    st.markdown("**Jobs**")
    st.write(
        f"{counts[JobState.WAITING]:,} waiting, {counts[JobState.RUNNING]:,} running, "
        f"{counts[JobState.FAILED]:,} failed"
    )
    if failed:
        st.button("Try the failed ones again", on_click=retry_jobs)
if failed:
    show_doors(jobs_table(failed), key="failed_jobs")

st.subheader("Audit trail")
st.caption(f"The newest {EVENTS} entries.")
show_doors(events_table(events), key="events")
