"""Checks that a response in which a service refuses a request has the form that we promise."""

import httpx


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """Assert that the response is a problem document with this status and code, a detail, and a correlation id."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["detail"]
    assert answer.headers["X-Correlation-Id"]
