"""Measuring: wall and CPU time of a piece of work, interleaved runs, medians."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench import progress
from buurtsein_chassis.composition import freeze_startup_objects

RUNS = 9


@dataclass(frozen=True, slots=True)
class Reading:
    """One run: how many things, seconds on the wall, seconds of this process's CPU."""

    number: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """Things a second."""
        return self.number / self.wall

    @property
    def cpu_each(self) -> float:
        """Microseconds of CPU for one thing."""
        return self.cpu / self.number * 1e6


async def timed(work: Callable[[], Awaitable[int]]) -> Reading:
    """Measure work that answers how many things it did, with the collector as the services have it."""
    freeze_startup_objects()
    wall, cpu = time.perf_counter(), time.process_time()
    number = await work()
    return Reading(number, time.perf_counter() - wall, time.process_time() - cpu)


async def interleaved(
    contestants: Mapping[str, Callable[[], Awaitable[Reading]]], runs: int = RUNS
) -> dict[str, list[Reading]]:
    """Every contestant in turn, `runs` times over, after one run that does not count."""
    readings: dict[str, list[Reading]] = {name: [] for name in contestants}
    for turn in range(runs + 1):
        for name, run in contestants.items():
            progress.tell(f"{name}: round {turn} of {runs}" if turn else f"{name}: a round that does not count")
            reading = await run()
            if turn:
                readings[name].append(reading)
    return readings


def rate(readings: Sequence[Reading]) -> float:
    """Median rate."""
    return median(reading.rate for reading in readings)
