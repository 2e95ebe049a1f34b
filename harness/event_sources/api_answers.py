"""What API Gateway makes of a function's answer.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from harness.cloud.template import ApiSpec
from harness.event_sources.api_events import is_binary
from harness.event_sources.api_request import ClientRequest
from harness.simulation.wire import Reply

_REMAPPED = frozenset(
    {"authorization", "connection", "content-length", "content-md5", "date", "server", "user-agent", "www-authenticate"}
)
"""Headers of an answer that a REST API renames.
Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html"""

_DROPPED = frozenset({"connection", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"})
"""Headers of an answer that are the connection's, which is the gateway's own."""


class MalformedAnswer(Exception):
    """The function's answer is none that API Gateway can pass on."""


def answer_http(payload: bytes, payload_format: str) -> Reply:
    """An HTTP API's reading of a function's answer.

    Raises:
        MalformedAnswer: the gateway answers 500.
    """
    value = _json(payload)
    if payload_format == "2.0" and not (isinstance(value, dict) and "statusCode" in value):
        body = value.encode(errors="replace") if isinstance(value, str) else payload
        return Reply(200, {"content-type": "application/json"}, body)
    cookies = value.get("cookies") if isinstance(value, dict) and payload_format == "2.0" else None
    if cookies is not None and not isinstance(cookies, list):
        raise MalformedAnswer("cookies is no list")
    reply = _shaped(value, decodes_base64=True, cookies=[_text("cookies", one) for one in cookies or ()])
    return replace(reply, headers={name: text for name, text in reply.headers.items() if name not in _DROPPED})


def answer_rest(payload: bytes, *, decodes: bool) -> Reply:
    """A REST API's reading of a function's answer.

    Args:
        decodes: whether the API makes bytes of a body that isBase64Encoded.

    Raises:
        MalformedAnswer: the gateway answers 502.
    """
    value = _json(payload)
    known = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
    if not isinstance(value, dict) or set(value) - known:
        raise MalformedAnswer("Malformed Lambda proxy response")
    reply = _shaped(value, decodes_base64=decodes)
    return replace(reply, headers=rest_headers(reply.headers))


def rest_headers(headers: dict[str, str]) -> dict[str, str]:
    """Headers of an answer as a REST API passes them on: some get another name."""
    renamed = {f"x-amzn-remapped-{name}" if name in _REMAPPED else name: text for name, text in headers.items()}
    return {name: text for name, text in renamed.items() if name not in _DROPPED}


def decodes(api: ApiSpec, request: ClientRequest) -> bool:
    """Whether a REST API makes bytes of a base64 body: the first type the client accepts must be a binary one.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
    """
    return is_binary(api, request.header("accept").split(",")[0])


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the answer is not JSON ({type(error).__name__})") from error


def _shaped(value: Any, *, decodes_base64: bool, cookies: Sequence[str] = ()) -> Reply:
    """The answer; each `set-cookie` is a line of its own, as cookies cannot be joined by commas."""
    if not isinstance(value, dict):
        raise MalformedAnswer("the answer is no object")
    body = value.get("body")
    if body is not None and not isinstance(body, str):
        raise MalformedAnswer("body is no string")
    values = _headers(value)
    values["set-cookie"] = [*values.get("set-cookie", ()), *cookies]
    headers = {name: ("\n" if name == "set-cookie" else ",").join(texts) for name, texts in values.items() if texts}
    content = (body or "").encode(errors="replace")
    if value.get("isBase64Encoded") and decodes_base64:
        try:
            content = base64.b64decode(content)
        except ValueError as error:
            raise MalformedAnswer("body is not base64") from error
    if content and "content-type" not in headers:
        headers["content-type"] = "text/plain;charset=utf-8"
    return Reply(_status(value.get("statusCode")), headers, content)


def _status(given: Any) -> int:
    """An integer, or its digits as a text, as HTTP knows them."""
    digits = given if isinstance(given, str) else json.dumps(given)
    if not (digits.isascii() and digits.isdigit() and len(digits) == 3 and digits[0] in "12345"):
        raise MalformedAnswer("statusCode is missing or no HTTP status")
    return int(digits)


def _headers(value: dict[str, Any]) -> dict[str, list[str]]:
    """headers and multiValueHeaders together, each value once.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    many, single = value.get("multiValueHeaders") or {}, value.get("headers") or {}
    if not isinstance(many, dict) or not isinstance(single, dict):
        raise MalformedAnswer("headers is no object")
    if not all(isinstance(values, list) for values in many.values()):
        raise MalformedAnswer("multiValueHeaders holds something else than lists")
    lines: dict[str, list[str]] = {}
    for name, values in many.items():
        lines.setdefault(name.lower(), []).extend(_text(name, one) for one in values)
    for name, one in single.items():
        if (text := _text(name, one)) not in lines.setdefault(name.lower(), []):
            lines[name.lower()].append(text)
    return lines


def _text(name: str, one: Any) -> str:
    if isinstance(one, dict | list):
        raise MalformedAnswer(f"header {name!r} is no string")
    return one if isinstance(one, str) else json.dumps(one)
