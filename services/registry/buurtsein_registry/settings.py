"""The registry's settings."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings
from buurtsein_kernel.places import MunicipalityFile


class Settings(ServiceSettings):
    """Environment prefix `REGISTRY_`."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")

    nis: str = Field(pattern=r"^[0-9]{5}$")
    municipality_area: MunicipalityFile = Field(description="GeoJSON file with the municipality's territory")
    network_code: str = Field(pattern=r"^[A-Z0-9]{2,20}$", description="the municipality's part of network codes")
    police_zone: str = Field(min_length=1, max_length=100)
