"""Writes Kubernetes objects to files, in folders for kustomize: `base`, `kafka`, `postgres`, `autoscaling`, `volumes`.

Invariant: the same manifests and the same installation give the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from buurtsein_chassis.manifest import Manifest, manifests
from buurtsein_operate.installation import Installation
from buurtsein_operate.kubernetes import kafka, network, postgres, volumes
from buurtsein_operate.kubernetes.autoscaling import autoscalers
from buurtsein_operate.kubernetes.ingress import ingress
from buurtsein_operate.kubernetes.names import NAMESPACE, Object, service_label, thing
from buurtsein_operate.kubernetes.settings import Settings, cluster_of, refuse_unknown_tables, settings_of
from buurtsein_operate.kubernetes.workloads import workloads

WRITTEN = (
    "# Written by `buurtsein kubernetes write`: change the manifests of the services or the installation instead.\n"
)
KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "namespace": NAMESPACE}
COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
"""The head of a folder that an overlay may add, which then gives it the namespace."""
_FILES = "installation"
"""The folder in `base` with the files of the installation."""
FOLDERS = ("base", "kafka", "postgres", "autoscaling", "volumes")
"""The folders that the command owns: a file in them that it does not write is removed."""

type Files = Mapping[str, bytes]
"""Contents by path relative to the folder that is written to."""


def files(installation: Installation) -> Files:
    """Return the content of every Kubernetes manifest of an installation, by file path.

    Raises:
        CommandError: `installation` or `setting`, when the installation lacks what a manifest or the cluster asks for.
    """
    present = list(manifests().values())
    refuse_unknown_tables(installation, manifests())
    settings = {manifest.name: settings_of(manifest, installation) for manifest in present}
    return {
        **_folder("kafka", _kafka(installation)),
        **_folder("postgres", _postgres(present)),
        **_base(present, installation, settings),
        **_folder(
            "autoscaling", {"autoscalers.yaml": (one for each in present for one in autoscalers(each))}, COMPONENT
        ),
        **_volumes(present),
    }


def _volumes(present: Sequence[Manifest]) -> dict[str, bytes]:
    patches = {f"volumes/{one['metadata']['name']}.yaml": _yaml([one]) for one in volumes.patches(present)}
    paths = [{"path": path.removeprefix("volumes/")} for path in patches]
    return {**_folder("volumes", {"claims.yaml": volumes.claims(present)}, COMPONENT, patches=paths), **patches}


def _kafka(installation: Installation) -> dict[str, Iterable[Object]]:
    return {
        "cluster.yaml": kafka.cluster(),
        "topics.yaml": kafka.kafka_topics(),
        "users.yaml": kafka.users(installation.consumers),
        "network.yaml": network.of_kafka(),
    }


def _postgres(present: Sequence[Manifest]) -> dict[str, Iterable[Object]]:
    return {
        "cluster.yaml": [postgres.cluster(present)],
        "databases.yaml": postgres.databases(present),
        "network.yaml": network.of_postgres(),
    }


def _base(
    present: Sequence[Manifest], installation: Installation, settings: Mapping[str, Settings]
) -> dict[str, bytes]:
    cluster = cluster_of(installation)
    resources: dict[str, Iterable[Object]] = {
        "namespace.yaml": [_namespace()],
        "network.yaml": network.of_services(cluster.issuer, cluster.outside),
        "ingress.yaml": [ingress(present, cluster.host)],
        **{f"{each.name}.yaml": workloads(each, has_files=bool(settings[each.name].files)) for each in present},
    }
    maps = [each for name in settings for each in _config_maps(name, settings[name])]
    named = {path for each in settings.values() for path in each.files}
    return {
        **_folder("base", resources, configMapGenerator=maps),
        **{f"base/{name}.env": _env(each) for name, each in settings.items()},
        **{f"base/{_FILES}/{path.name}": path.read_bytes() for path in named},
    }


def _config_maps(service: str, settings: Settings) -> Iterator[Object]:
    """Yield the entries of kustomize's `configMapGenerator` for the settings and the files of one service."""
    options = {"labels": service_label(service)}
    yield {"name": f"{service}-settings", "envs": [f"{service}.env"], "options": options}
    if settings.files:
        files = sorted(f"{_FILES}/{path.name}" for path in settings.files)
        yield {"name": f"{service}-files", "files": files, "options": options}


def _folder(
    folder: str, resources: Mapping[str, Iterable[Object]], head: Mapping[str, str] = KUSTOMIZATION, **more: object
) -> dict[str, bytes]:
    """Return the files of one folder: each Kubernetes object, and the `kustomization.yaml` that lists them."""
    made = {f"{folder}/{name}": _yaml(objects) for name, objects in resources.items()}
    return {f"{folder}/kustomization.yaml": _yaml([{**head, "resources": list(resources), **more}]), **made}


def _namespace() -> Object:
    guarded = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return thing("Namespace", NAMESPACE, api="v1", labels=guarded)


def _yaml(objects: Iterable[Object]) -> bytes:
    return (WRITTEN + yaml.dump_all(objects, Dumper=_Plain, sort_keys=False, width=120)).encode()


def _env(settings: Settings) -> bytes:
    return (WRITTEN + "".join(f"{name}={value}\n" for name, value in settings.variables.items())).encode()


class _Plain(yaml.SafeDumper):
    """Writes YAML in which a repeated value is written in full, and not as a reference (alias) to the first one."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 # the interface of PyYAML
        return True


def differences(folder: Path, wanted: Files) -> Iterator[str]:
    """Yield the paths of files that are missing, unexpected, or different from the generated content."""
    present = {str(path.relative_to(folder)) for path in _present(folder)}
    for path in sorted(present | set(wanted)):
        if path not in wanted or path not in present or (folder / path).read_bytes() != wanted[path]:
            yield path


def write(folder: Path, wanted: Files) -> None:
    """Write all generated files, and delete every other file in the folders that this command manages."""
    for path in _present(folder):
        if str(path.relative_to(folder)) not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _present(folder: Path) -> list[Path]:
    return [path for part in FOLDERS for path in (folder / part).rglob("*") if path.is_file()]
