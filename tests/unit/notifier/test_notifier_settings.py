"""A notifier refuses to start with settings that could send real alerts by accident or that no adapter accepts."""

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
    """A fake delivery adapter, as another team could write it."""

    name = "pigeon"

    def __init__(self, settings: Settings) -> None:
        self.sender = settings.cap_sender

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        return Delivered(f"{identifier} {len(xml)}")

    async def status(self, identifier: str) -> Answer:
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
        ({"training": True, "ways": {"sms": ["file"]}, "alert_folder": "uit"}, "training needs adapter"),
        ({"bealert_url": "http://user:secret@127.0.0.1"}, "bealert_token"),
        ({"adapter": "file"}, "needs alert_folder"),
        (
            {"adapter": "postduif"},
            "neither cap-http, file, manual, null, sftp, simulator, smtp, webhook nor an importable",
        ),
        ({"adapter": "pathlib:Path"}, "not an adapter class: lacks send, status, close"),
        ({"rules_file": Path("/nergens.toml")}, "cannot be read"),
        ({"sms_unit_price": -1}, "sms_unit_price"),
        ({"quiet_hours": ["21:00Z", "08:00Z"]}, "zonder tijdzone"),
    ],
)
def test_settings_that_stop_the_start(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        settings(**changes)


def test_real_alerts_need_production_and_a_setting() -> None:
    assert settings(**PRODUCTION, adapter="cap-http", allow_actual=True).may_be_actual
    assert not settings(allow_actual=True).may_be_actual


def test_the_rules_of_a_zone_are_checked_at_the_start(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[[rule]]\nid = 'half'")
    with pytest.raises(ValidationError, match="min_count"):
        settings(rules_file=rules)


async def test_an_adapter_of_another_team_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buurtsein_notifier.adapters.Pigeon", Pigeon, raising=False)
    named = "buurtsein_notifier.adapters:Pigeon"
    pigeon = adapter_of(named, settings(adapter=named))
    assert await pigeon.send("a-1", b"xml") == Delivered("a-1 3")


TELEPHONE = """
from pydantic import SecretStr
from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_notifier.adapters import Delivered, NotFound
from buurtsein_notifier.adapters.found import AdapterSettings

class TelephoneSettings(AdapterSettings):
    url: OutwardUrl
    token: SecretStr

class Telephone:
    name = "tele-phone"
    settings = TelephoneSettings
    def __init__(self, settings): self.url = settings.url
    async def send(self, identifier, xml): return Delivered()
    async def status(self, identifier): return NotFound()
    async def close(self): pass
"""


@pytest.fixture
def telephone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a fake package of another team, which contains an adapter and the adapter's settings."""
    (tmp_path / "outside_telephone.py").write_text(TELEPHONE)
    package = tmp_path / "outside_telephone-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: outside-telephone\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[buurtsein.adapters]\ntele-phone = outside_telephone:Telephone\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("NOTIFIER_TELE_PHONE_URL", "http://127.0.0.1:5")
    monkeypatch.setenv("NOTIFIER_TELE_PHONE_TOKEN", "geheim")


@pytest.mark.usefixtures("telephone")
def test_an_installed_adapter_is_found_by_its_name_and_made_with_its_own_settings() -> None:
    found = settings(adapter="tele-phone", bealert_url=None)
    assert adapter_of("tele-phone", found).url == "http://127.0.0.1:5"  # type: ignore[attr-defined]
    shown = found.masked()
    assert shown["tele-phone url"] == "http://127.0.0.1:5"
    assert "geheim" not in str(shown)


@pytest.mark.usefixtures("telephone")
def test_an_adapter_whose_own_settings_are_wrong_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="url of adapter tele-phone to begin with https"):
        settings(**PRODUCTION | {"adapter": "tele-phone", "cap_status": "Exercise"})
    monkeypatch.delenv("NOTIFIER_TELE_PHONE_URL")
    with pytest.raises(ValidationError, match="NOTIFIER_TELE_PHONE_URL: Field required"):
        settings(adapter="tele-phone")


@pytest.mark.parametrize("adapter", ["simulator", "cap-http", "file"])
def test_the_service_can_be_built_with_each_adapter(adapter: str, tmp_path: Path) -> None:
    given, _ = compose(settings(adapter=adapter, alert_folder=tmp_path)).provides
    assert isinstance(given, Dependencies)
    assert given.adapter == adapter


def test_masked_settings_show_no_secret() -> None:
    assert "geheim" not in str(settings(adapter="cap-http", bealert_token="geheim").masked())
