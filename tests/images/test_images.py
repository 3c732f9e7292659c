"""Each image runs with minimal rights, and its containers process a complete story (`make images-test`)."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_stack.images.build import LAYOUT, build
from buurtsein_stack.images.engine import podman
from buurtsein_stack.images.machine import ROOT, WORK
from buurtsein_stack.images.pieces import pieces
from buurtsein_stack.installation import Installation
from buurtsein_stack.stack import memory_of
from harness.contained import ContainedStack, tell_story

pytestmark = [pytest.mark.external, pytest.mark.thorough, pytest.mark.timeout(900)]

MB = 1_000_000
LARGEST_MB = 200
PROBE = """
import json, os, stat
writable, programs, privileged = [], [], []
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys")):
        folders.clear()
        continue
    if os.access(folder, os.W_OK):
        writable.append(folder)
    for name in files:
        path = os.path.join(folder, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
            privileged.append(path)
        if stat.S_ISREG(mode) and os.access(path, os.W_OK):
            writable.append(path)
    if folder.endswith("bin"):
        programs += files
print(json.dumps({"writable": writable, "programs": programs, "privileged": privileged}))
"""


@pytest.fixture(scope="module")
def contained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContainedStack]:
    """Start PostgreSQL and Kafka as processes, and the services in containers after a migration in containers."""
    stack = ContainedStack(tmp_path_factory.mktemp("contained"))
    try:
        stack.up()
        yield stack
    finally:
        stack.reset()


def status(stack: ContainedStack, service: str) -> dict[str, str]:
    """Return the fields of `/proc/<pid>/status` for a service's process, including its capabilities."""
    lines = Path(f"/proc/{stack.processes()[service].pid}/status").read_text().splitlines()
    return {key: value.split()[0] for key, _, value in (line.partition(":") for line in lines) if value.split()}


def test_a_network_is_recognised_and_an_alert_reaches_bealert(contained: ContainedStack, tmp_path: Path) -> None:
    tell_story(json.loads(contained.home.manifest.read_text()), tmp_path)


@pytest.mark.parametrize("service", service_names())
def test_a_container_has_no_right_that_it_does_not_need(contained: ContainedStack, service: str) -> None:
    found = status(contained, service)
    assert {key: found[key] for key in ("Uid", "Gid", "NoNewPrivs", "Seccomp")} == {
        "Uid": "10001",
        "Gid": "10001",
        "NoNewPrivs": "1",
        "Seccomp": "2",
    }
    assert {int(found[key], 16) for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}


@pytest.mark.parametrize("service", service_names())
def test_a_container_has_no_shell_and_writes_nowhere(contained: ContainedStack, service: str) -> None:
    found = json.loads(podman("exec", contained.container(service), "python3.13", "-I", "-c", PROBE))
    assert found["programs"] == ["python3.13"]
    assert found["privileged"] == []
    photos = {"/photos", "/photos/store"} if manifest_of(service).shared_folders else set()
    assert set(found["writable"]) <= {"/dev/shm", "/dev/mqueue"} | photos  # noqa: S108 - every engine gives these


@pytest.mark.parametrize("service", service_names())
def test_a_health_check_of_a_container_asks_for_progress(contained: ContainedStack, service: str) -> None:
    check = ("python3.13", "-I", "-S", "/opt/buurtsein/alive.py")
    assert podman("exec", contained.container(service), *check) == ""


def test_the_operators_command_works_from_its_image(contained: ContainedStack) -> None:
    for name, who in contained.servers.principals.items():
        contained.home.keep(f"kafka_{name}", who.password, "operate")
    env = {
        "BUURTSEIN_KAFKA_BOOTSTRAP": contained.servers.bootstrap,
        "BUURTSEIN_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    }
    file = Installation.load().folder / "consumers.toml"
    told = ("topics", "apply", "--replication=1", f"--consumers={file}", "--dry-run")
    assert contained.run("operate", *told, env=env) == ""


def test_images_are_small_and_their_figures_are_kept(contained: ContainedStack) -> None:
    built: list[dict[str, Any]] = json.loads(LAYOUT.with_name("images.json").read_text())
    figures = {
        one["ref"].removeprefix("buurtsein-"): {"MB": one["size"] // MB, "compressed MB": one["compressed"] // MB}
        for one in built
    }
    for service in service_names():
        memory = memory_of(psutil.Process(contained.processes()[service].pid)) // MB
        figures[service] |= {"ready after s": round(contained.started[service], 1), "memory MB": memory}
    (ROOT / ".local" / "images-test.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))
    assert [name for name, one in figures.items() if name != "laptop" and one["MB"] > LARGEST_MB] == []


def test_the_same_sources_give_the_same_digest() -> None:
    funding = pieces()["funding"]
    [first] = build([funding])
    for folder in (*WORK.glob("base-*"), *WORK.glob("site-funding")):
        shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
    [second] = build([funding])
    assert second == first
