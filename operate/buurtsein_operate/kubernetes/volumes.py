"""Makes the volumes that a service's pods share, such as the one for photos, as an optional kustomize component."""

from collections.abc import Iterable, Iterator

from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.kubernetes.names import VOLUMES_FOLDER, Object, service_label, thing

SIZE = "20Gi"
"""What each claim asks for; an overlay may ask for more, and for a storage class that many pods can write to."""
MEMORY_LIMIT = "512Mi"
"""The limit of a container that works with files in the volume, such as photos that it converts."""


def claims(manifests: Iterable[Manifest]) -> Iterator[Object]:
    """Yield a PersistentVolumeClaim for each folder that pods share."""
    for manifest in manifests:
        for setting in manifest.shared_folders:
            spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": SIZE}}}
            labels = service_label(manifest.name)
            yield thing("PersistentVolumeClaim", _name(manifest, setting), spec, api="v1", labels=labels)


def patches(manifests: Iterable[Manifest]) -> Iterator[Object]:
    """Yield a part of a Deployment for each role that uses a shared folder: its volume, mount, setting and memory."""
    for manifest in manifests:
        for setting, roles in manifest.shared_folders.items():
            for role in roles:
                yield _patch(manifest, setting, role)


def _patch(manifest: Manifest, setting: str, role: str) -> Object:
    name, path = _name(manifest, setting), f"{VOLUMES_FOLDER}/{setting}"
    container = {
        "name": manifest.name,
        "env": [{"name": f"{manifest.name}_{setting}".upper(), "value": path}],
        "resources": {"limits": {"memory": MEMORY_LIMIT}},
        "volumeMounts": [{"name": name, "mountPath": path}],
    }
    volume = {"name": name, "persistentVolumeClaim": {"claimName": name}}
    template = {"spec": {"containers": [container], "volumes": [volume]}}
    return thing("Deployment", f"{manifest.name}-{role}", {"template": template}, api="apps/v1")


def _name(manifest: Manifest, setting: str) -> str:
    return f"{manifest.name}-{setting}".replace("_", "-")
