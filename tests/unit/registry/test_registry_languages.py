"""People read where a charter is, and how to join a network, in their own language."""

from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from unit.registry.registry_memory import APPLICANT, GIVEN, InMemory, applied, charter, joining
from unit.registry.registry_memory import recognised as open_network
from unit.registry.registry_routes import routes_in_memory
from unit.registry.test_registry_network import recognised

from buurtsein_registry import api
from buurtsein_registry.documents import NETWORKS
from harness.in_process import app_of, caller, client_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NETWORK = recognised()
FORM = joining().model_dump(mode="json", exclude={"address": {"latitude", "longitude"}}, exclude_none=True)


class OneNetwork:
    """A fake database that returns the same network for every query."""

    @asynccontextmanager
    async def connection(self) -> "AsyncIterator[Any]":
        yield self

    async def fetchrow(self, *_: object) -> dict[str, Any]:
        return {"document": NETWORKS.write(NETWORK), "schema": NETWORKS.schema}


async def read(path: str, language: str | None) -> httpx.Response:
    app = app_of(api.router, GIVEN)
    app.state.service = "registry"
    headers = {"Accept-Language": language} if language else {}
    async with client_of(app, OneNetwork()) as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize(
    ("header", "language", "sentence"),
    [
        (None, "nl", "Het netwerk is erkend."),
        ("fr-BE", "fr", "Le réseau est reconnu."),
        ("de", "de", "Das Netzwerk ist anerkannt."),
        ("en, nl;q=0.5", "en", "The network is recognised."),
    ],
)
async def test_people_read_where_a_charter_is_in_their_language(
    header: str | None, language: str, sentence: str
) -> None:
    seen = await read("/charters/0000-0000-0000-0000", header)
    assert (seen.json()["detail"], seen.headers["Content-Language"]) == (sentence, language)
    assert (seen.headers["Vary"], seen.headers["Cache-Control"]) == ("Accept-Language", "no-store")


async def test_people_read_how_to_join_in_their_language_and_caches_keep_the_languages_apart() -> None:
    dutch, french = [await read(f"/networks/{NETWORK.network_id}/joining", one) for one in (None, "fr")]
    assert dutch.json()["how"].startswith("Meld u aan")
    assert french.json()["how"].startswith("Connectez-vous")
    assert [one.headers["Content-Language"] for one in (dutch, french)] == ["nl", "fr"]
    assert french.headers["Vary"] == "Accept, Accept-Language"
    assert dutch.headers["ETag"] != french.headers["ETag"]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "fr",
            [
                "Ce n'est pas possible pour le moment. La charte n'est pas encore signée.",
                "C'est impossible pour le moment. Il manque dans la charte : les contacts avec un coordinateur.",
                "C'est impossible pour le moment : la reconnaissance commence le 1er décembre 2026.",
            ],
        ),
        (
            "en",
            [
                "This is not possible now. The charter has not been signed yet.",
                "This is not possible now. The charter lacks: the contacts with a coordinator.",
                "This is not possible now: the recognition begins on 1 December 2026.",
            ],
        ),
    ],
)
async def test_a_refusal_tells_the_same_in_each_language(language: str, sentences: list[str]) -> None:
    app, store = app_of(api.router, GIVEN), InMemory()
    app.state.service = "registry"
    headers = caller(APPLICANT, "coordinator") | {"Accept-Language": language}
    application, later = await applied(store), await open_network(store, start=date(2026, 12, 1))
    path, signed = f"/networks/{application.network_id}", charter(contacts=[]).model_dump(exclude_none=True)
    with routes_in_memory():
        async with client_of(app, store) as client:
            unsigned = await client.post(f"{path}/submission", headers=headers | {"If-Match": '"1"'})
            await client.put(f"{path}/charter", json=signed, headers=headers | {"If-Match": '"1"'})
            incomplete = await client.post(f"{path}/submission", headers=headers | {"If-Match": '"2"'})
            early = await client.post(f"/networks/{later.network_id}/members", json=FORM, headers=headers)
    assert [one.json()["detail"] for one in (unsigned, incomplete, early)] == sentences
