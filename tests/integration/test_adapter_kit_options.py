"""The adapter kit sends to its own peer only, and says in one sentence which option, setting or peer is wrong."""

import re
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from integration.adapter_kit_runs import PLUGIN, guide_adapter, run_kit

from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.named import adapter_of, failures_of, other_settings
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_adapter_kit.planted import planted
from buurtsein_notifier.adapters.found import AdapterSettings

README = Path(__file__).parents[2] / "adapter-kit" / "README.md"
PRINTING = guide_adapter().replace(
    "        try:\n", "        print(self._client.headers['Authorization'])\n        try:\n", 1
)
OWN_PEER = """
from collections import defaultdict
from buurtsein_adapter_kit.peer import HttpPeer

class FirstBody(defaultdict):
    seen = ()
    def __missing__(self, name):
        if name in self.seen:
            return []
        self.seen += (name,)
        return super().__missing__(name)

class OneBody(HttpPeer):
    failures = ("refuses", "turns_away", "hostile")
    def __init__(self, folder):
        super().__init__(folder, FirstBody(list))
    def settings(self):
        return {"token": "the-token-of-this-peer"}
"""


def test_pytest_finds_the_kit_where_it_is_installed() -> None:
    assert PLUGIN in {point.value for point in entry_points(group="pytest11")}


def test_addresses_and_tokens_outside_the_kit_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "telephone.py").write_text(PRINTING)
    (tmp_path / "notifier_telephone_token").write_text("of-the-folder")
    with HttpPeer() as real:
        done = run_kit(
            tmp_path,
            "-k",
            "arrives_once or no_secret and turns_away",
            NOTIFIER_TELEPHONE_URL=real.url,
            notifier_telephone_url=real.url,
            NOTIFIER_TELEPHONE_TOKEN="exported",
            BUURTSEIN_SECRETS_DIR=str(tmp_path),
        )
        assert "1 failed, 1 passed" in done.stdout, done.stdout
        assert "secret: it was written" in done.stdout
        assert not any(real.messages.values())


def test_a_peer_of_ones_own_plays_its_failures_and_cannot_prove_nothing(tmp_path: Path) -> None:
    (tmp_path / "telephone.py").write_text(PRINTING)
    (tmp_path / "own.py").write_text(OWN_PEER)
    wanted = "right_outcome or no_secret and refuses or the_same_each_time"
    done = run_kit(tmp_path, "--adapter-peer=own:OneBody", "-rA", "-k", wanted)
    played = {line.partition("[")[2].rstrip("]") for line in done.stdout.splitlines() if line.startswith("PASSED")}
    assert played == {"refuses", "turns_away"}, done.stdout
    assert "secret: it was written" in done.stdout
    assert "idempotency: the peer did not keep the body of each send" in done.stdout


def test_a_subclass_of_the_peer_has_other_codes(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (tmp_path / "own.py").write_text(code)
    strict = (
        guide_adapter().replace("answer.is_success", "answer.status_code == 201").replace("(400, 422)", "(413, 422)")
    )
    (tmp_path / "telephone.py").write_text(strict)
    own = run_kit(tmp_path, "--adapter-peer=own:Town", "-k", "arrives_once or right_outcome and (refuses or busy)")
    assert "4 passed" in own.stdout, own.stdout


def test_a_setting_that_is_missing_is_named_once(tmp_path: Path) -> None:
    code = guide_adapter().replace("    token: SecretStr", "    sender: str\n    token: SecretStr")
    (tmp_path / "telephone.py").write_text(code)
    done = run_kit(tmp_path, NOTIFIER_TELEPHONE_SENDER="exported")
    assert done.returncode
    assert "settings of Telephone: NOTIFIER_TELEPHONE_SENDER: Field required" in done.stdout
    assert "1 error" in done.stdout, done.stdout


def test_an_adapter_that_cannot_be_imported_gives_one_sentence(tmp_path: Path) -> None:
    done = run_kit(tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "No module named 'telephone'" in done.stderr
    assert "PYTHONPATH=." in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


class Own(AdapterSettings):
    address: str = "https://alerts.example"
    sender: str = ""


def own_adapter() -> Any:
    return type("Chosen", (), {"name": "chosen", "settings": Own})


def test_an_address_that_the_kit_did_not_give_ends_the_run() -> None:
    with pytest.raises(ValueError, match="`address` is an address that is not of the kit"):
        planted(own_adapter(), HttpPeer(), {}, lambda _name, _value: None)


def test_other_settings_are_options(monkeypatch: pytest.MonkeyPatch) -> None:
    others = other_settings(config(**{"--adapter-setting": ["sender=bin", "ADDRESS=127.0.0.1"]}))
    made = planted(own_adapter(), HttpPeer(), others, monkeypatch.setenv)
    assert made == Own(sender="bin", address="127.0.0.1")


def config(**options: Any) -> Any:
    defaults: dict[str, Any] = {
        "--adapter": None,
        "--adapter-peer": None,
        "--adapter-has-it": False,
        "--adapter-setting": [],
    }
    return SimpleNamespace(getoption=(defaults | options).__getitem__)


class Exploding:
    failures = ("explodes",)


class Silent:
    """A peer that names no failures."""


@pytest.mark.parametrize(
    ("read", "option", "value", "sentence"),
    [
        (adapter_of, "--adapter", f"{__name__}:Silent", "not an adapter class"),
        (adapter_of, "--adapter", "buurtsein_notifier.adapters.file:File", "no `settings`"),
        (failures_of, "--adapter-peer", "elsewhere:Peer", "No module named 'elsewhere'"),
        (failures_of, "--adapter-peer", f"{__name__}:Exploding", "'explodes' is not a valid Failure"),
        (failures_of, "--adapter-peer", f"{__name__}:Silent", "names no failure"),
        (other_settings, "--adapter-setting", ["sender"], "write NAME=VALUE"),
    ],
)
def test_a_wrong_option_is_told_in_one_sentence(read: Any, option: str, value: Any, sentence: str) -> None:
    with pytest.raises(pytest.UsageError, match=sentence):
        read(config(**{option: value}))


def test_that_the_peer_has_a_message_already_is_played_only_where_it_is_declared() -> None:
    assert failures_of(config()) == frozenset(Failure) - {Failure.HAS_IT}
    assert failures_of(config(**{"--adapter-has-it": True})) == frozenset(Failure)
