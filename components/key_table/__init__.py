"""The keys of the Review screen, each with a button that takes another press for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from components.bundle import mount_bundle
from language import current


def key_table(
    keys: Mapping[str, str], on_keys: Callable[[dict[str, str]], None], key: str = "key_table"
) -> None:
    """Show every act with its key; `keys` are the person's own ones, `on_keys` gets all of them on a change."""

    def changed() -> None:
        told = st.session_state[key].get("keys")
        if isinstance(told, dict):
            on_keys({str(act): str(press) for act, press in told.items()})

    data = {"language": current().value, "keys": dict(keys)}
    mount_bundle("key_table")(data=data, key=key, on_keys_change=changed)
