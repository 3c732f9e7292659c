"""Adds to the OpenAPI document what every route has: the schema of refusals, and which routes work without a token.

Source of the schema of a refusal: RFC 9457.
"""

from typing import Any

from fastapi import FastAPI

_TEXT = {"type": "string"}

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "properties": {
        "type": {"type": "string", "pattern": "^urn:buurtsein:problem:", "description": "The code as a URN."},
        "title": _TEXT | {"description": "The status in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[a-z0-9_]+$", "description": "Stable, for programs."},
        "detail": _TEXT | {"description": "For people, in Dutch; may be rewritten at any time."},
        "allowed": {"type": "array", "items": _TEXT, "description": "On 409: what can be done from here."},
        "errors": {
            "type": "array",
            "description": "On invalid_request: which fields, never a value.",
            "items": {
                "type": "object",
                "properties": {"field": _TEXT, "code": _TEXT, "message": _TEXT},
                "required": ["field", "code", "message"],
            },
        },
        "question": _TEXT | {"description": "On emergency_question: what to ask the reporter, in their language."},
        "report": {"type": "object", "description": "On emergency and emergency_question: the report as it was sent."},
        "failing": {"type": "array", "items": _TEXT, "description": "On not_ready: which parts."},
        "standby": {"type": "array", "items": _TEXT, "description": "On not_ready: parts that wait for their turn."},
        "failed_jobs": {"type": "array", "items": _TEXT, "description": "On not_ready: jobs whose last run failed."},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
"""The JSON Schema of the body of a refusal."""


_PROBLEM = {"$ref": "#/components/schemas/Problem"}


class DocumentedApp(FastAPI):
    """An app whose OpenAPI document has the schema of a refusal only once, so that generators make one class of it."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        return document


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": _problem(
        "Refused: 401 without a good token, 403 without the role, 404 not there, 409 not from the present state, "
        "412 and 428 another version than was seen or none named, 422 not well filled in, 429 too often."
    ),
    "5XX": _problem("Not possible now; the same request, with the same Idempotency-Key, may be sent again."),
}
"""The responses that every route has besides its own."""

NOT_READY: dict[int | str, dict[str, Any]] = {503: _problem("Not ready, or stuck.")}

TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}
"""For a public route: a request without a token is allowed as well."""
