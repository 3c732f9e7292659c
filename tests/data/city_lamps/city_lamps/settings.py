"""Defines the settings of the street lamp service."""

from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings with the environment prefix `LAMPS_`."""

    model_config = SettingsConfigDict(env_prefix="LAMPS_")

    municipality: str
