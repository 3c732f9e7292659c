"""Sends the rows of lists of networks, members and coordinators to the registry.

Invariant: a row is entered at most once, however often and by whomever the file is imported: the registry stores the
row's number, or has the screening of the coordinator already.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from buurtsein_operate.imports.sending import ACCEPTED, DUPLICATE, FAILED, Outcome, refused
from buurtsein_operate.imports.service import (
    Service,
    ServiceAway,
    field_errors,
    problem,
    stop_unless_a_problem_of_the_row,
)
from buurtsein_operate.sheets import Remark, Row

_STOP = frozenset({401, 405})
_NO_ROLE = "role_missing"
_COLUMN_OF_FIELD = {
    "name": "naam",
    "area": "gebied",
    "applicant": "aanvrager",
    "mobile": "gsm",
    "email": "email",
    "address.street": "straat",
    "address.house_number": "huisnummer",
    "address.box": "bus",
    "address.postcode": "postcode",
    "address.address_id": "adres_id",
    "address.establishment_number": "vestigingsnummer",
    "enterprise_number": "ondernemingsnummer",
    "language": "taal",
    "channels": "kanalen",
    "consent_version": "toestemming",
    "candidate": "persoon",
    "source.number": "nummer",
    "streets": "straten",
    "dwellings": "woningen",
    "languages": "talen",
    "recognised.reference": "kenmerk_fod",
    "recognised.document_sha256": "brief_sha256",
    "recognised.charter_sha256": "charter_sha256",
}
_COLUMN_OF_CODE = {
    "network_unknown": "netwerk",
    "area_invalid": "gebied",
    "address_unknown": "straat",
    "address_ambiguous": "straat",
    "address_full": "straat",
    "police_decides": "straat",
    "version_unknown": "toestemming",
    "consent_in_future": "toestemming_op",
    "dwellings_not_possible": "woningen",
    "start_in_future": "erkend_van",
    "document_missing": "brief_sha256",
    "end_before_start": "erkend_tot",
    "renewal_outside_recognition": "hernieuwen_op",
    "enterprise_missing": "ondernemingsnummer",
    "screening_in_future": "screening_op",
    "screening_too_old": "screening_op",
    "screening_overruled": "screening",
    "already_coordinator": "persoon",
    "coordinator_exists": "rol",
}


@dataclass(slots=True)
class _Registry(ABC):
    """Sends the rows of one list to the registry."""

    service: Service
    system: str = ""
    """The name of the list; the registry knows a row by this name and the number of the row."""
    reason: str = ""
    _networks: dict[str, str] = field(default_factory=dict)

    async def known(self, rows: Sequence[Row]) -> set[int]:
        """Return no line numbers, because the registry itself tells for each row whether it was imported before."""
        del rows
        return set()

    async def send(self, row: Row) -> Outcome:
        """Send a row until the registry answers, and return the row's result."""
        try:
            return await self._sent(row)
        except ServiceAway as away:
            return Outcome(row, f"{FAILED}:{away}")

    @abstractmethod
    async def _sent(self, row: Row) -> Outcome:
        """Send a row and return its result; raise ServiceAway when the registry does not answer."""

    def _numbered(self, row: Row, number: str) -> dict[str, Any]:
        return row.body | {"source": {"system": self.system, "number": number}, "reason": self.reason}

    async def _post(self, path: str, row: Row, body: Any, headers: dict[str, str] | None = None) -> Outcome:
        answer = await self.service.post(path, body, {"Idempotency-Key": str(uuid4())} | (headers or {}))
        if answer.is_success:
            return Outcome(row, ACCEPTED if answer.status_code == httpx.codes.CREATED else DUPLICATE, row.notes)
        return _refused(row, answer)

    async def _network_id(self, path: str, code: str) -> str | None:
        """Return the id of the network with this code in a list of networks, or None."""
        if code not in self._networks:
            answer = await self.service.get(path, q=code.replace("-", " "), limit="200")
            if answer.status_code != httpx.codes.OK:
                stop_unless_a_problem_of_the_row(answer, _STOP | {403})
                return None
            self._networks |= {item["code"]: item["network_id"] for item in answer.json()["items"]}
        return self._networks.get(code)


@dataclass(slots=True)
class Networks(_Registry):
    """Sends the rows of a list of networks to the registry."""

    async def _sent(self, row: Row) -> Outcome:
        return await self._post("/v1/imported-networks", row, self._numbered(row, row.values["code"]))


@dataclass(slots=True)
class Members(_Registry):
    """Sends the rows of a list of members to the registry; the members' networks must be recognised."""

    async def _sent(self, row: Row) -> Outcome:
        network = await self._network_id("/v1/networks", row.values["netwerk"])
        if network is None:
            return _no_network(row)
        path = f"/v1/networks/{network}/imported-members"
        return await self._post(path, row, self._numbered(row, row.values["nummer"]))


@dataclass(slots=True)
class Coordinators(_Registry):
    """Sends the rows of a list of coordinators to the registry, one at a time for each network."""

    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def _sent(self, row: Row) -> Outcome:
        network = await self._network_id("/v1/dossiers", row.values["netwerk"])
        if network is None:
            return _no_network(row)
        async with self._turns[network]:
            return await self._appointed(row, f"/v1/networks/{network}")

    async def _appointed(self, row: Row, path: str) -> Outcome:
        file = await self.service.get(path)
        if file.status_code != httpx.codes.OK:
            return _refused(row, file)
        if _screened(row, file.json()):
            return Outcome(row, DUPLICATE, row.notes)
        return await self._post(f"{path}/coordinators", row, row.body, {"If-Match": file.headers["ETag"]})


def _screened(row: Row, network: dict[str, Any]) -> bool:
    """Return whether the registry already has the screening of a row for the row's network."""
    wanted = (row.body["candidate"], row.body["screening_outcome"], row.body["screened_on"])
    return wanted in {(one["person"], one["outcome"], one["screened_on"]) for one in network.get("screenings") or []}


def _no_network(row: Row) -> Outcome:
    return refused(row, Remark("network_unknown", "netwerk", "Dit netwerk bestaat niet."))


def _refused(row: Row, answer: httpx.Response) -> Outcome:
    """Return the registry's refusal of a row as a result; raise CommandError `import-refused` for a refused token."""
    told = problem(answer)
    stop_unless_a_problem_of_the_row(answer, _STOP | ({403} if told.get("code") == _NO_ROLE else set()))
    code = str(told["code"])
    if errors := field_errors(answer):
        named = errors[0]["field"]
        return refused(row, Remark(code, _COLUMN_OF_FIELD.get(named, named), str(errors[0]["message"])))
    column = _COLUMN_OF_CODE.get(code, "")
    if code == "outside_area":
        column = "gebied" if "area" in row.body else "straat"
    return refused(row, Remark(code, column, str(told.get("detail", ""))))
