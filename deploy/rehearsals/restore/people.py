"""Sends the requests of people in the restore rehearsal, all of which the services must accept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from buurtsein_chassis.command_errors import CommandError
from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_stack.demo.cast import Cast, Document, wait_for
from buurtsein_stack.demo.networks import membership, today
from buurtsein_stack.people import Person

ALERT_SECONDS = 60.0
_COLLEGE = {"decided_on": today().isoformat(), "reference": "CBS/PROEF"}
REJECTED = {"decision": "REJECTED", "reasons": ["outside_year"], "college": _COLLEGE}
GRANTED = {"decision": "GRANTED", "granted_cents": 100, "reasons": ["outside_year"], "college": _COLLEGE}


class People:
    """Sends requests as the members, officers and other people of one recognised network."""

    def __init__(self, cast: Cast, network: Document, token: Callable[[Person], str], numbers: "count[int]") -> None:
        """Take the sender of requests, the network, a function that makes tokens, and an iterator of unused numbers."""
        self._cast = cast
        self._network = network
        self._token = token
        self._numbers = numbers

    def report(self, category: str = "sluikstort", metres: float = 0) -> str:
        """Report something `metres` north of the centre of the network, and return the id of the report."""
        longitude, latitude = self._network["middle"]
        body = {
            "category": category,
            "text": f"Proef {next(self._numbers)}.",
            "happened_from": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "location": {"longitude": longitude, "latitude": latitude + metres / METRES_PER_DEGREE},
        }
        return str(self._cast.does("reports", "", "/v1/reports", body)["report_id"])

    def everyday(self, number: int) -> None:
        """Report litter `number` times; for every third report, a new person also joins and leaves the network."""
        for turn in range(number):
            self.report()
            if turn % 3 == 0:
                self._join_and_leave()

    def request(self) -> str:
        """Request funding and let finance prepare the decision; return the URL path for the decision."""
        asked = self._cast.does("funding", "coordinator", "/v1/applications", self._network["form"])
        path = f"/v1/applications/{asked['application_id']}"
        proposal = {"proposal": "REJECTED", "reasons": ["outside_year"]}
        self._cast.does("funding", "finance", f"{path}/review", proposal, version=asked["etag"])
        return f"{path}/decision"

    def decide(self, path: str, decision: Document) -> int:
        """Enter the decision on a prepared request for funding; return the HTTP status of the answer."""
        answer = self._cast.client("funding", "city-officer").post(path, json=decision, headers={"If-Match": '"2"'})
        return answer.status_code

    def propose(self, category: str, reports: int) -> str:
        """Send enough similar reports to cause a proposed alert; wait for the alert, and return its URL path."""
        *_, last = [self.report(category, 20 * turn) for turn in range(reports)]
        path = f"/v1/reports/{last}/judgements"

        def alert() -> str | None:
            answer = self._cast.client("notifier", "officer").get(path)
            items = answer.json()["items"] if answer.is_success else ()
            return next((item["alert_id"] for item in items if item.get("alert_id")), None)

        return f"/v1/alerts/{wait_for(f'an alert about {category}', alert, ALERT_SECONDS)}"

    def release(self, alert: str, *officers: str) -> int:
        """Release an alert as each of these officers in turn; return the HTTP status of the last answer."""
        status = 0
        for officer in officers:
            client = self._cast.client("notifier", officer)
            status = client.post(
                f"{alert}/release", headers={"If-Match": client.get(alert).headers["ETag"]}
            ).status_code
        return status

    def wait_until(self, alert: str, state: str) -> None:
        """Wait until an alert has this state."""
        officer = self._cast.client("notifier", "officer")
        wait_for(f"the alert is {state}", lambda: officer.get(alert).json()["state"] == state, ALERT_SECONDS)

    def switch(self, *, on: bool) -> None:
        """Turn the kill-switch of deliveries on or off."""
        path, client = "/v1/kill-switch", self._cast.client("notifier", "korpschef")
        body = {"on": on, "reason": "herstel van de databank"}
        answer = client.post(path, json=body, headers={"If-Match": client.get(path).headers["ETag"]})
        if not answer.is_success:
            raise CommandError("rehearsal", f"the kill-switch: {answer.text[:200]}")

    def _join_and_leave(self) -> None:
        person = membership(self._network["middle"], kind="RESIDENT", name="An Voorbeeld")
        token = self._token(Person(f"member-{next(self._numbers)}", "resident"))
        url = self._cast.manifest["services"]["registry"]["url"]
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
            joined = client.post(f"/v1/networks/{self._network['network_id']}/members", json=person).raise_for_status()
            departure = f"/v1/members/{joined.json()['member_id']}/departure"
            client.post(departure, json={"reason": "MOVED"}).raise_for_status()
