"""Makes the Ingress: each service has its own host name, because the URL paths of services overlap."""

from collections.abc import Iterable

from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.kubernetes.names import Object, thing

PATHS = (("/v1", "Prefix"), ("/openapi.json", "Exact"))
"""The paths that are open to the outside; /health and /metrics are for the cluster alone."""


def ingress(manifests: Iterable[Manifest], host: str) -> Object:
    """Return an Ingress for `<service>.<host>` of each service, with the certificate in the Secret `buurtsein-tls`."""
    rules = [_rule(manifest.name, f"{manifest.name}.{host}") for manifest in manifests]
    tls = {"hosts": [rule["host"] for rule in rules], "secretName": "buurtsein-tls"}
    return thing("Ingress", "buurtsein", {"tls": [tls], "rules": rules}, api="networking.k8s.io/v1")


def _rule(service: str, host: str) -> Object:
    backend = {"service": {"name": service, "port": {"name": "http"}}}
    paths = [{"path": path, "pathType": kind, "backend": backend} for path, kind in PATHS]
    return {"host": host, "http": {"paths": paths}}
