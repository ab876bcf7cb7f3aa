"""Which faults there are, and where each of them is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.trial import Trial

MakeFault = Callable[["Trial"], None]


@dataclass(frozen=True)
class Place:
    """What an installation stands on: `sqlite` or `postgresql`, and a `folder` or `s3`."""

    database: str
    bucket: str

    def __str__(self) -> str:
        return f"{self.database}, {self.bucket}"


SINGLE_HOST = Place("sqlite", "folder")
REPLICATED = Place("postgresql", "s3")
EVERYWHERE = (SINGLE_HOST, REPLICATED, Place("sqlite", "s3"), Place("postgresql", "folder"))


@dataclass(frozen=True)
class Fault:
    """A fault, how often it is made in a sample and in full, and the places where it is made."""

    name: str
    title: str
    sample: int
    full: int
    places: tuple[Place, ...]
    make: MakeFault
    furnished: bool = True
    promises: bool = True

    def places_for(self, database: str | None, bucket: str | None) -> list[Place]:
        """Where it is made when only this database and this bucket are wanted."""
        databases = {place.database for place in self.places}
        buckets = {place.bucket for place in self.places}
        if database in databases and bucket in buckets:
            return [Place(database, bucket)]
        return [
            place
            for place in self.places
            if database in (None, place.database) and bucket in (None, place.bucket)
        ]


FAULTS: list[Fault] = []


def fault(
    name: str,
    title: str,
    *,
    sample: int,
    full: int,
    places: tuple[Place, ...] = (SINGLE_HOST, REPLICATED),
    furnished: bool = True,
    promises: bool = True,
) -> Callable[[MakeFault], MakeFault]:
    """Register a function that makes a fault `trial.rounds` times and writes down in its ledger what was acknowledged.

    A `sample` of 0 leaves it to the full run; a sample is made at one of the places. One that is not
    `furnished` gets an empty database and no process, and starts what it needs itself. A trial in which nothing
    was acknowledged falls short, unless its fault `promises` nothing: nobody sends what could be acknowledged.
    """

    def register(make: MakeFault) -> MakeFault:
        FAULTS.append(Fault(name, title, sample, full, places, make, furnished, promises))
        return make

    return register
