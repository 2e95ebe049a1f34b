"""What API Gateway makes of a function's answer.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import json
from typing import Any

from harness.cloud.template import ApiSpec
from harness.event_sources.api_events import header
from harness.simulation.wire import Reply


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
    reply = _shaped(value, decodes_base64=True)
    if isinstance(value.get("cookies"), list):
        reply.headers["set-cookie"] = ", ".join(map(str, value["cookies"]))
    return reply


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
    return _shaped(value, decodes_base64=decodes)


def decodes(api: ApiSpec, headers: dict[str, str]) -> bool:
    """Whether a REST API makes bytes of a base64 body: the first type the client accepts must be a binary one.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
    """
    accepted = header(headers, "accept").split(",")[0].split(";")[0].strip()
    return "*/*" in api.binary_media_types or accepted in api.binary_media_types


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the answer is not JSON ({type(error).__name__})") from error


def _shaped(value: Any, *, decodes_base64: bool) -> Reply:
    if not isinstance(value, dict):
        raise MalformedAnswer("the answer is no object")
    body = value.get("body")
    if body is not None and not isinstance(body, str):
        raise MalformedAnswer("body is no string")
    headers = _headers(value)
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


def _headers(value: dict[str, Any]) -> dict[str, str]:
    many, single = value.get("multiValueHeaders") or {}, value.get("headers") or {}
    if not isinstance(many, dict) or not isinstance(single, dict):
        raise MalformedAnswer("headers is no object")
    if not all(isinstance(values, list) for values in many.values()):
        raise MalformedAnswer("multiValueHeaders holds something else than lists")
    joined = {name: ",".join(_text(name, one) for one in values) for name, values in many.items()}
    return {name.lower(): text for name, text in joined.items()} | {
        name.lower(): _text(name, one) for name, one in single.items()
    }


def _text(name: str, one: Any) -> str:
    if isinstance(one, dict | list):
        raise MalformedAnswer(f"header {name!r} is no string")
    return one if isinstance(one, str) else json.dumps(one)
