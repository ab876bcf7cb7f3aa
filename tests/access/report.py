"""What the tests of access have asked and found, printed as a table by `make test-access`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """Figures of one run."""

    requests: int = 0
    mismatches: int = 0
    leaked: int = 0  # bytes of anybody's that a stranger was told
    callers: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)
    slowest: dict[str, float] = field(
        default_factory=dict
    )  # seconds until something was revoked, by what asked


REPORT = Report()


def note(
    *,
    requests: int = 0,
    mismatches: int = 0,
    leaked: int = 0,
    caller: str | None = None,
    route: str | None = None,
) -> None:
    """Add to the figures."""
    REPORT.requests += requests
    REPORT.mismatches += mismatches
    REPORT.leaked += leaked
    if caller is not None:
        REPORT.callers.add(caller)
    if route is not None:
        REPORT.routes.add(route)
