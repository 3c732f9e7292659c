"""Adds to a service's OpenAPI document the schema of errors, and which routes work without a token.

The schema of an error follows RFC 9457 (problem details).
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
        "detail": _TEXT
        | {"description": "For people, in nl, fr, de or en by Accept-Language; may be rewritten at any time."},
        "allowed": {"type": "array", "items": _TEXT, "description": "On 409: actions that the present state allows."},
        "state": _TEXT | {"description": "On version_changed: the present state."},
        "version": {"type": "integer", "description": "On version_changed: the present version."},
        "changed": {
            "type": "array",
            "items": _TEXT,
            "description": "On version_changed: the fields that changed since the version in If-Match, when known.",
        },
        "steps": {
            "type": "array",
            "description": "On version_changed of a report: the steps since the version in If-Match, 20 at most.",
            "items": {
                "type": "object",
                "properties": {
                    "number": {"type": "integer"},
                    "status": _TEXT,
                    "at": {"type": "string", "format": "date-time"},
                    "party": _TEXT | {"description": "Police or city; absent for the reporter or another body."},
                },
                "required": ["number", "status", "at"],
            },
        },
        "difference": {
            "type": "array",
            "description": "On version_changed of an alert: each changed field, with what it was and is.",
            "items": {"type": "object", "properties": {"field": _TEXT}, "required": ["field"]},
        },
        "errors": {
            "type": "array",
            "description": "On invalid_request: the fields that are wrong, without their values.",
            "items": {
                "type": "object",
                "properties": {"field": _TEXT, "code": _TEXT, "message": _TEXT},
                "required": ["field", "code", "message"],
            },
        },
        "question": _TEXT | {"description": "On emergency_question: what to ask the reporter, in their language."},
        "report": {"type": "object", "description": "On emergency and emergency_question: the report as it was sent."},
        "suggestions": {
            "type": "array",
            "description": "On address_unknown and address_ambiguous: official addresses to choose from.",
            "items": {"type": "object", "additionalProperties": _TEXT},
        },
        "failing": {"type": "array", "items": _TEXT, "description": "On not_ready: the parts that are not ready."},
        "standby": {
            "type": "array",
            "items": _TEXT,
            "description": "On not_ready: parts that another process runs now.",
        },
        "failed_jobs": {"type": "array", "items": _TEXT, "description": "On not_ready: jobs whose last run failed."},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
"""The JSON Schema of the body of an error."""


_PROBLEM = {"$ref": "#/components/schemas/Problem"}


class DocumentedApp(FastAPI):
    """An app whose OpenAPI document defines the schema of errors once; generated clients then have one error class."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of the app, in which all routes share one schema of errors."""
        document = super().openapi()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        return document


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": _problem(
        "The request is refused: 401 without a valid token, 403 without the role, 404 when it does not exist, 409 when "
        "the present state does not allow it, 412 when If-Match names another version, 428 without If-Match, 422 when "
        "a field is wrong, 429 when there are too many requests."
    ),
    "5XX": _problem("The request is not possible now; it may be sent again with the same Idempotency-Key."),
}
"""The error responses that are documented for every route."""

NOT_READY: dict[int | str, dict[str, Any]] = {503: _problem("The process is not ready, or makes no progress.")}

TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}
"""The addition to a public route's OpenAPI entry: a request without a token is allowed."""
