"""Timing in turns: what is compared runs in the same minutes, so that a noisy machine hits both alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Times:
    """Seconds of every run, by the clock and by the processor (of this process)."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def least(self) -> float:
        return min(self.wall)

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    @property
    def least_cpu(self) -> float:
        return min(self.cpu)


def race(rounds: int, /, *, warm: bool = False, **runners: Callable[[], object]) -> dict[str, Times]:
    """Run each once per round, after one round that does not count unless all is `warm` already."""
    times = {name: Times() for name in runners}
    gc.collect()
    for number in range(1 if warm else 0, rounds + 1):
        for name, run in runners.items():
            cpu, wall = time.process_time(), time.perf_counter()
            run()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            if number:
                times[name].wall.append(wall)
                times[name].cpu.append(cpu)
    return times


def percentile(values: list[float], percent: int) -> float:
    """The value that this many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)]
