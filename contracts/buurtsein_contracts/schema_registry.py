"""Pushes the schemas to a schema registry with the Confluent REST API, for sites that have one. Needs the extra `cli`.

Source: Confluent Schema Registry API, `POST /subjects/{subject}/versions`, `PUT /config/{subject}`. The registry's own
compatibility check is switched off for our subjects, because our gate decides and the checkers of some registries are
wrong. The schema is sent before the setting: Apicurio has no settings for a subject without a schema.
"""

import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.fields import Schema
from buurtsein_contracts.schemas import reader_schema

_MEDIA = "application/vnd.schemaregistry.v1+json"
_INCOMPATIBLE = {409, 422}
"""HTTP statuses with which a registry refuses a schema while its own compatibility check is on."""


class RegistryRefused(Exception):
    """Raised when the registry answers with an error; the message has the status and the registry's text."""

    def __init__(self, status: int, text: str) -> None:
        """Make the error from the HTTP status and the message of the registry."""
        super().__init__(text)
        self.status = status


def subjects() -> dict[str, Schema]:
    """Return the reader schemas by subject, `<topic>-<type>` (TopicRecordNameStrategy)."""
    return {f"{topic.name}-{data.TYPE}": reader_schema(data) for data in EVENTS for topic in data.topics()}


class SchemaRegistry:
    """A client of one schema registry; use it as a context manager."""

    def __init__(self, url: str, token: str | None = None) -> None:
        """Make a client of the schema registry at a base address, with a bearer token when the registry needs one."""
        headers = {"content-type": _MEDIA, "accept": _MEDIA}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._client = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=20)

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the HTTP connections to the registry."""
        self._client.close()

    def push(self, subject: str, schema: Schema) -> int:
        """Register a schema and return its id; the same schema again gives the same id.

        Raises:
            RegistryRefused: the registry answered with an error.
        """
        path = quote(subject, safe="")
        body = {"schemaType": "JSON", "schema": json.dumps(schema, ensure_ascii=False)}
        try:
            registered = self._send("POST", f"/subjects/{path}/versions", body)
        except RegistryRefused as refused:
            if refused.status not in _INCOMPATIBLE:
                raise
            self._switch_off_check(path)
            registered = self._send("POST", f"/subjects/{path}/versions", body)
        self._switch_off_check(path)
        return int(registered["id"])

    def _switch_off_check(self, path: str) -> None:
        self._send("PUT", f"/config/{path}", {"compatibility": "NONE"})

    def _send(self, method: str, path: str, body: dict[str, str]) -> Any:
        answer = self._client.request(method, path, content=json.dumps(body))
        if answer.is_error:
            raise RegistryRefused(answer.status_code, f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()
