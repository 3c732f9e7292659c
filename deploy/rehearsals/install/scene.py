"""Starts the servers of the installation rehearsal, and each service from its own environment.

The servers are those of the one-machine stack: PostgreSQL with databases and roles, a Kafka that is still empty, and
the issuer. Topics, rights and Kafka users are made by the operator's command, migrations by each service.
"""

from collections.abc import Mapping

from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_stack import programs
from buurtsein_stack.home import write_private
from buurtsein_stack.installation import Installation
from buurtsein_stack.issuer import tokens
from buurtsein_stack.processes import healthy, spawn, wait_until
from buurtsein_stack.servers import principals
from buurtsein_stack.stack import Stack
from rehearsals.install.environments import Environment


class Scene(Stack):
    """PostgreSQL, Kafka and the token issuer on this machine, with the secrets and addresses that operators have."""

    def begin(self) -> None:
        """Start servers and token issuer, and create databases; raise CommandError when a server does not start."""
        self.home.make()
        self.servers.launch()
        self.servers.postgres.start()
        self.servers.kafka.start()
        self.servers.postgres.provision(service_names())
        for helper in programs.HELPERS:
            self.start(helper)
        programs.write_secrets(self.home)

    def operator(self) -> Mapping[str, str]:
        """Write an operator's secret and address files; return the environment variables for the operator's command."""
        folder = self.home.secrets / "operator"
        folder.mkdir(mode=0o700, exist_ok=True)
        secrets = {f"kafka_{name}": who.password for name, who in principals(self.home).items()}
        secrets |= {f"{name}_database_migrator": self.servers.dsn(name, "migrator") for name in service_names()}
        secrets["token"] = tokens(self.home, programs.url(self.home, "issuer"))["operator"]
        for name, value in secrets.items():
            write_private(folder / name, value)
        addresses = self.home.path / "services.toml"
        addresses.write_text("".join(f'{name} = "{programs.url(self.home, name)}"\n' for name in service_names()))
        return {
            "BUURTSEIN_KAFKA_BOOTSTRAP": self.servers.bootstrap,
            "BUURTSEIN_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "BUURTSEIN_SECRETS_DIR": str(folder),
            "BUURTSEIN_SERVICES": str(addresses),
            "BUURTSEIN_TOKEN_FILE": str(folder / "token"),
            "BUURTSEIN_INSTALLATION": str(Installation.load().folder),
            "BUURTSEIN_HOME": str(self.home.path / "none"),
        }

    def operator_of(self, service: str) -> Mapping[str, str]:
        """Write the file with a service's database password; return the environment variables of an operator."""
        folder = self.home.secrets / f"operator-of-{service}"
        folder.mkdir(mode=0o700, exist_ok=True)
        write_private(folder / f"{service}_database_app", self.servers.dsn(service, "app"))
        return {"BUURTSEIN_SECRETS_DIR": str(folder), "BUURTSEIN_HOME": str(self.home.path / "none")}

    def settings(self, service: str) -> dict[str, str]:
        """Return the environment variables that a service needs to start."""
        return programs.environment(self.home, service, self.home.port(service)) | {"PYTHONPATH": ""}

    def run(self, service: str, environment: Environment) -> None:
        """Start a service from its own environment; raise CommandError `not-started` or `not-ready`."""
        argv = [str(environment.python), "-m", manifest_of(service).package, "run"]
        process = spawn(self.home, service, argv, self.settings(service), cwd=environment.folder)
        port = self.home.port(service)
        wait_until(self.home, service, process, lambda: healthy(port))
