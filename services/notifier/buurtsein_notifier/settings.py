"""Defines the settings of the service notifier: variables with the prefix NOTIFIER_, and files for secrets.

Invariant: nothing is sent as `Actual` unless the profile is production and `allow_actual` is set.
"""

import ssl
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
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
from buurtsein_kernel.hours import Hour
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
        description="simulator, cap-http, file, sftp, manual, webhook, smtp, null, another one, or module:Class"
    )
    ways: Mapping[str, Annotated[tuple[Annotated[str, AfterValidator(_is_adapter)], ...], Field(min_length=1)]] = Field(
        default={}, description='JSON: adapters in order, by rule or channel: {"email": ["smtp", "manual"]}'
    )
    hand_on_seconds: float = Field(default=120, gt=0, description="an adapter fails so long, then the next one tries")
    bealert_url: OutwardUrl | None = None
    bealert_token: Annotated[SecretStr | None, UsedBy(Task.WORKER)] = None
    bealert_certificate_file: Annotated[Path | None, UsedBy(Task.WORKER)] = Field(
        default=None, description="PEM of the certificate by which a cap-http peer knows the notifier"
    )
    bealert_key_file: Annotated[Path | None, UsedBy(Task.WORKER)] = Field(
        default=None, description="PEM of its key; None when it is in the same file"
    )
    bealert_ca_file: Annotated[Path | None, UsedBy(Task.WORKER)] = Field(
        default=None, description="PEM of the authority of a cap-http peer; None for those that the system trusts"
    )
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
    public_cold: bool = Field(
        default=False, description="cold messages are for everybody and in the public feed (the zone decides)"
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
    quiet_hours: tuple[Hour, Hour] | None = Field(
        default=None, description='hours in which cold messages wait, as ["21:00", "08:00"] (to confirm)'
    )
    rules_file: Annotated[Path, AfterValidator(_holds_rules)] | None = None
    duty: Annotated[SecretStr | None, UsedBy(Task.WORKER)] = Field(
        default=None, description="TOML: who is told that a proposal waits"
    )
    retention_judging_days: int = Field(default=365, ge=1, description="reports, judgements and finished deliveries")
    retention_alert_days: int = Field(default=1826, ge=1, description="alerts and uses of the kill-switch")

    @property
    def signer(self) -> Signer | None:
        """Return the signer of CAP messages, or None when no key is set."""
        if self.cap_key is None or self.cap_certificate is None:
            return None
        return Signer(self.cap_key.get_secret_value(), self.cap_certificate.read_text())

    @property
    def may_be_actual(self) -> bool:
        """Return whether messages may be sent with status Actual."""
        return self.profile is Profile.PRODUCTION and self.allow_actual

    @property
    def adapters(self) -> Sequence[str]:
        """Return the adapters that the settings name, each once, the one of `adapter` first."""
        return list(dict.fromkeys([self.adapter, *chain.from_iterable(self.ways.values())]))

    @property
    def tls(self) -> ssl.SSLContext | None:
        """Return the TLS context for a cap-http peer, with our certificate and the peer's authority.

        Return None when neither is set; then the defaults of the system are used.

        Raises:
            ValueError: a file cannot be read, or is no valid certificate or key.
        """
        if self.bealert_certificate_file is None and self.bealert_ca_file is None:
            return None
        try:
            context = ssl.create_default_context(cafile=self.bealert_ca_file)
            if self.bealert_certificate_file:
                context.load_cert_chain(self.bealert_certificate_file, self.bealert_key_file)
        except OSError as error:  # also ssl.SSLError
            files = "bealert_certificate_file, bealert_key_file or bealert_ca_file"
            raise ValueError(f"{files} cannot be used: {error.strerror or type(error).__name__}") from error
        return context

    def masked(self) -> dict[str, object]:
        """Return the settings of the notifier and of its adapters as text, with masked secrets."""
        return super().masked() | {
            f"{named} {name}": without_secrets(str(value)) for named, own in self._of_adapters() for name, value in own
        }

    def checked_elsewhere(self) -> Collection[str]:
        """Return the prefixes of the environment variables with the adapters' own settings."""
        chosen = [adapter_class(one) for one in self.adapters]
        return [f"{one.name.replace('-', '_')}_" for one in chosen if getattr(one, "settings", None)]

    def _of_adapters(self) -> Iterator[tuple[str, AdapterSettings]]:
        """Yield the name and settings of each adapter that has its own settings; none if this process sends nothing."""
        for named in self.adapters if Task.WORKER in self.tasks else ():
            if own := settings_of(adapter_class(named)):
                yield named, own

    @model_validator(mode="after")
    def _adapters_are_complete(self) -> "Settings":
        for named in self.adapters:
            if named in _OVER_HTTP and self.bealert_url is None:
                raise ValueError(f"adapter {named} needs bealert_url")
            if named == "file" and self.alert_folder is None:
                raise ValueError("adapter file needs alert_folder")
        if self.bealert_key_file and not self.bealert_certificate_file:
            raise ValueError("bealert_key_file needs bealert_certificate_file")
        _ = self.tls
        if self.bealert_url and "@" in urlsplit(self.bealert_url).netloc:
            raise ValueError("bealert_url holds no credentials: use the secret bealert_token")
        return self

    @model_validator(mode="after")
    def _adapters_have_their_settings(self) -> "Settings":
        for named, own in self._of_adapters():
            for name, value in own:
                if self.profile is Profile.PRODUCTION and isinstance(value, OutwardUrl) and not value.encrypted:
                    raise ValueError(f"profile production needs {name} of adapter {named} to begin with https")
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
        if self.training and not set(self.adapters) <= set(_FOR_TRAINING):
            raise ValueError(f"training needs adapter {' or '.join(_FOR_TRAINING)}, which reach nobody")
        return self

    @model_validator(mode="after")
    def _actual_on_purpose(self) -> "Settings":
        if self.cap_status is CapStatus.ACTUAL and not self.may_be_actual:
            raise ValueError("cap_status Actual needs profile production and allow_actual=true")
        if self.cap_status is CapStatus.ACTUAL and "simulator" in self.adapters:
            raise ValueError("cap_status Actual never goes to the simulator")
        return self
