"""The settings of reports."""

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings
from buurtsein_kernel.places import MunicipalityFile


class Settings(ServiceSettings):
    """Environment prefix `REPORTS_`."""

    model_config = SettingsConfigDict(env_prefix="REPORTS_")

    tracking_key: SecretStr = Field(min_length=32, description="tracking tokens are made with it")
    nis: str = Field(pattern=r"^[0-9]{5}$")
    municipality_area: MunicipalityFile = Field(description="GeoJSON file with the municipality's territory")
    formal_complaint_url: HttpUrl = Field(
        default=HttpUrl("https://www.politie.be"), description="the police zone's page about a formal complaint"
    )
    police_on_web_url: HttpUrl = Field(
        default=HttpUrl("https://policeonweb.belgium.be"), description="where a complaint is lodged online"
    )
    emergencies_file: Path | None = Field(
        default=None, description="lists of emergencies of the police zone, instead of the shipped ones"
    )
    retention_text_days: int = Field(default=1826, ge=1, description="then text and address of a report are emptied")
    retention_reporter_days: int = Field(default=365, ge=1, description="how a reporter can be reached")
    retention_repeat_days: int = Field(default=7, ge=1, description="so long the same report is recognised")
    retention_reading_days: int = Field(default=1826, ge=1, description="who read a report")
