"""Reads every topic as a Kafka user that may read it, and checks each record against the event contracts."""

import asyncio
from collections.abc import Iterable

from buurtsein_contracts import TOPICS, Audience, topics_for
from buurtsein_contracts.audit import Audit
from buurtsein_contracts.tail import Access, Wanted, each_record
from harness.town import Town

BACK_OFFICES = {"police-backoffice": Audience.POLICE, "city-backoffice": Audience.CITY}
INTERNAL = [topic.name for topic in TOPICS if not topic.audiences]
"""Topics that neither another service nor an outside consumer may read."""


def audited(town: Town) -> Audit:
    """Check every record of every topic against the event contracts, and return the result."""
    audit = Audit()
    left = [topic.name for topic in TOPICS]
    for principal, audience in BACK_OFFICES.items():
        mine = [topic.name for topic in topics_for(audience) if topic.name in left]
        _read(town, audit, principal, mine)
        left = [name for name in left if name not in mine]
    assert left == INTERNAL
    _read(town, audit, "admin", left)
    return audit


def _read(town: Town, audit: Audit, principal: str, topics: Iterable[str]) -> None:
    who = town.stack.servers.principals[principal]
    access = Access(town.stack.servers.bootstrap, "SASL_PLAINTEXT", who.username, who.password)
    wanted = Wanted(tuple(topics), frozenset(), None, follow=False, validate=True)
    asyncio.run(each_record(access, wanted, audit.see))
