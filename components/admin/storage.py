"""Storage: whether the bucket works, and whether it holds what the database says; checks, and what they found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from components.admin.cells import confirm, when
from components.admin.clean_up import clean_up_part
from components.admin.findings import found_in_words, show_findings
from components.admin.installation import bucket_table
from components.clock import ago_text
from components.doors import Node, node, show_doors, table
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.storage_checks import asking
from curation.storage_checks.asking import CheckView
from curation.storage_checks.standing import standing_of
from db.models import Access, CheckOutcome
from db.session import open_session
from language import _, plural
from language.retold import retold
from storage import open_bucket

SHOWN = 12
LOOK_AGAIN = 2.0  # seconds, while a check is under way
# Checks come every hour: after a day without a clean one somebody should look.
TOO_LONG = timedelta(hours=25)


def storage_section(visitor: Access) -> None:
    """The bucket and the newest check side by side, what that found, and the checks before it; what is to go below."""
    st.subheader(_("Storage"))
    left, right = st.columns([1, 1.9], gap="medium")
    with left:
        st.markdown(f"**{_('Bucket')}**")
        _show_bucket()
    with right:
        st.markdown(f"**{_('Database and bucket compared')}**")
        _show_checks(visitor)
    clean_up_part(visitor)


def _show_bucket() -> None:
    bucket = open_bucket()
    standing = standing_of(bucket)
    st.caption(_("Kept in {place}.", place=plain(retold(bucket.place))))
    with explain_problems():
        if st.button(_("Test the bucket now")):
            standing.try_again(open_session, bucket)
    if standing.tested is None or standing.tested_at is None:
        st.write(_("It has not been tested since this server began: it did not answer."))
        return
    ago = ago_text(standing.tested_at)
    if standing.tested.passed:
        st.write(_("It works; tested {ago}.", ago=ago))
    else:
        st.error(_("It fails its test; tested {ago}.", ago=ago))
    show_doors(bucket_table(standing.tested), key="self_test")


def _show_checks(visitor: Access) -> None:
    """The checks; while one is under way they are looked at again and again."""
    with open_session(read_only=True) as session:
        running = any(check.is_running for check in asking.list_checks(session, visitor, limit=SHOWN).items)

    def show() -> None:
        with explain_problems(), open_session(read_only=True) as session:
            admin = require_visitor().access
            checks = asking.list_checks(session, admin, limit=SHOWN).items
            clean = asking.last_clean(session, admin)
            if running != any(check.is_running for check in checks):
                # One has begun or ended: a whole run looks again and again from now on, or no more.
                st.rerun()
            _show(checks, clean)

    st.fragment(show, run_every=LOOK_AGAIN if running else None)()


def _show(checks: Sequence[CheckView], clean: datetime | None) -> None:
    _say_last_clean(clean)
    _show_buttons(checks)
    newest = next((check for check in checks if not check.is_running), None)
    if newest is not None:
        show_findings(newest)
    show_doors(checks_table(checks), key="storage_checks")


def _say_last_clean(clean: datetime | None) -> None:
    often = _("Looked at every hour; once a week every object is read from its first byte to its last.")
    if clean is None:
        st.caption(_("Not found in order yet. {often}", often=often))
    elif datetime.now(UTC) - clean > TOO_LONG:
        st.warning(_("Last found in order {ago}. {often}", ago=ago_text(clean), often=often))
    else:
        st.caption(_("Last found in order {ago}. {often}", ago=ago_text(clean), often=often))


def _show_buttons(checks: Sequence[CheckView]) -> None:
    running = next((check for check in checks if check.is_running), None)
    if running is not None:
        st.progress(0.0, text=_("Checking… {looked_at}", looked_at=looked_at_text(running) or _("it begins")))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Check now"), on_click=_ask, args=(False,), key="check_storage")
        deep = st.toggle(
            _("Read every object"),
            key="check_deep",
            help=_("Finds bytes that changed. It takes as long as downloading everything."),
        )
        with st.container(width=170):
            confirm(
                _("Repair…"),
                _(
                    "What is lost or damaged is marked and not shown any more, until the same file is uploaded again. "
                    "Rows are written anew from their history. Objects that nobody knows go to the trash for a week. "
                    "Nothing is changed where suspiciously much differs."
                ),
                _("Read everything and repair") if deep else _("Check everything and repair"),
                _ask,
                True,
                key="repair_storage",
            )


def _ask(repair: bool) -> None:
    with explain_problems():
        admin = require_visitor().access
        deep = bool(st.session_state.get("check_deep"))
        with open_session() as session:
            asking.ask_for_check(session, admin, deep=deep, repair=repair)


def checks_table(checks: Sequence[CheckView]) -> Node:
    """Checks, newest first: who asked for each, what it did, and what it found."""
    rows: list[list[Node | str]] = [
        [
            when(check.started_at),
            check.asked_by or node("span", _("by itself"), cls="mute"),
            _what(check),
            _outcome(check),
            found_in_words(check),
            node("span", looked_at_text(check), cls="mute"),
        ]
        for check in checks
    ]
    heads = (_("when"), _("who"), _("what"), "", _("found"), _("looked at"))
    return table(heads, rows, empty=_("No check yet: the first comes by itself within an hour."))


def _what(check: CheckView) -> str:
    if check.repair:
        return _("all bytes, and repair") if check.deep else _("look and repair")
    return _("all bytes") if check.deep else _("look")


def _outcome(check: CheckView) -> Node:
    match CheckOutcome(check.outcome):
        case CheckOutcome.RUNNING:
            return node("span", _("under way"), cls="chip off")
        case CheckOutcome.CLEAN:
            return node("span", "✓ ", _("in order"), cls="chip")
        case CheckOutcome.DRIFT:
            return node("span", "⚠ ", _("differs"), cls="chip alarm")
        case CheckOutcome.STOPPED:
            return node("span", "⚠ ", _("stopped"), cls="chip alarm")
        case CheckOutcome.FAILED:
            return node("span", _("could not look"), cls="chip off")


def looked_at_text(check: CheckView) -> str:
    """How much was looked at, such as `1,204 pictures, 3,611 objects`."""
    counts = check.looked_at
    said = []
    if "contents" in counts:
        said.append(plural(counts["contents"], "{n} picture or video", "{n} pictures and videos"))
    if "objects" in counts:
        said.append(plural(counts["objects"], "{n} object", "{n} objects"))
    if "media" in counts:
        said.append(plural(counts["media"], "{n} history", "{n} histories"))
    return ", ".join(said)
