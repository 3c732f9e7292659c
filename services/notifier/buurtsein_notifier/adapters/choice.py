"""Finds the adapter that the settings name."""

from buurtsein_notifier.adapters import Adapter
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.file import File
from buurtsein_notifier.adapters.simulator import Simulator
from buurtsein_notifier.settings import Settings


def adapter_of(settings: Settings) -> Adapter:
    """Return the adapter that the settings name; a class from elsewhere was checked when the settings were read."""
    match settings.adapter:
        case "simulator":
            return Simulator(settings)
        case "cap-http":
            return CapHttp(settings)
        case "file":
            return File(settings)
        case outside:
            adapter: Adapter = outside(settings)
            return adapter
