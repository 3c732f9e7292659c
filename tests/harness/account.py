"""Collects the counts and times of each fault test, for the table at the end of a run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEADING = f"{'fault':62} {'times':>5} {'events':>7} {'duplicates':>10} {'recovered in':>12}  bound"


@dataclass
class Account:
    """The counts and times of one fault test; they become one row of the table at the end of the run."""

    fault: str
    times: int = 1
    events: int = 0
    duplicates: int = 0
    """Events that a consumer dropped because they were sent or read twice."""
    seconds: float = 0.0
    bound: str = ""
    """The limit of the recovery time, and whether the test fails above it or only reports it."""
    figures: dict[str, int] = field(default_factory=dict)

    def balance(self, figures: dict[str, int]) -> None:
        """Copy the counts of a ledger (test service) to this row."""
        self.figures = figures
        self.events = figures["logged"]
        self.duplicates = figures["suppressed"]

    @contextmanager
    def recovery(self) -> Iterator[None]:
        """Measure the time of the `with` block, in which the service recovers and all events are applied."""
        begun = time.monotonic()
        yield
        self.seconds = time.monotonic() - begun

    def line(self) -> str:
        """Return this row as a line of text, in the columns of `HEADING`."""
        recovered = f"{self.seconds:10.1f} s" if self.seconds else "-"
        figures = f"{self.times:5} {self.events:7} {self.duplicates:10} {recovered:>12}"
        return f"{self.fault[:62]:62} {figures}  {self.bound}".rstrip()
