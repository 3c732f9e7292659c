"""Checks that a refusal of a service is a problem document in the promised form."""

from typing import Any

import httpx


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that a response is a problem document with this status and code, a detail, and a correlation id.

    Returns the document.
    """
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["code"] == code
    assert document["detail"]
    assert answer.headers["X-Correlation-Id"]
    return document
