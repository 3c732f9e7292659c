"""Takes files of evidence in: at most a few at the same time, each within its limits and after a scan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.virus_scan import Clamd, ScanFailed
from buurtsein_funding.domain.evidence import EvidenceKind, kind_of
from buurtsein_kernel.problems import DomainError, ProblemKind, forbidden

AT_ONCE = 4
"""So many files are in memory at the same time; a further one is refused, and can be sent again later."""


@dataclass(slots=True)
class EvidenceIntake:
    """The store and the limits of evidence; without a store no evidence is taken."""

    blobs: Blobs | None
    scan: Clamd | None
    most: int
    most_bytes: int
    seconds: float = 60.0
    """So long a file may take to arrive."""
    _running: int = field(default=0, init=False)

    def files(self) -> Blobs:
        """Return the store; raise DomainError `evidence_off` without one."""
        if self.blobs is None:
            raise forbidden("evidence_off", "Bij deze dienst kunt u geen bewijsstukken toevoegen.")
        return self.blobs

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Blobs]:
        """Hold one of the places for files and return the store; raise DomainError `evidence_off`, `evidence_busy`."""
        files = self.files()
        if self._running >= AT_ONCE:
            raise _later(
                "evidence_busy", "Er komen nu te veel bestanden tegelijk binnen. Probeer het zo meteen opnieuw."
            )
        self._running += 1
        try:
            yield files
        finally:
            self._running -= 1

    async def checked(self, file: bytes) -> EvidenceKind:
        """Return what a file is, after a scan for malware if the installation has a scanner.

        Raises:
            DomainError: `evidence_infected`, `evidence_scan_failed` when nothing could scan it, `evidence_unreadable`,
                `evidence_active`.
        """
        kind = kind_of(file)
        try:
            clean = self.scan is None or await self.scan.is_clean(file)
        except ScanFailed as error:
            detail = "We kunnen uw bestand nu niet nakijken op schadelijke software. Probeer het later opnieuw."
            raise _later("evidence_scan_failed", detail) from error
        if not clean:
            detail = "In dit bestand zit schadelijke software. We hebben het niet bewaard."
            raise DomainError("evidence_infected", detail)
        return kind


def _later(code: str, detail: str) -> DomainError:
    return DomainError(code, detail, ProblemKind.UNAVAILABLE)
