"""A figure: ours, the limit measured beside it in the same run, their ratio, what we aim at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("row", "operation", "ours", "limit beside it", "ratio", "aim", "met")


@dataclass(frozen=True)
class Figure:
    """One line of the table. `note` explains what the line cannot say in a word, below the table."""

    row: str
    operation: str
    ours: str
    limit: str
    ratio: float | None
    aim: str
    met: bool
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        return (
            self.row,
            self.operation,
            self.ours,
            self.limit,
            ratio,
            self.aim,
            "yes" if self.met else "**no**",
        )


def at_most(
    row: str, operation: str, ours: float, limit: float, times: float, *, shown: str, note: str = ""
) -> Figure:
    """Ours may be at most so many times the limit. `shown` says how the two are written: ms, s or MB."""
    ratio = ours / limit
    aim = f"≤ {times:g} x"
    return Figure(
        row, operation, _written(ours, shown), _written(limit, shown), ratio, aim, ratio <= times, note
    )


def at_least(
    row: str, operation: str, ours: float, limit: float, times: float, *, unit: str, note: str = ""
) -> Figure:
    """Ours must be at least so many times the limit: rates."""
    ratio = ours / limit
    aim = f"≥ {times:g} x"
    return Figure(
        row, operation, f"{ours:,.0f} {unit}", f"{limit:,.0f} {unit}", ratio, aim, ratio >= times, note
    )


def below(
    row: str, operation: str, ours: float, most: float, *, shown: str, limit: str = "–", note: str = ""
) -> Figure:
    """Ours must stay below a fixed figure, whatever the machine."""
    aim = f"≤ {_written(most, shown)}"
    return Figure(row, operation, _written(ours, shown), limit, None, aim, ours <= most, note)


def _written(value: float, shown: str) -> str:
    if shown == "ms":
        value *= 1000
    return f"{value:,.2f} {shown}" if value < 10 else f"{value:,.0f} {shown}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as Markdown, aligned so that a terminal shows a table too."""
    lines = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    drawn = [_line(line, widths) for line in lines]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    notes = dict.fromkeys(f"{figure.row}: {figure.note}" for figure in figures if figure.note)
    return "\n".join([*drawn, "", *notes])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
