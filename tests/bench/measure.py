"""Measures the wall time and CPU time of programs that run in turn over several rounds."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import progress
from buurtsein_chassis.composition import freeze_startup_objects

RUNS = 9


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement: the number of operations, seconds of wall time, seconds of this process's CPU."""

    number: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """Return the operations per second of this measurement."""
        return self.number / self.wall

    @property
    def cpu_each(self) -> float:
        """Return the microseconds of CPU for each operation of this measurement."""
        return self.cpu / self.number * 1e6


async def timed(work: Callable[[], Awaitable[int]]) -> Reading:
    """Measure a function that returns its number of operations, with the garbage collector set as in the services."""
    freeze_startup_objects()
    wall, cpu = time.perf_counter(), time.process_time()
    number = await work()
    return Reading(number, time.perf_counter() - wall, time.process_time() - cpu)


async def interleaved(
    contestants: Mapping[str, Callable[[], Awaitable[Reading]]], runs: int = RUNS
) -> dict[str, list[Reading]]:
    """Run all functions in turn, `runs` times, after one round that is not counted; return the readings by name."""
    readings: dict[str, list[Reading]] = {name: [] for name in contestants}
    for turn in range(runs + 1):
        for name, run in contestants.items():
            progress.tell(f"{name}: round {turn} of {runs}" if turn else f"{name}: a round that does not count")
            reading = await run()
            if turn:
                readings[name].append(reading)
    return readings


def rate(readings: Sequence[Reading]) -> float:
    """Return the median of the operations per second over several measurements."""
    return median(reading.rate for reading in readings)


async def milliseconds(answer: Awaitable[Any]) -> float:
    """Return how many milliseconds an answer of PostgreSQL takes."""
    begun = time.perf_counter()
    await answer
    return (time.perf_counter() - begun) * 1000
