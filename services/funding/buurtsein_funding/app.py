"""Builds the service funding from its settings."""

from functools import partial

from buurtsein_chassis.blobs import BlobFolder, Blobs, FewReads
from buurtsein_chassis.service import Service
from buurtsein_chassis.virus_scan import Clamd
from buurtsein_funding import api, jobs
from buurtsein_funding.api.evidence_intake import EvidenceIntake
from buurtsein_funding.consumers import subscriptions
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.manifest import ENCRYPTION, UNUSED_EVIDENCE
from buurtsein_funding.schemes import read_schemes
from buurtsein_funding.settings import Settings
from buurtsein_funding.store.keys import require_keys
from buurtsein_kernel.clock import SystemClock


def compose(settings: Settings) -> Service:
    """Return the service, with its routes, its jobs and its subscriptions to networks, members, erasures and alerts."""
    given = Dependencies(SystemClock(), read_schemes(settings.schemes_file), settings.keyring, settings.payer)
    blobs = _blobs(settings)
    return Service(
        "funding",
        settings,
        routers=[api.router],
        subscriptions=subscriptions(given),
        jobs={
            UNUSED_EVIDENCE: partial(jobs.remove_unused_evidence, blobs, given.clock),
            ENCRYPTION: partial(jobs.encrypt_accounts, given.keyring),
        },
        provides=[given, _intake(settings, blobs)],
        checks=[partial(require_keys, settings.keyring)],
    )


def _blobs(settings: Settings) -> Blobs | None:
    """Return the store of evidence, or None when no folder is set; raise ValueError when the folder is unusable."""
    if settings.evidence_folder is None:
        return None
    try:
        return FewReads(BlobFolder(settings.evidence_folder))
    except OSError as error:
        raise ValueError(f"setting FUNDING_EVIDENCE_FOLDER: {error.filename}: {error.strerror}") from error


def _intake(settings: Settings, blobs: Blobs | None) -> EvidenceIntake:
    """Return the object that accepts evidence, with the limits and the scanner in the settings."""
    scan = Clamd(settings.evidence_scanner, seconds=20) if settings.evidence_scanner else None
    return EvidenceIntake(blobs, settings.evidence_most, settings.evidence_bytes, scan=scan)
