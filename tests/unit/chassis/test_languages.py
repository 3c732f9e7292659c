"""A person gets errors in the language that their browser asks for, and in Dutch when it asks for none of ours."""

import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel, Field

from buurtsein_chassis.auth import anyone
from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.languages import preferred
from buurtsein_chassis.limits import RateLimits
from buurtsein_kernel.problems import DomainError, missing

router = APIRouter()


class Form(BaseModel):
    name: str = Field(max_length=3)


@router.get("/network", dependencies=[anyone()])
async def network() -> None:
    raise missing("network_unknown", "Dit netwerk bestaat niet.")


@router.get("/new", dependencies=[anyone()])
async def new() -> None:
    raise DomainError("brand_new", "Dit is nieuw.")


@router.get("/broken", dependencies=[anyone()])
async def broken() -> None:
    raise RuntimeError


@router.post("/form", dependencies=[anyone()])
async def form(sent: Form) -> None: ...


async def answer(path: str, accept: str | None, service: str = "registry", sent: object = None) -> httpx.Response:
    app = create_app(service, [router], Health(stalled_seconds=30), max_body_bytes=1000, body_seconds=1)
    app.state.limits = RateLimits(100, 100)
    asked = [] if accept is None else [(b"Accept-Language", accept.encode("latin-1"))]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/v1") as client:
        return await client.request("GET" if sent is None else "POST", path, json=sent, headers=asked)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "nl"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("fr-BE, fr;q=0.9, en;q=0.5", "fr"),
        ("DE", "de"),
        ("en;q=0.8, fr;q=0.9", "fr"),
        ("es, en ; q=0.1", "en"),
        ("fr, nl", "fr"),
        ("fr;q=0.5, fr-BE;q=0.9, nl;q=0.8", "fr"),
        ("fr;q=0", "nl"),
        ("es, it", "nl"),
        ("*", "nl"),
        ("*, fr;q=0.5", "nl"),
        ("nl;q=0, *", "fr"),
        ("fr;q=1.5, fr;q=abc, fr;q=-1, de;q=0.2", "de"),
    ],
)
def test_the_language_with_the_highest_quality_is_chosen(header: str, language: str) -> None:
    assert preferred(header) == language


async def test_an_error_is_told_in_the_language_of_the_reader() -> None:
    told = await answer("/network", "fr-BE,fr;q=0.9")
    assert (told.json()["detail"], told.json()["code"]) == ("Ce réseau n'existe pas.", "network_unknown")
    assert (told.headers["Content-Language"], told.headers["Vary"]) == ("fr", "Accept-Language")


async def test_without_a_preference_an_error_is_told_in_dutch() -> None:
    told = await answer("/network", None)
    assert told.json()["detail"] == "Dit netwerk bestaat niet."
    assert (told.headers["Content-Language"], told.headers["Vary"]) == ("nl", "Accept-Language")


async def test_each_service_has_its_own_sentence_for_a_code() -> None:
    here, there = [(await answer("/network", "en", service)).json()["detail"] for service in ("registry", "funding")]
    assert here == "This network does not exist."
    assert there == "This network is not known here, or you are not a coordinator of it."


async def test_a_code_without_a_sentence_is_told_in_dutch() -> None:
    told = await answer("/new", "de")
    assert (told.json()["detail"], told.headers["Content-Language"]) == ("Dit is nieuw.", "nl")


async def test_an_error_about_a_field_is_told_in_the_language_of_the_reader_with_its_limits() -> None:
    told = (await answer("/form", "de", sent={"name": "Jansen"})).json()
    assert told["detail"] == "Die Anfrage ist unvollständig oder falsch ausgefüllt."
    assert told["errors"][0]["message"] == "Das ist zu lang: Geben Sie höchstens 3 Zeichen an."


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/nowhere", 404, "This address does not exist."),
        ("/broken", 500, "Something went wrong on our side. Try again later."),
        ("/%00", 400, "The address contains a character that is not allowed."),
    ],
)
async def test_errors_outside_of_the_routes_are_told_in_the_language_of_the_reader(
    path: str, status: int, sentence: str
) -> None:
    told = await answer(path, "en")
    assert (told.status_code, told.json()["detail"]) == (status, sentence)


LONG = ["x" * 15_000, "," * 15_000, "-" * 15_000, "fr;q=" + "0" * 9000, "a-" * 7000]
HOSTILE = [*LONG, ";;;===", "../fr", "%66%72", "\xff\xfe", ""]


@pytest.mark.parametrize("header", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_header_without_meaning_changes_nothing(header: str) -> None:
    told, usual = await answer("/network", header), await answer("/network", None)
    assert (told.status_code, told.json(), told.headers["Content-Language"]) == (404, usual.json(), "nl")


async def test_only_the_beginning_of_a_long_header_is_read() -> None:
    told = await answer("/network", "fr;q=0.1," + "es," * 4000 + "de")
    assert told.headers["Content-Language"] == "fr"
