"""A new export: what is shown, as which file, and the button that has it made."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit

import streamlit as st
from sqlalchemy.orm import Session

from components.addresses import asked_id
from components.clock import browser_zone
from components.datasets.choices import (
    Choices,
    choose_editable,
    choose_format,
    choose_options,
    choose_since,
    show_shares,
    since_moment,
)
from components.downloader import downloader
from components.figures import count_text, media_figure
from components.filters import FilterBar
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation.accesses import CURATORS
from curation.browse import COUNT_CAP, Count, count_matches
from curation.contact_sheets import MOST_MEDIA
from curation.datasets import asking
from curation.datasets.options import Outlines
from curation.datasets.since import Since, changed
from curation.datasets.source import of_release
from curation.errors import ReleaseNotFound
from curation.exports import Per, count_rows
from curation.media_filter import MediaFilter
from curation.releases import ReleaseView, get_release, release_names
from db.models import Access, ExportFormat
from db.session import open_session
from language import _

EXACT_UP_TO = (
    100_000  # rows that are counted for the progress bar; counting more would take longer than it tells
)
SINCE = ("since", "since_release")
_PLACE = "new_export"


def new_export_part(visitor: Access, wanted: MediaFilter, class_names: Mapping[str, str]) -> None:
    """The filter with its count, the format with its options, and the ways to get the file. Raises Refused."""
    release = _release(visitor)
    with open_session(read_only=True) as session:
        count = count_matches(session, visitor, wanted)
        bases = release_names(session, visitor)
        if release is not None:
            count = Count(release.counts["media"], False)
            bases.pop(release.id, None)
        since = _since(bases)
        figure = _figure(session, visitor, wanted, count, release, since)
    with st.container(horizontal=True, vertical_alignment="center", key="bar_export"):
        if release is None:
            FilterBar(wanted, class_names, keep=SINCE).show()
        else:
            with st.container(key="pill_release", width="content"):
                st.button(f"{_('Release')} :gray[{plain(release.name)}] ✕", on_click=_leave_release)
        st.space("stretch")
        st.html(f'<span class="vigie-figures">{figure}</span>', width="content")
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        format = choose_format()
    with right:
        options = choose_options(format, splits=release is None)
        if options.split is not None:
            show_shares(visitor, wanted, options.split)
        choose_since(bases, since)
        choices = Choices(format, options, since)
        if _is_streamed(choices, release) and visitor.scope in CURATORS:
            choices = replace(choices, editable=choose_editable())
        _ways(visitor, wanted, choices, count, release)
    _programs(wanted, choices, release)
    if count.value and release is None:
        _contact_sheet(wanted, count)


def _release(visitor: Access) -> ReleaseView | None:
    """The release in the address. Raises ReleaseNotFound, also for one that is not frozen yet."""
    asked = asked_id("release")
    if asked is None:
        return None
    with open_session(read_only=True) as session:
        release = get_release(session, visitor, asked)
    if release.state != "ready":
        raise ReleaseNotFound(f"There is no release {asked}.")
    return release


def _since(bases: Mapping[int, str]) -> Since | None:
    """What in the address says that only changes are wanted. Raises ReleaseNotFound: all would be something else."""
    if (moment := since_moment()) is not None:
        return Since(moment=moment)
    chosen = asked_id("since_release")
    if chosen is None or chosen == asked_id("release"):
        return None
    if chosen not in bases:
        raise ReleaseNotFound(f"There is no release {chosen}.")
    return Since(release_id=chosen)


def _figure(
    session: Session,
    visitor: Access,
    wanted: MediaFilter,
    count: Count,
    release: ReleaseView | None,
    since: Since | None,
) -> str:
    """How many media come into the file, as HTML; without counting what would take longer than it tells."""
    if since is None:
        return media_figure(count)
    if count.value >= COUNT_CAP:
        return _("what changed of {media}", media=media_figure(count))
    if release is not None:
        return media_figure(Count(of_release(session, visitor, release.id, since=since).count()))
    sent = count_matches(session, visitor, wanted, extra=changed(since, wanted))
    if since.release_id is None or sent.value == 0:
        return media_figure(sent)
    # What was changed and changed back is among them, and found out on the way.
    return _("at most {media}", media=media_figure(sent))


def _leave_release() -> None:
    st.query_params.pop("release", None)


def _ways(
    visitor: Access, wanted: MediaFilter, choices: Choices, count: Count, release: ReleaseView | None
) -> None:
    """One click for the plain CSV; for everything else an export with its receipt."""
    show_problem(_PLACE)
    plain_csv = _is_streamed(choices, release)
    if count.value == 0:
        if plain_csv:
            st.info(_("No media match these filters: the file would hold its header only. Remove a filter."))
        else:
            st.info(_("No media match these filters. Remove a filter."))
    if plain_csv:
        with open_session(read_only=True) as session:
            rows = count_rows(session, visitor, wanted, per=choices.options.per, cap=EXACT_UP_TO)
        downloader(
            csv_address(wanted, choices),
            name=f"vigie-{choices.options.per}-{datetime.now().astimezone():%Y-%m-%d}.csv",
            rows=None if rows.capped else rows.value,
        )
    if choices.editable:
        return  # what a job makes does not say how each row was: nobody could bring it back
    pressed = st.button(
        _("Export with a receipt") if plain_csv else _("Export"),
        type="secondary" if plain_csv else "primary",
        key="export_go",
        help=_(
            "It is made in the background and kept for some days, with a receipt of what is in it and what is not."
        ),
    )
    if pressed:
        # Here and not in a callback, which would be given the choices of the run before: whoever chooses and
        # presses at once means what was chosen.
        _ask(wanted, choices, release.id if release else None)
        st.rerun()


def _is_streamed(choices: Choices, release: ReleaseView | None) -> bool:
    """Whether a click gives the file at once: the CSV of what the filter shows."""
    return choices.is_plain_csv and release is None


def csv_address(wanted: MediaFilter, choices: Choices) -> str:
    """The streamed CSV of exactly what the filter shows."""
    options = choices.options
    query = [(name, value) for name, values in wanted.to_query().items() for value in values]
    query.append(("per", options.per))
    if options.raw:
        query.append(("raw", "1"))
    if choices.editable:
        query.append(("editable", "1"))
    if options.columns:
        query.append(("columns", ",".join(options.columns)))
    return f"/api/exports/media.csv?{urlencode(query)}"


def _programs(wanted: MediaFilter, choices: Choices, release: ReleaseView | None) -> None:
    here = urlsplit(st.context.url or "http://localhost:8501")
    site = f"{here.scheme}://{here.netloc}"
    with st.expander(_("The same from a program")):
        if _is_streamed(choices, release):
            st.caption(_("With a token from `POST /api/login/access-token`:"))
            address = f"{site}{csv_address(wanted, choices)}"
            command = f'curl -H "Authorization: Bearer $TOKEN" -o media.csv \\\n  "{address}"'
        else:
            st.caption(_("With the command of the package `vigie-client`, once signed in:"))
            command = command_text(wanted, choices, release.id if release else None)
        st.code(command, language="bash")


def command_text(wanted: MediaFilter, choices: Choices, release_id: int | None) -> str:
    """What is typed into a shell for the same export."""
    options = choices.options
    words = ["vigie", "export", "--format", choices.format.value]
    if release_id is not None:
        words += ["--release", str(release_id)]
    for name in ("pictures", "crops", "contact_sheets"):
        if getattr(options, name):
            words.append(f"--{name.replace('_', '-')}")
    if options.split is not None:
        shares = (options.split.train, options.split.val, options.split.test)
        words += [
            "--split",
            "/".join(f"{100 * share:.10g}" for share in shares),
            "--seed",
            str(options.split.seed),
        ]
    if options.outlines is not Outlines.AUTO:
        words += ["--outlines", options.outlines.value]
    if choices.since is not None and choices.since.release_id is not None:
        words += ["--since-release", str(choices.since.release_id)]
    elif choices.since is not None and choices.since.moment is not None:
        words += ["--since", choices.since.moment.isoformat()]
    if choices.format is ExportFormat.CSV:
        words += ["--per", options.per.value] if options.per is not Per.MEDIA else []
        words += ["--raw"] if options.raw else []
        words += ["--columns", ",".join(options.columns)] if options.columns else []
    for name, values in wanted.without_order().to_query().items():
        for value in values:
            words += [f"--{name.replace('_', '-')}", shlex.quote(value)]
    return " ".join([*words, "--wait"])


def _contact_sheet(wanted: MediaFilter, count: Count) -> None:
    st.subheader(_("Contact sheet"))
    st.caption(_("Frames with their shapes, the smallest one magnified, six to a page, to print or to send."))
    if count.value > MOST_MEDIA:
        many = count_text(count)
        st.caption(
            _(
                "**{count} media match: the sheet shows the first {most} of them, in this order.**",
                count=many,
                most=MOST_MEDIA,
            )
        )
    printed = urlencode({**wanted.to_query(), "zone": str(browser_zone())}, doseq=True)
    sheet = f"/api/exports/contact-sheet.pdf?{printed}"
    with st.container(key="sheet", width="content"):
        st.link_button(_("Contact sheet as PDF"), sheet)


def _ask(wanted: MediaFilter, choices: Choices, release_id: int | None) -> None:
    """Have it made, and go where it can be watched; the client id is this press's own."""
    since = choices.since
    with explain_problems(_PLACE):
        access = require_visitor().access
        with open_session() as session:
            asked = asking.ask_for_export(
                session,
                access,
                choices.format,
                wanted=wanted,
                release_id=release_id,
                since_release_id=since.release_id if since is not None else None,
                since_at=since.moment if since is not None else None,
                options=choices.options,
                client_id=secrets.token_hex(16),
            )
        st.query_params.from_dict({**wanted.to_query(), "export": str(asked.id)})
