"""Admin: who may enter and what for, how the installation is, and what happened in it."""

import streamlit as st

from components.access_forms import change_access, new_access, show_one_time_password
from components.admin_tables import accesses_table, bucket_table, events_table, jobs_table
from components.doors import show_doors
from components.layout import use_layout
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from components.undo_run_form import undo_run_form
from curation import installation
from curation.accesses import list_accesses, require_scope
from db.models import JobState, Scope
from db.session import open_session
from storage import open_bucket

EVENTS = 200


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

st.subheader("Undo a run of acts")
st.caption(
    "Everything that one person submitted and decided in a span of time, as far as nobody has acted on it since. "
    "The history of each media keeps all of it."
)
undo_run_form(visitor, accesses)

st.subheader("Audit trail")
st.caption(f"The newest entries, at most {EVENTS}.")
show_doors(events_table(events), key="events")
