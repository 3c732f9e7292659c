"""Tests over HTTP and Kafka that a report with an address, or with a description of its place, gets coordinates."""

import csv

from e2e.test_reports_story import AALST, event_of, submit
from harness.problems import refused
from harness.town import Town


def test_a_place_by_address_or_in_words_reaches_the_police_as_a_point(town: Town) -> None:
    [address] = [one for one in official_addresses() if one["address_id"] == "900001"]
    place = {name: address[name] for name in ("street", "house_number", "postcode")}
    two_houses = submit(town, location=place)
    refused(two_houses, 422, "address_ambiguous")
    by_address = submit(town, location=two_houses.json()["suggestions"][0])
    assert by_address.status_code == 201, by_address.text
    exact = town.wait_for("the event", event_of(town, by_address.json()["report_id"])).location
    point = (float(address["longitude"]), float(address["latitude"]))
    assert ((exact.longitude, exact.latitude), exact.within_metres) == (point, None)
    names = [one["name"] for one in town.http("reports").get("/v1/neighbourhoods").json()["items"]]
    in_words = submit(town, location={"description": "Aan de beek.", "neighbourhood": names[1]}).json()
    assert in_words["flags"] == ["place_described"]
    assert town.wait_for("the event", event_of(town, in_words["report_id"])).location.within_metres
    judged = f"/v1/reports/{in_words['report_id']}/judgements"
    finding = town.wait_for("the judgement", lambda: town.client("notifier", "officer").get(judged).json().get("items"))
    assert [one["finding"] for one in finding] == ["vague_place"]
    police, path = town.client("reports", "officer"), f"/v1/reports/{in_words['report_id']}"
    seen = {"If-Match": town.done(police.get(path)).headers["ETag"]}
    moved = {"location": place | {"address_id": address["address_id"]}, "reason": "De melder belde terug."}
    town.done(police.post(f"{path}/relocation", json=moved, headers=seen))
    file = police.get(path).json()
    assert (file["longitude"], file["latitude"], file["flags"]) == (*point, [])
    assert [one["place_description"] for one in file["earlier_places"]] == ["Aan de beek."]
    town.wait_for("another judgement", lambda: _not_vague(town, judged))


def _not_vague(town: Town, judged: str) -> list[str] | None:
    found = [one["finding"] for one in town.client("notifier", "officer").get(judged).json().get("items", [])]
    return found if found and "vague_place" not in found else None


def official_addresses() -> list[dict[str, str]]:
    with (AALST / "addresses.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
