"""What a load balancer makes of a client's request, and the event it invokes a function with.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
"""

import base64
from dataclasses import dataclass
from typing import Any

from harness.event_sources.header_lines import Lines, many, values_of

REQUEST_BYTES = 1024 * 1024
"""Largest body a load balancer hands to a function; above it the client gets a 413."""

FORWARDED_FOR_LIMIT = 30
"""Addresses in X-Forwarded-For; with more the client gets a 463.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml")
_HOP_BY_HOP = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
HEALTH_CHECK_AGENT = "ELB-HealthChecker/2.0"


@dataclass(frozen=True)
class BalancedRequest:
    """A client's request as a listener reads it.

    Attributes:
        host: the Host header, with its port if it names one.
        query: as sent, still encoded.
        headers: every line, names in lower case.
        scheme: "http" or "https": the listener's.
        port: the listener's.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Lines
    body: bytes
    source_ip: str
    scheme: str
    port: int

    def values(self, name: str) -> list[str]:
        """All values of a header; its name in lower case."""
        return values_of(self.headers, name)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Keys and values of the query, still encoded."""
        return [(key, value) for key, _, value in (part.partition("=") for part in self.query.split("&")) if key]


def forwarded_headers(request: BalancedRequest, trace_id: str, mode: str) -> Lines:
    """The headers a target gets: the client's, and what the load balancer adds.

    Args:
        trace_id: a fresh one, "1-5bdb40ca-556d8b0c50dc66f0511bf520".
        mode: of X-Forwarded-For: "append", "preserve" or "remove".
    """
    own = ("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id", *_HOP_BY_HOP)
    kept = [(name, value) for name, value in request.headers if name not in own]
    passed_by = request.values("x-forwarded-for")
    forwarded_for = ", ".join(passed_by if mode == "preserve" else [*passed_by, request.source_ip])
    added = [] if mode == "remove" or not forwarded_for else [("x-forwarded-for", forwarded_for)]
    added += [("x-forwarded-port", str(request.port)), ("x-forwarded-proto", request.scheme)]
    return [*kept, ("x-amzn-trace-id", _traced(request, trace_id)), *added]


def _traced(request: BalancedRequest, trace_id: str) -> str:
    """A trace the client began goes on; the load balancer adds itself.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    given = ";".join(request.values("x-amzn-trace-id"))
    return f"Self={trace_id};{given}" if "Root=" in given else f"Root={trace_id}"


def event_of(request: BalancedRequest, headers: Lines, group_arn: str, *, multi_value: bool) -> dict[str, Any]:
    """The event for a function.

    Args:
        headers: those of `forwarded_headers`.
        multi_value: whether the target group has multi-value headers; else the last value of each name wins.
    """
    event: dict[str, Any] = {
        "requestContext": {"elb": {"targetGroupArn": group_arn}},
        "httpMethod": request.method,
        "path": request.path,
    }
    if multi_value:
        event["multiValueQueryStringParameters"] = many(request.pairs)
        event["multiValueHeaders"] = many(headers)
    else:
        event["queryStringParameters"] = dict(request.pairs)
        event["headers"] = dict(headers)
    text = not request.body or _is_text(request)
    event["body"] = request.body.decode(errors="replace") if text else base64.b64encode(request.body).decode()
    event["isBase64Encoded"] = not text
    return event


def health_check_event(path: str, group_arn: str, *, multi_value: bool) -> dict[str, Any]:
    """The event of a health check."""
    check = BalancedRequest("GET", "", path, "", [("user-agent", HEALTH_CHECK_AGENT)], b"", "", "http", 80)
    return event_of(check, check.headers, group_arn, multi_value=multi_value)


def _is_text(request: BalancedRequest) -> bool:
    if request.values("content-encoding"):
        return False
    kind = ";".join(request.values("content-type")).split(";")[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT_TYPES
