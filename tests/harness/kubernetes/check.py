"""Checks the manifests in `deploy/kubernetes` without a server, in two seconds; `make check` runs this module.

The written folders must be those of the manifests, and each overlay must be valid by the schemas of Kubernetes: no
unknown field, no wrong type. The resources of Strimzi, CloudNativePG and Prometheus are not in these schemas;
`make kubernetes-test` checks them.
"""

import sys
from collections.abc import Iterator
from functools import cache

import kubernetes_validate
import kubernetes_validate.utils

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.installation import Installation
from buurtsein_operate.kubernetes import folders
from harness.kubernetes.programs import get_kubectl
from harness.kubernetes.rendered import DEPLOY, FOLDER, OVERLAYS, Object, overlay
from harness.tools import ToolMissing

VERSION = "1.36"
ELSEWHERE = ("kafka.strimzi.io/", "postgresql.cnpg.io/", "monitoring.coreos.com/")
"""The groups of resources that are not part of Kubernetes."""
# Without this cache, the validation library reads a megabyte of definitions again for each object.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)


def stale() -> Iterator[str]:
    """Yield a sentence for each file that differs from the output for the services' manifests and the installation."""
    wanted = folders.files(Installation.read(DEPLOY / "installations" / "aalst"))
    for path in folders.differences(FOLDER, wanted):
        yield f"deploy/kubernetes/{path} is not what the manifests say: run `make kubernetes`"


def invalid(name: str) -> Iterator[str]:
    """Yield a sentence for each object of an overlay that does not follow the schemas of Kubernetes."""
    for one in overlay(name):
        if not one["apiVersion"].startswith(ELSEWHERE):
            yield from (f"{name}: {one['kind']} {one['metadata']['name']}: {wrong}" for wrong in refused(one))


def refused(one: Object) -> Iterator[str]:
    """Yield the reasons why an object does not follow the schemas of Kubernetes."""
    try:
        kubernetes_validate.validate(one, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError:
        yield f"there is no {one['kind']} in {one['apiVersion']}"


def main() -> int:
    """Print the errors in the manifests; return 1 when there are any, 2 when this machine lacks a tool, else 0."""
    try:
        get_kubectl()
        wrong = [*stale(), *(line for name in OVERLAYS for line in invalid(name))]
    except (ToolMissing, CommandError) as sentence:
        print(f"kubernetes: {sentence}", file=sys.stderr)
        return 2
    print("\n".join(f"kubernetes: {line}" for line in wrong or [f"{len(OVERLAYS)} overlays are valid"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
