"""What the registry accepts at the start can be sent at the end: names, texts and areas, from application to message.

The application, the network, its events on the wire, what the notifier makes of them, an alert, and the CAP message,
which must pass schema and rules with the name and the area as they were given. What could not be sent is refused at
the application, with the reason.
"""

import asyncio
import math
from datetime import date
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from shapely.geometry import shape
from unit.notifier.notifier_memory import METRE, NOW, OFFICER, OUTGOING, Memory, incident, judged

from buurtsein_contracts import DomainError, Event, EventData, parse, to_kafka, uuid7
from buurtsein_contracts.events.network import ApproverRole, CoordinatorRole
from buurtsein_notifier import cap, handlers
from buurtsein_notifier.domain.facts import KnownNetwork
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.network import after
from buurtsein_registry.commands import ApplyForNetwork, JoinBeAlert, Recognise
from buurtsein_registry.domain.facts import Coordinator, Recognition
from buurtsein_registry.domain.network import Network

APPLICANT, CHIEF, MAYOR, FEDERAL, POLICE = ("p" + letter * 32 for letter in "abcde")
TRICKY = [
    *("\uffff", "\ufffe", "\ufdd0", "\u202e", "\u200b", "\u00ad", "\ue000", "\U000e0041", "\u0344", "\u0301", "\x07"),
    *("&amp;", "<b>", "]]>", "&#0;", "https://", "0430", "\u0430", "\u1e9e", "\u0132", "'", '"', "\u2019", "&"),
    *("BIN ", "Zeeberg", "Sint-Job", " ", "  ", "\u00eb", "\ufb01", "85.07.30-033.28", "\U0001f6a8", "-", "7"),
]
NAMES = st.one_of(
    st.text(
        alphabet=st.characters(max_codepoint=0x24F, categories=["Ll", "Lu", "Nd", "Zs", "Pd", "Po", "Sm"]), max_size=40
    ),
    st.text(alphabet="BIN abcdez\u00eb&'-.,()7", min_size=1, max_size=100),
    st.lists(st.one_of(st.sampled_from(TRICKY), st.characters(codec="utf-8")), max_size=40).map("".join),
    st.lists(st.sampled_from(TRICKY), max_size=12).map(lambda parts: "BIN " + "".join(parts)),
    st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd", "Zs", "Pd"]), min_size=90, max_size=105),
)
TEXTS = st.text(alphabet="VP/BIN 2026-417.", min_size=1, max_size=70) | st.lists(
    st.one_of(st.sampled_from(TRICKY), st.characters(codec="utf-8")), min_size=1, max_size=12
).map("".join)
WIDTH = 0.02


def _near(size: float) -> st.SearchStrategy[list[float]]:
    return st.tuples(st.floats(0, size), st.floats(0, size)).map(lambda at: [4.03 + at[0], 50.935 + at[1]])


def _round(points: int, inner: float) -> list[list[float]]:
    """A border around the middle; a star when `inner` is less than one."""
    steps = [(2 * math.pi * i / points, 1.0 if i % 2 else inner) for i in range(points)]
    ring = [[4.04 + WIDTH * r * math.cos(turn), 50.94 + WIDTH * r * math.sin(turn)] for turn, r in steps]
    return [*ring, ring[0]]


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return [*ring, ring[0]]


def _polar(reaches: list[float]) -> list[list[float]]:
    """A border that goes once around the middle, so far from it at each turn: it never crosses itself."""
    turns = [(2 * math.pi * i / len(reaches), reach) for i, reach in enumerate(reaches)]
    return _closed([[4.04 + reach * math.cos(turn), 50.94 + reach * math.sin(turn)] for turn, reach in turns])


def _moved(polygon: list[list[list[float]]], east: float) -> list[list[list[float]]]:
    return [[[x + east, y] for x, y in ring] for ring in polygon]


def _islands(count: int, polygon: list[list[list[float]]], apart: float) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [_moved(polygon, apart * n) for n in range(count)]}


SIMPLE = st.lists(st.floats(0.0000005, 0.008) | st.floats(0.0005, 0.0005005), min_size=3, max_size=40).map(_polar)
HOLED = st.tuples(SIMPLE, st.lists(st.floats(0.0000005, 0.0005), min_size=3, max_size=6).map(_polar)).map(list)
RINGS = st.one_of(
    st.lists(_near(WIDTH), min_size=3, max_size=8).map(_closed),
    st.lists(_near(0.00001), min_size=3, max_size=6).map(_closed),
    st.builds(_round, st.integers(3, 700), st.sampled_from([1.0, 0.999999, 0.9, 0.5])),
)
AREAS = st.one_of(
    st.one_of(SIMPLE.map(lambda ring: [ring]), HOLED).map(lambda rings: {"type": "Polygon", "coordinates": rings}),
    st.builds(_islands, st.integers(1, 4), st.one_of(SIMPLE.map(lambda ring: [ring]), HOLED), st.floats(0.0009, 0.02)),
    st.lists(RINGS, min_size=1, max_size=3).map(lambda rings: {"type": "Polygon", "coordinates": rings}),
    st.lists(st.lists(RINGS, min_size=1, max_size=2), min_size=1, max_size=4).map(
        lambda parts: {"type": "MultiPolygon", "coordinates": parts}
    ),
)
SQUARE_RING = [[4.02, 50.93], [4.06, 50.93], [4.06, 50.95], [4.02, 50.95], [4.02, 50.93]]
SQUARE = {"type": "Polygon", "coordinates": [SQUARE_RING]}
SPIKE = [
    *([4.02, 50.93], [4.06, 50.93], [4.06, 50.94], [4.0605, 50.9400002]),
    *([4.06, 50.9400004], [4.06, 50.95], [4.02, 50.95], [4.02, 50.93]),
]


def accepted[C: BaseModel](command: type[C], body: dict[str, Any]) -> C | None:
    """The command; None when it is refused, in a way that says what and why."""
    try:
        return command.model_validate(body)
    except DomainError as refused:
        told_why = refused.code == "area_invalid" and refused.detail.endswith(".")
    except ValidationError as refused:
        told_why = all(problem["type"] and problem["msg"] for problem in refused.errors(include_input=False))
    assert told_why
    return None


def approved(command: ApplyForNetwork) -> tuple[Network, list[EventData]]:
    """The network as the registry makes it of an application, and what it says until the second approval."""
    network = Network(
        code="BIN-AALST-0001",
        nis="41002",
        police_zone="PZ Proef",
        applicant=APPLICANT,
        **command.model_dump(),
    )
    network.sign_charter("Sms bij nieuws.", "De stad betaalt.", APPLICANT, NOW.date())
    network.submit(APPLICANT, NOW)
    network.approve(ApproverRole.KORPSCHEF, CHIEF, NOW)
    return network, list(network.approve(ApproverRole.BURGEMEESTER, MAYOR, NOW))


def recognised(network: Network, reference: str, version: str) -> list[EventData]:
    """What is said of it until it takes part in BE-Alert."""
    who = Coordinator(
        person=APPLICANT, role=CoordinatorRole.COORDINATOR, screened_on=date(2026, 11, 1), appointed_on=NOW.date()
    )
    events = list(network.appoint_coordinator(who, POLICE, NOW))
    network.send_to_fod(MAYOR, NOW)
    events += network.recognise(Recognition(start=date(2026, 11, 1), reference=reference), FEDERAL, NOW)
    return [*events, *network.join_be_alert(version, APPLICANT, NOW)]


def told(events: list[EventData]) -> KnownNetwork:
    """What the notifier knows of a network after its events went over the wire."""
    known: KnownNetwork | None = None
    for number, data in enumerate(events, 1):
        record = to_kafka(Event(uuid7(), "urn:be:nis:41002:bin:registry", NOW, number, data))
        known = after(known, parse(record.headers, record.value).data)
    assert known
    return known


async def released(known: KnownNetwork) -> Message:
    """The message of an alert about something within the network, as an officer releases it."""
    place = shape(known.area.model_dump()).representative_point()
    store = Memory(known)
    await judged(store, *[incident(longitude=place.x, latitude=place.y + 100 * METRE * n) for n in range(3)])
    alert = store.only_alert
    await handlers.release(alert, OFFICER, OUTGOING, store)
    return store.queued[0]


def check(known: KnownNetwork) -> None:
    """The message passes schema and rules, and shows name and area as they were accepted."""
    message = asyncio.run(released(known))
    made = cap.from_xml(message.xml)
    assert cap.check_schema(message.xml) == []
    assert [one for one in cap.violations(made, now=NOW) if one.level is cap.Level.ERROR] == []
    area = made.info[0].area[0]
    assert area.area_desc == known.name
    assert area.polygon, known.area.model_dump()


@settings(max_examples=150, deadline=None)
@given(name=NAMES)
@example(name="BIN Buur B\uffff")
@example(name="BIN <b>Vet</b> &amp;")
@example(name="BIN " + "\u0344" * 48)
@example(name="BIN " + "\u0132" * 96)
@example(name="BIN Sint-Job & Zonen's")
def test_every_name_that_is_accepted_can_be_sent(name: str) -> None:
    command = accepted(ApplyForNetwork, {"name": name, "kind": "BIN", "area": SQUARE, "postcodes": ["9300"]})
    if command:
        network, events = approved(command)
        check(told([*events, *recognised(network, "VP/1", "2026-1")]))


@settings(max_examples=150, deadline=None)
@given(area=AREAS)
@example(area={"type": "Polygon", "coordinates": [SPIKE]})
@example(area={"type": "Polygon", "coordinates": [_round(601, 1.0)]})
@example(area={"type": "Polygon", "coordinates": [_round(602, 0.5)]})
def test_every_area_that_is_accepted_can_be_sent(area: dict[str, Any]) -> None:
    command = accepted(ApplyForNetwork, {"name": "BIN Proef", "kind": "BIN-Z", "area": area, "postcodes": ["9300"]})
    if command:
        network, events = approved(command)
        check(told([*events, *recognised(network, "VP/1", "2026-1")]))


@settings(max_examples=200, deadline=None)
@given(reference=TEXTS, version=TEXTS)
def test_every_text_that_is_accepted_fits_its_event(reference: str, version: str) -> None:
    recognition = accepted(Recognise, {"start": "2026-11-01", "reference": reference})
    agreement = accepted(JoinBeAlert, {"agreement_version": version})
    if recognition and agreement:
        body = {"name": "BIN Proef", "kind": "BIN", "area": SQUARE, "postcodes": ["9300"]}
        network, events = approved(ApplyForNetwork.model_validate(body))
        told([*events, *recognised(network, recognition.reference, agreement.agreement_version)])
