"""Makes the delivery adapters that the settings name."""

from buurtsein_notifier.adapters import Adapter
from buurtsein_notifier.adapters.found import adapter_class, settings_of
from buurtsein_notifier.settings import Settings


def adapter_of(named: str, settings: Settings) -> Adapter:
    """Return the adapter that a setting names, made with its own settings or else with the notifier's settings."""
    chosen = adapter_class(named)
    adapter: Adapter = chosen(settings_of(chosen) or settings)
    return adapter
