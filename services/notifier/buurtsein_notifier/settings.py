"""The notifier's settings.

Invariant: nothing is sent as `Actual` unless the profile is production and `allow_actual` is set.
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    ImportString,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_chassis.settings import Profile, ServiceSettings
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_notifier.cap import DEFAULT_UNIT_PRICE
from buurtsein_notifier.domain.rule import RuleBook

OWN_ADAPTERS = ("simulator", "file", "cap-http")
_OVER_HTTP = ("simulator", "cap-http")


def _adapter(found: Any) -> Any:
    """Return one of our adapters by its name, or a class from elsewhere that has the methods of an adapter."""
    if found in OWN_ADAPTERS:
        return found
    try:
        outside = TypeAdapter(ImportString[Any]).validate_python(found)
    except ValidationError as error:
        raise ValueError(f"neither {', '.join(OWN_ADAPTERS)} nor an importable module:Class") from error
    lacking = [part for part in ("name", "send", "find", "close") if not hasattr(outside, part)]
    if not callable(outside) or lacking:
        raise ValueError(f"not an adapter class: lacks {', '.join(lacking) or 'a constructor'}")
    return outside


def _holds_rules(path: Path) -> Path:
    try:
        RuleBook.read(path.read_text())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    return path


class Settings(ServiceSettings):
    """Environment prefix `NOTIFIER_`."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_")

    adapter: Annotated[Any, AfterValidator(_adapter)] = Field(description="simulator, file, cap-http, or module:Class")
    bealert_url: OutwardUrl | None = None
    bealert_token: SecretStr | None = None
    alert_folder: Path | None = None
    cap_sender: str = Field(pattern=r"^[^\s,<&]{1,100}$")
    cap_status: CapStatus = CapStatus.EXERCISE
    cap_sender_name: str | None = Field(
        default=None, min_length=3, max_length=200, description="who members see as sender"
    )
    cap_contact: str | None = Field(default=None, min_length=3, max_length=200, description="where members can turn to")
    cap_web: OutwardUrl | None = Field(default=None, description="page with more")
    allow_actual: bool = False
    sms_unit_price: Decimal = Field(default=DEFAULT_UNIT_PRICE, ge=0, description="EUR for one SMS")
    rules_file: Annotated[Path, AfterValidator(_holds_rules)] | None = None
    retention_judging_days: int = Field(default=365, ge=1, description="reports, judgements and finished deliveries")
    retention_alert_days: int = Field(default=1826, ge=1, description="alerts and uses of the kill-switch")

    @property
    def may_be_actual(self) -> bool:
        """Return whether messages may be sent with status Actual."""
        return self.profile is Profile.PRODUCTION and self.allow_actual

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
    def _actual_on_purpose(self) -> "Settings":
        if self.cap_status is CapStatus.ACTUAL and not self.may_be_actual:
            raise ValueError("cap_status Actual needs profile production and allow_actual=true")
        if self.cap_status is CapStatus.ACTUAL and self.adapter == "simulator":
            raise ValueError("cap_status Actual never goes to the simulator")
        return self
