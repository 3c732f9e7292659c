"""Writes the response documents of the standard Open311 as XML or JSON, also error documents."""

import json
from collections.abc import Mapping
from enum import StrEnum
from html import escape
from typing import Any

from fastapi.responses import Response

from buurtsein_reports.views.open311 import Failure

INVALID, UNPROCESSABLE = 400, 422
_OF_LIST = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "suggestions": "suggestion",
}
"""The name of one element of each list in XML."""

type Content = Mapping[str, Any] | list[dict[str, Any]]


class Form(StrEnum):
    """The format of a response, XML or JSON, which the client writes at the end of the URL path."""

    XML = "xml"
    JSON = "json"


MEDIA_TYPES = {Form.XML: "text/xml", Form.JSON: "application/json"}


def document(form: Form, name: str, content: Content, status: int = 200) -> Response:
    """Return an XML or JSON response with `content`; `name` is the XML root element, which JSON does not have."""
    text = json.dumps(content, ensure_ascii=False) if form is Form.JSON else _xml(name, content)
    return Response(text, status, media_type=f"{MEDIA_TYPES[form]}; charset=utf-8")


def error_document(path: str, problem: Mapping[str, Any]) -> Response:
    """Return the Open311 error document for problem details; status 422, which Open311 lacks, becomes 400."""
    status = INVALID if problem["status"] == UNPROCESSABLE else problem["status"]
    fields = [f"{one['field']}: {one['message']}" for one in problem.get("errors", ())]
    suggested = [_suggested(one) for one in problem.get("suggestions", ())]
    failure = Failure(
        code=status,
        description=" ".join(
            [problem["detail"], *fields, "; ".join(one["address_string"] for one in suggested)]
        ).strip(),
        problem=problem["code"],
        suggestions=suggested or None,
    )
    form = Form.JSON if path.endswith(".json") else Form.XML
    return document(form, "errors", [failure.model_dump(exclude_none=True)], status)


def _suggested(address: Mapping[str, str]) -> dict[str, str]:
    """Return a suggested address of a problem in the form of the fields of a request."""
    box = f" bus {address['box']}" if "box" in address else ""
    text = f"{address['street']} {address['house_number']}{box}, {address['postcode']}"
    return {"address_string": text, "address_id": address["address_id"]}


def _xml(name: str, content: Content) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(name, content)}\n'


def _element(name: str, value: Any) -> str:
    match value:
        case None:
            return f"<{name}/>"
        case bool():
            inside = str(value).lower()
        case Mapping():
            inside = "".join(_element(key, one) for key, one in value.items())
        case list():
            inside = "".join(_element(_OF_LIST[name], one) for one in value)
        case _:
            inside = escape(str(value), quote=False)
    return f"<{name}>{inside}</{name}>"


def documented(description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the OpenAPI entry of a response in XML or JSON, with the schema of the JSON."""
    of_json = {"schema": schema} if schema else {}
    return {"description": description, "content": {"application/json": of_json, "text/xml": {}}}


_ERRORS = {"type": "array", "items": Failure.model_json_schema()}
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": documented("The request is refused: 400 when a field is wrong, 404 when it does not exist.", _ERRORS),
    "5XX": documented("The request is not possible now; it may be sent again.", _ERRORS),
}
