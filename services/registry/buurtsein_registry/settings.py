"""Defines the settings of the registry."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings
from buurtsein_kernel.places import MunicipalityFile
from buurtsein_registry.domain.rules import Rules

Versions = Annotated[str, Field(pattern=r"^[^,\s]{1,20}(, *[^,\s]{1,20})*$", description="separated by commas")]


class Settings(ServiceSettings):
    """The settings of the registry; their environment variables begin with `REGISTRY_`."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")

    nis: str = Field(pattern=r"^[0-9]{5}$")
    municipality_area: MunicipalityFile = Field(description="GeoJSON file with the municipality's territory")
    network_code: str = Field(pattern=r"^[A-Z0-9]{2,20}$", description="the municipality's part of network codes")
    police_zone: str = Field(min_length=1, max_length=100)
    be_alert_versions: Versions
    consent_versions: Versions
    screening_valid_days: int = Field(default=365, ge=1, description="days that a candidate's screening is valid")
    max_open_applications: int = Field(default=5, ge=1, description="open applications of one person")
    inform_fod_days: int = Field(default=30, ge=1, description="to confirm: days to tell the FOD of a change")
    retention_person_days: int = Field(default=90, ge=1, description="personal data, after the last membership")
    retention_member_days: int = Field(default=1826, ge=1, description="a membership by pseudonym, after its end")
    retention_task_days: int = Field(default=1826, ge=1, description="a task, after it was done")
    retention_application_days: int = Field(default=730, ge=1, description="an application without any change")

    @property
    def rules(self) -> Rules:
        """Return the rules that the installation sets for networks and members."""
        return Rules(
            be_alert_versions=_listed(self.be_alert_versions),
            consent_versions=_listed(self.consent_versions),
            screening_valid_days=self.screening_valid_days,
            max_open_applications=self.max_open_applications,
            inform_fod_days=self.inform_fod_days,
        )


def _listed(versions: str) -> tuple[str, ...]:
    return tuple(version.strip() for version in versions.split(","))
