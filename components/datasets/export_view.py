"""One export: how far it is while it is made, then its file and its receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from components.clock import browser_zone, day_text, local_text
from components.datasets.receipt import receipt_node
from components.datasets.words import format_name, holds_text, made_of
from components.doors import Node, download, link, node, show_doors
from components.figures import media_text, size_text
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation.datasets import asking
from curation.datasets.asking import ExportView
from curation.datasets.giving_away import as_shown_to, require_gives_nothing_away
from curation.datasets.shown import require_handed_out
from curation.errors import Unavailable, WrongState
from db.models import ExportState
from db.session import open_session
from language import _
from language.retold import retold
from storage import open_bucket
from storage.errors import BucketError

LOOK_AGAIN = 1.0  # seconds, while it is made
_PLACE = "export"


def export_part(export_id: int, class_names: Mapping[str, str]) -> None:
    """The export, looked at again and again while it is being made. Raises ExportNotFound."""
    with open_session(read_only=True) as session:
        under_way = asking.get_export(session, require_visitor().access, export_id).under_way

    def show() -> None:
        with explain_problems(), open_session(read_only=True) as session:
            access = require_visitor().access
            view = asking.get_export(session, access, export_id)
            if view.under_way != under_way:
                st.rerun()  # it has ended: a whole run draws it, and looks no more
            _show(as_shown_to(open_session, open_bucket(), access, view), class_names)

    st.fragment(show, run_every=LOOK_AGAIN if under_way else None)()


def _show(view: ExportView, class_names: Mapping[str, str]) -> None:
    st.subheader(plain(view.file_name), anchor=False)
    _say_state(view)
    hindrances = list(_hindrances(view))
    for hindrance in hindrances:
        st.info(plain(retold(hindrance)))
    show_problem(_PLACE)
    with st.container(horizontal=True, vertical_alignment="center", key="bar_export_acts"):
        if acts := _acts(view, handed_out=not hindrances):
            show_doors(node("div", *acts, cls="acts"), key="export_acts", width="content")
        if view.under_way:
            st.button(_("Cancel"), key="export_cancel", on_click=_cancel, args=(view.id,))
    show_doors(_facts(view, class_names), key="export_facts")
    if view.receipt is not None:
        st.subheader(_("Receipt"), anchor=False)
        show_doors(receipt_node(view, view.receipt, class_names), key="export_receipt")


def _say_state(view: ExportView) -> None:
    match ExportState(view.state):
        case ExportState.WAITING:
            st.progress(0.0, text=_("Waiting for its turn…"))
        case ExportState.RUNNING:
            st.progress(view.progress, text=_progress_text(view))
        case ExportState.CANCELLED:
            st.info(_("Cancelled. Nothing of it is kept."))
        case ExportState.FAILED:
            st.error(plain(retold(view.error or "")))
        case ExportState.EXPIRED:
            st.info(
                plain(retold(view.error))
                if view.error
                else _(
                    "Its file was deleted after its time. Its receipt stays; export again for the same file of now."
                )
            )
        case ExportState.READY:
            pass


def _progress_text(view: ExportView) -> str:
    seconds = max(0, int((datetime.now(UTC) - view.created_at).total_seconds()))
    if not view.total:
        return _("Counting…")
    return _(
        "{done} of {total} media · {size} · {seconds} s",
        done=view.done,
        total=view.total,
        size=size_text(view.size),
        seconds=seconds,
    )


def _hindrances(view: ExportView) -> Iterator[str]:
    """Why an export, or its receipt, is not handed out to this visitor as it stands, if so."""
    if view.state not in (ExportState.RUNNING, ExportState.READY, ExportState.EXPIRED):
        return
    bucket, access = open_bucket(), require_visitor().access
    for require in (
        partial(require_handed_out, open_session, bucket, view.id),
        partial(require_gives_nothing_away, open_session, bucket, access, view.id),
    ):
        try:
            require()
        except (WrongState, Unavailable) as hindrance:
            yield hindrance.sentence
        except BucketError:  # the download will say so
            pass


def _acts(view: ExportView, *, handed_out: bool) -> list[Node]:
    acts = []
    file = f"/api/exports/{view.id}/file"
    if view.state == ExportState.READY and handed_out:
        acts.append(download(file, _("Download {size}", size=size_text(view.size)), cls="act go"))
    elif view.state == ExportState.RUNNING and handed_out:
        # It is sent while it is made; the browser shows how much has come.
        acts.append(download(file, _("Download while it is made"), cls="act go"))
    if not view.under_way:
        acts.append(link(_again(view), _("Export again"), cls="act"))
        # Nobody has the file of one that was not finished: what came before it would be missing.
        if view.frozen_at is not None and view.state in (ExportState.READY, ExportState.EXPIRED):
            acts.append(link(_again(view, changed=True), _("Only what changed since"), cls="act"))
    return acts


def _again(view: ExportView, *, changed: bool = False) -> str:
    """The page with the choices that this export was made with."""
    query = [(name, value) for name, values in view.filter.items() for value in values]
    if view.release_id is not None:
        query.append(("release", str(view.release_id)))
    if changed and view.frozen_at is not None:
        query.append(("since", view.frozen_at.isoformat()))
    elif view.since_release_id is not None:
        query.append(("since_release", str(view.since_release_id)))
    elif view.since_at is not None:
        query.append(("since", view.since_at.isoformat()))
    return f"/export?{urlencode([*query, ('like', view.id)])}"


def _facts(view: ExportView, class_names: Mapping[str, str]) -> Node:
    zone = browser_zone()
    facts: list[tuple[str, Node | str]] = [
        (_("Format"), format_name(view.format)),
        (_("Made of"), made_of(view, zone, class_names)),
    ]
    if held := holds_text(view.options):
        facts.append((_("With"), held))
    if view.frozen_at is not None:
        facts.append((_("As of"), local_text(view.frozen_at, zone)))
    facts.append((_("Asked for"), f"{view.asked_by}, {local_text(view.created_at, zone)}"))
    if view.state == ExportState.READY and view.receipt is not None:
        total = view.receipt.get("media", {}).get("exported", view.total)
        facts.append((_("Holds"), f"{media_text(total or 0)}, {size_text(view.size)}"))
    if view.sha256:
        facts.append((_("SHA-256"), node("span", view.sha256, cls="code")))
    if view.state == ExportState.READY and view.expires_at is not None:
        facts.append((_("Kept until"), day_text(view.expires_at.astimezone(zone).date())))
    cells = [
        cell
        for name, fact in facts
        for cell in (node("span", name), fact if isinstance(fact, dict) else node("span", fact))
    ]
    return node("div", *cells, cls="facts")


def _cancel(export_id: int) -> None:
    with explain_problems(_PLACE), open_session() as session:
        asking.cancel_export(session, require_visitor().access, export_id)
