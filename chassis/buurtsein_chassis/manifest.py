"""What a service says of itself, and the services that are installed beside this package.

A distribution with a service names its manifest by an entry point of the group `buurtsein.services`:

    [project.entry-points."buurtsein.services"]
    funding = "buurtsein_funding.manifest:MANIFEST"

A manifest imports contracts and this module only, so that reading the manifests of all services is quick. What needs
more (settings, routes, composition) is named as "module:attribute" and imported by whoever needs it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from buurtsein_chassis.command_errors import CommandError

if TYPE_CHECKING:
    from buurtsein_chassis.projections import Projection

GROUP = "buurtsein.services"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A service's description of itself.

    Args:
        name: in lower case; also the name of its database, and the prefix of its settings and Kafka users.
        package: the import name, with `migrations/` inside; `python -m <package> run` starts it.
        projections: where its projections are declared, each as `module:attribute` in the package.
    """

    name: str
    package: str
    projections: Sequence[str] = ()

    def load(self, place: str) -> Any:
        """The object at `module:attribute` in the package, for example `api:router`; ImportError, AttributeError."""
        return resolve_name(f"{self.package}.{place}")

    def load_projections(self) -> "list[Projection[Any]]":
        """The projections that the service declares; ImportError, AttributeError."""
        return [self.load(place) for place in self.projections]


def service_names() -> tuple[str, ...]:
    """The names of the installed services, in alphabetical order."""
    return tuple(manifests())


@cache
def manifests() -> Mapping[str, Manifest]:
    """The manifests of the installed services by name, in alphabetical order.

    Raises:
        CommandError: `manifest`, when one cannot be imported or has another name than its entry point.
    """
    found = {entry.name: _loaded(entry.name, entry.value) for entry in entry_points(group=GROUP)}
    return dict(sorted(found.items()))


def _loaded(name: str, place: str) -> Manifest:
    try:
        manifest = resolve_name(place)
    except (ImportError, AttributeError, ValueError) as error:
        raise CommandError("manifest", f"the manifest of service {name} cannot be loaded: {error}") from error
    if not isinstance(manifest, Manifest) or manifest.name != name:
        raise CommandError("manifest", f"{place} is not the manifest of a service called {name}")
    return manifest
