"""Defines the settings of funding."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings
from buurtsein_funding.schemes import read_schemes


class Settings(ServiceSettings):
    """The settings of funding; their environment variables begin with `FUNDING_`."""

    model_config = SettingsConfigDict(env_prefix="FUNDING_")

    schemes_file: Path = Field(description="TOML file with the city's schemes for support")
    retention_requester_days: int = Field(default=3653, ge=1, description="to confirm: who asked, after the decision")

    retention_undecided_days: int = Field(
        default=730, ge=1, description="to confirm: drafts and withdrawn applications"
    )

    @field_validator("schemes_file")
    @classmethod
    def _usable(cls, path: Path) -> Path:
        read_schemes(path)
        return path
