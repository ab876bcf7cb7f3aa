"""Numbers and bars of the Overview, each one a link to the list that it counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from components.clock import day_text
from components.doors import Node, browse_address, link, node
from components.figures import media_text, state_word
from curation.overview import Day, Tally
from curation.states import STATE_NAMES
from db.models import State
from language import _, day_and_month, number, plural

ROWS_AT_FIRST = 10
MOST_ROWS = 200
# Beyond so many columns a day is too narrow for its number and most of the dates.
MOST_LABELLED_DAYS = 31


@dataclass(frozen=True)
class Number:
    """One large number: how much, of what, where it leads, and what else belongs to it."""

    figure: str
    name: str
    address: str
    notes: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One row of a bar plot; the first of its figures is its length beside the others."""

    name: str
    figures: tuple[int, ...]
    address: str
    colour: str | None = None


def numbers(shown: Sequence[Number]) -> Node:
    """Large numbers side by side."""
    return node("div", *(_number(large) for large in shown), cls="numbers")


def _number(large: Number) -> Node:
    return node(
        "div",
        link(
            large.address,
            node("b", large.figure, cls="figure"),
            node("span", large.name, cls="name"),
            cls="door",
        ),
        node("div", *large.notes, cls="notes"),
        cls="number",
    )


def big_button(words: str, address: str | None, below: str = "", figure: str = "") -> Node:
    """The one large button of a page; without an address it only says that there is nothing to do."""
    if address is None:
        return node("div", words, cls="big off")
    button = link(address, words, cls="big")
    return node("div", button, *([node("p", below, node("b", figure), cls="under")] if below else []))


def note(figure: str, words: str, address: str) -> Node:
    """A small number with its words, as a link."""
    return link(address, node("b", figure), f" {words}", cls="note")


def strip(shown: Sequence[tuple[str, str, str]]) -> Node:
    """A row of small numbers: (name, figure, address)."""
    return node(
        "div",
        *(link(address, f"{name} ", node("b", figure), cls="note") for name, figure, address in shown),
        cls="strip",
    )


def legend(states: dict[State, Tally]) -> Node:
    """What the colours of the days mean, with each state's number in all of these days."""
    return node(
        "div",
        *(
            link(
                browse_address(tally.wanted),
                node("i", cls=f"swatch state-{state.value}"),
                f"{_(STATE_NAMES[state])} ",
                node("b", number(tally.count)),
                cls="note",
            )
            for state, tally in states.items()
        ),
        cls="strip legend",
    )


def stacked_days(days: Sequence[Day]) -> Node:
    """A column per day, stacked by state: the parts and the number above them are links."""
    highest = max((day.count for day in days), default=0)
    labelled = len(days) <= MOST_LABELLED_DAYS
    columns = [_column(day, highest, labelled, first=day is days[0]) for day in days]
    return node("div", *columns, cls="days" if labelled else "days narrow")


def _column(day: Day, highest: int, labelled: bool, *, first: bool) -> Node:
    said = day_text(day.day)
    parts = [
        link(
            browse_address(tally.wanted),
            cls=f"part state-{state.value}",
            # Keyboards reach a day by the number above it: two hundred stops would be no help to anyone.
            tabindex="-1",
            title=f"{said}: {number(tally.count)} {state_word(tally.count, state)}",
            style={"height": f"calc((100% - 1.4em) * {tally.count / highest:.5f})"},
        )
        for state, tally in day.states.items()
    ]
    total = link(
        browse_address(day.wanted),
        _short(day.count) if labelled else "",
        cls="total",
        title=f"{said}: {media_text(day.count)}",
        aria_label=f"{said}: {media_text(day.count)}",
    )
    return node(
        "div",
        node("div", *([total, *parts] if day.count else []), cls="column"),
        node("time", _tick(day.day, labelled, first=first), datetime=day.day.isoformat()),
        cls="day",
    )


def _tick(day: date, labelled: bool, *, first: bool) -> str:
    if labelled:
        return day_and_month(day) if first or day.day == 1 else str(day.day)
    # One name per week, and room for it.
    return day_and_month(day) if day.weekday() == 0 else ""


def bars(shown: Sequence[Bar], *, heads: Sequence[str] = (), empty: str) -> Node:
    """Rows with a name, a bar and what was counted, below the names of the figures; later ones fold away."""
    if not shown:
        return node("p", empty, cls="empty")
    longest = max(bar.figures[0] for bar in shown) or 1
    rows = [_row(bar, longest) for bar in shown[:MOST_ROWS]]
    at_first, later = rows[:ROWS_AT_FIRST], rows[ROWS_AT_FIRST:]
    if len(later) < 3:
        at_first, later = rows, []
    after: list[Node] = (
        [node("details", node("summary", _("{n} more", n=len(later))), *later)] if later else []
    )
    if len(shown) > MOST_ROWS:
        after.append(
            node(
                "p",
                plural(
                    len(shown) - MOST_ROWS,
                    "{n} more is found with the filters of Browse.",
                    "{n} more are found with the filters of Browse.",
                ),
                cls="empty",
            )
        )
    head = node("div", node("span"), node("span"), *(node("span", text) for text in heads), cls="row head")
    widths = [max(len(number(bar.figures[place])) for bar in shown) for place in range(len(shown[0].figures))]
    widths = [max(width, len(head)) for width, head in zip(widths, heads or [""] * len(widths), strict=True)]
    columns = " ".join(["minmax(0, 8.5em)", "minmax(30px, 1fr)", *(f"{width}ch" for width in widths)])
    return node(
        "div", *([head] if heads else []), *at_first, *after, cls="bars", style={"--columns": columns}
    )


def _row(bar: Bar, longest: int) -> Node:
    size = bar.figures[0]
    fill = {"width": f"{100 * size / longest:.2f}%", "min-width": "2px" if size else "0"}
    if bar.colour is not None:
        fill["background"] = bar.colour
    return link(
        bar.address,
        node("span", bar.name, cls="name", title=bar.name),
        node("span", node("i", style=fill), cls="track"),
        *(node("b", number(figure)) for figure in bar.figures),
        cls="row",
    )


def _short(count: int) -> str:
    return number(count) if count < 100_000 else f"{number(count // 1000)}k"
