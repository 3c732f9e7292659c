"""Registering the schemas at a site that has a registry with the Confluent REST API. Needs the extra `cli`.

Source: Confluent Schema Registry API, `POST /subjects/{subject}/versions`, `PUT /config/{subject}`. The registry's own
check of compatibility is switched off for our subjects: our gate decides, and some registries' checkers are wrong. The
schema goes first: Apicurio knows no setting of a subject before its first schema.
"""

import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.schemas import Schema, reader_schema

_MEDIA = "application/vnd.schemaregistry.v1+json"


_INCOMPATIBLE = {409, 422}
"""A registry whose check is still on refuses a schema with one of these."""


class RegistryRefused(Exception):
    """The registry answered with an error; the text has its status and its own words."""

    def __init__(self, status: int, text: str) -> None:
        """`status` of the answer."""
        super().__init__(text)
        self.status = status


def subjects() -> dict[str, Schema]:
    """The reader schemas by subject, named by topic and record (TopicRecordNameStrategy)."""
    return {f"{topic.name}-{data.TYPE}": reader_schema(data) for data in EVENTS for topic in data.topics()}


class Registry:
    """A registry at an address."""

    def __init__(self, url: str, token: str | None = None) -> None:
        """`token`: sent as a bearer token when given."""
        headers = {"content-type": _MEDIA, "accept": _MEDIA}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._client = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=20)

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""
        self._client.close()

    def push(self, subject: str, schema: Schema) -> int:
        """Register a schema; its id there. The same schema again gives the same id.

        Raises:
            RegistryRefused: the registry's answer was an error.
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
