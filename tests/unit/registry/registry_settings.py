"""The settings of a registry on one machine, for tests that start one."""

from pathlib import Path
from typing import Any

from unit.notifier import notifier_settings

_OF_THE_NOTIFIER = {"adapter", "bealert_url", "cap_sender"}
GOOD: dict[str, Any] = {
    **{name: value for name, value in notifier_settings.GOOD.items() if name not in _OF_THE_NOTIFIER},
    "nis": "41002",
    "municipality_area": Path(__file__).with_name("municipality.geojson"),
    "network_code": "AALST",
    "police_zone": "PZ Proef",
    "be_alert_versions": "2026-1",
    "consent_versions": "2026-1",
    "vault_key": "x" * 32,
}
