"""If the police zone wants it, the public feed has the cold (not urgent) messages that were sent, and no others."""

from dataclasses import replace

import httpx
from integration.deliveries_scene import Scripted, typed
from integration.notifier_scene import LIVE, keep
from lxml import etree
from unit.notifier import notifier_deeds
from unit.notifier.notifier_memory import incident, network, with_rule

from buurtsein_chassis.database import Database
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_notifier import api, handlers
from buurtsein_notifier.cap import Scope, check_schema, from_xml
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.store import NotifierStore
from harness.in_process import serving

ATOM = {"a": "http://www.w3.org/2005/Atom"}
PUBLIC = replace(LIVE, outgoing=replace(LIVE.outgoing, public_cold=True))


async def sent(database: Database, kind: AlertKind) -> Alert:
    book = with_rule("inbrakenreeks", min_count=1, kind=kind)
    given = replace(PUBLIC, book=book)
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        await keep(uow, network())
        await handlers.judge(incident(category="inbraak", happened_at=LIVE.clock.now()), given, store)
        alert_id = await uow.connection.fetchval("select alert_id from alert order by alert_id desc limit 1")
        return await notifier_deeds.release(store, await store.alert(alert_id), given)


async def read(client: httpx.AsyncClient) -> tuple[httpx.Response, list[etree._Element]]:
    answer = await client.get("/public-alerts.atom")
    return answer, etree.fromstring(answer.content).findall("a:entry", ATOM)


async def test_cold_messages_are_in_the_public_feed_once_they_are_sent_and_hot_ones_never(
    notifier_database: Database,
) -> None:
    hot = await sent(notifier_database, AlertKind.HOT)
    cold = await sent(notifier_database, AlertKind.COLD)
    async with serving(api.router, notifier_database, PUBLIC) as client:
        answer, entries = await read(client)
        assert (answer.headers["content-type"], entries) == ("application/atom+xml", [])
        await Deliveries(typed(Scripted()), PUBLIC).step(notifier_database)
        _, (entry,) = await read(client)
        assert str(entry.findtext("a:title", namespaces=ATOM)).startswith("Exercise: ")
        link = entry.find("a:link", ATOM)
        assert link is not None
        found = await client.get(f"/{link.get('href')}")
        assert found.headers["content-type"] == "application/cap+xml"
        assert check_schema(found.content) == []
        assert (from_xml(found.content).scope, from_xml(found.content).identifier) == (
            Scope.PUBLIC,
            cold.cap_identifier,
        )
        hidden = await client.get(f"/public-alerts/{hot.cap_identifier}")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "alert_unknown")
