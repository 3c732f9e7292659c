"""Accepts files of evidence: scans them for malware, and finds from their content of which kind they are."""

from dataclasses import dataclass, field
from typing import override

from buurtsein_chassis.file_intake import FileIntake
from buurtsein_chassis.virus_scan import Clamd, ScanFailed
from buurtsein_funding.domain.evidence import EvidenceKind, kind_of
from buurtsein_kernel.problems import DomainError, forbidden, unavailable


@dataclass
class EvidenceIntake(FileIntake):
    """Accepts files of evidence within limits; without a scanner, no file is scanned."""

    scan: Clamd | None = field(kw_only=True)

    @override
    def off(self) -> DomainError:
        return forbidden("evidence_off", "Bij deze dienst kunt u geen bewijsstukken toevoegen.")

    @override
    def busy(self) -> DomainError:
        detail = "Er komen nu te veel bestanden tegelijk binnen. Probeer het zo meteen opnieuw."
        return unavailable("evidence_busy", detail)

    async def checked(self, file: bytes) -> EvidenceKind:
        """Return the kind of a file, after a scan for malware if the installation has a scanner.

        Raises:
            DomainError: `evidence_infected`, `evidence_scan_failed` when nothing could scan it, `evidence_unreadable`,
                `evidence_active`.
        """
        kind = kind_of(file)
        try:
            clean = self.scan is None or await self.scan.is_clean(file)
        except ScanFailed as error:
            detail = "We kunnen uw bestand nu niet nakijken op schadelijke software. Probeer het later opnieuw."
            raise unavailable("evidence_scan_failed", detail) from error
        if not clean:
            detail = "In dit bestand zit schadelijke software. We hebben het niet bewaard."
            raise DomainError("evidence_infected", detail)
        return kind
