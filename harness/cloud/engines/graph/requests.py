"""Reads what an HTTP request asks of the openCypher endpoint, as a form, as JSON or in the URL.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
and https://docs.aws.amazon.com/neptune/latest/userguide/opencypher-parameterized-queries.html
"""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from harness.cloud.engines.graph.errors import GraphError
from harness.cloud.engines.graph.running.values import read_parameters
from harness.simulation.wire import Request

QUERY_PATH = "/opencypher"
STATUS_PATHS = ("/opencypher/status",)
OTHER_LANGUAGES = ("/gremlin", "/sparql", "/loader", "/ml", "/propertygraph", "/rdf")


class QueryRequest(msgspec.Struct, frozen=True):
    """A query with its parameters."""

    text: str
    parameters: dict[str, Any]


def path_of(request: Request) -> str:
    """The path in lower case: Neptune takes /openCypher and /opencypher."""
    return urlsplit(request.url).path.rstrip("/").lower()


def read_query_request(request: Request) -> QueryRequest:
    """The query that a request to the openCypher endpoint holds.

    Raises:
        GraphError: it holds none, or its parameters are no JSON object.
    """
    if request.method not in ("GET", "POST"):
        raise GraphError("MethodNotAllowedException", f"The method {request.method} is not allowed; use GET or POST.")
    fields = _fields(request)
    if "explain" in fields:
        raise GraphError("UnsupportedOperationException", "explain operation/feature unsupported")
    text = fields.get("query")
    if not isinstance(text, str) or not text.strip():
        raise GraphError("MissingParameterException", "A required parameter is not supplied: query")
    return QueryRequest(text, _parameters(fields.get("parameters", {})))


def _fields(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(_form(urlsplit(request.url).query))
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        body = _json(request.body.decode(errors="replace"), "The body")
        if not isinstance(body, dict):
            raise GraphError("BadRequestException", "The body is not a JSON object.")
        return body
    return dict(_form(request.body.decode(errors="replace")))


def _form(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise GraphError("BadRequestException", "The request has too many fields.") from None


def _parameters(given: Any) -> dict[str, Any]:
    """Parameters come as the text of a JSON object; within a JSON body they may be the object itself."""
    parameters = _json(given, "parameters") if isinstance(given, str) else given
    if not isinstance(parameters, dict):
        raise GraphError("InvalidParameterException", "parameters is not a JSON object.")
    return read_parameters(parameters)


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        raise GraphError("BadRequestException", f"{what} is not valid JSON.") from None
