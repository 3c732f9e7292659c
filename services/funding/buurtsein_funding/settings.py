"""Defines the settings of the service funding: variables with the prefix FUNDING_, and files for secrets."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.tasks import Task, UsedBy
from buurtsein_funding.bank import Payer
from buurtsein_funding.schemes import read_schemes
from buurtsein_kernel.keyring import Keyring

SHORTEST_KEY = 32
"""The least number of characters of a secret from which a key is derived."""


class Settings(ServiceSettings):
    """The settings of funding; their environment variables begin with `FUNDING_`."""

    model_config = SettingsConfigDict(env_prefix="FUNDING_")

    schemes_file: Path = Field(description="TOML file with the city's schemes for support")
    retention_requester_days: int = Field(default=3653, ge=1, description="to confirm: who asked, after the decision")

    retention_undecided_days: int = Field(
        default=730, ge=1, description="to confirm: drafts and withdrawn applications"
    )

    retention_account_days: int = Field(
        default=365, ge=1, description="to confirm: an account and a payment file, once nothing is to be paid"
    )
    retention_reading_days: int = Field(default=1826, ge=1, description="to confirm: who read an account")
    account_key: Annotated[SecretStr, UsedBy(Task.API, Task.WORKER)] = Field(
        min_length=SHORTEST_KEY, description="encrypts the accounts to which the city pays"
    )
    account_other_keys: Annotated[SecretStr | None, UsedBy(Task.API, Task.WORKER)] = Field(
        default=None, description="other keys of accounts that can be read, separated by blanks"
    )
    evidence_folder: Path | None = Field(default=None, description="where evidence is stored; None: none is taken")
    evidence_most: int = Field(default=20, ge=1, le=100, description="files of one application")
    evidence_bytes: int = Field(default=10_000_000, ge=100_000, le=20_000_000, description="of a file that is sent")
    evidence_scanner: str | None = Field(
        default=None,
        pattern=r"^(unix:/.+|[^:/]+:[0-9]{1,5})$",
        description="clamd, as unix:/path/of/socket or host:port; None: evidence is not scanned for malware",
    )
    payer_name: str | None = Field(default=None, max_length=70, description="the city, as its bank knows it")
    payer_iban: str | None = Field(default=None, description="the city's account; None: no payments are prepared")
    payer_bic: str | None = Field(default=None, pattern=r"^[A-Z0-9]{8}([A-Z0-9]{3})?$", description="of its bank")

    @field_validator("schemes_file")
    @classmethod
    def _usable(cls, path: Path) -> Path:
        read_schemes(path)
        return path

    @model_validator(mode="after")
    def _of_accounts(self) -> Self:
        if any(len(key) < SHORTEST_KEY for key in self._other_keys):
            raise ValueError(f"account_other_keys: each key has at least {SHORTEST_KEY} characters")
        if (self.payer_name is None) != (self.payer_iban is None):
            raise ValueError("payer_name and payer_iban: give both or neither")
        _ = self.payer
        return self

    @property
    def keyring(self) -> Keyring:
        """Return the installation keys, under which accounts are encrypted."""
        return Keyring(self.account_key.get_secret_value(), self._other_keys)

    @property
    def payer(self) -> Payer | None:
        """Return the city's account, or None when none is set; raise ValueError for a wrong IBAN."""
        if self.payer_name is None or self.payer_iban is None:
            return None
        try:
            return Payer(name=self.payer_name, iban=self.payer_iban, bic=self.payer_bic)
        except ValidationError as error:
            raise ValueError("payer_iban: not a valid IBAN") from error

    @property
    def _other_keys(self) -> list[str]:
        return self.account_other_keys.get_secret_value().split() if self.account_other_keys else []
