"""Defines the settings of the service reports: variables with the prefix REPORTS_, and files for secrets."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.address_sources.settings import AddressSettings
from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_chassis.tasks import Task, UsedBy
from buurtsein_kernel.places import MunicipalityFile


class Settings(AddressSettings):
    """The settings of reports; their environment variables begin with `REPORTS_`."""

    model_config = SettingsConfigDict(env_prefix="REPORTS_")

    tracking_key: Annotated[SecretStr, UsedBy(Task.API)] = Field(
        min_length=32, description="key from which tracking tokens are made"
    )
    municipality_area: MunicipalityFile = Field(description="GeoJSON file with the municipality's territory")
    neighbourhoods_file: Path | None = Field(
        default=None, description="CSV of neighbourhoods; None: a place cannot be described"
    )
    formal_complaint_url: HttpUrl = Field(
        default=HttpUrl("https://www.politie.be"), description="the police zone's page about a formal complaint"
    )
    police_on_web_url: HttpUrl = Field(
        default=HttpUrl("https://policeonweb.belgium.be"), description="page for an online complaint"
    )
    figures_smallest: int = Field(default=5, ge=2, le=100, description="the smallest count that the figures show")
    inhabitants: int | None = Field(default=None, ge=1, description="of the municipality, for the public figures")
    inhabitants_source: str | None = Field(default=None, max_length=200, description="source and date of `inhabitants`")
    jurisdiction_id: str | None = Field(
        default=None, max_length=100, description="the municipality's name in Open311; None: its NIS code"
    )
    emergencies_file: Path | None = Field(
        default=None, description="the police zone's own lists of emergency words; None: those of the package"
    )
    retention_text_days: int = Field(default=1826, ge=1, description="text and address of a report")
    retention_reporter_days: int = Field(default=365, ge=1, description="contact data of a reporter")
    retention_repeat_days: int = Field(default=7, ge=1, description="days in which a repeat is recognised")
    retention_reading_days: int = Field(default=1826, ge=1, description="who read a report, and counts of emergencies")
    retention_filter_days: int = Field(default=730, ge=1, description="to confirm: a filter, after it was saved")
    export_rows: int = Field(default=100_000, ge=1, le=500_000, description="the most rows of a list that is a file")
    export_hours: int = Field(default=24, ge=1, le=168, description="how long such a file can be fetched")
    photos_folder: Path | None = Field(default=None, description="where photos are stored; None: no photos are taken")
    photos_url: OutwardUrl | None = Field(
        default=None, description="an object store (S3) where photos are stored, instead of `PHOTOS_FOLDER`"
    )
    photos_bucket: str = Field(default="photos", min_length=3, max_length=63, description="in that object store")
    photos_region: str = Field(default="eu-west-1", description="of that object store")
    photos_key_id: str | None = Field(default=None, description="the name of the key to that object store")
    photos_key: Annotated[SecretStr | None, UsedBy(Task.API, Task.WORKER)] = Field(
        default=None, description="the key itself"
    )
    photos_most: int = Field(default=5, ge=1, le=20, description="photos of one report")
    photo_bytes: int = Field(default=10_000_000, ge=100_000, le=20_000_000, description="of a file that is sent")
    photo_megapixels: int = Field(default=25, ge=1, le=50, description="million pixels of an image that is sent")
    photo_scanner: str | None = Field(
        default=None,
        pattern=r"^(unix:/.+|[^:/\s]+:[0-9]{1,5})$",
        description="clamd, as unix:/path/of/socket or host:port; None: photos are not scanned for malware",
    )
    reopening_days: int = Field(default=30, ge=0, description="days in which a reporter can reopen a closed report")
    answer_days: int = Field(
        default=10, ge=1, le=250, description="to confirm: working days for another body's answer about a report"
    )
    likeness_metres: int = Field(default=150, ge=1, le=5000, description="how near a suggested duplicate is")
    likeness_hours: int = Field(default=168, ge=1, le=8760, description="how many hours apart it happened at most")

    @model_validator(mode="after")
    def _one_store_of_photos(self) -> Self:
        """Check that photos have one store at most, and that an object store has its key."""
        if self.photos_url and self.photos_folder:
            raise ValueError("set photos_folder or photos_url, not both: photos are stored once")
        if self.photos_url and not (self.photos_key_id and self.photos_key):
            raise ValueError("photos_url needs photos_key_id and photos_key")
        return self
