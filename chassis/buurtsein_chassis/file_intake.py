"""Takes files of people in: at most a few at the same time, each within its limits and after a scan."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from buurtsein_chassis.blobs import Blobs
from buurtsein_kernel.problems import DomainError

AT_ONCE = 4
"""So many files are in memory at the same time; a further one is refused, and can be sent again later."""


@dataclass
class FileIntake(ABC):
    """The store and the limits of one kind of file; without a store no file is taken."""

    blobs: Blobs | None
    most: int
    most_bytes: int
    seconds: float = 60.0
    """So long a file may take to arrive."""
    _running: int = field(default=0, init=False)

    @abstractmethod
    def off(self) -> DomainError:
        """Return the error that says that this installation takes no such files."""

    @abstractmethod
    def busy(self) -> DomainError:
        """Return the error that says that too many files arrive at the same time."""

    def files(self) -> Blobs:
        """Return the store; raise the error of `off` without one."""
        if self.blobs is None:
            raise self.off()
        return self.blobs

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Blobs]:
        """Hold one of the places for files and return the store; raise the error of `off` or `busy`."""
        files = self.files()
        if self._running >= AT_ONCE:
            raise self.busy()
        self._running += 1
        try:
            yield files
        finally:
            self._running -= 1
