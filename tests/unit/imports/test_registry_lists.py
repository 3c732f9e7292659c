"""Lists of networks, members and coordinators are read with the columns of the registry's own exports."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from unit.imports.exports import written

from buurtsein_operate.imports import Service, send_all
from buurtsein_operate.imports.registry import Coordinators, Members
from buurtsein_operate.imports.sending import Outcome
from buurtsein_operate.registry_lists import COORDINATORS, MEMBERS, NETWORKS
from buurtsein_operate.sheets import Form, Row, read

CODE, PERSON = "BIN-AALST-0007", "p" + "1" * 32
MEMBER = {
    "netwerk": CODE,
    "nummer": "17",
    "naam": "Ann Voorbeeld",
    "gsm": "'+32470123456",
    "email": "geen",
    "straat": "Molenstraat",
    "huisnummer": "1",
    "postcode": "B-9300",
    "soort": "bewoner",
    "kanalen": "sms, e-mail",
    "meerderjarig": "ja",
    "toestemming": "2026-1",
    "toestemming_op": "1/3/2026",
}
COORDINATOR = {
    "netwerk": CODE,
    "persoon": PERSON,
    "rol": "coördinator",
    "screening": "gunstig",
    "screening_op": "2026-11-02",
    "meerderjarig": "x",
}


def row_of(tmp_path: Path, form: Form, cells: dict[str, str]) -> Row:
    [row] = read(written(tmp_path, ";".join(cells.values()), header=";".join(cells)), form).rows()
    return row


def test_a_member_is_read_with_the_words_of_people(tmp_path: Path) -> None:
    row = row_of(tmp_path, MEMBERS, MEMBER)
    assert (row.number, row.body["mobile"], row.body["kind"]) == (f"{CODE} 17", "+32470123456", "RESIDENT")
    assert (row.body["channels"], row.body["consented_on"]) == (["sms", "email"], "2026-03-01")
    assert [note.code for note in row.notes] == ["cell_left_out"]


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"toestemming": ""}, "consent_missing", "toestemming"),
        ({"toestemming_op": ""}, "consent_missing", "toestemming_op"),
        ({"toestemming_op": "ooit"}, "day_unreadable", "toestemming_op"),
        ({"meerderjarig": "nee"}, "adult_missing", "meerderjarig"),
        ({"soort": "kat"}, "word_unknown", "soort"),
        ({"nummer": ""}, "number_missing", "nummer"),
    ],
)
def test_a_member_who_cannot_be_read_is_refused_with_the_column(
    tmp_path: Path, cells: dict[str, str], code: str, column: str
) -> None:
    fault = row_of(tmp_path, MEMBERS, MEMBER | cells).fault
    assert fault
    assert (fault.code, fault.column) == (code, column)


NETWORK = {
    "code": "B17",
    "naam": "BIN Proef",
    "soort": "bin",
    "postcodes": "9300",
    "gebied": "{}",
    "aanvrager": PERSON,
    "kenmerk_fod": "VP/2019/17",
    "brief_sha256": "a" * 64,
    "erkend_van": "1/5/2019",
    "charter_getekend_op": "1/3/2019",
    "korpschef_op": "20/3/2019",
    "burgemeester_op": "12/3/2019",
    "status": "",
}


def test_a_network_with_the_letter_of_the_fod_is_read_as_recognised(tmp_path: Path) -> None:
    recognised = row_of(tmp_path, NETWORKS, NETWORK).body["recognised"]
    assert (recognised["start"], recognised["reference"], "end" in recognised) == ("2019-05-01", "VP/2019/17", False)
    named = row_of(
        tmp_path, NETWORKS, NETWORK | {"straten": "Dorp, Molenstraat", "woningen": "120", "talen": "NL"}
    ).body
    assert (named["streets"], named["dwellings"], named["languages"]) == (["Dorp", "Molenstraat"], "120", ["nl"])
    assert "recognised" not in row_of(tmp_path, NETWORKS, NETWORK | {"kenmerk_fod": ""}).body
    for cells, code in (({"korpschef_op": ""}, "cell_missing"), ({"status": "ENDED"}, "network_not_in_force")):
        fault = row_of(tmp_path, NETWORKS, NETWORK | cells).fault
        assert fault
        assert (fault.code, fault.column) == (code, next(iter(cells)))


async def outcome(row: Row, kind: Any, answer: Any) -> Outcome:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://registry") as client:
        [result] = [one async for one in send_all([row], kind(Service(client)))]
        return result


def networks(request: httpx.Request) -> httpx.Response | None:
    known = {"items": [{"code": CODE, "network_id": "n7"}]}
    return httpx.Response(200, json=known) if request.method == "GET" and "q" in request.url.params else None


@pytest.mark.parametrize(("status", "result"), [(201, "accepted"), (200, "duplicate")])
async def test_a_member_goes_to_the_network_of_the_row(tmp_path: Path, status: int, result: str) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if found := networks(request):
            return found
        sent.append(request)
        return httpx.Response(status, json={})

    row = row_of(tmp_path, MEMBERS, MEMBER)
    assert (await outcome(row, lambda service: Members(service, "lijst", "nieuw"), answer)).result == result
    assert sent[0].url.path == "/v1/networks/n7/imported-members"
    assert json.loads(sent[0].content)["source"] == {"system": "lijst", "number": "17"}


async def test_a_row_of_an_unknown_network_is_refused(tmp_path: Path) -> None:
    row = row_of(tmp_path, MEMBERS, MEMBER | {"netwerk": "BIN-AALST-0099"})
    refused = await outcome(row, Members, lambda request: networks(request) or httpx.Response(500))
    assert (refused.result, refused.remarks[0].column) == ("refused:network_unknown", "netwerk")


@pytest.mark.parametrize("known", [False, True])
async def test_a_screening_that_the_network_has_is_not_sent_again(tmp_path: Path, *, known: bool) -> None:
    screening = {"person": PERSON, "outcome": "OK", "screened_on": "2026-11-02"}
    posted: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if found := networks(request):
            return found
        if request.method == "GET":
            return httpx.Response(200, json={"screenings": [screening] if known else []}, headers={"ETag": '"3"'})
        posted.append(request)
        return httpx.Response(201, json={})

    done = await outcome(row_of(tmp_path, COORDINATORS, COORDINATOR), Coordinators, answer)
    assert done.result == ("duplicate" if known else "accepted")
    assert [one.headers["If-Match"] for one in posted] == ([] if known else ['"3"'])
