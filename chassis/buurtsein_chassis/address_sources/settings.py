"""Defines the settings of a service that looks up official addresses: a file, or Adresmatch over HTTP."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from buurtsein_chassis.address_sources.address_file import AddressFile, AddressFilePath
from buurtsein_chassis.address_sources.adresmatch import Adresmatch
from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.tasks import Task, UsedBy
from buurtsein_kernel.official_addresses import AddressSource


class AddressSettings(ServiceSettings):
    """The settings of a service that looks up addresses; exactly one source is set."""

    nis: str = Field(pattern=r"^[0-9]{5}$")
    address_file: AddressFilePath | None = Field(
        default=None, description="CSV file of official addresses, instead of `ADRESMATCH_URL`"
    )
    adresmatch_url: OutwardUrl | None = Field(
        default=None, description="Adresmatch of the Flemish address register, instead of `ADDRESS_FILE`"
    )
    adresmatch_key: Annotated[SecretStr | None, UsedBy(Task.API, Task.WORKER)] = Field(
        default=None, description="API key of the address register; without one it answers fewer requests"
    )
    adresmatch_seconds: float = Field(default=5.0, gt=0, description="for one lookup with all its tries")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        """Check that there is exactly one source of addresses."""
        if (self.address_file is None) is (self.adresmatch_url is None):
            raise ValueError("set either address_file or adresmatch_url: one source of addresses")
        return self

    def address_source(self) -> AddressSource:
        """Return the source of addresses that is set."""
        if self.address_file:
            return AddressFile(self.address_file)
        return Adresmatch(str(self.adresmatch_url), self.nis, self.adresmatch_seconds, self.adresmatch_key)
