"""Settings that could send for real by accident, or that no adapter can work with, stop the start."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from unit.notifier.notifier_settings import settings

from buurtsein_notifier.adapters import Answer, Delivered, Found, Outcome
from buurtsein_notifier.adapters.choice import adapter_of
from buurtsein_notifier.app import compose
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.settings import Settings

PRODUCTION: dict[str, Any] = {
    "profile": "production",
    "kafka_security_protocol": "SASL_SSL",
    "database_app": "postgresql://x?sslmode=verify-full",
    "database_relay": "postgresql://x?sslmode=verify-full",
    "oidc_issuer": "https://aanmelden.example",
    "bealert_url": "https://be-alert.example",
    "cap_status": "Actual",
}


class Pigeon:
    """An adapter from elsewhere."""

    name = "pigeon"

    def __init__(self, settings: Settings) -> None:
        self.sender = settings.cap_sender

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        return Delivered(f"{identifier} {len(xml)}")

    async def find(self, identifier: str) -> Answer:
        return Found(identifier)

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"cap_status": "Actual"}, "allow_actual"),
        ({"cap_status": "Actual", "allow_actual": True}, "allow_actual"),
        (PRODUCTION | {"adapter": "cap-http"}, "allow_actual"),
        (PRODUCTION | {"allow_actual": True}, "never goes to the simulator"),
        (
            PRODUCTION | {"adapter": "cap-http", "bealert_url": "http://be-alert.example"},
            "bealert_url to begin with https",
        ),
        ({"cap_status": "Echt"}, "cap_status"),
        ({"cap_sender": "bin gemeente"}, "cap_sender"),
        ({"bealert_url": None}, "needs bealert_url"),
        ({"bealert_url": "http://user:secret@127.0.0.1"}, "bealert_token"),
        ({"adapter": "file"}, "needs alert_folder"),
        ({"adapter": "postduif"}, "neither simulator, file, cap-http nor an importable"),
        ({"adapter": "pathlib:Path"}, "not an adapter class: lacks send, find, close"),
        ({"rules_file": Path("/nergens.toml")}, "cannot be read"),
        ({"sms_unit_price": -1}, "sms_unit_price"),
    ],
)
def test_what_stops_the_start(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        settings(**changes)


def test_for_real_only_in_production_and_on_purpose() -> None:
    assert settings(**PRODUCTION, adapter="cap-http", allow_actual=True).may_be_actual
    assert not settings(allow_actual=True).may_be_actual


def test_rules_of_a_zone_are_checked_before_anything_starts(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[[rule]]\nid = 'half'")
    with pytest.raises(ValidationError, match="min_count"):
        settings(rules_file=rules)


async def test_an_adapter_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buurtsein_notifier.adapters.Pigeon", Pigeon, raising=False)
    pigeon = adapter_of(settings(adapter="buurtsein_notifier.adapters:Pigeon"))
    assert await pigeon.send("a-1", b"xml") == Delivered("a-1 3")


@pytest.mark.parametrize("adapter", ["simulator", "cap-http", "file"])
def test_each_adapter_composes(adapter: str, tmp_path: Path) -> None:
    (given,) = compose(settings(adapter=adapter, alert_folder=tmp_path)).provides
    assert isinstance(given, Dependencies)
    assert given.adapter == adapter


def test_masked_settings_show_no_secret() -> None:
    assert "geheim" not in str(settings(adapter="cap-http", bealert_token="geheim").masked())
