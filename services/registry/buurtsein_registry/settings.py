"""The registry's settings."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Environment prefix `REGISTRY_`."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")

    municipality_area: Path = Field(description="GeoJSON file with the municipality's territory")
    nis: str = Field(pattern=r"^[0-9]{5}$")
    network_code: str = Field(pattern=r"^[A-Z0-9]{2,20}$", description="the municipality's part of network codes")
    police_zone: str = Field(min_length=1, max_length=100)
