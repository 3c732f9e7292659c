"""Makes CloudNativePG's resources: a cluster with the database roles of all services, and a database for each."""

from collections.abc import Collection, Iterator

from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.databases import REVOKE_LARGE_OBJECTS, ROLES, names_of
from buurtsein_operate.kubernetes.autoscaling import MOST_API, most_workers
from buurtsein_operate.kubernetes.names import POSTGRES, Object, thing
from buurtsein_operate.kubernetes.secrets import database_secret

VERSION = "postgresql.cnpg.io/v1"
POOL = 8
"""The connections of a process with role `api` or `worker` (`database_pool_size`)."""
RELAY_CONNECTIONS = 2 * 3
"""The connections of two relays: each has a pool of two and a connection that holds the lock."""
RESERVE = 20
"""For migrations, retention, the operator's commands, and the server's own."""


def cluster(manifests: Collection[Manifest]) -> Object:
    """Return a CloudNativePG cluster with one instance, to which a kustomize overlay adds standbys."""
    spec = {
        "instances": 1,
        "storage": {"size": "20Gi"},
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
        "postgresql": {
            "parameters": {"max_connections": str(most_connections(manifests)), "shared_buffers": "256MB"},
            "pg_hba": list(_doors(manifests)),
        },
        "bootstrap": {"initdb": {"postInitTemplateSQL": [f"{REVOKE_LARGE_OBJECTS};"]}},
        "managed": {"roles": [_role(manifest.name, role) for manifest in manifests for role in ROLES]},
    }
    return thing("Cluster", POSTGRES, spec, api=VERSION)


def databases(manifests: Collection[Manifest]) -> Iterator[Object]:
    """Yield the CloudNativePG database of each service; the service's migrator role owns it."""
    for manifest in manifests:
        spec = {"name": manifest.name, "owner": f"{manifest.name}_migrator", "cluster": {"name": POSTGRES}}
        yield thing("Database", manifest.name, spec, api=VERSION)


def most_connections(manifests: Collection[Manifest]) -> int:
    """Return the most connections that all processes open: every autoscaler at its maximum, during a rolling update."""
    processes = sum(MOST_API + 1 + (most_workers(manifest) + 1) for manifest in manifests)
    return POOL * processes + RELAY_CONNECTIONS * len(manifests) + RESERVE


def _doors(manifests: Collection[Manifest]) -> Iterator[str]:
    """Yield the lines of pg_hba.conf: each role can connect only to its service's database, and only with TLS."""
    for manifest in manifests:
        names = names_of(manifest.name)
        yield f"hostssl {names.database} {','.join(names.roles)} all scram-sha-256"
    yield "host all all all reject"


def _role(service: str, role: str) -> Object:
    secret = {"name": database_secret(service, role)}
    return {"name": f"{service}_{role}", "ensure": "present", "login": True, "passwordSecret": secret}
