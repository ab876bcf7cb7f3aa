"""What came of an import, counted apart, and each of its entries with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from components.doors import Node, browse_address, counted, link, node, show_doors, table
from components.imports.words import OUTCOMES, outcome_word, why_text
from components.sign_in import require_visitor
from curation.imports import views
from curation.imports.views import ImportItemView, ImportView
from curation.media_filter import MediaFilter
from db.models import ImportOutcome, ImportState
from db.session import open_session
from language import _, number, plural


def result_part(view: ImportView) -> None:
    """The counts, each a door to its entries, and a page of those. Raises UnknownFilter for a foreign place."""
    query = st.query_params
    outcome = ImportOutcome(query["outcome"]) if query.get("outcome") in set(ImportOutcome) else None
    with open_session(read_only=True) as session:
        page = views.list_import_items(
            session, require_visitor().access, view.id, outcome=outcome, cursor=query.get("cursor")
        )
    show_doors(node("div", _counts(view, outcome), _brought(view), cls="stack"), key="import_counts")
    show_doors(items_table(page.items), key="import_items")
    place = f"/imports?import={view.id}{f'&outcome={outcome.value}' if outcome else ''}"
    acts: list[Node | str] = []
    if query.get("cursor"):
        acts.append(link(place, _("← First"), cls="act"))
    if page.next_cursor:
        acts.append(link(f"{place}&cursor={page.next_cursor}", _("Next →"), cls="act"))
    if acts:
        show_doors(node("div", *acts, cls="acts"), key="import_pages")


def _counts(view: ImportView, shown: ImportOutcome | None) -> Node:
    """How many of each outcome: a press shows these alone."""
    titles = [("", _("All"), sum(view.counts.get(outcome.value, 0) for outcome in ImportOutcome))]
    titles += [
        (outcome.value, outcome_word(count, outcome), count)
        for outcome in OUTCOMES
        if (count := view.counts.get(outcome.value))
    ]
    return node(
        "nav",
        *(
            link(
                f"/imports?import={view.id}{f'&outcome={value}' if value else ''}",
                node("b", number(count)),
                f" {name}",
                aria_current="page" if value == (shown.value if shown else "") else None,
            )
            for value, name, count in titles
        ),
        cls="sections",
    )


def _brought(view: ImportView) -> Node:
    """How many answers came, and the list of what is new here."""
    answers, shapes = view.counts.get("answers", 0), view.counts.get("shapes", 0)
    said = [
        counted(answers, plural(answers, "answer", "answers")),
        counted(shapes, plural(shapes, "shape", "shapes")),
    ]
    if restored := view.counts.get("restored"):
        said.append(counted(restored, plural(restored, "brought back", "brought back")))
    if (
        view.counts.get("created")
        and view.state == ImportState.DONE
        and view.committed_at
        and view.finished_at
    ):
        # As after an upload: what this access has registered from the first to the last of them.
        new = MediaFilter(
            uploader=view.asked_by,
            uploaded_from=view.committed_at.replace(microsecond=0),
            uploaded_to=view.finished_at.replace(microsecond=0) + timedelta(seconds=1),
        )
        said.append(link(browse_address(new), _("Browse what is new"), cls="act"))
    return node("div", *said, cls="balance")


def items_table(items: Sequence[ImportItemView]) -> Node:
    rows: list[list[Node | str]] = [
        [
            item.name,
            outcome_word(1, ImportOutcome(item.outcome)),
            why_text(item.why),
            link(f"/browse?media={item.media_id}", str(item.media_id)) if item.media_id is not None else "",
        ]
        for item in items
    ]
    return table((_("name"), _("what became of it"), _("why"), _("media")), rows, empty=_("None of these."))
