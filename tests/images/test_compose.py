"""The whole system of `deploy/compose` starts from its images and processes a complete story (`make compose-test`)."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_operate.cluster import Cluster
from buurtsein_stack.home import Home, free_port
from buurtsein_stack.images.compose import ISSUER, down, up
from buurtsein_stack.images.engine import environment, podman
from buurtsein_stack.images.with_podman import server_images
from buurtsein_stack.issuer import tokens
from buurtsein_stack.processes import healthy, wait_for
from harness.contained import tell_story

pytestmark = [pytest.mark.external, pytest.mark.thorough, pytest.mark.timeout(900)]

PROJECT = "buurtsein-test"
CHECKED = ("postgres", "kafka", "issuer", "bealert", *service_names())
SECONDS = 300


@dataclass(frozen=True)
class Composed:
    """The compose project that podman-compose runs: its secrets, and the published port of each compose service."""

    home: Home
    ports: dict[str, int]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    folder = tmp_path_factory.mktemp("compose")
    ports = {name: free_port() for name in ("kafka", "bealert", *service_names())}
    images = {name.removeprefix("BUURTSEIN_"): image for name, image in server_images().items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPOSE_PROJECT_NAME", PROJECT)
        for name, port in ports.items():
            patch.setenv(f"PORT_{name.upper()}", str(port))
        try:
            up(folder, images)
            for name in service_names():
                wait_for(name, partial(healthy, ports[name]), SECONDS)
            yield Composed(Home(folder / "home"), ports)
        except CommandError:
            for name in ports:
                on_podman("logs", "--tail", "20", container(name))
            raise
        finally:
            down(folder, images)


def container(name: str) -> str:
    return f"{PROJECT}_{name}_1"


def test_a_network_is_recognised_and_an_alert_reaches_bealert(composed: Composed, tmp_path: Path) -> None:
    services = {name: {"url": composed.url(name)} for name in service_names()}
    people = tokens(composed.home, ISSUER)
    tell_story({"services": services, "tokens": people, "bealert": {"url": composed.url("bealert")}}, tmp_path)
    assert httpx.get(f"{composed.url('bealert')}/alerts").json()


def on_podman(*arguments: str) -> bool:
    """Run a podman command, whose output pytest shows when the test fails; return whether it succeeded."""
    return subprocess.run(["podman", *arguments], env=os.environ | environment(), check=False).returncode == 0


def passes(name: str) -> bool:
    return on_podman("healthcheck", "run", container(name))


@pytest.mark.usefixtures("composed")
@pytest.mark.parametrize("name", CHECKED)
def test_each_container_passes_its_health_check(name: str) -> None:
    wait_for(name, lambda: passes(name))


def test_every_published_port_is_on_this_machine_only(composed: Composed) -> None:
    published = [line for name in composed.ports for line in podman("port", container(name)).splitlines()]
    assert len(published) == len(composed.ports)
    assert [line for line in published if "-> 127.0.0.1:" not in line] == []


def test_a_back_office_on_the_laptop_reaches_kafka(composed: Composed) -> None:
    password = composed.home.secret("kafka_police-backoffice")
    assert Cluster(f"127.0.0.1:{composed.ports['kafka']}", "SASL_PLAINTEXT", "police-backoffice", password).answers()


@pytest.mark.usefixtures("composed")
@pytest.mark.parametrize("name", ["reports", "funding", "bealert"])
def test_a_container_that_is_started_again_can_write_its_files(name: str) -> None:
    podman("restart", container(name))
    wait_for(name, lambda: passes(name))
