"""The settings of reports."""

from pathlib import Path

from pydantic import Field, HttpUrl
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Environment prefix `REPORTS_`."""

    model_config = SettingsConfigDict(env_prefix="REPORTS_")

    municipality_area: Path = Field(description="GeoJSON file with the municipality's territory")
    nis: str = Field(pattern=r"^[0-9]{5}$")
    formal_complaint_url: HttpUrl = Field(
        default=HttpUrl("https://www.politie.be"), description="where a victim lodges a formal complaint"
    )
