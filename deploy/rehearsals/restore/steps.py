"""Defines the steps of the restore rehearsal, in the order of the page `docs/operations/restore.md`.

Invariant: a step keeps in `lines` what it counted; it raises only when the next steps would tell nothing.
"""

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import count
from uuid import UUID

import httpx

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.manifest import manifests, service_names
from buurtsein_contracts.topics import NETWORKS
from buurtsein_stack.demo.cast import Document, cast
from buurtsein_stack.issuer import signing_key
from buurtsein_stack.people import token
from buurtsein_stack.processes import wait_for
from buurtsein_stack.stack import Stack
from rehearsals.commanding import WHY, Operator
from rehearsals.lines import Line
from rehearsals.network import recognised_network
from rehearsals.restore import ledger
from rehearsals.restore.backup import Backup
from rehearsals.restore.ledger import Place, Published
from rehearsals.restore.people import GRANTED, REJECTED, People
from rehearsals.restore.sizes import Size, of_tables, of_topics

SPARE = timedelta(minutes=15)
SETTLE_SECONDS = 60.0
GROUP_SECONDS = 120.0
TOPIC_SECONDS = 30.0
OFFICERS = ("officer", "officer2")
OK = HTTPStatus.OK


@dataclass
class Rehearsal:
    """The state of the restore rehearsal: the stack, its backup, its operator, and the lines of the final table."""

    stack: Stack
    events: int
    """How often people report litter in each part of the rehearsal."""
    lines: list[Line] = field(default_factory=list)
    network: Document = field(default_factory=dict)
    wal: float = 0
    """The bytes of WAL for each event, before the base backup."""
    moment: str = ""
    decision: str = ""
    """The path of the request for support on which somebody decided after the moment."""
    alert: str = ""
    """The path of the alert that was released and sent after the moment."""
    held: str = ""
    """The path of the alert that was released before the moment, and sent after it."""
    before: dict[UUID, Place] = field(default_factory=dict)
    """The events that were published before the disaster."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Make the objects that back up the stack and that run `buurtsein` commands on it."""
        self.backup = Backup(self.stack.servers.postgres)
        self.operator = Operator(self.stack.home.path)

    def manifest(self) -> Document:
        """Return the content of `stack.json`."""
        return dict(json.loads(self.stack.home.manifest.read_text()))

    @contextmanager
    def people(self) -> Iterator[People]:
        """Yield an object that sends people's requests to the services as they run now."""
        manifest = self.manifest()
        key, issuer = signing_key(self.stack.home), manifest["issuer"]["url"]
        with cast(manifest) as sending:
            yield People(sending, self.network, lambda person: token(person, issuer, key), self.numbers)

    def published(self) -> Published:
        """Return the events that are on all topics now, by topic, key and sequence number."""
        cluster = self.stack.servers.kafka.cluster()
        return asyncio.run(
            ledger.published(KafkaAccess(cluster.bootstrap, cluster.username, cluster.password, encrypted=False))
        )

    def logged(self) -> dict[UUID, Place]:
        """Return the topic, key and sequence number of each event in the event logs of all services."""
        dsn = self.stack.servers.postgres.dsn
        return asyncio.run(ledger.logged({name: dsn(database=name) for name in service_names()}))

    def expect(self, what: str, wanted: int, found: int) -> None:
        """Add a row to the final table: a description, the expected number and the counted number."""
        self.lines.append(Line(what, wanted, found))


def live(at: Rehearsal) -> None:
    """Start the stack with WAL archiving; let people work before and after the base backup, up to the restore point."""
    at.stack.home.make()
    at.backup.begin()
    at.stack.up()
    at.network = recognised_network(at.manifest())
    with at.people() as people:
        begun, events = at.backup.written(), len(at.logged())
        people.everyday(at.events)
        at.wal = (at.backup.written() - begun) / (len(at.logged()) - events)
        at.backup.copy()
        people.everyday(at.events)
        at.decision = people.request()
        at.alert, at.held = people.propose("brand", 1), people.propose("verdacht gedrag", 2)
        people.switch(on=True)
        at.expect("alert released before the moment, held by the switch (200)", OK, people.release(at.held, "officer"))
    at.moment = at.backup.moment()


def go_on(at: Rehearsal) -> None:
    """After the restore point, let people decide on funding and release an alert; then archive all WAL."""
    with at.people() as people:
        people.everyday(at.events)
        people.switch(on=False)
        at.expect("support rejected after the moment (200)", OK, people.decide(at.decision, REJECTED))
        at.expect("alert released after the moment (200)", OK, people.release(at.alert, *OFFICERS))
        for alert in (at.alert, at.held):
            people.wait_until(alert, "SENT")
        at.expect("differences before the disaster", 0, at.operator.differences(SETTLE_SECONDS).total())
        at.stack.kill("kafka", signal.SIGSTOP)
        people.report()  # accepted, and probably never published
    at.backup.archive()


def disaster(at: Rehearsal) -> int:
    """Kill all processes except Kafka; return the number of events in the event logs at that moment."""
    in_logs = at.logged()
    for name in (*service_names(), "postgres"):
        at.stack.kill(name)
    at.stack.kill("kafka", signal.SIGCONT)
    return len(in_logs)


def restore(at: Rehearsal) -> int:
    """Restore PostgreSQL to the restore point; return how many published events the event logs lack."""
    at.backup.restore(at.moment)
    at.before = at.published().events
    lacking = len(at.before.keys() - at.logged())
    at.expect("events that the logs lack = `unknown` of verify", lacking, at.operator.differences()["unknown"])
    return lacking


def recover(at: Rehearsal, lacking: int) -> None:
    """Copy the published events that the event logs lack back into the logs, while the services are down."""
    begin = ("--from", at.moment, "--direct")
    for dry in (True, False):
        how = ("--dry-run",) if dry else WHY
        rows = [
            row for name in service_names() for row in at.operator.ask("log", "recover", name, *begin, *how).document
        ]
        outcomes = sum(row["outcome"] == "recovered" for row in rows)
        at.expect(f"events that `log recover` {'would take' if dry else 'took'} back", lacking, outcomes)
    found = at.operator.differences()
    at.expect("`unknown` after that", 0, found["unknown"])
    at.expect("verify names what consumers lack now (`missing`): 1 for yes", 1, int(found["missing"] > 0))


def start_without_relays(at: Rehearsal) -> None:
    """Start APIs without relays, turn the kill-switch on, move consumer groups back, and start the workers."""
    at.operator.run("up", "--only", "api")
    with at.people() as people:
        people.switch(on=True)
    since = (datetime.fromisoformat(at.moment) - SPARE).isoformat()
    for service, manifest in manifests().items():
        for topic in manifest.reads:
            group = ("replay", "group", "--service", service, "--topic", topic.name, "--from", since, *WHY)
            moved = partial(at.operator.succeeds, *group)
            wait_for(f"the group of {service}, which a killed worker leaves in a minute,", moved, GROUP_SECONDS)
    at.operator.run("up", "--only", "api", "--only", "worker")
    relays = [name for name in at.stack.processes() if name.endswith("-relay")]
    at.expect("relays that run before they may", 0, len(relays))


def check_consumers(at: Rehearsal) -> None:
    """Wait until the consumers have read the lost events again, and verify their projections."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (left := _but_pending(at)) and time.monotonic() < deadline:
        pass
    at.expect("differences but `pending` before the relays start", 0, left)
    for service, manifest in manifests().items():
        for projection in manifest.load_projections():
            status = at.operator.run("projections", "verify", service, projection.name, *WHY)
            at.expect(f"projection {projection.name} = its events", 0, status)


def enter_again(at: Rehearsal) -> None:
    """Repeat by hand the actions that the restore lost: a decision on funding, and the release of a sent alert."""
    before = len(_open(at))
    with at.people() as people:
        wrong = people.decide(at.decision, GRANTED)
        at.expect("another decision than the published one is refused (409)", HTTPStatus.CONFLICT, wrong)
        at.expect("the same decision is accepted (200)", OK, people.decide(at.decision, REJECTED))
        at.expect("the same release is accepted (200)", OK, people.release(at.alert, *OFFICERS))
        people.switch(on=False)
        for alert in (at.alert, at.held):
            people.wait_until(alert, "SENT")  # BE-Alert has both messages already, and the notifier asks it first
    entered = 6  # one decision, one release, and for each of two alerts the sending and the feedback that is due
    at.expect("recovered events that the records still lack", before - entered, len(_open(at)))
    for service in ("registry", "reports"):
        at.operator.run("log", "settle", service, "--all", *WHY)


def start_relays(at: Rehearsal) -> None:
    """Start the relays, let people work, and compare event logs, topics and consumers."""
    at.operator.run("up")
    with at.people() as people:
        people.everyday(at.events)
    at.expect("differences after the restore", 0, at.operator.differences(SETTLE_SECONDS).total())


def judge(at: Rehearsal) -> None:
    """Check that topics, event logs and BE-Alert still have what was published before the disaster."""
    topics, logs = at.published(), at.logged()
    at.lines += ledger.judged(at.before, topics, logs)
    decided = [place for place in topics.places if place.topic == "bin.funding"]
    at.expect("events about the request for support (requested, reviewed, decided)", 3, len(decided))
    received = httpx.get(f"{at.manifest()['bealert']['url']}/alerts", timeout=10).json()
    at.expect("messages at BE-Alert", 2, len(received))
    at.expect("messages that BE-Alert got more than once", 0, sum(one["deliveries"] > 1 for one in received))


def measure(at: Rehearsal) -> list[Size]:
    """Return the bytes of each table row and Kafka record, and the WAL bytes of each event."""
    postgres, kafka = at.stack.servers.postgres, at.stack.servers.kafka
    databases = {name: postgres.dsn(database=name) for name in service_names()}
    records = Counter(place.topic for place in at.published().places)
    wal = Size("WAL for each event", records.total(), at.wal)
    return [*asyncio.run(of_tables(databases)), *of_topics(kafka.home.kafka / "data", records), wal]


def lose_a_topic(at: Rehearsal) -> None:
    """Delete a topic, create it again, and fill it from the event log while its relay is stopped."""
    before = at.published().events
    at.stack.kill(f"{NETWORKS.owner}-relay", signal.SIGTERM)
    cluster = at.stack.servers.kafka.cluster()
    with cluster.refusals():
        cluster.admin.delete_topics([NETWORKS.name])[NETWORKS.name].result(timeout=TOPIC_SECONDS)
    if at.operator.run("topics", "apply"):
        raise CommandError("rehearsal", "the topic could not be made again")
    wanted = sum(place.topic == NETWORKS.name for place in before.values())
    at.expect("events of the lost topic = `unpublished` of verify", wanted, at.operator.differences()["unpublished"])
    at.operator.run("replay", "log", "--topic", NETWORKS.name, "--from", "2000-01-01T00:00:00Z", *WHY)
    at.operator.run("up")
    recognised_network(at.manifest())  # returns when funding has read the network from the new topic
    at.expect("differences after the topic was filled again", 0, at.operator.differences(SETTLE_SECONDS).total())
    now = at.published()
    at.expect("events lost with the topic", 0, len(before.keys() - now.events))
    at.expect("sequences that two events have, after that", 0, now.used_twice())


def _open(at: Rehearsal) -> list[Document]:
    return list(at.operator.ask("log", "recovered", fine=(0, 1)).document)


def _but_pending(at: Rehearsal) -> int:
    found = at.operator.differences()
    return found.total() - found["pending"]
