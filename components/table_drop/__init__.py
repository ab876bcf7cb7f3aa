"""Where an edited table is dropped: it goes straight to the API, and only its import's number comes here."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.bundle import mount_bundle
from curation.tables.reading import LARGEST_TABLE
from language import current


def table_drop(on_sent: Callable[[], None], *, key: str = "table_drop") -> None:
    """Show where to drop one CSV file; `on_sent` is called when the API has it (`sent_table`)."""
    mount_bundle("table_drop")(
        data={"largest": LARGEST_TABLE, "language": current().value}, key=key, on_sent_change=on_sent
    )


def sent_table(key: str = "table_drop") -> int | None:
    """The import of the table that was sent last, as its callback finds it."""
    sent = (st.session_state.get(key) or {}).get("sent")
    return sent if isinstance(sent, int) else None
