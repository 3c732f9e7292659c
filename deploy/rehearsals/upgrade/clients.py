"""Sends people's requests at a steady rate during the upgrade, and never sends a request twice.

Invariant: every request is counted with its answer, and each accepted command is kept with the events that it records.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any, NamedTuple

import httpx

from buurtsein_contracts import uuid7
from buurtsein_stack.demo.networks import membership
from buurtsein_stack.people import Person

ALERT_SECONDS = 60.0
"""How long a report of a fire may take to become a proposed alert, also while consumers are being replaced."""

type Document = dict[str, Any]


class Expected(NamedTuple):
    """The type and the topic of an event that a command must record."""

    type: str
    topic: str


REPORTED = Expected("be.bin.incident.reported.v1", "bin.incidents")
REPORTED_TO_CITY = Expected("be.bin.incident.reported.v1", "bin.city-incidents")
JOINED = Expected("be.bin.member.joined.v1", "bin.members")
LEFT = Expected("be.bin.member.left.v1", "bin.members")
REQUESTED = Expected("be.bin.funding.requested.v1", "bin.funding")
DECIDED = Expected("be.bin.funding.decided.v1", "bin.funding")
WITHDRAWN = Expected("be.bin.funding.withdrawn.v1", "bin.funding")
RELEASED = Expected("be.bin.alert.released.v1", "bin.alerts")
REFUSED = Expected("be.bin.alert.refused.v1", "bin.alerts")
ALL = (REPORTED, REPORTED_TO_CITY, JOINED, LEFT, REQUESTED, DECIDED, RELEASED, REFUSED)


class Accepted(NamedTuple):
    """An accepted command: its correlation id, and the events that it must have recorded, once each."""

    correlation_id: str
    events: Sequence[Expected]


@dataclass(slots=True)
class Tally:
    """Counts the answers to requests during one step of the rehearsal, and lists the unwanted answers."""

    answers: Counter[str] = field(default_factory=Counter)
    """How often each answer came: a status such as `201`, or the class of an error without an answer."""
    slowest: float = 0.0
    complaints: list[str] = field(default_factory=list)
    """The answers that should not have come, each with its request."""

    @property
    def good(self) -> bool:
        """Return whether at least one request was sent and every request was accepted."""
        return bool(self.answers) and not self.complaints

    def note(self, request: str, answer: str, seconds: float, *, wanted: bool, text: str = "") -> None:
        """Count the answer to a request, and list an answer that is not `wanted` as a complaint."""
        self.answers[answer] += 1
        self.slowest = max(self.slowest, seconds)
        if not wanted:
            self.complaints.append(f"{request}: {answer} {text}".strip())


class NotSent(Exception):
    """Raised when a request of a story (a series of requests) was not accepted, so that the story cannot go on."""


class Clients:
    """Sends the requests of people who use the services while the services are upgraded."""

    def __init__(self, manifest: Document, token: Callable[[Person], str], network: Document) -> None:
        """Take the content of `stack.json`, a function that makes a person's token, and a recognised network."""
        self._urls = {name: one["url"] for name, one in manifest["services"].items()}
        self._tokens: Mapping[str, str] = manifest["tokens"]
        self._token = token
        self._network = network
        self._numbers = count(1)
        self._busy: set[str] = set()
        self.accepted: list[Accepted] = []
        self.fires = 0
        """How many reports of a fire were accepted, each of which must become one alert."""
        self.tallies: dict[str, Tally] = {}
        self._tally = Tally()

    def step(self, name: str) -> Tally:
        """Begin a step of the rehearsal; return the object that counts the answers during the step."""
        self._tally = self.tallies[name] = Tally()
        return self._tally

    async def run(self, stories_a_second: float, ended: Callable[[], bool]) -> None:
        """Start stories (series of requests) at a steady rate until `ended` is true, and wait for the running ones."""
        stories = cycle([*[self._litter] * 3, self._membership, *[self._litter] * 2, self._support, self._fire])
        begun = time.monotonic()
        limits = httpx.Limits(max_connections=100)
        async with (
            httpx.AsyncClient(timeout=30, trust_env=False, limits=limits) as self._http,
            asyncio.TaskGroup() as all_,
        ):
            for number, story in enumerate(stories):
                if ended():
                    return
                all_.create_task(self._told(story))
                await asyncio.sleep(max(0.0, begun + (number + 1) / stories_a_second - time.monotonic()))

    async def _told(self, story: Callable[[], Awaitable[None]]) -> None:
        with suppress(NotSent):  # the tally has already counted the refusal
            await story()

    async def _litter(self) -> None:
        await self._report("sluikstort", REPORTED, REPORTED_TO_CITY)

    async def _membership(self) -> None:
        """Let a new person join the network and leave the network again."""
        token = self._token(Person(f"member-{next(self._numbers)}", "resident"))
        person = membership(self._network["middle"], kind="RESIDENT", name="An Voorbeeld")
        path = f"/v1/networks/{self._network['network_id']}/members"
        member = (await self._does("registry", path, person, JOINED, token=token)).json()
        await self._does(
            "registry", f"/v1/members/{member['member_id']}/departure", {"reason": "MOVED"}, LEFT, token=token
        )

    async def _support(self) -> None:
        """Request funding and withdraw the request; skip this while another request for the network is open.

        Release 0.1.0 has no withdrawal (404): there finance rejects the request.
        """
        with self._alone("support") as free:
            if not free:
                return
            coordinator, finance = self._tokens["coordinator"], self._tokens["finance"]
            asked = await self._does("funding", "/v1/applications", self._network["form"], REQUESTED, token=coordinator)
            path, seen = f"/v1/applications/{asked.json()['application_id']}", {"If-Match": asked.headers["ETag"]}
            no = {"decision": "REJECTED", "reasons": ["proef"]}
            answer, event = None, WITHDRAWN
            while answer is None or not answer.is_success:  # each request may reach a process of another release
                answer, event = await self._try(f"{path}/withdrawal", coordinator, seen), WITHDRAWN
                if not answer.is_success:
                    answer, event = await self._try(f"{path}/decision", finance, seen, no), DECIDED
            self.accepted.append(Accepted(answer.headers["X-Correlation-Id"], (event,)))

    async def _try(
        self, path: str, token: str, headers: Mapping[str, str], body: Document | None = None
    ) -> httpx.Response:
        """Send a request to funding that only one of two releases accepts: the other one answers 404 or 422."""
        wanted = (200, 404, 422)
        return await self._asked("POST", "funding", path, token=token, wanted=wanted, headers=headers, json=body)

    async def _fire(self) -> None:
        """Report a fire and wait for its alert; in turn, one officer refuses the alert or two officers release it."""
        with self._alone("fire") as free:
            if not free:
                return
            report = (await self._report("brand", REPORTED)).json()["report_id"]
            self.fires += 1
            path = f"/v1/alerts/{await self._alert(report)}"
            officers = [self._tokens["officer"], self._tokens["officer2"]]
            seen = (await self._asked("GET", "notifier", path, token=officers[0])).headers["ETag"]
            if self.fires % 2:
                no = {"reason": "already_solved"}
                await self._does("notifier", f"{path}/refusal", no, REFUSED, token=officers[0], seen=seen)
                return
            once = await self._does("notifier", f"{path}/release", None, token=officers[0], seen=seen)
            seen = once.headers["ETag"]
            await self._does("notifier", f"{path}/release", None, RELEASED, token=officers[1], seen=seen)

    async def _alert(self, report_id: str) -> str:
        """Wait until the notifier has made an alert from a report, and return the alert's id."""
        path, deadline = f"/v1/reports/{report_id}/judgements", time.monotonic() + ALERT_SECONDS
        while time.monotonic() < deadline:
            answer = await self._asked("GET", "notifier", path, token=self._tokens["officer"], wanted=(200, 404))
            judged = answer.json()["items"] if answer.is_success else ()
            if alert := next((one["alert_id"] for one in judged if one.get("alert_id")), None):
                return str(alert)
            await asyncio.sleep(0.3)
        self._tally.complaints.append(f"a report of a fire became no alert within {ALERT_SECONDS:g} s")
        raise NotSent

    async def _report(self, category: str, *events: Expected) -> httpx.Response:
        longitude, latitude = self._network["middle"]
        body = {
            "category": category,
            "text": f"Proef {next(self._numbers)}.",
            "happened_from": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "location": {"longitude": longitude, "latitude": latitude},
        }
        return await self._does("reports", "/v1/reports", body, *events)

    async def _does(
        self,
        service: str,
        path: str,
        body: Document | None,
        *events: Expected,
        token: str | None = None,
        seen: str | None = None,
    ) -> httpx.Response:
        """Send a command once and store it as accepted; raise NotSent when the service does not accept it."""
        headers = {"Idempotency-Key": str(uuid7())} | ({"If-Match": seen} if seen else {})
        answer = await self._asked("POST", service, path, token=token, headers=headers, json=body)
        if events:
            self.accepted.append(Accepted(answer.headers["X-Correlation-Id"], events))
        return answer

    async def _asked(
        self,
        method: str,
        service: str,
        path: str,
        *,
        token: str | None,
        wanted: Sequence[int] = (200, 201),
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """Send a request once and count its answer; raise NotSent without an answer or for an unwanted status."""
        given = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        tally, begun = self._tally, time.monotonic()
        named = f"{method} {service} {path.rpartition('/')[2] if method == 'POST' else ''}".strip()
        try:
            answer = await self._http.request(method, self._urls[service] + path, headers=given, **request)
        except httpx.HTTPError as error:
            tally.note(named, type(error).__name__, time.monotonic() - begun, wanted=False)
            raise NotSent from error
        good = answer.status_code in wanted
        tally.note(
            named,
            str(answer.status_code),
            time.monotonic() - begun,
            wanted=good,
            text=" ".join(answer.text[:200].split()),
        )
        if not good:
            raise NotSent
        return answer

    @contextmanager
    def _alone(self, story: str) -> Iterator[bool]:
        """Yield True and lock this kind of story during the `with` block; yield False when it is locked already."""
        if story in self._busy:
            yield False
            return
        self._busy.add(story)
        try:
            yield True
        finally:
            self._busy.discard(story)
