"""Makes the delivery adapter that the settings name."""

from buurtsein_notifier.adapters import Adapter
from buurtsein_notifier.adapters.found import adapter_class, settings_of
from buurtsein_notifier.settings import Settings


def adapter_of(settings: Settings) -> Adapter:
    """Return the adapter that the setting names, made with its own settings or else with the notifier's settings."""
    chosen = adapter_class(settings.adapter)
    adapter: Adapter = chosen(settings_of(chosen) or settings)
    return adapter
