"""Makes each service's OpenAPI document from its routes, without a server, settings or database.

Invariant: the document equals the answer of the running service to `GET /openapi.json`; a test compares the two.
"""

from typing import Any

from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.operations.routes import ROUTERS

type Document = dict[str, Any]


def documents() -> dict[str, Document]:
    """Return the OpenAPI 3.1 document of each installed service, by service name."""
    return {service: document(service) for service in service_names()}


def document(service: str) -> Document:
    """Return the OpenAPI 3.1 document of one service; raise CommandError when no service has that name."""
    manifest = manifest_of(service)
    routers = [manifest.load(manifest.router), *ROUTERS, *manifest.load_facades()]
    app = create_app(service, routers, Health(stalled_seconds=1), max_body_bytes=0, body_seconds=1)
    return app.openapi()
