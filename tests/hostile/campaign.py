"""Sending everything hostile to a running product, and the table of what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from tests.hostile.catalogue import GROUPS
from tests.hostile.items import Ending, Ends, Item
from tests.hostile.target import Memory, Target
from tests.product import Product

LONGEST_SECONDS = 10.0
MOST_GROWTH = 500 * 2**20
# They take a minute by design, and all of them at once; their own limit is how long the product waits for them.
SLOW = "slow bodies"
LONGEST_SLOW_SECONDS = 100.0
ATTEMPTS = 4
MOST_BUSY = 20  # one in so many
PAUSE_SECONDS = 2.0
MIB = 2**20


@dataclass
class Row:
    """One group of the table, and what fell short in it."""

    group: str
    items: int = 0
    taken: int = 0
    refused: int = 0
    busy: int = 0
    server_errors: int = 0
    hangs: int = 0
    left_over: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def judge(self, item: Item, ending: Ending, seconds: float, left_over: int) -> None:
        """Count one item, and say what is wrong with how it ended."""
        self.items += 1
        self.slowest = max(self.slowest, seconds)
        self.taken += ending.taken
        self.refused += not ending.taken
        told = f"{item.group}: {item.name}: {ending.status} {ending.said!r}"
        if ending.status >= 500 and not ending.busy:
            self.server_errors += 1
            self.faults.append(f"{told}: a fault of the server")
        if seconds > (LONGEST_SLOW_SECONDS if item.group == SLOW else LONGEST_SECONDS):
            self.hangs += 1
            self.faults.append(f"{told}: took {seconds:.1f} s")
        if not ending.taken and left_over:
            self.left_over += left_over
            self.faults.append(f"{told}: refused, and left {left_over} rows, objects or spool files")
        if (ending.taken and item.ends is Ends.REFUSED) or (not ending.taken and item.ends is Ends.TAKEN):
            self.faults.append(f"{told}: should have been {item.ends.value}")


@dataclass
class Outcome:
    rows: list[Row]
    growth: int
    of_servers: int
    lost_workers: int
    tracebacks: int

    @property
    def faults(self) -> list[str]:
        found = [fault for row in self.rows for fault in row.faults]
        if self.growth > MOST_GROWTH:
            found.append(f"memory grew by {self.growth / MIB:,.0f} MiB")
        if sum(row.busy for row in self.rows) > sum(row.items for row in self.rows) / MOST_BUSY:
            found.append("the product said much too often that it is busy")
        if self.lost_workers:
            found.append(f"{self.lost_workers} of the serving processes died")
        if self.tracebacks:
            found.append(f"{self.tracebacks} errors in the log that nobody foresaw")
        return found

    def __str__(self) -> str:
        head = ("group", "items", "taken", "refused", "busy", "5xx", "hangs", "left over", "slowest")
        lines = [head, *(_cells(row) for row in self.rows), _cells(_total(self.rows))]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        told = [
            "  ".join(
                [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
            )
            for line in lines
        ]
        told.append(
            f"memory: +{self.growth / MIB:,.0f} MiB at most with decoders, +{self.of_servers / MIB:,.0f} MiB in the"
            f" serving processes; {self.lost_workers} of them died; {self.tracebacks} unforeseen errors in the log"
        )
        return "\n".join([*told, *(f"--- {fault}" for fault in self.faults)])


def run(product: Product, groups: Sequence[str], say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Ask every item of these groups, one after the other; those that are slow by design all at once, first."""
    target = Target(product)
    rows = {group: Row(group) for group in groups}
    with Memory(product) as memory:
        if SLOW in rows:
            _ask_at_once(target, list(GROUPS[SLOW]()), rows[SLOW])
        for group in groups:
            if group != SLOW:
                _ask(target, GROUPS[group](), rows[group])
            say(f"{group}: {rows[group].items} asked")
    target.close()
    return Outcome(
        list(rows.values()),
        memory.growth,
        memory.servers - memory.before_in_servers,
        target.lost_workers(),
        target.tracebacks(),
    )


def _ask(target: Target, items: Iterable[Item], row: Row) -> None:
    before = target.footprint()
    for item in items:
        for attempt in range(ATTEMPTS):
            began = time.monotonic()
            ending = _sent(item, target)
            seconds = time.monotonic() - began
            if not ending.busy or attempt == ATTEMPTS - 1:
                break
            # A machine that is busy with other things says so, and every client of ours comes again then.
            row.busy += 1
            time.sleep(PAUSE_SECONDS)
        after = target.footprint()
        row.judge(item, ending, seconds, after.beside(before))
        before = after


def _ask_at_once(target: Target, items: list[Item], row: Row) -> None:
    before = target.footprint()
    began = time.monotonic()

    def ask(item: Item) -> tuple[Ending, float]:
        return _sent(item, target), time.monotonic() - began

    with ThreadPoolExecutor(len(items)) as threads:
        endings = list(threads.map(ask, items))
    left_over = target.footprint().beside(before)
    for item, (ending, seconds) in zip(items, endings, strict=True):
        row.judge(item, ending, seconds, left_over)


def _sent(item: Item, target: Target) -> Ending:
    try:
        return item.send(target)
    except httpx.HTTPError as error:
        # The server may close on what is no HTTP, but it has to go on serving: the next item will tell.
        return Ending(0, False, type(error).__name__)


def _total(rows: Sequence[Row]) -> Row:
    total = Row("all")
    for row in rows:
        for name in ("items", "taken", "refused", "busy", "server_errors", "hangs", "left_over"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
        total.slowest = max(total.slowest, row.slowest)
    return total


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.items, row.taken, row.refused, row.busy, row.server_errors, row.hangs, row.left_over)
    return (row.group, *(f"{count:,}" for count in counts), f"{row.slowest:.1f} s")
