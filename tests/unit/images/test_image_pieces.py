"""Tests the list of images, the health check in a container, and the settings for compose."""

import os
import re
import shutil
import stat
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_stack.images import alive, machine
from buurtsein_stack.images.compose import FILE, prepare, settings
from buurtsein_stack.images.pieces import chosen, pieces


def test_each_service_and_the_operators_command_have_an_image() -> None:
    assert {*service_names(), "operate"} <= set(pieces())
    for name in (*service_names(), "operate"):
        assert [lock.name for lock in pieces()[name].locks] == [f"requirements-{name}.lock"]


def test_a_service_has_no_package_of_another_service() -> None:
    others = {f"buurtsein-{name}" for name in service_names()} - {"buurtsein-reports"}
    assert others.isdisjoint(pieces()["reports"].packages)


def test_an_unknown_image_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="no image reprots; there are"):
        chosen(["reprots"])


def test_a_program_that_cannot_be_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CommandError, match="mmdebstrap is not on this machine: install mmdebstrap"):
        machine.need("mmdebstrap")


@pytest.mark.external
@pytest.mark.parametrize(("status", "expected"), [(200, True), (503, False)])
def test_a_container_is_alive_when_its_service_makes_progress(
    status: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/live" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setenv("REPORTS_PORT", str(server.server_port))
        assert alive.alive() is expected


@pytest.mark.external
def test_a_container_without_a_listener_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTS_PORT", "1")
    assert not alive.alive()


def test_compose_gets_settings_for_its_own_network_and_no_path_of_this_machine(tmp_path: Path) -> None:
    home = prepare(tmp_path / "compose")
    for service in service_names():
        told = settings(home, service)
        assert told[f"{service.upper()}_HOST"] == "0.0.0.0"  # noqa: S104 - inside the container
        assert told[f"{service.upper()}_PROFILE"] == "local"
        assert [text for text in told.values() if str(tmp_path) in text or str(machine.ROOT) in text] == []


def test_only_their_owner_reaches_the_secrets_for_compose_and_each_service_gets_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "compose"
    prepare(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for service in service_names():
        assert {file.name.split("_")[0] for file in (folder / service).iterdir()} == {service}


def test_secrets_for_compose_stay_the_same_when_they_are_made_again(tmp_path: Path) -> None:
    first, second = (_contents(prepare(tmp_path / "compose").path.parent) for _ in range(2))
    assert first == second


def _contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_compose_starts_each_service_after_its_migration_and_publishes_on_this_machine_only() -> None:
    services = yaml.safe_load(FILE.read_text())["services"]
    for name in service_names():
        assert f"{name}-migrate" in services[name]["depends_on"]
        assert f"{name}-database" in services[f"{name}-migrate"]["depends_on"]
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_container_of_ours_in_compose_may_do_as_little_as_possible() -> None:
    services = yaml.safe_load(FILE.read_text())["services"]
    ours = [service for service in services.values() if re.match(r"buurtsein-", service["image"])]
    assert len(ours) == 3 + 3 * len(service_names())
    for service in ours:
        assert service["read_only"] is True
        assert service["user"] == "10001:10001"
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges"]
