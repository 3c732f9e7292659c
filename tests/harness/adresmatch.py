"""Runs a fake of the Flemish address service Adresmatch (version 2), with answers as its documentation says."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pyproj import Transformer

from buurtsein_kernel.official_addresses import OfficialAddress

_TO_LAMBERT = Transformer.from_crs(4326, 31370, always_xy=True)


@dataclass
class Register:
    """The state of the fake service: its addresses, the errors to answer first, and the received requests."""

    addresses: Sequence[OfficialAddress]
    errors: list[int] = field(default_factory=list)
    body: bytes | None = None
    """What it answers instead of its addresses."""
    questions: list[dict[str, str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""

    def answer(self, question: dict[str, str]) -> tuple[int, bytes]:
        """Return the HTTP status and body for a request; the status is 400 when the request is invalid."""
        self.questions.append(question)
        if self.errors:
            return self.errors.pop(0), b"{}"
        if self.body is not None:
            return 200, self.body
        if not question.get("straatnaam") or not question.get("postcode", "").isdigit():
            return 400, b'{"type":"urn:be.vlaanderen.basisregisters.api:validation","status":400}'
        street = question["straatnaam"].casefold()[:4]
        found = [item(one) for one in self.addresses if one.street.casefold().startswith(street)]
        return 200, json.dumps({"@context": "", "adresMatches": found[:10], "warnings": []}).encode()


def item(address: OfficialAddress) -> dict[str, Any]:
    """Return one match with the members that version 2 of the API has."""
    east, north = _TO_LAMBERT.transform(address.longitude, address.latitude)
    gml = (
        '<gml:Point srsName="https://www.opengis.net/def/crs/EPSG/0/31370" xmlns:gml="http://www.opengis.net/gml/3.2">'
        f"<gml:pos>{east:.2f} {north:.2f}</gml:pos></gml:Point>"
    )
    name = {"geografischeNaam": {"spelling": address.street, "taal": "nl"}}
    return {
        "@type": "Adres",
        "identificator": {"id": f"https://data.vlaanderen.be/id/adres/{address.address_id}"}
        | {"naamruimte": "https://data.vlaanderen.be/id/adres", "objectId": address.address_id},
        "gemeente": {"objectId": address.nis},
        "postinfo": {"objectId": address.postcode},
        "straatnaam": {"objectId": "1", "straatnaam": name},
        "huisnummer": address.house_number,
        "adresPositie": {"geometrie": {"type": "Point", "gml": gml}, "positieSpecificatie": "gebouw"},
        "adresStatus": "inGebruik",
        "score": 89.3,
    } | ({"busnummer": address.box} if address.box else {})


@contextmanager
def running(addresses: Sequence[OfficialAddress]) -> Iterator[Register]:
    """Run the fake service on a free port; yield its state, whose `url` is the address."""
    register = Register(addresses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            question = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            register.keys.append(self.headers.get("x-api-key"))
            status, body = register.answer(question)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        register.url = f"http://127.0.0.1:{server.server_address[1]}/v2/adresmatch"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield register
        server.shutdown()
