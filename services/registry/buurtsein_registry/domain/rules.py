"""What the installation decides about networks and members."""

from dataclasses import dataclass

from buurtsein_kernel.problems import DomainError


@dataclass(frozen=True, slots=True)
class Rules:
    """The installation's choices; versions are those that can be accepted today."""

    be_alert_versions: tuple[str, ...]
    consent_versions: tuple[str, ...]
    screening_valid_days: int
    max_open_applications: int


def require_version(given: str, valid: tuple[str, ...]) -> None:
    """DomainError `version_unknown`, with those that there are."""
    if given not in valid:
        raise DomainError("version_unknown", f"Deze versie bestaat niet. Geldig: {', '.join(valid)}.")
