"""Starts PostgreSQL and the APIs of all services, in the profile `production`, for the Keycloak rehearsal.

The profile demands an issuer on https, and a database connection over TLS or a Unix socket. Here it is a Unix socket.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psutil
import trustme

from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_stack import programs
from buurtsein_stack.postgres import Postgres, server_user
from buurtsein_stack.processes import healthy, spawn, wait_until
from buurtsein_stack.stack import Stack
from rehearsals.keycloak.issuer import Keycloak

CLAIMS = {"funding": "resource_access.buurtsein.roles"}
"""Where a service looks for the roles, unless in those of the realm."""
OF_THE_REALM = "realm_access.roles"


@dataclass(frozen=True, slots=True)
class WithSocket(Postgres):
    """A PostgreSQL server that also listens on a Unix socket, in a folder of the server's user."""

    socket: Path

    def settings(self) -> dict[str, str]:
        """Return PostgreSQL's settings by name, including the folder of the Unix socket."""
        return Postgres.settings(self) | {"unix_socket_directories": str(self.socket)}

    def launch(self) -> psutil.Process:
        """Give the folder of the Unix socket to the server's user, and start the server if it does not run."""
        if (user := server_user()) is not None:
            os.chown(self.socket, user, user)
        return Postgres.launch(self)

    def over_socket(self, service: str) -> str:
        """Return the DSN with which a service's API connects to its database over the Unix socket."""
        secret, where = self.home.secret(f"{service}_app"), {"host": self.socket, "port": self.port}
        return f"postgresql://{service}_app:{secret}@/{service}?{urlencode(where)}"


class Scene(Stack):
    """The processes of the rehearsal, with their data in one home folder."""

    def __init__(self, home: Path, ended: ExitStack) -> None:
        """Take the folder for all data, and an ExitStack that stops everything at the end."""
        super().__init__(home)
        socket = Path(ended.enter_context(tempfile.TemporaryDirectory(prefix="buurtsein-")))
        self.servers.postgres = self._postgres = WithSocket(self.home, socket)
        self.certificates = self.home.path / "certificates"

    def begin(self) -> None:
        """Make the certificates, the databases with their tables, and the secrets of the services."""
        self.servers.make_home()
        self._make_certificates()
        self.servers.postgres.start()
        self.servers.postgres.provision(service_names())
        programs.write_secrets(self.home)
        programs.migrate_all(self.home)
        for name in service_names():
            self.home.keep(f"{name}_database_app", self._postgres.over_socket(name), name)

    def run(self, service: str, issuer: Keycloak) -> None:
        """Start the API of a service with this issuer; raise CommandError `not-started` or `not-ready`."""
        port = self.home.usable_port(service)
        argv = [sys.executable, "-m", manifest_of(service).package, "run", "--only", "api"]
        usual = programs.environment(self.home, service, port)
        # an API only calls the issuer, but the profile `production` demands https in every address
        settings = {name: value.replace("http://", "https://") for name, value in usual.items()}
        own = {
            "PROFILE": "production",
            "OIDC_ISSUER": issuer.issuer(),
            "OIDC_ROLES_CLAIM": CLAIMS.get(service, OF_THE_REALM),
        }
        settings |= {f"{service}_{name}".upper(): value for name, value in own.items()}
        settings["SSL_CERT_FILE"] = str(self.certificates / "ca.pem")
        process = spawn(self.home, service, argv, settings)
        wait_until(self.home, service, process, lambda: healthy(port))

    def client(self, service: str, token: str = "") -> httpx.Client:
        """Return an HTTP client of a service that sends the given token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=programs.url(self.home, service), headers=headers, timeout=30, trust_env=False)

    def _make_certificates(self) -> None:
        self.certificates.mkdir(mode=0o700, exist_ok=True)
        authority = trustme.CA()
        shown = authority.issue_cert("127.0.0.1")
        authority.cert_pem.write_to_path(self.certificates / "ca.pem")
        shown.cert_chain_pems[0].write_to_path(self.certificates / "server.pem")
        shown.private_key_pem.write_to_path(self.certificates / "server.key")
