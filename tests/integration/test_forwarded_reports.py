"""Over HTTP on PostgreSQL, another body reads a report that was forwarded to it, until it has answered."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from unit.reports.report_desk import TRIAGE, UPDATES
from unit.reports.reports_memory import GIVEN, command

from buurtsein_reports import api
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused

CITY_OFFICER = caller("p" + "8" * 32, "city-officer")


@pytest.fixture
async def client(servers: RunningServers) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        fresh_database(servers, "reports") as where,
        opened(where.app) as database,
        serving(api.router, database, GIVEN) as client,
    ):
        yield client


async def step(client: httpx.AsyncClient, report_id: str, path: str, seen: str, body: dict[str, Any]) -> httpx.Response:
    headers = CITY_OFFICER | {"If-Match": seen}
    answer = await client.post(f"/reports/{report_id}/{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer


async def forwarded(client: httpx.AsyncClient) -> tuple[dict[str, Any], str, str]:
    """Forward a new report; return its receipt, its version and the token of the other body."""
    body = command(category="sluikstort").model_dump(mode="json", exclude_unset=True)
    receipt = (await client.post("/reports", json=body)).json()
    seen = '"1"'
    for path, decided in (("triage", TRIAGE), ("progress", UPDATES["begin"]), ("progress", UPDATES["forward"])):
        answer = await step(client, receipt["report_id"], path, seen, decided)
        seen = answer.headers["ETag"]
    return receipt, seen, answer.json()["forwarding_token"]


@pytest.mark.parametrize("ended_by", ["the answer of the body", "the clerk"])
async def test_the_token_of_a_forwarding_reads_the_report_only_while_it_waits_for_the_answer(
    client: httpx.AsyncClient, ended_by: str
) -> None:
    receipt, seen, token = await forwarded(client)
    where, headers = f"/forwarded/{receipt['reference']}", {"Forwarding-Token": token}
    shown = (await client.get(where, headers=headers)).json()
    assert (shown["text"], shown["waits"]) == (command().text, True)
    if ended_by == "the clerk":
        await step(client, receipt["report_id"], "progress", seen, UPDATES["begin"])
    else:
        assert (await client.post(f"{where}/answer", json={"answer": "done"}, headers=headers)).is_success
    refused(await client.get(where, headers=headers), 404, "report_unknown")
