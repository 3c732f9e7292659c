"""A person asks to join with an address outside the area, the police accept, and the member decides about messages."""

from typing import Any

import httpx
import pytest

from buurtsein_contracts.events import MemberExcluded, MemberJoined, MemberSuspended
from harness.problems import refused
from harness.story import excluded, network_of_its_own, resident_at
from harness.town import Town


@pytest.fixture(scope="module")
def network(town: Town) -> dict[str, Any]:
    return network_of_its_own(town)


def does(town: Town, role: str, before: httpx.Response, step: str, method: str = "POST", **body: Any) -> httpx.Response:
    """Send a decision about a membership with the ETag of an earlier response."""
    path, seen = f"/v1/members/{before.json()['member_id']}/{step}", {"If-Match": before.headers["ETag"]}
    return town.client("registry", role).request(method, path, json=body or None, headers=seen)


def reach(town: Town, network: dict[str, Any]) -> dict[str, Any]:
    answer = town.done(town.client("registry", "dispatcher").get(f"/v1/networks/{network['network_id']}/reach"))
    return dict(answer.json())


def test_an_address_outside_the_area_is_accepted_by_the_police_only(town: Town, network: dict[str, Any]) -> None:
    path, form = f"/v1/networks/{network['network_id']}/members", resident_at(town.place(lived_in=True))
    resident = town.client("registry", "resident")
    refused(resident.post(path, json=form), 422, "outside_area")
    asked = town.done(resident.post(path, json=form | {"asks_exception": True}))
    assert (asked.status_code, asked.json()["status"]) == (201, "REQUESTED")
    refused(does(town, "coordinator", asked, "decision", decision="accept"), 403, "police_decides")
    refused(does(town, "coordinator2", asked, "decision", decision="accept"), 404, "member_unknown")
    reason = {"decision": "accept", "reason": "Werkt in de straat."}
    accepted = town.done(does(town, "officer", asked, "decision", **reason))
    assert accepted.json()["status"] == "ACTIVE"
    which = asked.json()["member_id"]
    town.wait_for(
        "the event", lambda: which in {e.subject for e in town.events("bin.members") if is_a(e, MemberJoined)}
    )
    town.done(resident.post(f"/v1/members/{which}/departure", json={}))


def test_a_member_who_pauses_or_is_away_is_not_reached(town: Town, network: dict[str, Any]) -> None:
    trader = town.client("registry", "trader")
    joined = town.done(trader.post(f"/v1/networks/{network['network_id']}/members", json=resident_at(network["place"])))
    assert reach(town, network)["by_channel"] == [{"channel": "sms", "language": "nl", "members": 1}]
    wanted = {"language": "fr", "channels": ["email", "sms"]}
    changed = town.done(does(town, "trader", joined, "preferences", "PUT", **wanted))
    assert [(one["channel"], one["language"]) for one in reach(town, network)["by_channel"]] == [
        ("email", "fr"),
        ("sms", "fr"),
    ]
    paused = town.done(does(town, "trader", changed, "pause"))
    assert (paused.json()["status"], reach(town, network)["members"]) == ("PAUSED", 0)
    refused(does(town, "trader", paused, "pause"), 409, "transition_refused")
    problem = refused(does(town, "trader", joined, "resumption"), 412, "version_changed")
    assert problem["changed"] == ["channels", "language", "status"]
    town.done(does(town, "trader", paused, "resumption"))
    assert reach(town, network)["members"] == 1
    path = f"/v1/members/{joined.json()['member_id']}"
    refused(town.client("registry", "coordinator2").get(path), 404, "member_unknown")
    shown = town.done(town.client("registry", "coordinator").get(path)).json()
    assert (shown["person"], shown["status"], "leave" in shown["actions"]) == (town.person("trader"), "ACTIVE", True)
    town.done(trader.post(f"{path}/departure", json={}))


def test_a_suspension_and_an_exclusion_are_told(town: Town, network: dict[str, Any]) -> None:
    excluded(town, network)

    def told() -> set[type]:
        own = [event for event in town.events("bin.members") if event.key == network["network_id"]]
        return {kind for kind in (MemberSuspended, MemberExcluded) if any(is_a(event, kind) for event in own)}

    town.wait_for("both events", lambda: told() == {MemberSuspended, MemberExcluded})


def is_a(event: Any, kind: type) -> bool:
    return isinstance(event.data, kind)
