"""What becomes of predictions, on the Overview: a line per model."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import streamlit as st

from components.doors import Node, browse_address, link, node, show_doors, table
from curation.prediction_figures import ModelUse, model_uses
from db.models import Access, Scope
from db.session import open_session
from language import _, number

LASTS = 30  # seconds; as many more while it is counted anew
DAYS = 30


@st.cache_data(ttl=LASTS, show_spinner=False, refresh_mode="background")
def _counted(scope: Scope, since: datetime, _access: Access) -> list[ModelUse]:
    with open_session(read_only=True) as session:
        return model_uses(session, _access, since)


def model_figures(access: Access) -> None:
    """Draw what there is to tell; nothing at all as long as no prediction has met an answer."""
    first_day = datetime.now(UTC).date() - timedelta(days=DAYS)
    found = _counted(access.scope, datetime.combine(first_day, time(), UTC), access)
    if not found:
        return
    heads = (
        _("model"),
        _("media"),
        _("taken as is"),
        _("corrected"),
        _("not taken"),
        _("missed"),
    )
    rows: list[list[Node | str]] = [
        [
            use.model,
            link(browse_address(use.wanted), _figure(use.media)),
            *(_figure(count) for count in (use.as_is, use.corrected, use.not_taken, use.missed)),
        ]
        for use in found
    ]
    explanation = _("shapes in answers of the last {n} days; missed are those that people drew", n=DAYS)
    with st.container(border=True):
        show_doors(
            node("h2", _("Predictions"), node("small", explanation)),
            table(heads, rows, empty=""),
            key="model_figures",
        )


def _figure(count: int) -> Node:
    return node("span", number(count), cls="code")
