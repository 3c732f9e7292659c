"""Made-up personal data and secrets are entered everywhere, and are found only where they belong."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from buurtsein_chassis.manifest import service_names
from buurtsein_kernel.days import BRUSSELS
from buurtsein_stack.demo.official import nearest_address
from harness import canary
from harness.canary import Canaries, leaks
from harness.collector import Collector
from harness.kafka import access, all_records
from harness.town import METRE_EAST, Town

HOMES = {
    "registry": {"network"},
    "reports": {"report", "reporter", "report_step"},
    "funding": {"application"},
    "notifier": {"switch"},
}
"""The only tables that may contain texts which a person typed, by service."""
ANSWERED = {"plan", "reason", "cost", "switch"}
"""Made-up texts that the answer to a command repeats; they are stored with its Idempotency-Key until that expires."""


@dataclass
class Run:
    """Sends the made-up personal data and secrets to the services, and keeps the services' refusals."""

    town: Town
    canaries: Canaries = field(default_factory=Canaries)
    refusals: list[httpx.Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = self.town.place(lived_in=True)

    def ask(self, service: str, role: str | None, method: str, path: str, body: Any = None, **more: str) -> Any:
        """Send a request with an Idempotency-Key, so that the service stores its answer; keep a refusal."""
        headers = {"Idempotency-Key": str(uuid4())} | {name.replace("_", "-"): value for name, value in more.items()}
        answer = self.town.client(service, role).request(method, path, json=body, headers=headers)
        if answer.is_error and not answer.json().get("report"):  # an emergency's text is sent back
            self.refusals.append(answer)
        return answer

    def post(self, service: str, role: str | None, path: str, body: Any = None) -> Any:
        return self.ask(service, role, "POST", path, body, If_Match='"1"')

    def network(self) -> dict[str, Any]:
        """Make a network with a member, and a second network that is refused with a reason."""
        person, texts = self.canaries.person, self.canaries.texts
        network = self.town.network(place=self.place)
        self.town.join_be_alert(network)
        path = f"/v1/networks/{network['network_id']}"
        member = {
            "kind": "RESIDENT",
            "name": person["name"],
            "email": person["email"],
            "mobile": person["phone"],
            "address": nearest_address(*self.place) | {"box": person["box"]},
            "adult": True,
            "consent_version": "2026-1",
            "channels": ["sms"],
        }
        assert self.post("registry", "resident", f"{path}/members", member).status_code == 201
        assert self.post("registry", "resident", f"{path}/members", member).status_code == 409
        self._wrong("registry", "resident", f"{path}/members", member)
        asked = self.canaries.reporter | {"text": person["report"], "consent": True, "consent_version": "2026-1"}
        assert self.post("registry", None, f"{path}/enquiries", asked).status_code == 201
        self._wrong("registry", None, f"{path}/enquiries", asked)
        self._refused_network(texts)
        self._refused_amendment(network, texts)
        return network

    def _refused_network(self, texts: dict[str, str]) -> None:
        other = self.town.apply(place=self.place)
        path = f"/v1/networks/{other['network_id']}"
        plans = {"communication_plan": texts["plan"], "budget_plan": texts["plan"]}
        signed = self.ask("registry", "coordinator", "PUT", f"{path}/charter", plans, If_Match=other["etag"])
        assert signed.status_code == 200
        self.town.submit(dict(other, etag=signed.headers["ETag"]))
        no = {"decision": "reject", "reason": texts["reason"]}
        assert self.town.step(other, "korpschef", "approvals", no).status_code == 200
        self._wrong("registry", "korpschef", f"{path}/approvals", no)

    def _refused_amendment(self, network: dict[str, Any], texts: dict[str, str]) -> None:
        changed = self.town.charter(communication_plan=texts["plan"])
        assert self.town.step(network, "coordinator", "amendment", changed).status_code == 200
        no = {"decision": "reject", "reason": texts["reason"]}
        assert self.town.step(network, "burgemeester", "approvals", no).status_code == 200

    def report(self, **changed: Any) -> Any:
        person = self.canaries.person
        body = {
            "category": "inbraak",
            "text": person["report"],
            "happened_from": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "location": {"longitude": self.place[0], "latitude": self.place[1], "street": person["street"]},
            "contact": self.canaries.reporter | {"name": person["reporter"]},
        } | changed
        return self.post("reports", None, "/v1/reports", body)

    def reports(self, network: dict[str, Any]) -> list[str]:
        """Send three reports of burglaries, an emergency and invalid requests; return the ids of the burglaries."""

        def known() -> Any:
            answer = self.report().json()
            return answer.get("network_id") == network["network_id"] and answer

        first = self.town.wait_for("reports knows the network", known)
        self._follow(first)
        places = [
            {"latitude": self.place[1], "longitude": self.place[0] + metres * METRE_EAST} for metres in (100, 200)
        ]
        rest = [self.report(location=place).json() for place in places]
        assert self.report(danger=True).status_code == 422
        self._wrong("reports", None, "/v1/reports", {"category": "inbraak", "text": self.canaries.person["report"]})
        for role in ("officer", "member"):
            self.ask("reports", role, "GET", f"/v1/reports/{first['report_id']}")
        self._handle(rest[0])
        return [one["report_id"] for one in (first, *rest)]

    def _follow(self, receipt: dict[str, Any]) -> None:
        """Read a report's status with its tracking token, and try wrong tracking tokens."""
        token = receipt["tracking_token"]
        self.canaries.shown["tracking token"] = token
        path = f"/v1/reports/{receipt['reference']}/status"
        assert self.ask("reports", None, "GET", path, Tracking_Token=token).status_code == 200
        assert self.ask("reports", None, "GET", path, Tracking_Token=f"{token}x").status_code == 404
        assert self.ask("reports", None, "GET", f"/v1/reports/{token}/status", Tracking_Token=token).is_error
        self.ask("reports", None, "GET", f"{path}?token={token}")

    def _handle(self, receipt: dict[str, Any]) -> None:
        """Judge a report, write to its reporter with messages and notes, and let the reporter answer."""
        texts, path = self.canaries.texts, f"/v1/reports/{receipt['report_id']}"
        both = {"message": texts["message"], "note": texts["note"]}
        judged = both | {"category": "inbraak", "severity": "Severe", "route_to": ["police"]}
        assert self.post("reports", "officer", f"{path}/triage", judged).status_code == 200
        for tag, status in (('"2"', "IN_PROGRESS"), ('"3"', "WAITING_REPORTER")):
            moved = self.ask("reports", "officer", "POST", f"{path}/progress", both | {"status": status}, If_Match=tag)
            assert moved.status_code == 200
        own = f"/v1/reports/{receipt['reference']}/status/messages"
        said, token = {"message": self.canaries.person["report"]}, receipt["tracking_token"]
        assert self.ask("reports", None, "POST", own, said, Tracking_Token=token).status_code == 201
        self._wrong("reports", "officer", f"{path}/progress", both)

    def alert(self, report_id: str) -> None:
        """Release the proposed alert and wait until it is sent; use the kill-switch with a reason."""
        officer = self.town.client("notifier", "officer")

        def proposed() -> Any:
            answer = officer.get(f"/v1/reports/{report_id}/judgements")
            return answer.is_success and answer.json()["items"] and answer.json()["items"][0].get("alert_id")

        path = f"/v1/alerts/{self.town.wait_for('an alert', proposed)}"
        seen = officer.get(path)
        self.ask("notifier", "officer", "POST", f"{path}/release", If_Match=seen.headers["ETag"])
        self.town.wait_for("the alert is sent", lambda: officer.get(path).json()["state"] == "SENT")
        for on in (True, False):
            body = {"on": on, "reason": self.canaries.texts["switch"]}
            tag = self.ask("notifier", "korpschef", "GET", "/v1/kill-switch").headers["ETag"]
            used = self.ask("notifier", "korpschef", "POST", "/v1/kill-switch", body, If_Match=tag)
            assert used.status_code == 200
        self._wrong("notifier", "korpschef", "/v1/kill-switch", {"on": True, "reason": self.canaries.texts["switch"]})

    def funding(self, network: dict[str, Any]) -> None:
        line = {"kind": "sms", "description": self.canaries.texts["cost"], "cents": 18500}
        year = datetime.now(BRUSSELS).year
        body = {"network_id": network["network_id"], "year": year, "form_version": "2026-1", "cost_lines": [line]}

        def accepted() -> Any:
            return self.post("funding", "coordinator", "/v1/applications", body).status_code != 404

        self.town.wait_for("funding knows the network", accepted)
        self._wrong("funding", "coordinator", "/v1/applications", body)
        self._wrong("funding", "finance", f"/v1/applications/{uuid4()}/decision", {"decision": "REJECTED"})

    def _wrong(self, service: str, role: str | None, path: str, body: dict[str, Any]) -> None:
        """Send invalid values in one field after another; a bad error message would repeat such a value."""
        typed = " ".join((self.canaries.person | self.canaries.texts).values())
        self.post(service, role, path, body | {typed: typed})
        for name, good in body.items():
            wrong = [[typed], {"decision": typed}, {typed: typed}]
            is_free_text = good in (self.canaries.person | self.canaries.texts).values()
            for value in wrong if is_free_text else [typed, *wrong]:
                self.post(service, role, path, body | {name: value})

    def tokens(self) -> None:
        """Send valid and invalid access tokens, in the right header and in other parts of a request."""
        false, address = self.canaries.shown["false token"], self.canaries.shown["token in an address"]
        for service in service_names():
            client = self.town.http(service)
            called = {"X-Correlation-Id": self.canaries.shown["name as correlation id"]}
            for headers in ({"Authorization": f"Bearer {false}"}, {"Cookie": false}, called):
                self.refusals.append(client.get("/v1/nothing", headers=headers))
                self.refusals.append(client.post("/v1/reports", json={}, headers=headers))
            self.refusals.append(client.get(f"/v1/{address}?access_token={address}"))
            self.refusals.append(client.request("POST", f"/v1/reports?access_token={address}", content=address))
            self.refusals.append(client.get("/v1/me", headers={"Authorization": f"Basic {false}"}))


@pytest.fixture(scope="module")
def run(town: Town) -> Run:
    """Send all requests to the services once, for all tests of this file."""
    told = Run(town)
    network = told.network()
    told.funding(network)
    told.alert(told.reports(network)[-1])
    told.tokens()
    return told


@pytest.fixture(scope="module")
def planted(run: Run) -> dict[str, str]:
    """Return the personal data and secrets that must not be found in logs, topics or answers."""
    mine = run.canaries.person | run.canaries.texts | run.canaries.shown
    return mine | canary.installation_secrets(run.town.stack.home, run.town.manifest["tokens"])


def test_the_planted_values_cover_every_kind(planted: dict[str, str]) -> None:
    assert len(planted) > 50
    for part in ("pseudonym_key", "database_app", "kafka_relay_password", "signing-key.json.d", "token of officer"):
        assert any(part in name for name in planted), part


def test_no_log_contains_a_planted_value(run: Run, planted: dict[str, str]) -> None:
    logs = canary.logs(run.town.stack.home)
    assert {f"log {name}.log" for name in (*service_names(), "kafka", "postgres")} <= set(logs)
    assert "http.request" in logs["log registry.log"]
    assert leaks(logs, planted) == []


def test_no_metric_contains_a_planted_value(run: Run, planted: dict[str, str]) -> None:
    metrics = {f"metrics of {name}": run.town.http(name).get("/metrics").text for name in service_names()}
    assert all("buurtsein_http_request_seconds" in text for text in metrics.values())
    assert leaks(metrics, planted) == []


def test_no_trace_contains_a_planted_value(run: Run, planted: dict[str, str], collector: Collector) -> None:
    spans = ("buurtsein-registry", "POST /v1/reports", "publish bin.incidents", "apply be.bin.incident.reported.v1")
    run.town.wait_for("the traces came", lambda: all(span in collector.text for span in spans))
    assert leaks({"traces": collector.text}, planted) == []


async def test_no_topic_contains_a_planted_value(run: Run, planted: dict[str, str]) -> None:
    admin = access(run.town.stack.servers)
    topics = run.town.stack.servers.kafka.cluster().admin.list_topics(timeout=10).topics
    own = [name for name in topics if not name.startswith("__")]
    assert {"bin.networks", "bin.members", "bin.incidents", "bin.alerts", "bin.funding"} <= set(own)
    said = {f"topic {name}": "\n".join(map(canary.record_text, await all_records(admin, name))) for name in own}
    assert all(said[f"topic bin.{name}"] for name in ("networks", "members", "incidents", "alerts"))
    assert leaks(said, planted) == []


def test_no_refusal_repeats_a_planted_value(run: Run, planted: dict[str, str]) -> None:
    answers = {
        f"{n}: {one.request.method} {one.url.path}": canary.answer_text(one) for n, one in enumerate(run.refusals)
    }
    assert len(answers) > 80
    assert {answer.status_code for answer in run.refusals} >= {401, 403, 404, 409, 415, 422}
    assert [answer.text for answer in run.refusals if answer.status_code >= 500] == []
    assert leaks(answers, planted) == []


def test_no_alert_contains_a_planted_value(run: Run, planted: dict[str, str]) -> None:
    sent = httpx.get(f"{run.town.manifest['bealert']['url']}/alerts").text
    assert "urn:oasis:names:tc:emergency:cap" in sent
    assert leaks({"what BE-Alert received": sent}, planted) == []


def test_no_process_has_a_secret_in_its_arguments_or_environment(run: Run, planted: dict[str, str]) -> None:
    running = {name: one for name, one in run.town.stack.processes().items() if name != "postgres"}
    assert set(service_names()) <= set(running)
    assert leaks(canary.commands() | canary.environments(running), planted) == []


@pytest.fixture(scope="module")
def databases(run: Run) -> dict[str, dict[str, str]]:
    """Return every row of every service's database, as text by table."""
    addresses = run.town.manifest["postgres"]["databases"]
    return {name: asyncio.run(canary.tables(addresses[name])) for name in service_names()}


@pytest.mark.parametrize("service", service_names())
def test_typed_texts_are_stored_only_in_their_own_tables(
    run: Run, planted: dict[str, str], databases: dict[str, dict[str, str]], service: str
) -> None:
    tables = databases[service]
    own, answers = HOMES[service], tables["idempotency"]
    assert leaks({name: tables[name] for name in own}, run.canaries.person | run.canaries.texts)
    rest = {name: text for name, text in tables.items() if name not in {*own, "idempotency"}}
    assert {"event_log", "inbox", "dead_letter"} <= set(rest)
    assert leaks(rest, planted) == []
    assert leaks({"idempotency": answers}, {k: v for k, v in planted.items() if k not in ANSWERED}) == []
