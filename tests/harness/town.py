"""A small town on the running stack: its people, its networks, its streams."""

import asyncio
import json
import math
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx

from buurtsein_chassis.kafka import KafkaAccess
from buurtsein_contracts import Event, parse
from buurtsein_deploy.stack import Stack
from harness.kafka import all_records
from harness.waiting import wait_for

CENTRE = (4.0405, 50.9380)
METRE_NORTH = 1 / 111_320
METRE_EAST = METRE_NORTH / math.cos(math.radians(CENTRE[1]))


class Town:
    """Clients for every service and person, and shortcuts for what most stories begin with."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.manifest: dict[str, Any] = json.loads(stack.home.manifest.read_text())
        self._clients: dict[tuple[str, str | None], httpx.Client] = {}
        self._numbers = count(1)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def token(self, role: str) -> str:
        token: str = self.manifest["tokens"][role]
        return token

    def http(self, service: str) -> httpx.Client:
        """Somebody without a token."""
        return self.client(service, None)

    def client(self, service: str, role: str | None) -> httpx.Client:
        """Somebody with the token of a role."""
        known = self._clients.get((service, role))
        if known is None:
            headers = {"Authorization": f"Bearer {self.token(role)}"} if role else {}
            url = self.manifest["services"][service]["url"]
            known = self._clients[service, role] = httpx.Client(base_url=url, headers=headers, timeout=20)
        return known

    def kafka(self, principal: str) -> KafkaAccess:
        who = self.manifest["kafka"]["principals"][principal]
        return KafkaAccess(self.manifest["kafka"]["bootstrap"], who["username"], who["password"], encrypted=False)

    def events(self, topic: str) -> list[Event[Any]]:
        """Every event on a topic, in order within each key, each once."""
        admin = self.stack.servers.principals["admin"]
        as_admin = KafkaAccess(self.stack.servers.bootstrap, admin.username, admin.password, encrypted=False)
        records = asyncio.run(all_records(as_admin, topic))
        events = [parse(record.headers, record.value) for record in records]
        return list({event.id: event for event in events}.values())

    def wait_for(self, description: str, probe: Callable[[], Any], seconds: float = 20) -> Any:
        return wait_for(description, probe, seconds)

    def square(self, place: tuple[float, float] = CENTRE, metres: float = 200) -> dict[str, Any]:
        """A square area of twice `metres` around (longitude, latitude)."""
        east, north = metres * METRE_EAST, metres * METRE_NORTH
        corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
        return {"type": "Polygon", "coordinates": [[[place[0] + x, place[1] + y] for x, y in corners]]}

    def person(self, role: str) -> str:
        """The pseudonym of somebody."""
        pseudonym: str = self.client("registry", role).get("/v1/me").json()["person"]
        return pseudonym

    def apply(
        self, *, kind: str = "BIN", coordinator: str = "coordinator", place: tuple[float, float] = CENTRE
    ) -> dict[str, Any]:
        """A network that was applied for, with its ETag under `etag`."""
        body = {
            "name": f"{kind} Proefbuurt {next(self._numbers)}",
            "kind": kind,
            "area": self.square(place),
            "postcodes": ["9300"],
        }
        answer = self.client("registry", coordinator).post("/v1/networks", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json(), etag=answer.headers["ETag"])

    def submit(self, network: dict[str, Any], coordinator: str = "coordinator") -> None:
        """Charter signed and offered."""
        path = f"/v1/networks/{network['network_id']}"
        charter = {
            "communication_plan": "SMS bij dringend nieuws, mail bij de rest.",
            "budget_plan": "Stad betaalt sms.",
        }
        headers = {"If-Match": network["etag"]}
        self.done(self.client("registry", coordinator).put(f"{path}/charter", json=charter, headers=headers))
        self.done(self.client("registry", coordinator).post(f"{path}/submission"))

    def approve(self, network: dict[str, Any], *roles: str) -> None:
        for role in roles or ("korpschef", "burgemeester"):
            path = f"/v1/networks/{network['network_id']}/approvals"
            self.done(self.client("registry", role).post(path, json={"decision": "approve"}))

    def recognise(self, network: dict[str, Any]) -> None:
        path = f"/v1/networks/{network['network_id']}"
        self.done(self.client("registry", "burgemeester").post(f"{path}/fod-submission"))
        body = {"start": "2026-11-16", "reference": "VP/BIN/2026/0417"}
        self.done(self.client("registry", "fod").post(f"{path}/recognition", json=body))

    def appoint(self, network: dict[str, Any], coordinator: str = "coordinator") -> None:
        body = {
            "candidate": self.person(coordinator),
            "adult": True,
            "screening_outcome": "OK",
            "screened_on": "2026-10-20",
        }
        path = f"/v1/networks/{network['network_id']}/coordinators"
        self.done(self.client("registry", "officer").post(path, json=body))

    def join_be_alert(self, network: dict[str, Any], coordinator: str = "coordinator") -> None:
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
        """A network approved, and unless asked otherwise recognised, with its coordinator."""
        network = self.apply(kind=kind, coordinator=coordinator, place=place)
        self.submit(network, coordinator)
        self.approve(network)
        self.appoint(network, coordinator)
        if recognised:
            self.recognise(network)
        return network

    @staticmethod
    def done(answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        return answer
