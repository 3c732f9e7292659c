"""Each role and each command reads its own settings and secrets, and no others."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.program import tasks_of
from buurtsein_chassis.settings import ServiceSettings, load
from buurtsein_chassis.tasks import Role, Task
from buurtsein_stack import programs
from buurtsein_stack.home import Home

APP = {"database_app"}
RELAY = {"database_relay", "kafka_relay_password"}
OWNER = {"database_migrator"}
CONSUMER = {"kafka_worker_password"}
SECRETS = {
    "registry": {"api": APP | {"pseudonym_key", "vault_key"}, "worker": APP | CONSUMER | {"vault_key"}},
    "reports": {"api": APP | {"pseudonym_key", "tracking_key"}, "worker": APP | CONSUMER},
    "funding": {"api": APP | {"pseudonym_key", "account_key"}, "worker": APP | CONSUMER | {"account_key"}},
    "notifier": {"api": APP | {"pseudonym_key"}, "worker": APP | CONSUMER | {"bealert_token"}},
}
OF_EACH = {"relay": APP | RELAY, "migrate": OWNER, "retention": OWNER}
NEEDED = {(service, task): own for service in SECRETS for task, own in (SECRETS[service] | OF_EACH).items()}
ALL = APP | RELAY | OWNER | CONSUMER | {"pseudonym_key", "tracking_key", "vault_key", "account_key", "bealert_token"}
OPTIONAL = {"bealert_token", "database_migrator"}
"""Secrets without which the settings can be loaded; `migrate` and `retention` name the missing one themselves."""


def tasks(service: str, task: str) -> list[Task]:
    consumes = bool(manifest_of(service).subscriptions)
    return tasks_of([Role(task)], consumes=consumes) if task in set(Role) else [Task(task)]


def loaded(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    service: str,
    task: str,
    secrets: Mapping[str, str | None],
    **more: str,
) -> ServiceSettings:
    """Load a task's settings with these secrets; a secret of None is an unreadable file."""
    settings = manifest_of(service).load(manifest_of(service).settings)
    for name, value in secrets.items():
        path = tmp_path / f"{service}_{name}"
        if value is None:
            path.mkdir()
        else:
            path.write_text(value)
    for name in [name for name in os.environ if name.startswith(f"{service.upper()}_")]:
        monkeypatch.delenv(name)
    for name, value in (environment(tmp_path, service, task) | more).items():
        monkeypatch.setenv(name, value)
    found: ServiceSettings = load(settings, tasks(service, task))
    return found


def environment(tmp_path: Path, service: str, task: str) -> dict[str, str]:
    home = Home(tmp_path / "home")
    home.make()
    given = programs.environment(home, service, 1) | {"BUURTSEIN_SECRETS_DIR": str(tmp_path)}
    needed = {"migrate": ("PROFILE",), "retention": ("PROFILE", "SOURCE")}.get(task)
    return {
        name: value
        for name, value in given.items()
        if not needed or name.startswith("BUURTSEIN") or name.removeprefix(f"{service.upper()}_") in needed
    }


def test_every_service_has_a_row() -> None:
    assert set(SECRETS) == set(service_names())


@pytest.mark.parametrize(("service", "task"), NEEDED)
def test_the_secrets_of_other_tasks_are_not_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str, task: str
) -> None:
    needed = NEEDED[service, task]
    secrets = {name: f"geheim van {name}".ljust(40, ".") if name in needed else None for name in ALL}
    settings = loaded(monkeypatch, tmp_path, service, task, secrets)
    read = {name for name in ALL if getattr(settings, name, None) is not None}
    assert read == needed
    assert "geheim" not in str(settings.masked())


@pytest.mark.parametrize(
    ("service", "task", "missing"),
    [(*place, one) for place, needed in NEEDED.items() for one in sorted(needed - OPTIONAL)],
)
def test_a_secret_of_its_own_that_is_missing_is_named(  # two fixtures and four parameters
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    service: str,
    task: str,
    missing: str,
) -> None:
    secrets = {name: name.ljust(40, ".") for name in NEEDED[service, task] if name != missing}
    with pytest.raises(SystemExit) as stopped:
        loaded(monkeypatch, tmp_path, service, task, secrets)
    assert stopped.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert missing.upper() in line.upper()


def test_retention_reads_the_periods_of_its_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = loaded(monkeypatch, tmp_path, "reports", "retention", {"database_migrator": "postgresql://x"})
    assert settings.model_dump()["retention_reporter_days"] == 365


def test_a_secret_in_a_variable_is_not_read_by_another_task(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secrets = {name: name.ljust(40, ".") for name in NEEDED["reports", "relay"]}
    settings = loaded(monkeypatch, tmp_path, "reports", "relay", secrets, REPORTS_PSEUDONYM_KEY="te kort")
    assert getattr(settings, "pseudonym_key", "") is None
