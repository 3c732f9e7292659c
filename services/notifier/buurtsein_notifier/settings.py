"""Defines the settings of the notifier.

Invariant: nothing is sent as `Actual` unless the profile is production and `allow_actual` is set.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.addresses import OutwardUrl, without_secrets
from buurtsein_chassis.settings import Profile, ServiceSettings
from buurtsein_chassis.tasks import Task, UsedBy
from buurtsein_contracts.events.alert import CapStatus, Release
from buurtsein_notifier.adapters.duty import require_usable
from buurtsein_notifier.adapters.found import AdapterSettings, adapter_class, settings_of
from buurtsein_notifier.cap import DEFAULT_UNIT_PRICE
from buurtsein_notifier.cap.signature import Signer
from buurtsein_notifier.domain.duty import Roster
from buurtsein_notifier.domain.rule import RuleBook

_OVER_HTTP = ("simulator", "cap-http")
_FOR_TRAINING = ("null", "simulator")


def _is_adapter(named: str) -> str:
    adapter_class(named)
    return named


def _holds_rules(path: Path) -> Path:
    try:
        RuleBook.read(path.read_text())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    return path


class Settings(ServiceSettings):
    """The settings of the notifier; their environment variables begin with `NOTIFIER_`."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_")

    adapter: Annotated[str, AfterValidator(_is_adapter)] = Field(
        description="simulator, cap-http, file, manual, webhook, smtp, null, another installed one, or module:Class"
    )
    bealert_url: OutwardUrl | None = None
    bealert_token: Annotated[SecretStr | None, UsedBy(Task.WORKER)] = None
    alert_folder: Path | None = None
    receipt_secret: Annotated[SecretStr | None, UsedBy(Task.API)] = Field(
        default=None, min_length=24, description="proves receipts of the peer; None: none are taken"
    )
    cap_sender: str = Field(pattern=r"^[^\s,<&]{1,100}$")
    cap_status: CapStatus = CapStatus.EXERCISE
    cap_sender_name: str | None = Field(
        default=None, min_length=3, max_length=200, description="the sender's name that members see"
    )
    cap_contact: str | None = Field(default=None, min_length=3, max_length=200, description="whom members can contact")
    cap_web: OutwardUrl | None = Field(default=None, description="page with more information")
    cap_certificate: Path | None = Field(default=None, description="PEM of the certificate with which CAP is signed")
    cap_key: Annotated[SecretStr | None, UsedBy(Task.WORKER)] = None
    allow_actual: bool = False
    training: bool = Field(
        default=False, description="people practise here: nothing leaves, and one person may take the steps of several"
    )
    sms_unit_price: Decimal = Field(default=DEFAULT_UNIT_PRICE, ge=0, description="EUR for one SMS")
    vat_percent: int = Field(default=21, ge=0, le=100, description="VAT on messages (to confirm)")
    free_units: int = Field(default=1000, ge=0, description="units a year that the zone has free (to confirm)")
    police_release: Literal[Release.OFFICER, Release.TWO_OFFICERS] = Field(
        default=Release.OFFICER, description="who releases what police wrote: officer or two_officers (to confirm)"
    )
    decide_minutes: int = Field(default=240, ge=5, le=10_080, description="a written alert waits so long (to confirm)")
    valid_minutes: int = Field(default=240, ge=60, le=10_080, description="a written alert is valid (to confirm)")
    hot_unmandated_until: date | None = Field(
        default=None, description="last day on which hot alerts go to networks without a mandated officer"
    )
    coordinators_send: bool = Field(
        default=False, description="cold messages of coordinators leave without a release (the police zone decides)"
    )
    feedback_hour: int = Field(
        default=18, ge=0, le=23, description="hour of the next working day before which feedback is due (to confirm)"
    )
    exercises_owe_feedback: bool = Field(
        default=False, description="feedback is owed about exercises too, where people practise it"
    )
    day_begins: int = Field(default=6, ge=0, le=23, description="hour at which the day of figures begins (to confirm)")
    night_begins: int = Field(default=22, ge=1, le=24, description="hour at which its night begins (to confirm)")
    rules_file: Annotated[Path, AfterValidator(_holds_rules)] | None = None
    duty: Annotated[SecretStr | None, UsedBy(Task.WORKER)] = Field(
        default=None, description="TOML: who is told that a proposal waits"
    )
    retention_judging_days: int = Field(default=365, ge=1, description="reports, judgements and finished deliveries")
    retention_alert_days: int = Field(default=1826, ge=1, description="alerts and uses of the kill-switch")

    @property
    def signer(self) -> Signer | None:
        """Return who signs messages, or None when no key is set."""
        if self.cap_key is None or self.cap_certificate is None:
            return None
        return Signer(self.cap_key.get_secret_value(), self.cap_certificate.read_text())

    @property
    def may_be_actual(self) -> bool:
        """Return whether messages may be sent with status Actual."""
        return self.profile is Profile.PRODUCTION and self.allow_actual

    def masked(self) -> dict[str, object]:
        """Return the settings of the notifier and of its adapter as text, with masked secrets."""
        return super().masked() | {
            f"{self.adapter} {name}": without_secrets(str(value)) for name, value in self._of_adapter() or ()
        }

    def checked_elsewhere(self) -> Collection[str]:
        """Return the prefix of the environment variables with the adapter's own settings."""
        chosen = adapter_class(self.adapter)
        return [f"{chosen.name.replace('-', '_')}_"] if getattr(chosen, "settings", None) else []

    def _of_adapter(self) -> AdapterSettings | None:
        """Return the adapter's own settings, or None when it has none or this process sends nothing."""
        return settings_of(adapter_class(self.adapter)) if Task.WORKER in self.tasks else None

    @model_validator(mode="after")
    def _adapter_is_complete(self) -> "Settings":
        if self.adapter in _OVER_HTTP and self.bealert_url is None:
            raise ValueError(f"adapter {self.adapter} needs bealert_url")
        if self.adapter == "file" and self.alert_folder is None:
            raise ValueError("adapter file needs alert_folder")
        if self.bealert_url and "@" in urlsplit(self.bealert_url).netloc:
            raise ValueError("bealert_url holds no credentials: use the secret bealert_token")
        return self

    @model_validator(mode="after")
    def _adapter_has_its_settings(self) -> "Settings":
        for name, value in self._of_adapter() or ():
            if self.profile is Profile.PRODUCTION and isinstance(value, OutwardUrl) and not value.encrypted:
                raise ValueError(f"profile production needs {name} of adapter {self.adapter} to begin with https")
        return self

    @model_validator(mode="after")
    def _day_before_night(self) -> "Settings":
        if self.day_begins >= self.night_begins:
            raise ValueError("day_begins must be before night_begins")
        return self

    @model_validator(mode="after")
    def _duty_can_be_told(self) -> "Settings":
        if self.duty is not None:
            roster = Roster.read(self.duty.get_secret_value())
            require_usable(roster, encrypted=self.profile is Profile.PRODUCTION)
        return self

    @model_validator(mode="after")
    def _training_leaves_nothing(self) -> "Settings":
        if self.training and (self.allow_actual or self.cap_status is CapStatus.ACTUAL):
            raise ValueError("training goes without allow_actual and without cap_status Actual")
        if self.training and self.adapter not in _FOR_TRAINING:
            raise ValueError(f"training needs adapter {' or '.join(_FOR_TRAINING)}, which reach nobody")
        return self

    @model_validator(mode="after")
    def _actual_on_purpose(self) -> "Settings":
        if self.cap_status is CapStatus.ACTUAL and not self.may_be_actual:
            raise ValueError("cap_status Actual needs profile production and allow_actual=true")
        if self.cap_status is CapStatus.ACTUAL and self.adapter == "simulator":
            raise ValueError("cap_status Actual never goes to the simulator")
        return self
