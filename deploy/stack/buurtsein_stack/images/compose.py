"""Starts and stops `deploy/compose` with podman: `python -m buurtsein_stack.images.compose up | down`.

It makes the settings and secrets that the containers read, as files.

Invariant: only the current user of this machine can enter the folder, but every user inside the containers can read the
files. A secret that already exists is kept.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_operate.databases import ROLES
from buurtsein_stack import programs
from buurtsein_stack.containers import KAFKA_START
from buurtsein_stack.home import Home
from buurtsein_stack.images.build import LAYOUT
from buurtsein_stack.images.engine import environment, load, podman
from buurtsein_stack.images.machine import ROOT, need, run
from buurtsein_stack.images.pieces import pieces
from buurtsein_stack.images.stand_ins import stand_ins
from buurtsein_stack.installation import Installation
from buurtsein_stack.issuer import signing_key
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.servers import principals

FILE = ROOT / "deploy" / "compose" / "compose.yaml"
ISSUER = "http://issuer:8080"
INSIDE, INSTALLATION = "/run/secrets/buurtsein", "/etc/buurtsein"
LISTENERS = {
    "listeners": "CLIENT://0.0.0.0:9092,OUTSIDE://0.0.0.0:9094,CONTROLLER://127.0.0.1:9093",
    "controller.quorum.voters": "1@127.0.0.1:9093",
    "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,OUTSIDE:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
}


def folder() -> Path:
    """Return the folder for compose files: the one that BUURTSEIN_COMPOSE names, or `.local/compose`."""
    return Path(os.environ.get("BUURTSEIN_COMPOSE") or ROOT / ".local" / "compose").resolve()


def prepare(to: Path) -> Home:
    """Write settings and secrets of all containers into the folder `to`; return the home folder with the secrets."""
    home = Home(to / "home")
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    to.chmod(0o700)
    home.make()
    for service in service_names():
        _give(to / f"{service}.env", "".join(f"{key}={value}\n" for key, value in settings(home, service).items()))
        _give_all(to / service, _secrets(home, service))
    databases = {name: text for service in service_names() for name, text in _databases(home, service)}
    users = {f"kafka_{name}": who.password for name, who in principals(home).items()}
    _give_all(to / "operate", databases | users | {"database_admin": dsn(home, "postgres", "postgres", "postgres")})
    _give_all(to / "postgres", {"password": home.secret("postgres")})
    _give_all(to / "kafka", _kafka(home))
    signing_key(home)
    key = home.secrets / "issuer" / "signing-key.json"
    _give_all(to / "issuer", {key.name: key.read_text()})
    return home


def settings(home: Home, service: str) -> dict[str, str]:
    """Return a service's settings in its container, with the addresses of the other containers."""
    there = {
        "host": "0.0.0.0",  # noqa: S104 - in a container; compose publishes it on 127.0.0.1
        "kafka_bootstrap": "kafka:9092",
        "oidc_issuer": ISSUER,
    }
    own = programs.environment(home, service, 8080) | {f"{service}_{key}".upper(): text for key, text in there.items()}
    places = {
        str(Installation.load().folder): INSTALLATION,
        programs.url(home, "bealert"): "http://bealert:8080",
        str(home.photos): "/tmp/photos",  # noqa: S108 - in the container
        str(home.alerts): "/tmp",  # noqa: S108 - in the container, which writes there with the adapter `file` only
    }
    for here, inside in places.items():
        own = {key: text.replace(here, inside) for key, text in own.items()}
    return own | {"BUURTSEIN_SECRETS_DIR": INSIDE}


def dsn(home: Home, user: str, database: str, secret: str) -> str:
    """Return the DSN of a database in compose for one user, with the password from the named secret."""
    return f"postgresql://{user}:{home.secret(secret)}@postgres:5432/{database}"


def _databases(home: Home, service: str) -> Iterator[tuple[str, str]]:
    for role in ROLES:
        name = f"{service}_{role}"
        yield f"{service}_database_{role}", dsn(home, name, service, name)


def _secrets(home: Home, service: str) -> dict[str, str]:
    users = principals(home)
    kafka = {f"kafka_{part}_password": users[f"{service}-{part}"].password for part in ("relay", "worker")}
    own = {name: home.secret(name) for name in (*programs.OF_EVERY_SERVICE, *manifest_of(service).secrets)}
    return dict(_databases(home, service)) | {f"{service}_{name}": text for name, text in (kafka | own).items()}


def _kafka(home: Home) -> dict[str, str]:
    told = Kafka(home).settings(Path("/var/lib/kafka/data"))
    outside = {key.replace(".client.", ".outside."): text for key, text in told.items() if ".client." in key}
    port = os.environ.get("PORT_KAFKA", "9094")
    addresses = {"advertised.listeners": f"CLIENT://kafka:9092,OUTSIDE://127.0.0.1:{port}"}
    lines = (f"{key}={text}\n" for key, text in (told | outside | LISTENERS | addresses).items())
    start = KAFKA_START.replace("/brief", "/run/secrets/kafka")
    return {"server.properties": "".join(lines), "start.sh": start, "admin": home.secret("kafka_admin")}


def _give_all(to: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    to.chmod(0o755)
    for name, text in files.items():
        _give(to / name, text)


def _give(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o444 if path.suffix != ".env" else 0o644)


def up(to: Path, images: Mapping[str, str]) -> None:
    """Write settings and secrets, load our images into podman, and start the containers of the compose project.

    Args:
        to: the folder for settings and secrets.
        images: the names of server images by their variables in compose.yaml; by default the official ones.

    Raises:
        CommandError: podman lacks or refuses something.
    """
    prepare(to)
    for piece in pieces().values():
        load(LAYOUT, piece.image, piece.version)
    compose(to, images, "up", "--detach", *(["--no-deps"] if _old_podman() else []))


def _old_podman() -> bool:
    """Return whether podman is older than 4.6, which cannot wait for healthy or finished containers.

    With such a podman all containers start at once; those that start too early fail and are started again.
    """
    major, minor = podman("version", "--format={{.Client.Version}}").split(".")[:2]
    return (int(major), int(minor)) < (4, 6)


def down(to: Path, images: Mapping[str, str]) -> None:
    """Stop the compose project's containers and delete them with their data; settings and secrets stay."""
    compose(to, images, "down", "--volumes")


def compose(to: Path, images: Mapping[str, str], *arguments: str) -> None:
    """Run podman-compose with these arguments on the project; raise CommandError `image` when it fails."""
    need("podman")
    program = Path(sys.executable).with_name("podman-compose")
    named = ["--file", str(FILE), "--project-name", os.environ.get("COMPOSE_PROJECT_NAME", "buurtsein")]
    ours = {"BUURTSEIN_COMPOSE": str(to), "BUURTSEIN_VERSION": pieces()["operate"].version}
    run(program, *named, *arguments, env={**environment(), **ours, **images})


def main(arguments: list[str]) -> int:
    """Start or stop the compose project; when this machine cannot, print one sentence and return 2."""
    parser = argparse.ArgumentParser(prog="compose", description=__doc__)
    parser.add_argument("verb", choices=["up", "down"])
    parser.add_argument("--stand-ins", action="store_true", help="make images for PostgreSQL and Kafka here")
    told = parser.parse_args(arguments)
    try:
        with machine_errors():
            images = {f"{name.upper()}_IMAGE": image for name, image in stand_ins().items()} if told.stand_ins else {}
            {"up": up, "down": down}[told.verb](folder(), images)
    except CommandError as error:
        sys.stderr.write(f"compose: {error.sentence}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
