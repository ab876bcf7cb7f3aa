"""The installation: whether its bucket works, which database it has, and the work that nobody waits for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.admin.cells import when
from components.doors import Node, node, show_doors, table
from components.figures import size_text
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation import installation
from db.models import Access, Job, JobState
from db.session import open_session
from language import _, plural
from language.retold import retold
from storage import SelfTest, open_bucket


def installation_section(visitor: Access) -> None:
    """Bucket, database and jobs side by side; the failed jobs below, if there are any."""
    with open_session(read_only=True) as session:
        facts = installation.database_facts(session, visitor)
        counts = installation.count_jobs(session, visitor)
        failed = installation.list_failed_jobs(session, visitor)
    st.subheader(_("Installation"))
    bucket, database, jobs = st.columns(3, gap="medium")
    with bucket:
        st.markdown(f"**{_('Bucket')}**")
        _check_bucket()
    with database:
        st.markdown(f"**{_('Database')}**")
        st.write(
            f"{facts.product} {plain(facts.version)}, {'' if facts.size is None else size_text(facts.size)}"
        )
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
            st.button(_("Try the failed ones again"), on_click=_retry_jobs)
    if failed:
        show_doors(jobs_table(failed), key="failed_jobs")


def _check_bucket() -> None:
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


def _retry_jobs() -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            count = installation.retry_failed_jobs(session, admin)
        st.toast(plural(count, "{n} job is tried again.", "{n} jobs are tried again."))


def jobs_table(jobs: Sequence[Job]) -> Node:
    """Jobs with the reason of their last failure."""
    rows: list[list[Node | str]] = [
        [when(job.created_at), _(job.name.replace("_", " ")), str(job.subject_id), job.error or ""]
        for job in jobs
    ]
    return table(
        (_("asked for"), _("job"), _("of"), _("last failure")), rows, empty=_("No job has failed for good.")
    )


def bucket_table(tested: SelfTest) -> Node:
    """What the self-test of the bucket tried and saw."""
    rows: list[list[Node | str]] = [
        [
            retold(step.name),
            node("span", _("works"), cls="good")
            if step.passed
            else node("span", _("fails"), cls="bad")
            if step.required
            else _("not offered"),
            retold(step.note),
        ]
        for step in tested.steps
    ]
    return table((_("tried"), "", _("seen")), rows, empty="")
