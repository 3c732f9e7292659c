"""What a fault test did and saw, for the table at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEADING = f"{'fault':62} {'times':>5} {'events':>7} {'duplicates':>10} {'recovered in':>12}  bound"


@dataclass
class Account:
    """What one fault test did and saw, for the table."""

    fault: str
    times: int = 1
    events: int = 0
    duplicates: int = 0
    """Dropped by a consumer: sent twice, or read twice."""
    seconds: float = 0.0
    bound: str = ""
    """What the recovery is held to, and whether the test fails beyond it or only tells."""
    figures: dict[str, int] = field(default_factory=dict)

    def balance(self, figures: dict[str, int]) -> None:
        """Take over a ledger's figures."""
        self.figures = figures
        self.events = figures["logged"]
        self.duplicates = figures["suppressed"]

    @contextmanager
    def recovery(self) -> Iterator[None]:
        """Measure from the end of the fault to when all is applied."""
        begun = time.monotonic()
        yield
        self.seconds = time.monotonic() - begun

    def line(self) -> str:
        """Its row, under `HEADING`."""
        recovered = f"{self.seconds:10.1f} s" if self.seconds else "-"
        figures = f"{self.times:5} {self.events:7} {self.duplicates:10} {recovered:>12}"
        return f"{self.fault[:62]:62} {figures}  {self.bound}".rstrip()
