"""Finds the adapter that the settings name: by the entry point group `buurtsein.adapters`, or as `module:Class`.

An adapter can have its own settings: its class attribute `settings` is then a subclass of `AdapterSettings`, and the
adapter is constructed with an object of it. Other adapters are constructed with the notifier's settings.
"""

import os
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Self

from pydantic import ImportString, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

GROUP = "buurtsein.adapters"
_PARTS = ("name", "send", "status", "close")


class AdapterSettings(BaseSettings):
    """Settings of one adapter: variables `NOTIFIER_<NAME>_<FIELD>`, and secret files of that name in lower case."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls, name: str) -> Self:
        """Read the settings of the adapter with this name; raise ValueError that names the wrong settings."""
        prefix = f"NOTIFIER_{name.upper().replace('-', '_')}_"
        try:
            return cls(_env_prefix=prefix, _secrets_dir=os.environ.get("BUURTSEIN_SECRETS_DIR"))
        except ValidationError as error:
            wrong = [
                f"{prefix}{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}"
                for one in error.errors(include_input=False, include_url=False)
            ]
            raise ValueError("; ".join(wrong)) from None


def installed() -> dict[str, EntryPoint]:
    """Return the adapter classes that installed packages offer, by the adapter's name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def adapter_class(named: Any) -> Any:
    """Return the adapter class that a setting names; raise ValueError when there is none or it is no adapter."""
    point = installed().get(named) if isinstance(named, str) else None
    try:
        found = point.load() if point else _imported(named)
    except ValueError:
        raise
    except Exception as error:  # whatever a module of somebody else raises while it is imported
        raise ValueError(f"adapter {named} cannot be imported: {type(error).__name__}: {error}") from error
    lacking = [part for part in _PARTS if not hasattr(found, part)]
    if not callable(found) or lacking:
        raise ValueError(f"not an adapter class: lacks {', '.join(lacking) or 'a constructor'}")
    return found


def settings_of(adapter: Any) -> AdapterSettings | None:
    """Return the adapter's own settings, or None if it has none; raise ValueError that names the wrong setting."""
    own: type[AdapterSettings] | None = getattr(adapter, "settings", None)
    return own.read(adapter.name) if own else None


def _imported(named: Any) -> Any:
    try:
        return TypeAdapter(ImportString[Any]).validate_python(named)
    except ValidationError as error:
        raise ValueError(
            f"neither {', '.join(sorted(installed()))} nor an importable module:Class: {error.errors()[0]['msg']}"
        ) from error
