"""How far people agree with one another, and each with themselves.

Only answers given blind count: who has seen the first answer agrees with it more easily. What somebody
answered twice themselves is shown to them and to nobody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session, aliased

from curation.accesses import PEOPLE, require_scope
from curation.label_classes import list_label_classes
from db.models import Access, Comparison, ComparisonLabel, LookKind, Scope

WEEKS = 12
# Below so many checks in all, and so many in an hour of the day, a lower share is chance.
ENOUGH_FOR_HOURS = 40
ENOUGH_IN_AN_HOUR = 8
A_DIP = 0.15


@dataclass(frozen=True)
class LabelClassAgreement:
    """How often both, or only one, of two answers named a label class; `agreement` is both over all of these."""

    key: str
    name: str
    colour: str
    both: int
    only_first: int
    only_second: int
    agreement: float


@dataclass(frozen=True)
class PersonAgreement:
    """How many answers of a person were compared with another's, first or second, and the share that agreed."""

    login: str
    comparisons: int
    agreeing: int
    share: float


@dataclass(frozen=True)
class PairAgreement:
    """As PersonAgreement, between two people; in the order of their logins."""

    logins: tuple[str, str]
    comparisons: int
    agreeing: int
    share: float


@dataclass(frozen=True)
class Agreement:
    """The figures that an access may see: of people, admins see all and the others themselves."""

    label_classes: list[LabelClassAgreement]
    persons: list[PersonAgreement]
    pairs: list[PairAgreement]


@dataclass(frozen=True)
class Checked:
    """Own older answers given once more, and the share of them that came out the same."""

    checks: int
    agreeing: int
    share: float | None


@dataclass(frozen=True)
class Week(Checked):
    """A week by its Monday."""

    monday: date


@dataclass(frozen=True)
class Hour(Checked):
    """An hour of the day, 0 to 23."""

    hour: int


@dataclass(frozen=True)
class Consistency(Checked):
    """How true to themselves a person is: in all, week by week, and by the hour once there is enough to tell.

    `dips_at` is the hour of the day at which they are clearly less so than at the others, if there is one.
    """

    weeks: list[Week]
    hours: list[Hour]
    dips_at: int | None


def agreement(session: Session, access: Access) -> Agreement:
    """Agreement per label class, least first, and per person, most compared first. Raises NotAllowed."""
    require_scope(access, *PEOPLE)
    persons, pairs = _people(session, access)
    return Agreement(_label_classes(session), persons, pairs)


def consistency(session: Session, access: Access, zone: tzinfo = UTC) -> Consistency:
    """This person's own self-consistency, in the weeks and hours of a zone. Raises NotAllowed."""
    require_scope(access, *PEOPLE)
    rows = session.execute(
        select(Comparison.created_at, Comparison.agrees).where(
            Comparison.kind == LookKind.SELF_CHECK,
            Comparison.second_access_id == access.id,
        )
    ).all()
    by_week: dict[date, list[bool]] = defaultdict(list)
    by_hour: dict[int, list[bool]] = defaultdict(list)
    for created_at, agrees in rows:
        moment = created_at.astimezone(zone)
        by_week[moment.date() - timedelta(days=moment.weekday())].append(agrees)
        by_hour[moment.hour].append(agrees)
    weeks = [Week(*_checked(by_week[monday]), monday=monday) for monday in sorted(by_week)[-WEEKS:]]
    enough = len(rows) >= ENOUGH_FOR_HOURS
    hours = [Hour(*_checked(by_hour[hour]), hour=hour) for hour in sorted(by_hour)] if enough else []
    return Consistency(
        *_checked([agrees for _, agrees in rows]), weeks=weeks, hours=hours, dips_at=_dips_at(hours)
    )


def _checked(agrees: Iterable[bool]) -> tuple[int, int, float | None]:
    found = list(agrees)
    return len(found), sum(found), sum(found) / len(found) if found else None


def _dips_at(hours: list[Hour]) -> int | None:
    """The hour whose share lies well below that of all other hours together."""
    checks, agreeing = sum(hour.checks for hour in hours), sum(hour.agreeing for hour in hours)
    dips: list[tuple[float, int]] = []
    for hour in hours:
        others = checks - hour.checks
        if hour.checks < ENOUGH_IN_AN_HOUR or others < ENOUGH_IN_AN_HOUR:
            continue
        below = (agreeing - hour.agreeing) / others - hour.agreeing / hour.checks
        if below >= A_DIP:
            dips.append((below, hour.hour))
    return max(dips)[1] if dips else None


def _label_classes(session: Session) -> list[LabelClassAgreement]:
    counted = {
        row.label_class_id: (int(row.both), int(row.only_first), int(row.only_second))
        for row in session.execute(
            select(
                ComparisonLabel.label_class_id,
                func.sum(ComparisonLabel.both).label("both"),
                func.sum(ComparisonLabel.only_first).label("only_first"),
                func.sum(ComparisonLabel.only_second).label("only_second"),
            )
            .join(Comparison, Comparison.id == ComparisonLabel.comparison_id)
            .where(Comparison.kind == LookKind.SECOND_OPINION)
            .group_by(ComparisonLabel.label_class_id)
        )
    }
    found = [
        LabelClassAgreement(
            label_class.key,
            label_class.name,
            label_class.colour,
            *counted[label_class.id],
            agreement=counted[label_class.id][0] / sum(counted[label_class.id]),
        )
        for label_class in list_label_classes(session, retired=True)
        if label_class.id in counted
    ]
    return sorted(found, key=lambda one: (one.agreement, -one.both, one.name))


def _people(session: Session, access: Access) -> tuple[list[PersonAgreement], list[PairAgreement]]:
    first, second = aliased(Access), aliased(Access)
    rows = session.execute(
        select(
            first.login.label("first"),
            second.login.label("second"),
            func.count().label("comparisons"),
            func.sum(cast(Comparison.agrees, Integer)).label("agreeing"),
        )
        .join(first, first.id == Comparison.first_access_id)
        .join(second, second.id == Comparison.second_access_id)
        # Without a look it is a rejection of what was seen to be accepted.
        .where(Comparison.kind == LookKind.SECOND_OPINION, Comparison.look_id.is_not(None))
        .group_by(first.login, second.login)
    ).all()
    by_person: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_pair: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        logins = min(row.first, row.second), max(row.first, row.second)
        for count in (by_person[row.first], by_person[row.second], by_pair[logins]):
            count[0] += row.comparisons
            count[1] += int(row.agreeing)
    persons = [
        PersonAgreement(login, compared, agreeing, agreeing / compared)
        for login, (compared, agreeing) in by_person.items()
    ]
    persons.sort(key=lambda person: (-person.comparisons, person.login))
    if access.scope != Scope.ADMIN:
        return [person for person in persons if person.login == access.login], []
    pairs = [
        PairAgreement(logins, compared, agreeing, agreeing / compared)
        for logins, (compared, agreeing) in by_pair.items()
    ]
    return persons, sorted(pairs, key=lambda pair: (-pair.comparisons, pair.logins))
