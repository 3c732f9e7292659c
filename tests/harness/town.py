"""Defines HTTP clients and shortcuts for tests on the running stack, with made-up people and networks."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import shapely
from confluent_kafka import Message

from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_contracts import Event, parse
from buurtsein_kernel.days import brussels_day
from buurtsein_stack.demo.official import nearest_address
from buurtsein_stack.installation import Installation
from buurtsein_stack.stack import Stack
from harness.topics import Topics
from harness.waiting import wait_for

CENTRE = (4.0405, 50.9380)
METRE_NORTH = 1 / 111_320
METRE_EAST = METRE_NORTH / math.cos(math.radians(CENTRE[1]))
APART = 1000
"""Metres between two places; further than any rule looks for reports that belong together."""
ROOM = 400
"""The area up to this many metres around a place lies completely in the municipality."""
DORP, NORTH = (4.0711, 50.9312), (4.0200, 50.9460)
TAKEN = (CENTRE, DORP, NORTH)
"""The places at which every test may have networks and reports, so that no test gets them for itself."""


def days_from_now(days: int) -> str:
    """Return the Belgian date (ISO 8601) that is a number of days after today."""
    return (brussels_day(datetime.now(UTC)) + timedelta(days=days)).isoformat()


def free_places() -> Iterator[tuple[float, float]]:
    """Yield places in the municipality, a kilometre apart and away from places that several tests use."""
    installation = Installation.load("aalst")
    area = shapely.from_geojson((installation.folder / installation.facts["municipality_area"]).read_text())
    west, south, east, north = area.bounds
    for row in range(int((north - south) / (APART * METRE_NORTH))):
        for column in range(int((east - west) / (APART * METRE_EAST))):
            place = (west + column * APART * METRE_EAST, south + row * APART * METRE_NORTH)
            if area.contains(_around(place, ROOM)) and not any(_around(place, APART).contains(_at(t)) for t in TAKEN):
                yield place


def is_lived_in(place: tuple[float, float], metres: float = 200) -> bool:
    """Return whether the nearest official address lies in the square around a place."""
    nearest = nearest_address(*place)
    return bool(_around(place, metres).contains(_at((nearest["longitude"], nearest["latitude"]))))


def _at(place: tuple[float, float]) -> shapely.Point:
    return shapely.Point(*place)


def _around(place: tuple[float, float], metres: float) -> shapely.Polygon:
    """Return a square area with a place in its middle; each side is `metres` away from the place."""
    east, north = metres * METRE_EAST, metres * METRE_NORTH
    return shapely.box(place[0] - east, place[1] - north, place[0] + east, place[1] + north)


class Town:
    """HTTP clients for each service and role, a reader of topics, and shortcuts that make networks."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.manifest: dict[str, Any] = json.loads(stack.home.manifest.read_text())
        self._clients: dict[tuple[str, str | None], httpx.Client] = {}
        self._topics: dict[str, Topics] = {}
        self._numbers = count(1)
        places = list(free_places())
        self._lived_in = [place for place in places if is_lived_in(place)]
        self._empty = [place for place in places if place not in self._lived_in]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        for topics in self._topics.values():
            topics.close()

    def place(self, *, lived_in: bool = False) -> tuple[float, float]:
        """Return a place (longitude, latitude) for one test, a kilometre from the places of other tests.

        A place that is lived in has an official address in the square around it, at which a member can live.
        """
        return (self._lived_in if lived_in or not self._empty else self._empty).pop()

    def token(self, role: str) -> str:
        token: str = self.manifest["tokens"][role]
        return token

    def http(self, service: str) -> httpx.Client:
        """Return an HTTP client of a service that sends no token."""
        return self.client(service, None)

    def client(self, service: str, role: str | None) -> httpx.Client:
        """Return an HTTP client of a service that sends the token of a role."""
        known = self._clients.get((service, role))
        if known is None:
            headers = {"Authorization": f"Bearer {self.token(role)}"} if role else {}
            url = self.manifest["services"][service]["url"]
            known = self._clients[service, role] = httpx.Client(base_url=url, headers=headers, timeout=20)
        return known

    def kafka(self, principal: str) -> KafkaAccess:
        who = self.manifest["kafka"]["principals"][principal]
        return KafkaAccess(self.manifest["kafka"]["bootstrap"], who["username"], who["password"], encrypted=False)

    def records(self, topic: str, principal: str = "admin") -> list[Message]:
        """Return every record on a topic that this Kafka user can read, in order within each key."""
        if principal not in self._topics:
            who = self.stack.servers.principals[principal]
            access = KafkaAccess(self.stack.servers.bootstrap, who.username, who.password, encrypted=False)
            self._topics[principal] = Topics(access)
        return self._topics[principal].records(topic)

    def events(self, topic: str, principal: str = "admin") -> list[Event[Any]]:
        """Return every event on a topic once, in order within each key."""
        events = [parse(record.headers(), record.value()) for record in self.records(topic, principal)]
        return list({event.id: event for event in events}.values())

    def wait_for(self, description: str, probe: Callable[[], Any], seconds: float = 20) -> Any:
        return wait_for(description, probe, seconds)

    def square(self, place: tuple[float, float] = CENTRE, metres: float = 200) -> dict[str, Any]:
        """Return a square area with (longitude, latitude) in its middle; each side is twice `metres` long."""
        east, north = metres * METRE_EAST, metres * METRE_NORTH
        corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
        return {"type": "Polygon", "coordinates": [[[place[0] + x, place[1] + y] for x, y in corners]]}

    def person(self, role: str) -> str:
        """Return the pseudonym of the made-up person with this role."""
        pseudonym: str = self.client("registry", role).get("/v1/me").json()["person"]
        return pseudonym

    def apply(
        self, *, kind: str = "BIN", coordinator: str = "coordinator", place: tuple[float, float] = CENTRE
    ) -> dict[str, Any]:
        """Apply for a network and return the network's document, with its ETag under the key `etag`."""
        body = {
            "name": f"{kind} Proefbuurt {next(self._numbers)}",
            "kind": kind,
            "area": self.square(place),
            "postcodes": ["9300"],
        }
        answer = self.client("registry", coordinator).post("/v1/networks", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json(), etag=answer.headers["ETag"])

    def tag(self, network: dict[str, Any], role: str = "officer") -> str:
        """Return a network's current ETag."""
        return self.client("registry", role).get(f"/v1/networks/{network['network_id']}").headers["ETag"]

    def step(self, network: dict[str, Any], role: str, step: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Send a decision about a network with its current ETag, or with a guess if the role may not read it."""
        path, client = f"/v1/networks/{network['network_id']}", self.client("registry", role)
        seen = client.get(path).headers.get("ETag", '"1"')
        return client.post(f"{path}/{step}", json=body or {}, headers={"If-Match": seen})

    def submit(self, network: dict[str, Any], coordinator: str = "coordinator") -> None:
        """Sign a network's charter, and submit the network for approval."""
        path = f"/v1/networks/{network['network_id']}"
        headers, charter = {"If-Match": network["etag"]}, self.charter(coordinator)
        self.done(self.client("registry", coordinator).put(f"{path}/charter", json=charter, headers=headers))
        self.done(self.step(network, coordinator, "submission"))

    def charter(self, coordinator: str = "coordinator", **changed: Any) -> dict[str, Any]:
        """Return the three parts of a charter, whose contact person is the coordinator."""
        return {
            "contacts": [{"role": "coordinator", "person": self.person(coordinator)}, {"role": "police"}],
            "communication_plan": "SMS bij dringend nieuws, mail bij de rest.",
            "budget_plan": "Stad betaalt sms.",
        } | changed

    def approve(self, network: dict[str, Any], *roles: str, coordinator: str = "coordinator") -> None:
        """Let authorities (both by default) approve a charter's newest version; appoint a missing coordinator first."""
        file = self.client("registry", "officer").get(f"/v1/networks/{network['network_id']}").json()
        if not file["coordinators"]:
            self.appoint(network, coordinator)
        for role in roles or ("korpschef", "burgemeester"):
            self.done(self.step(network, role, "approvals", {"decision": "approve"}))

    def recognise(self, network: dict[str, Any], days_ago: int = 10) -> None:
        self.done(self.step(network, "burgemeester", "fod-submission"))
        body = {"start": days_from_now(-days_ago), "reference": "VP/BIN/2026/0417"}
        self.done(self.step(network, "fod", "recognition", body))

    def appoint(self, network: dict[str, Any], coordinator: str = "coordinator", **changed: Any) -> None:
        self.done(self.step(network, "officer", "coordinators", self.screening(coordinator, **changed)))

    def screening(self, candidate: str, **changed: Any) -> dict[str, Any]:
        """Return the request body with the outcome of the police's screening of a candidate, by default favourable."""
        said = {"adult": True, "screening_outcome": "OK", "screened_on": days_from_now(-30)}
        return said | {"candidate": self.person(candidate)} | changed

    def mandate_officer(self, network: dict[str, Any], officer: str = "officer") -> None:
        """Let the korpschef mandate a police officer for a network, without whom it gets no hot alerts."""
        self.done(self.step(network, "korpschef", "officers", {"officer": self.person(officer)}))

    def join_be_alert(self, network: dict[str, Any], coordinator: str = "coordinator") -> None:
        """Mandate an officer for a network, whose coordinator then accepts BE-Alert."""
        self.mandate_officer(network)
        path = f"/v1/networks/{network['network_id']}/be-alert"
        self.done(self.client("registry", coordinator).post(path, json={"agreement_version": "2026-1"}))

    def network(
        self,
        *,
        recognised: bool = True,
        kind: str = "BIN",
        coordinator: str = "coordinator",
        place: tuple[float, float] = CENTRE,
    ) -> dict[str, Any]:
        """Make an approved network with a coordinator; by default the network is also recognised."""
        network = self.apply(kind=kind, coordinator=coordinator, place=place)
        self.submit(network, coordinator)
        self.approve(network, coordinator=coordinator)
        if recognised:
            self.recognise(network)
        return network

    @staticmethod
    def done(answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        return answer
