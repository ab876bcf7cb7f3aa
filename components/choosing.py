"""Choosing one row of many before anything is done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import streamlit as st

from language import _


class Row(Protocol):
    """Anything with the id of its row."""

    @property
    def id(self) -> int: ...


Chosen = TypeVar("Chosen", bound=Row)


def choose_one(
    label: str, rows: Sequence[Chosen], name_of: Callable[[Chosen], str], *, key: str, first: bool = False
) -> Chosen | None:
    """A box with the names of rows; gives the chosen one, None until then. With `first` the first one is chosen.

    It keeps ids, so that a row that has changed meanwhile stays chosen, and one that is gone does not.
    """
    by_id = {row.id: row for row in rows}
    chosen = st.selectbox(
        label,
        list(by_id),
        index=0 if first else None,
        placeholder=_("Choose one"),
        format_func=lambda row_id: name_of(by_id[row_id]) if row_id in by_id else "",
        key=key,
    )
    return by_id.get(chosen) if chosen is not None else None
