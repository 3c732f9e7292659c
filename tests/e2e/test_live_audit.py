"""Every record that services published during the test run follows the contracts.

The fixture `town` checks the topics once more at its end, after all tests.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from buurtsein_chassis.manifest import service_names
from buurtsein_contracts import EVENTS, TOPICS, Event, topics_for
from buurtsein_contracts.cli import app
from buurtsein_contracts.cli.output import WrongUse
from harness.auditing import BACK_OFFICES, INTERNAL, audited
from harness.story import tell_everything
from harness.town import Town

SENT = {data.TYPE for data in EVENTS if not data.PLANNED}
"""The types of the events that services send in this release."""


@pytest.fixture(scope="module")
def story_told(town: Town) -> Town:
    """Cause each type of event at least once, and wait until all events are published."""
    tell_everything(town)
    town.wait_for(
        "nothing is pending",
        lambda: not any(rows(town, "select 1 as n, type from event_log natural join outbox_pending")),
    )
    return town


def rows(town: Town, query: str) -> list[tuple[str, int]]:
    """Return the rows of a query in each service's database, read as the role that owns the tables."""

    async def ask() -> list[tuple[str, int]]:
        found = []
        for service in service_names():
            connection = await asyncpg.connect(town.stack.servers.dsn(service, "migrator"))
            found += [(row["type"], row["n"]) for row in await connection.fetch(query)]
            await connection.close()
        return found

    return asyncio.run(ask())


def test_every_record_on_every_topic_is_right(story_told: Town) -> None:
    town, audit = story_told, audited(story_told)
    by_type = Counter[str]()
    for (_, kind), number in audit.counts.items():
        by_type[kind] += number
    for (topic, kind), number in sorted(audit.counts.items()):
        print(f"{topic:18} {kind:40} {number:6}")
    assert audit.problems == []
    assert audit.ok
    assert set(by_type) == SENT
    assert {topic for topic, _ in audit.counts} == {topic.name for topic in TOPICS}
    logged = Counter(dict(rows(town, "select type, count(*) as n from event_log group by type")))
    assert audit.events == logged.total()
    assert by_type >= logged


KIND = r"be\.bin\.(\w+)\."
SHOWN_AT = {
    "network": ("registry", "/v1/networks/{key}"),
    "incident": ("reports", "/v1/reports/{key}"),
    "funding": ("funding", "/v1/applications/{subject}"),
    "alert": ("notifier", "/v1/alerts/{key}"),
}
"""The service and path that show the subject of an event, by kind; other kinds are not for outside consumers."""
SAME_PEOPLE = {
    "police-backoffice": ("officer", "dispatcher", "korpschef"),
    "city-backoffice": ("city-officer", "finance"),
}


TO_BOTH = "person"
"""Erasures of persons go to everybody who may know the pseudonym, and no HTTP path shows them."""


def page_of(event: Event[Any]) -> tuple[str, str] | None:
    """Return the service and URL path that show an event's subject; None when no outsider may see it."""
    service, path = SHOWN_AT.get(kind_of(event), ("", ""))
    return (service, path.format(key=event.key, subject=event.subject)) if path else None


def kind_of(event: Event[Any]) -> str:
    return re.match(KIND, event.type)[1]  # type: ignore[index]


def shown(town: Town, pages: Iterable[tuple[str, str] | None], roles: Iterable[str]) -> set[tuple[str, str] | None]:
    """Return those of the pages that at least one of these roles may read over HTTP."""
    return {
        page for page in pages if page and any(town.client(page[0], role).get(page[1]).is_success for role in roles)
    }


@pytest.mark.parametrize("principal", BACK_OFFICES)
def test_a_back_office_gets_by_kafka_what_its_people_may_read_by_http(story_told: Town, principal: str) -> None:
    town = story_told
    given = {(e.type, e.subject) for topic in topics_for(BACK_OFFICES[principal]) for e in town.events(topic.name)}
    every = {(e.type, e.subject): e for topic in TOPICS for e in town.events(topic.name)}
    pages = shown(town, {page_of(event) for event in every.values()}, SAME_PEOPLE[principal])
    by_http = {which for which, event in every.items() if kind_of(event) == TO_BOTH or page_of(event) in pages}
    assert given == by_http
    assert given < set(every)


def ask(town: Town, *options: str) -> Result:
    stack = ["--stack", str(town.stack.home.manifest)]
    return CliRunner().invoke(app, ["audit", "--json", *stack, *options])


def test_an_operator_can_run_the_same_audit(story_told: Town) -> None:
    done = ask(story_told)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert {line["topic"] for line in told["counts"]} == {"bin.networks", "bin.erasures", "bin.incidents", "bin.alerts"}
    inside = ["--topic", INTERNAL[0]]
    assert ask(story_told, *inside, "--principal", "admin").exit_code == 0
    refused = ask(story_told, *inside).exception
    assert isinstance(refused, WrongUse)
    assert "police-backoffice" in str(refused)
