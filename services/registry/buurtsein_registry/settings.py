"""Defines the settings of the service registry: variables with the prefix REGISTRY_, and files for secrets."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.address_sources.settings import AddressSettings
from buurtsein_chassis.tasks import Task, UsedBy
from buurtsein_contracts.topics import CONFIRMATIONS
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.places import MunicipalityFile
from buurtsein_registry.domain.progress import StepName
from buurtsein_registry.domain.rules import MOST_DWELLINGS, Acceptance, Rules

SHORTEST_KEY = 32
"""The least number of characters of a secret from which a key is derived."""
Versions = Annotated[str, Field(pattern=r"^[^,\s]{1,20}(, *[^,\s]{1,20})*$", description="separated by commas")]


class Settings(AddressSettings):
    """The settings of the registry; their environment variables begin with `REGISTRY_`."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")

    municipality_area: MunicipalityFile = Field(description="GeoJSON file with the municipality's territory")
    network_code: str = Field(pattern=r"^[A-Z0-9]{2,20}$", description="the municipality's part of network codes")
    police_zone: str = Field(min_length=1, max_length=100)
    be_alert_versions: Versions
    consent_versions: Versions
    vault_key: Annotated[SecretStr, UsedBy(Task.API, Task.WORKER)] = Field(
        min_length=SHORTEST_KEY, description="encrypts the data key of each person"
    )
    vault_other_keys: Annotated[SecretStr | None, UsedBy(Task.API, Task.WORKER)] = Field(
        default=None, description="other keys of the vault that can be read, separated by blanks"
    )
    screening_valid_days: int = Field(default=365, ge=1, description="days that a candidate's screening is valid")
    max_open_applications: int = Field(default=5, ge=1, description="open applications of one person")
    acceptance: Acceptance = Field(default=Acceptance.BY_HAND, description="of members whose address is in the area")
    most_members_per_address: int = Field(default=10, ge=1, description="to confirm: members of a network per address")
    inform_fod_days: int = Field(default=30, ge=1, description="to confirm: days to tell the FOD of a change")
    step_days_sign: int = Field(default=60, ge=1, description="to confirm: days for the neighbourhood to sign")
    step_days_submit: int = Field(default=30, ge=1, description="to confirm: days for the neighbourhood to submit")
    step_days_approve: int = Field(default=30, ge=1, description="to confirm: days for both authorities to approve")
    step_days_send_to_fod: int = Field(default=14, ge=1, description="to confirm: days to send a charter to the FOD")
    step_days_recognise: int = Field(default=60, ge=1, description="to confirm: days for the FOD to answer")
    erasure_days: int = Field(default=30, ge=1, le=30, description="days within which who asks is erased")
    erasure_consumers: str = Field(
        pattern=r"^([a-z][a-z0-9-]*(, *[a-z][a-z0-9-]*)*)?$", description="outside consumers that confirm, or empty"
    )
    confirmation_days: int = Field(default=14, ge=1, description="to confirm: days to confirm an erasure")
    appeal_days: int = Field(default=21, ge=1, description="to confirm: days in which a removed coordinator may appeal")
    inactive_days: int = Field(default=365, ge=1, description="to confirm: days without an act, then a risk is shown")
    still_active_days: int = Field(default=365, ge=1, description="to confirm: days between questions: still active?")
    evaluation_days: int = Field(default=90, ge=1, description="to confirm: days after a year to sign its evaluation")
    evaluation_years: int = Field(default=1, ge=1, description="to confirm: years for which one evaluation is needed")
    decide_appeal_days: int = Field(default=30, ge=1, description="to confirm: days to decide on an appeal")
    max_open_enquiries: int = Field(default=50, ge=1, description="to confirm: open enquiries of one network")
    max_enquiries_per_day: int = Field(default=20, ge=1, description="to confirm: enquiries of a network in 24 hours")
    enquiry_days: int = Field(default=14, ge=1, description="to confirm: days to answer an enquiry")
    fewest_dwellings: int = Field(default=1, ge=1, description="to confirm: dwellings in the area of a network")
    most_dwellings: int = Field(default=MOST_DWELLINGS, ge=1, description="to confirm: more than these are refused")
    retention_person_days: int = Field(default=90, ge=1, description="personal data, after the last membership")
    retention_read_days: int = Field(default=1826, ge=1, description="to confirm: who read whose personal data")
    retention_member_days: int = Field(default=1826, ge=1, description="a membership by pseudonym, after its end")
    retention_task_days: int = Field(default=1826, ge=1, description="a task, after it was done")
    retention_answered_enquiry_days: int = Field(default=30, ge=1, description="to confirm: an enquiry, once closed")
    retention_enquiry_days: int = Field(default=90, ge=1, description="to confirm: an enquiry that stays open")
    retention_application_days: int = Field(default=730, ge=1, description="an application without any change")

    @model_validator(mode="after")
    def _long_keys(self) -> Self:
        """Check that each older installation key has at least the length that the newest key must have."""
        if any(len(key) < SHORTEST_KEY for key in _secrets(self.vault_other_keys)):
            raise ValueError(f"vault_other_keys: each key has at least {SHORTEST_KEY} characters")
        return self

    @property
    def keyring(self) -> Keyring:
        """Return the installation keys, under which the data keys of persons are encrypted."""
        return Keyring(self.vault_key.get_secret_value(), _secrets(self.vault_other_keys))

    @property
    def rules(self) -> Rules:
        """Return the rules that the installation sets for networks and members."""
        return Rules(
            be_alert_versions=_listed(self.be_alert_versions),
            consent_versions=_listed(self.consent_versions),
            screening_valid_days=self.screening_valid_days,
            max_open_applications=self.max_open_applications,
            acceptance=self.acceptance,
            most_members_per_address=self.most_members_per_address,
            inform_fod_days=self.inform_fod_days,
            erasure_days=self.erasure_days,
            erasure_consumers=(*_listed(self.erasure_consumers), *(topic.owner for topic in CONFIRMATIONS)),
            confirmation_days=self.confirmation_days,
            appeal_days=self.appeal_days,
            inactive_days=self.inactive_days,
            still_active_days=self.still_active_days,
            evaluation_days=self.evaluation_days,
            evaluation_years=self.evaluation_years,
            decide_appeal_days=self.decide_appeal_days,
            max_open_enquiries=self.max_open_enquiries,
            max_enquiries_per_day=self.max_enquiries_per_day,
            enquiry_days=self.enquiry_days,
            fewest_dwellings=self.fewest_dwellings,
            most_dwellings=self.most_dwellings,
        )

    @property
    def step_days(self) -> dict[StepName, int]:
        """Return for each charter step the number of days after which a charter that waits for the step is stalled."""
        return {
            StepName.SIGN: self.step_days_sign,
            StepName.SUBMIT: self.step_days_submit,
            StepName.APPROVE: self.step_days_approve,
            StepName.SEND_TO_FOD: self.step_days_send_to_fod,
            StepName.RECOGNISE: self.step_days_recognise,
        }


def _secrets(text: SecretStr | None) -> list[str]:
    return text.get_secret_value().split() if text else []


def _listed(versions: str) -> tuple[str, ...]:
    return tuple(one for part in versions.split(",") if (one := part.strip()))
