"""Defines the manifest, by which a service describes itself, and finds the manifests of all installed services.

A distribution with a service names its manifest by an entry point of the group `buurtsein.services`:

    [project.entry-points."buurtsein.services"]
    funding = "buurtsein_funding.manifest:MANIFEST"

Databases, rights on topics, the operator's commands, the one-machine stack and the portal are derived from the
manifests; there is no other list of services. A manifest imports only contracts, this module and the schedules of jobs,
so that loading all manifests is fast. Other objects of the service are named as "module:attribute", and imported when
they are needed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.jobs import Job
from buurtsein_contracts.topics import Topic

if TYPE_CHECKING:
    from buurtsein_chassis.facades import Facade
    from buurtsein_chassis.projections import Projection

GROUP = "buurtsein.services"
_NAME = re.compile(r"[a-z][a-z0-9]{1,30}")
"""The form of a service's name, which becomes part of SQL, of environment variables and of Kafka users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of a service; values such as `app:compose` name a module of its package and an attribute of it.

    Args:
        name: lower-case letters and digits; also the name of its database, and the prefix of its settings and users.
        package: the import name, with `migrations/` inside; `python -m <package> run` starts it.
        settings: the class of its settings.
        compose: the function that makes the `Service` from its settings.
        router: its routes.
        facades: the routes of other standards, each a `Facade` as `module:attribute` in the package.
        owns: the topics that only this service writes.
        subscriptions: the topics that each of its consumers reads, by the consumer's name.
        secrets: the settings for which an installation generates a secret once, in addition to those of every service.
        from_installation: the settings that every installation gives it, in addition to those of every service. Names
            in braces are replaced by values of the installation: `{nis}`, `{folder}/{funding_schemes}`.
        on_one_machine: more settings that the one-machine stack gives it. Names in braces may also be those of the
            stack: `{bealert_url}`.
        shared_folders: the settings that name a folder which all pods of these roles share; a cluster that adds the
            component `volumes` gives each a volume.
        calls_out: the roles (`api`, `worker`) whose processes call addresses outside of the installation, apart from
            the issuer of tokens; a cluster lets only these out.
        log_keys: the keys that its log lines may have, in addition to those of every service.
        lifecycles: where the lifecycles that the portal draws are declared, each as `module:attribute` in the package.
        projections: where its projections are declared, each as `module:attribute` in the package.
        jobs: its jobs with their schedules; the function of each job is in `Service`.
        bounds: the function that makes the retention limits of its own tables from its settings; these are only the
            settings that begin with `retention_`.
    """

    name: str
    package: str
    settings: str = "settings:Settings"
    compose: str = "app:compose"
    router: str = "api:router"
    facades: Sequence[str] = ()
    owns: tuple[Topic, ...] = ()
    subscriptions: Mapping[str, tuple[Topic, ...]] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    from_installation: Mapping[str, str] = field(default_factory=dict)
    on_one_machine: Mapping[str, str] = field(default_factory=dict)
    shared_folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calls_out: tuple[str, ...] = ()
    log_keys: frozenset[str] = frozenset()
    lifecycles: Sequence[str] = ()
    projections: Sequence[str] = ()
    jobs: Sequence[Job] = ()
    bounds: str | None = None

    @property
    def reads(self) -> tuple[Topic, ...]:
        """Return the topics that the service reads, each once."""
        return tuple(dict.fromkeys(topic for topics in self.subscriptions.values() for topic in topics))

    def consumers_of(self, topic: Topic) -> tuple[str, ...]:
        """Return the names of the service's consumers that read a topic."""
        return tuple(name for name, topics in self.subscriptions.items() if topic in topics)

    def load(self, place: str) -> Any:
        """Import the object at `module:attribute`, such as `api:router`; raise ImportError, AttributeError."""
        return resolve_name(f"{self.package}.{place}")

    def load_facades(self) -> "list[Facade]":
        """Import the routes of other standards that the service declares; raise ImportError, AttributeError."""
        return [self.load(place) for place in self.facades]

    def load_projections(self) -> "list[Projection[Any]]":
        """Import the projections that the service declares; raise ImportError, AttributeError."""
        return [self.load(place) for place in self.projections]


@cache
def manifests() -> Mapping[str, Manifest]:
    """Return the manifests of the installed services by name, in alphabetical order.

    Raises:
        CommandError: `manifest`, when a manifest cannot be imported, has another name than its entry point, has a name
            that is not allowed, or owns a topic of another service.
    """
    found = {entry.name: _loaded(entry.name, entry.value) for entry in sorted(entry_points(group=GROUP))}
    for wrong in _contradictions(found.values()):
        raise CommandError("manifest", wrong)
    return found


def service_names() -> tuple[str, ...]:
    """Return the names of the installed services, in alphabetical order."""
    return tuple(manifests())


def manifest_of(service: str) -> Manifest:
    """Return the manifest of an installed service; raise CommandError `unknown-service`."""
    if service not in manifests():
        raise CommandError("unknown-service", f"there is no service {service}: choose from {', '.join(manifests())}")
    return manifests()[service]


def topics() -> tuple[Topic, ...]:
    """Return all topics that the installed services own.

    Raises:
        CommandError: `no-services` when no service is installed; `manifest` when one reads a topic that none owns.
    """
    if not manifests():
        raise CommandError("no-services", "no service is installed beside this command, so that no topic is known")
    owned = tuple(topic for manifest in manifests().values() for topic in manifest.owns)
    for manifest in manifests().values():
        for topic in (topic for topic in manifest.reads if topic not in owned):
            raise CommandError("manifest", f"{manifest.name} reads {topic.name}, which no installed service owns")
    return owned


def readers_of(topic: Topic) -> tuple[str, ...]:
    """Return the names of the services that read a topic."""
    return tuple(name for name, manifest in manifests().items() if topic in manifest.reads)


def _loaded(name: str, place: str) -> Manifest:
    try:
        manifest = resolve_name(place)
    except (ImportError, AttributeError, ValueError) as error:
        raise CommandError("manifest", f"the manifest of service {name} cannot be loaded: {error}") from error
    if not isinstance(manifest, Manifest) or manifest.name != name:
        raise CommandError("manifest", f"{place} is not the manifest of a service called {name}")
    return manifest


def _contradictions(found: Iterable[Manifest]) -> Iterator[str]:
    for manifest in found:
        if not _NAME.fullmatch(manifest.name):
            yield f"service {manifest.name!r}: a name is 2 to 31 lower-case letters and digits, a letter first"
        for topic in manifest.owns:
            if topic.owner != manifest.name:
                yield f"service {manifest.name} owns {topic.name}, which names {topic.owner} as its owner"
