"""Defines the names and labels that are used in several Kubernetes objects."""

from typing import Any

from buurtsein_chassis.manifest import Manifest

type Object = dict[str, Any]
"""A Kubernetes object, or a part of one, as its YAML says it."""

NAMESPACE = "buurtsein"
POSTGRES = "buurtsein-postgres"
"""The name of the CloudNativePG cluster; its Service for writing is this name and `-rw`."""
KAFKA = "buurtsein"
"""The name of the Strimzi cluster."""
ADMIN = "admin"
"""The Kafka user that the operator's commands use."""

HTTP_PORT = 8080
METRICS_PORT = 9000
POSTGRES_PORT = 5432
KAFKA_PORT = 9093

SECRETS_FOLDER = "/run/secrets/buurtsein"
FILES_FOLDER = "/etc/buurtsein"
"""Where the files of the installation are mounted, such as the municipality's territory."""
VOLUMES_FOLDER = "/var/lib/buurtsein"
"""Where volumes that pods share are mounted."""

API, RELAY, WORKER, MIGRATE, RETENTION = "api", "relay", "worker", "migrate", "retention"
OPERATE = "operate"
"""The component of a pod that an operator starts for the command `buurtsein`."""

OURS = {"app.kubernetes.io/part-of": "buurtsein"}
"""The label of every pod of a service, and of no pod of Kafka or PostgreSQL."""
_CALLS_OUT = "buurtsein/calls-out"
CALLS_OUT = {_CALLS_OUT: "true"}
"""The label of the pods that may call addresses outside of the cluster."""


def service_label(service: str) -> dict[str, str]:
    """Return the label that every Kubernetes object of one service has."""
    return {"app.kubernetes.io/name": service}


def component_label(component: str) -> dict[str, str]:
    """Return the label that the pods of one component (API, relay, worker) have in every service."""
    return {"app.kubernetes.io/component": component}


def labels(manifest: Manifest, component: str) -> dict[str, str]:
    """Return the labels that select the pods of one component of one service."""
    return {**service_label(manifest.name), **component_label(component)}


def roles(manifest: Manifest) -> list[str]:
    """Return the roles (API, relay, worker) for which a service has work; each role becomes a Deployment."""
    works = {API: True, RELAY: bool(manifest.owns), WORKER: bool(manifest.subscriptions or manifest.jobs)}
    return [role for role, has_work in works.items() if has_work]


def thing(kind: str, name: str, spec: Object | None = None, *, api: str, **metadata: Any) -> Object:
    """Return a Kubernetes object with a kind, a name and an API version; without `spec` when that is None."""
    made: Object = {"apiVersion": api, "kind": kind, "metadata": {"name": name, **metadata}}
    return made | ({"spec": spec} if spec is not None else {})
