"""Accepts files that people send: at most a few at the same time, each within its limits and after a scan."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from buurtsein_chassis.blobs import Blobs
from buurtsein_kernel.problems import DomainError

AT_ONCE = 4
"""The most files in memory at the same time; a further file is refused, and can be sent again later."""


@dataclass
class FileIntake(ABC):
    """Holds the store and the limits of one kind of file, and refuses every file when there is no store."""

    blobs: Blobs | None
    most: int
    most_bytes: int
    seconds: float = 60.0
    """The time in which a file must arrive."""
    _running: int = field(default=0, init=False)

    @abstractmethod
    def off(self) -> DomainError:
        """Return the error for an installation that accepts no files of this kind."""

    @abstractmethod
    def busy(self) -> DomainError:
        """Return the error that says that too many files arrive at the same time."""

    def files(self) -> Blobs:
        """Return the store; when there is none, raise the error that `off` returns."""
        if self.blobs is None:
            raise self.off()
        return self.blobs

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Blobs]:
        """Reserve one of the `AT_ONCE` places and yield the store; else raise the error of `off` or `busy`."""
        files = self.files()
        if self._running >= AT_ONCE:
            raise self.busy()
        self._running += 1
        try:
            yield files
        finally:
            self._running -= 1
