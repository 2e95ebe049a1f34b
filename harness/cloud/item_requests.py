"""DynamoDB's item operations on moto's own handler, without the web server around it.

Nine calls in ten of a kata are of these operations. moto makes a WSGI request of each, takes
it apart again, and looks up each attribute of an answer under several spellings: half of what
a call costs. The work itself is moto's, and so is every error.
"""

import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from werkzeug.http import http_date

from harness.cloud import moto_sparing
from harness.simulation.wire import Request

moto_sparing.install()

OPERATIONS = frozenset(
    {
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
    }
)
_TYPE = "application/x-amz-json-1.0"
_BINARY = ('"B":', '"BS":')

_Answer = tuple[int, dict[str, Any], str | bytes]


def is_item_request(request: Request) -> bool:
    """Whether `answer` can take it."""
    version, _, operation = request.headers.get("x-amz-target", "").partition(".")
    return version == "DynamoDB_20120810" and operation in OPERATIONS


def answer(request: Request, *, account: str, region: str, now: datetime) -> _Answer:
    """Status, headers and body of moto's answer.

    Args:
        now: for the answer's Date header.

    Raises:
        Exception: whatever moto raises on a request that it does not understand.
    """
    handler = _ItemHandler()
    headers = {name.title(): value for name, value in request.headers.items()}
    handler.headers = _Headers(headers)
    handler.response_headers = {"server": "amazon.com", "date": http_date(now)}
    handler.querystring = {}
    handler.region, handler.current_account, handler.partition = region, account, "aws"
    handler.uri_match = {}
    handler.parse_parameters(
        SimpleNamespace(  # type: ignore[arg-type]
            content_type=_TYPE, method="POST", values={}, headers=handler.headers, data=request.body, path="/"
        )
    )
    try:
        status, answer_headers, body = handler.call_action()
    except (KeyError, ValueError) as error:  # moto raises these where AWS tells what is wrong with an expression
        message = _wrong_expression(error, getattr(handler, "body", {}))
        if not message:
            raise
        fault = {"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": message}
        return 400, {"content-type": _TYPE, **handler.response_headers}, json.dumps(fault)
    return int(status), answer_headers, body


def _wrong_expression(error: Exception, parameters: dict[str, Any]) -> str:
    """What AWS says of an expression that is wrong; "" if that is not what the error is about.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
    """
    said = str(error.args[0]) if error.args else ""
    expressions = {name: text for name, text in parameters.items() if name.endswith("Expression")}
    if isinstance(error, KeyError) and said.startswith("#"):
        name = next((name for name, text in expressions.items() if said in text), "Expression")
        detail = f"An expression attribute name used in the document path is not defined; attribute name: {said}"
        return f"Invalid {name}: {detail}"
    if isinstance(error, ValueError) and said.startswith(("Cannot parse condition", "Bad ", "Unknown operand")):
        name, text = next(
            ((name, text) for name, text in expressions.items() if name != "UpdateExpression"), ("Expression", "")
        )
        token = said.partition(" starting at:")[2][:1] or text.split()[-1]
        return f'Invalid {name}: Syntax error; token: "{token}", near: "{text[-40:]}"'
    return ""


class _Headers(dict[str, str]):
    """Header names are looked up in any spelling."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.title(), default)


class _ItemHandler(DynamoHandler):
    """moto's handler, with a shorter way from its result to JSON."""

    def serialized(self, action_result: Any) -> Any:
        body = _as_json(action_result.result)
        if body is None:
            return super().serialized(action_result)
        return 200, {"content-type": _TYPE, **self.response_headers}, body


def _as_json(result: Any) -> str | None:
    """The result as it goes over the wire; None where that takes moto's serializer: errors, binary values."""
    if type(result) is not dict:
        return None
    try:
        body = json.dumps({name: value for name, value in result.items() if value is not None})
    except TypeError:
        return None
    return None if any(mark in body for mark in _BINARY) else body
