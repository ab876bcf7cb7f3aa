"""What the tests of access have asked and found, printed as a table by `make test-access`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """Figures of one run."""

    requests: int = 0
    mismatches: int = 0
    heard: int = 0  # bytes that strangers were told, all in all
    leaked: int = 0  # of them somebody's
    callers: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    slowest: dict[str, float] = field(default_factory=dict)  # seconds until refused, by what was asked
    ratios: dict[str, float] = field(
        default_factory=dict
    )  # of the times of what is hidden and what is absent

    def lines(self) -> list[str]:
        """The table."""
        rows = [
            ("routes of both doors and of Streamlit", f"{len(self.routes):,}"),
            ("pages and sections", f"{len(self.pages):,}"),
            ("kinds of callers", f"{len(self.callers):,}"),
            ("requests and page runs", f"{self.requests:,}"),
            ("answers other than the table's", f"{self.mismatches:,}"),
            ("bytes that strangers were told", f"{self.heard:,}"),
            ("of them somebody's", f"{self.leaked:,}"),
            *(
                (f"slowest revocation: {what}", f"{seconds:.2f} s")
                for what, seconds in sorted(self.slowest.items())
            ),
            *(
                (f"time of hidden / absent: {what}", f"{ratio:.2f}")
                for what, ratio in sorted(self.ratios.items())
            ),
        ]
        return [f"{what:<50} {figure:>14}" for what, figure in rows]


REPORT = Report()


def note(
    *,
    requests: int = 0,
    mismatches: int = 0,
    caller: str | None = None,
    route: str | None = None,
    page: str | None = None,
) -> None:
    """Add to the figures."""
    REPORT.requests += requests
    REPORT.mismatches += mismatches
    for seen, what in ((REPORT.callers, caller), (REPORT.routes, route), (REPORT.pages, page)):
        if what is not None:
            seen.add(what)


def note_heard(content: bytes, leaked: int) -> None:
    """Add what a stranger was told, and how much of it was somebody's."""
    REPORT.requests += 1
    REPORT.heard += len(content)
    REPORT.leaked += leaked


def note_revoked(what: str, seconds: float) -> None:
    """Add how long somebody was still let in."""
    REPORT.slowest[what] = max(seconds, REPORT.slowest.get(what, 0.0))


def note_ratio(what: str, ratio: float) -> None:
    """Add how many times as long the answer to a hidden id takes as the one to an absent id."""
    REPORT.ratios[what] = ratio
