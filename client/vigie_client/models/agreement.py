"""How often people agree, with each other and with themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class LabelClassAgreement:
    """How often both, or only one, of two answers named a label class."""

    key: str
    name: str
    colour: str
    both: int
    only_first: int
    only_second: int
    agreement: float


@dataclass(frozen=True)
class PersonAgreement:
    login: str
    comparisons: int
    agreeing: int
    share: float


@dataclass(frozen=True)
class PairAgreement:
    logins: tuple[str, ...]
    comparisons: int
    agreeing: int
    share: float


@dataclass(frozen=True)
class Agreement:
    label_classes: list[LabelClassAgreement] = field(default_factory=list)
    persons: list[PersonAgreement] = field(default_factory=list)
    pairs: list[PairAgreement] = field(default_factory=list)


@dataclass(frozen=True)
class Checked:
    """Own older answers given once more, and the share of them that came out the same."""

    checks: int
    agreeing: int
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class CheckedWeek(Checked):
    monday: date


@dataclass(frozen=True, kw_only=True)
class CheckedHour(Checked):
    hour: int


@dataclass(frozen=True)
class Consistency(Checked):
    weeks: list[CheckedWeek] = field(default_factory=list)
    hours: list[CheckedHour] = field(default_factory=list)
    dips_at: int | None = None
