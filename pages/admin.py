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
from language import _, number, plural
from language.retold import retold
from storage import open_bucket

EVENTS = 200


def retry_jobs() -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            count = installation.retry_failed_jobs(session, admin)
        st.toast(plural(count, "{n} job is tried again.", "{n} jobs are tried again."))


def size_text(size: int | None) -> str:
    return "" if size is None else _("{size} MiB", size=number(size / 2**20, 1))


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

st.subheader(_("Accesses"))
show_one_time_password()
left, right = st.columns([1.9, 1], gap="medium")
with left:
    show_doors(accesses_table(accesses, seen, visitor), key="accesses")
with right:
    change, new = st.tabs([_("Change"), _("New access")])
    with change:
        change_access(accesses, visitor)
    with new:
        new_access()

st.subheader(_("Installation"))
bucket, database, jobs = st.columns(3, gap="medium")
with bucket:
    st.markdown(f"**{_('Bucket')}**")
    with explain_problems():
        if st.button(_("Check the bucket")):
            tested = open_bucket().self_test()
            (st.success if tested.passed else st.error)(plain(retold(tested.sentence)))
            show_doors(bucket_table(tested), key="self_test")
        else:
            st.caption(
                _(
                    "Kept in {place}. The check writes a small object, reads it and deletes it.",
                    place=plain(retold(open_bucket().place)),
                )
            )
with database:
    st.markdown(f"**{_('Database')}**")
    st.write(f"{facts.product} {plain(facts.version)}, {size_text(facts.size)}")
    st.write(_("{n} media in all, withdrawn ones included", n=facts.media))
    st.write(
        _("The tables are those of this version.")
        if facts.current
        else _("The tables are not those of this version: run `manage.py migrate`.")
    )
with jobs:
    st.markdown(f"**{_('Jobs')}**")
    st.write(
        _(
            "{waiting} waiting, {running} running, {failed} failed",
            waiting=counts[JobState.WAITING],
            running=counts[JobState.RUNNING],
            failed=counts[JobState.FAILED],
        )
    )
    if failed:
        st.button(_("Try the failed ones again"), on_click=retry_jobs)
if failed:
    show_doors(jobs_table(failed), key="failed_jobs")

st.subheader(_("Undo a run of acts"))
st.caption(
    _(
        "Everything that one person submitted and decided in a span of time, as far as nobody has acted on it since. "
        "The history of each media keeps all of it."
    )
)
undo_run_form(visitor, accesses)

st.subheader(_("Audit trail"))
st.caption(_("The newest entries, at most {n}.", n=EVENTS))
show_doors(events_table(events), key="events")
