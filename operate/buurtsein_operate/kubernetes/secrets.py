"""Lists the secrets that each component gets as files, and generates an installation's first secrets."""

import secrets
from collections.abc import Collection, Iterable, Iterator

from pydantic.fields import FieldInfo

from buurtsein_chassis.manifest import Manifest
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.tasks import Task, reads
from buurtsein_operate.databases import ROLES
from buurtsein_operate.kubernetes.names import (
    API,
    KAFKA,
    MIGRATE,
    POSTGRES,
    POSTGRES_PORT,
    RELAY,
    RETENTION,
    SECRETS_FOLDER,
    WORKER,
    Object,
    thing,
)

PSEUDONYM_KEY = "pseudonym-key"
TASKS = {
    API: (Task.API,),
    RELAY: (Task.RELAY,),
    WORKER: (Task.WORKER, Task.CONSUMERS),
    MIGRATE: (Task.MIGRATE,),
    RETENTION: (Task.RETENTION,),
}
"""What each component does with the settings; it follows which of them it reads."""


def projected(manifest: Manifest, component: str) -> list[Object]:
    """Return the `sources` of a Kubernetes projected volume, in which each secret of a workload is a file."""
    read = [name for name, field in _secret_fields(manifest).items() if reads(field, TASKS[component])]
    common = [name for name in read if name in ServiceSettings.model_fields]
    sources = [_file(*_place(manifest, name), f"{manifest.name}_{name}") for name in common]
    if any(name.startswith("database_") for name in common):
        sources.append(_file(f"{POSTGRES}-ca", "ca.crt", "postgres-ca.crt"))
    if any(name.startswith("kafka_") for name in common):
        sources.append(_file(f"{KAFKA}-cluster-ca-cert", "ca.crt", "kafka-ca.crt"))
    return sources + _own_sources(manifest, component, set(read) - set(common))


def _own_sources(manifest: Manifest, component: str, read: set[str]) -> list[Object]:
    """Return the sources of the service's own Secret: the whole Secret, or only the files that a component reads.

    A worker always gets the whole Secret, because an adapter of another team can have secrets that no setting names.
    """
    all_of_it = _secret_fields(manifest).keys() - ServiceSettings.model_fields.keys()
    if read and (component == WORKER or read == all_of_it):
        return [{"secret": {"name": own(manifest), "optional": not manifest.secrets}}]
    files = [(f"{manifest.name}_{name}", name not in manifest.secrets) for name in sorted(read)]
    return [
        {"secret": {"name": own(manifest), "optional": optional, "items": [{"key": file, "path": file}]}}
        for file, optional in files
    ]


def secret_fields(manifest: Manifest) -> Collection[str]:
    """Return the names of a service's settings that are secret."""
    return _secret_fields(manifest).keys()


def _secret_fields(manifest: Manifest) -> dict[str, FieldInfo]:
    fields = manifest.load(manifest.settings).model_fields
    return {name: field for name, field in fields.items() if "SecretStr" in str(field.annotation)}


def own(manifest: Manifest) -> str:
    """Return the name of the Kubernetes Secret for one service only, whose keys are file names."""
    return f"{manifest.name}-secrets"


def database_secret(service: str, role: str) -> str:
    """Return the name of the Secret with the password and address of a database role."""
    return f"{service}-database-{role}"


def _place(manifest: Manifest, field: str) -> tuple[str, str]:
    """Return the name of the Secret that contains a setting's value, and the value's key in the Secret."""
    kind, _, rest = field.partition("_")
    if kind == "database":
        return database_secret(manifest.name, rest), "uri"
    if kind == "kafka":
        return f"{manifest.name}-{rest.removesuffix('_password')}", "password"
    return PSEUDONYM_KEY, field


def _file(secret: str, key: str, path: str) -> Object:
    return {"secret": {"name": secret, "items": [{"key": key, "path": path}]}}


def generated(manifests: Iterable[Manifest]) -> Iterator[Object]:
    """Yield new Secrets: random database passwords, and the keys that only one service uses."""
    for manifest in manifests:
        yield from (_database(manifest.name, role) for role in ROLES)
        if manifest.secrets:
            keys = {f"{manifest.name}_{name}": random_key() for name in manifest.secrets}
            yield _secret(own(manifest), keys)


def pseudonym_key() -> Object:
    """Return a new Secret with the key from which all pseudonyms are made; an installation never changes this key."""
    return _secret(PSEUDONYM_KEY, {"pseudonym_key": random_key()})


def random_key() -> str:
    """Return 43 random characters that need no quoting in an address."""
    return secrets.token_urlsafe(32)


def _database(service: str, role: str) -> Object:
    user, password = f"{service}_{role}", random_key()
    host = f"{POSTGRES}-rw:{POSTGRES_PORT}"
    checks = f"sslmode=verify-full&sslrootcert={SECRETS_FOLDER}/postgres-ca.crt"
    uri = f"postgresql://{user}:{password}@{host}/{service}?{checks}"
    values = {"username": user, "password": password, "uri": uri}
    return _secret(database_secret(service, role), values, kind="kubernetes.io/basic-auth")


def _secret(name: str, values: dict[str, str], *, kind: str = "Opaque") -> Object:
    # CloudNativePG sets a changed password at once in a Secret with this label.
    labels = {"cnpg.io/reload": "true"} if kind != "Opaque" else {}
    metadata = {"labels": labels} if labels else {}
    return thing("Secret", name, api="v1", **metadata) | {"type": kind, "stringData": values}
