"""What a load balancer makes of a function's answer, and what it says by itself.

What the pages leave open is as operators report it: only `statusCode` must be there, a key that
is there must not be null, and every header value is a text.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import base64
import json
import re
from typing import Any

from harness.cloud.template.model_balancer import FixedResponseSpec, RedirectSpec
from harness.event_sources.balancer_events import BalancedRequest
from harness.event_sources.header_lines import Lines, joined
from harness.simulation.wire import Reply

RESPONSE_BYTES = 1024 * 1024
"""Largest answer of a function, as JSON; above it the client gets a 502."""

_REASONS = {
    301: "Moved Permanently",
    302: "Found",
    400: "Bad Request",
    413: "Request Entity Too Large",
    463: "",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
_HOP_BY_HOP = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
_SERVER = ("server", "awselb/2.0")


class MalformedAnswer(Exception):
    """The function's answer is none that a load balancer can pass on."""


def answer_of(payload: bytes, *, multi_value: bool) -> Reply:
    """A function's answer as the client gets it.

    Raises:
        MalformedAnswer: the client gets a 502.
    """
    if len(payload) > RESPONSE_BYTES:
        raise MalformedAnswer(f"the answer has {len(payload)} bytes of JSON, more than 1 MB")
    value = _object(payload)
    for name in ("statusCode", "statusDescription", "headers", "multiValueHeaders", "body", "isBase64Encoded"):
        if name in value and value[name] is None:
            raise MalformedAnswer(f"{name} is null; leave it out where there is none")
    status = value.get("statusCode")
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
        raise MalformedAnswer("statusCode is missing or no number of a HTTP status")
    if "statusDescription" in value and not re.match(r"\d{3} ", str(value["statusDescription"])):
        raise MalformedAnswer("statusDescription is no status code, blank and reason, as in 200 OK")
    lines = _many(value) if multi_value else _single(value)
    return finished(status, lines, _body(value))


def finished(status: int, lines: Lines, body: bytes) -> Reply:
    """An answer of a target with the headers it gets on its way out."""
    kept = [(name.lower(), text) for name, text in lines if name.lower() not in (*_HOP_BY_HOP, "content-length")]
    if status in (204, 304) or status < 200:
        body = b""
    elif not any(name == "content-type" for name, _ in kept) and body:
        kept.append(("content-type", "application/octet-stream"))
    return Reply(status, joined([*kept, ("content-length", str(len(body)))]), body)


def own_error(status: int) -> Reply:
    """An error page of the load balancer itself."""
    title = f"{status} {_REASONS[status]}".rstrip()
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return _own(status, [("content-type", "text/html")], page.encode())


def fixed_answer(spec: FixedResponseSpec) -> Reply:
    """The answer of a fixed-response action."""
    kind = spec.content_type or "text/plain"
    return _own(spec.status, [("content-type", f"{kind}; charset=utf-8")], spec.body.encode())


def redirect_answer(spec: RedirectSpec, request: BalancedRequest) -> Reply:
    """The answer of a redirect action.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
    """
    parts = {
        "protocol": request.scheme,
        "host": request.host.partition(":")[0],
        "port": str(request.port),
        "path": request.path.removeprefix("/"),
        "query": request.query,
    }

    def filled(pattern: str) -> str:
        return re.sub(r"#\{(\w+)\}", lambda found: parts.get(found[1], found[0]), pattern)

    query = filled(spec.query)
    location = f"{filled(spec.protocol).lower()}://{filled(spec.host)}:{filled(spec.port)}{filled(spec.path)}"
    reply = own_error(spec.status)
    reply.headers["location"] = f"{location}?{query}" if query else location
    return reply


def _own(status: int, lines: Lines, body: bytes) -> Reply:
    return Reply(status, joined([_SERVER, *lines, ("content-length", str(len(body)))]), body)


def _object(payload: bytes) -> dict[str, Any]:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer("the answer is not JSON") from error
    if not isinstance(value, dict):
        raise MalformedAnswer("the answer is no object")
    return value


def _single(value: dict[str, Any]) -> Lines:
    headers = value.get("headers", {})
    if not isinstance(headers, dict):
        raise MalformedAnswer("headers is no object")
    return [(name, _text(name, one)) for name, one in headers.items()]


def _many(value: dict[str, Any]) -> Lines:
    headers = value.get("multiValueHeaders", {})
    if not isinstance(headers, dict) or not all(isinstance(values, list) for values in headers.values()):
        raise MalformedAnswer("multiValueHeaders is no object of lists")
    return [(name, _text(name, one)) for name, values in headers.items() for one in values]


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedAnswer(f"header {name!r} is no text")
    if "\r" in value or "\n" in value:
        raise MalformedAnswer(f"header {name!r} has a line break")
    return value


def _body(value: dict[str, Any]) -> bytes:
    body = value.get("body", "")
    if not isinstance(body, str):
        raise MalformedAnswer("body is no text")
    encoded = value.get("isBase64Encoded", False)
    if not isinstance(encoded, bool):
        raise MalformedAnswer("isBase64Encoded is neither true nor false")
    if not encoded:
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise MalformedAnswer("body is not base64") from error
