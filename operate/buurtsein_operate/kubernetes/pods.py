"""Makes the pods: one container with probes, secrets, files and limits, under PodSecurity level `restricted`."""

from collections.abc import Sequence

from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.kubernetes.names import (
    CALLS_OUT,
    FILES_FOLDER,
    HTTP_PORT,
    METRICS_PORT,
    MIGRATE,
    OURS,
    RELAY,
    RETENTION,
    SECRETS_FOLDER,
    Object,
    labels,
    roles,
)
from buurtsein_operate.kubernetes.secrets import projected

USER = 10001
DRAIN_SECONDS = 10
"""How long a stopping pod still answers; the cluster needs less time to take the pod out of its Services."""
GRACEFUL_SECONDS = 15
STOP_SECONDS = DRAIN_SECONDS + GRACEFUL_SECONDS + 5
RESOURCES = {
    "api": {"cpu": "250m", "memory": "160Mi"},
    "relay": {"cpu": "50m", "memory": "128Mi"},
    "worker": {"cpu": "100m", "memory": "160Mi"},
    MIGRATE: {"cpu": "50m", "memory": "128Mi"},
    RETENTION: {"cpu": "50m", "memory": "128Mi"},
}
"""What each component asks for. docs/kubernetes.md tells from which measurements."""
MEMORY_LIMIT = "320Mi"
"""The limit of each container. There is no limit of CPU, which would only make requests wait."""
ONLY_POOL = {RELAY: "2"}
"""The size of the database pool where the default is more than the role uses."""


def pod(manifest: Manifest, component: str, arguments: Sequence[str], *, has_files: bool) -> Object:
    """Return the pod template of one component, in which the service's program runs with these arguments."""
    is_role = component in roles(manifest)
    out = CALLS_OUT if component in manifest.calls_out else {}
    spec: Object = {
        "serviceAccountName": manifest.name,
        "automountServiceAccountToken": False,
        # Kubernetes would set REGISTRY_PORT for a Service called `registry`, and REGISTRY_PORT is a setting of ours.
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(manifest, component, arguments, has_files=has_files)],
        "volumes": [
            {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": projected(manifest, component)}},
            *[{"name": "files", "configMap": {"name": f"{manifest.name}-files"}}] * has_files,
        ],
    }
    if is_role:
        spec |= {
            "terminationGracePeriodSeconds": STOP_SECONDS,
            "topologySpreadConstraints": _spread(manifest, component),
        }
    else:
        spec |= {"restartPolicy": "OnFailure"}
    return {"metadata": {"labels": {**labels(manifest, component), **OURS, **out}}, "spec": spec}


def _container(manifest: Manifest, component: str, arguments: Sequence[str], *, has_files: bool) -> Object:
    container: Object = {
        "name": manifest.name,
        "image": f"buurtsein-{manifest.name}",
        "args": list(arguments),
        "envFrom": [{"configMapRef": {"name": f"{manifest.name}-settings"}}],
        "env": _environment(manifest, component),
        "resources": {"requests": RESOURCES[component], "limits": {"memory": MEMORY_LIMIT}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "secrets", "mountPath": SECRETS_FOLDER, "readOnly": True},
            *[{"name": "files", "mountPath": FILES_FOLDER, "readOnly": True}] * has_files,
        ],
    }
    return container | (_served() if component in roles(manifest) else {})


def _environment(manifest: Manifest, component: str) -> list[Object]:
    wanted = {"BUURTSEIN_SECRETS_DIR": SECRETS_FOLDER}
    if component in ONLY_POOL:
        wanted[f"{manifest.name.upper()}_DATABASE_POOL_SIZE"] = ONLY_POOL[component]
    return [{"name": name, "value": value} for name, value in wanted.items()]


def _served() -> Object:
    """Return the ports and health probes of a container that runs permanently."""
    return {
        "ports": [
            {"name": "http", "containerPort": HTTP_PORT},
            {"name": "metrics", "containerPort": METRICS_PORT},
        ],
        # A process that waits for its database at the start does not listen yet, so it gets an hour. After the start,
        # the route /health/live answers also while database and broker are away.
        "startupProbe": _probe("live", period=2, failures=1800),
        "readinessProbe": _probe("ready", period=3, failures=2),
        "livenessProbe": _probe("live", period=10, failures=3),
    }


def _probe(path: str, *, period: int, failures: int) -> Object:
    return {
        "httpGet": {"path": f"/health/{path}", "port": "http"},
        "periodSeconds": period,
        "timeoutSeconds": 3,
        "failureThreshold": failures,
    }


def _spread(manifest: Manifest, component: str) -> list[Object]:
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels(manifest, component)},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
