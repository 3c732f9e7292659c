"""What a fault test did and saw, for the table at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Account:
    """What one fault test did and saw, for the table."""

    fault: str
    times: int = 1
    events: int = 0
    duplicates: int = 0
    seconds: float = 0.0
    figures: dict[str, int] = field(default_factory=dict)

    def balance(self, figures: dict[str, int]) -> None:
        """Take over a ledger's figures."""
        self.figures = figures
        self.events = figures["logged"]
        self.duplicates = figures["duplicates"]

    @contextmanager
    def recovery(self) -> Iterator[None]:
        """Measure from the end of the fault to when all is applied."""
        begun = time.monotonic()
        yield
        self.seconds = time.monotonic() - begun
