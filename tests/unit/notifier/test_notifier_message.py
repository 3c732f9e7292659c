"""Tests an alert's CAP message, also for networks whose name or area cannot be sent unchanged."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from unit.notifier.notifier_deeds import release
from unit.notifier.notifier_memory import (
    LAT,
    LON,
    METRE,
    NOW,
    OUTGOING,
    Memory,
    incident,
    judged,
    network,
    with_rule,
)

from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.events.geography import Area
from buurtsein_notifier import cap
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message, Outgoing, Sender
from buurtsein_notifier.domain.texts import Templates

SIDE = 1000 * METRE


def ring(west: float, south: float, side: float) -> list[tuple[float, float]]:
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
    return [(round(west + x, 6), round(south + y, 6)) for x, y in corners]


SQUARE = ring(LON, LAT, SIDE)
HOLES = [
    ring(LON + SIDE / 5, LAT + SIDE / 5, SIDE / 5)[::-1],
    ring(LON + SIDE * 3 / 5, LAT + SIDE * 2 / 5, SIDE / 5)[::-1],
]
ISLAND = ring(LON + 2 * SIDE, LAT, SIDE)
MANY_POINTS = [(LON + 0.01 * x, LAT + 0.01 * y) for x, y in shapely.Point(0, 0).buffer(1, 124).exterior.coords]


async def released(*networks: Network, outgoing: Outgoing = OUTGOING, **rule: Any) -> Message:
    """Return the CAP message of a burglary alert in the first network, released for all networks."""
    store = Memory(*networks)
    await judged(store, incident(), book=with_rule("inbrakenreeks", min_count=1, **rule))
    alert = store.only_alert
    alert.network_ids = [one.network_id for one in networks]
    await release(store, alert, replace(store.given, outgoing=outgoing))
    assert cap.check_schema(store.queued[0].xml) == []
    return store.queued[0]


def shown(message: Message) -> cap.Info:
    return cap.from_xml(message.xml).info[0]


def shape_of(polygons: tuple[str, ...]) -> BaseGeometry:
    points = [[tuple(map(float, pair.split(",")[::-1])) for pair in text.split()] for text in polygons]
    return shapely.union_all([shapely.Polygon(one) for one in points])


async def test_be_alert_can_choose_the_channel_and_members_see_who_sends() -> None:
    sender = Sender("Politie Gemeente", "politie@gemeente.example", "https://politie.example/bin")
    info = shown(
        await released(network(), outgoing=Outgoing("bin@x.example", CapStatus.EXERCISE, OUTGOING.most, sender))
    )
    assert [(one.value_name, one.value) for one in info.parameter] == [("BIN-KIND", "HOT"), ("BIN-CHANNEL", "sms")]
    assert (info.sender_name, info.contact, info.web) == (sender.name, sender.contact, sender.web)
    assert [(one.value_name, one.value) for one in info.event_code] == [("BIN-RULE", "inbrakenreeks")]


async def test_response_type_and_certainty_come_from_the_rule() -> None:
    response = (cap.ResponseType.SHELTER, cap.ResponseType.AVOID)
    info = shown(await released(network(), response=response, certainty=cap.Certainty.UNLIKELY))
    assert (info.response_type, info.certainty) == (response, cap.Certainty.UNLIKELY)


async def test_each_language_of_a_rule_has_its_own_info_block() -> None:
    french = Templates(
        event="Vols", headline="Vols ({buurt})", description="{aantal} faits signalés.", instruction="Fermez tout."
    )
    message = cap.from_xml((await released(network(), fr=french)).xml)
    assert [(info.language, info.event) for info in message.info] == [
        ("nl-BE", "OEFENING: Reeks inbraken"),
        ("fr-BE", "EXERCICE: Vols"),
    ]
    assert message.info[1].area == message.info[0].area


async def test_validity_begins_at_the_release_and_so_does_the_time_to_send_it() -> None:
    home = network()
    store = Memory(home)
    await judged(
        store, incident(), book=with_rule("inbrakenreeks", min_count=1, decide_within_minutes=60, valid_minutes=90)
    )
    store.clock.set(NOW + timedelta(minutes=58))
    await release(store, store.only_alert, store.given)
    (message,) = store.queued
    assert shown(message).expires == message.expires_at == NOW + timedelta(minutes=58 + 90)


async def test_a_hole_in_an_area_stays_outside_the_message() -> None:
    area = Area(coordinates=[SQUARE, *HOLES])
    message = await released(network(area=area))
    drawn = shape_of(shown(message).area[0].polygon)
    wanted = shapely.Polygon(SQUARE, HOLES)
    assert drawn.symmetric_difference(wanted).area < wanted.area / 1e4
    assert "heeft gaten" in " ".join(message.remarks)


async def test_every_island_of_an_area_is_in_the_message() -> None:
    area = Area(type="MultiPolygon", coordinates=[[SQUARE], [ISLAND]])
    assert len(shown(await released(network(area=area))).area[0].polygon) == 2


async def test_fifty_networks_with_long_borders_fit_in_one_message() -> None:
    area = Area(coordinates=[MANY_POINTS])
    assert len(MANY_POINTS) > 490
    message = await released(*[network(area=area, name=f"BIN {'x' * 90} {number}") for number in range(50)])
    assert len(message.xml) < cap.MAX_BYTES
    whole = shapely.Polygon(MANY_POINTS)
    drawn = shape_of(shown(message).area[0].polygon)
    assert drawn.symmetric_difference(whole).area < whole.area / 20


@pytest.mark.parametrize(
    "name", ["BIN Buur B\uffff", "BIN <b>x</b>", "BIN &amp; co", "BIN\u202eB", "BIN\x00", "BIN \ud800"]
)
async def test_an_unusable_name_of_one_network_does_not_block_the_others(name: str) -> None:
    bad, good = network(name=name, code="BIN-GEMEENTE-0002"), network()
    for networks in ((bad, good), (good, bad), (bad,)):
        message = await released(*networks)
        areas = {area.area_desc for area in shown(message).area}
        assert areas == {"BIN-GEMEENTE-0002" if one is bad else one.name for one in networks}
        assert any("BIN-GEMEENTE-0002" in remark for remark in message.remarks)


async def test_an_unusable_area_of_one_network_does_not_block_the_others() -> None:
    crossing = [(LON, LAT), (LON + SIDE, LAT + SIDE), (LON + SIDE, LAT), (LON, LAT + SIDE), (LON, LAT)]
    bad, good = network(area=Area(coordinates=[crossing]), name="BIN Kruis"), network()
    message = await released(good, bad)
    assert [len(area.polygon) for area in shown(message).area] == [1, 0]
    assert shown(message).area[1].geocode[1].value == str(bad.network_id)
    assert message.remarks == (
        "Het gebied van BIN Kruis kan niet getekend worden. Het bericht noemt alleen het netwerk.",
    )
