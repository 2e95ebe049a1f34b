"""What API Gateway answers in the place of a function: statuses, bodies, headers.

A REST API's words can be changed in the template (GatewayResponses), an HTTP API's cannot.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
"""

import json
import re
from dataclasses import dataclass, field

from harness.cloud.template import ApiSpec, GatewayResponseSpec
from harness.event_sources.api_events import extended_id
from harness.simulation.wire import Reply

FUNCTION_FAILED = "FUNCTION_FAILED"
FUNCTION_THROTTLED = "FUNCTION_THROTTLED"
HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE"
NOT_PERMITTED = "NOT_PERMITTED"
OUTSIDE_STAGE = "OUTSIDE_STAGE"
"""Reasons of ours that AWS has no response type for: DEFAULT_4XX or DEFAULT_5XX words them."""

_SERVER_ERROR = "Internal server error"

_REST: dict[str, tuple[int, str | None, str]] = {
    "ACCESS_DENIED": (403, "User is not authorized to access this resource", "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": (500, _SERVER_ERROR, "InternalServerErrorException"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, None, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": (500, None, "AuthorizerFailureException"),
    "INTEGRATION_FAILURE": (504, "Network error communicating with endpoint", "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": (504, "Endpoint request timed out", "InternalServerErrorException"),
    "INVALID_API_KEY": (403, "Forbidden", "ForbiddenException"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token", "MissingAuthenticationTokenException"),
    "QUOTA_EXCEEDED": (429, "Limit Exceeded", "LimitExceededException"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long", "RequestTooLargeException"),
    "THROTTLED": (429, "Too Many Requests", "TooManyRequestsException"),
    "UNAUTHORIZED": (401, "Unauthorized", "UnauthorizedException"),
    FUNCTION_FAILED: (502, _SERVER_ERROR, "InternalServerErrorException"),
    FUNCTION_THROTTLED: (500, _SERVER_ERROR, "InternalServerErrorException"),
    HEADERS_TOO_LARGE: (431, "Request Header Fields Too Large", "RequestTooLargeException"),
    NOT_PERMITTED: (500, _SERVER_ERROR, "InternalServerErrorException"),
    OUTSIDE_STAGE: (403, "Forbidden", "ForbiddenException"),
}
"""Of a REST API: status, message, x-amzn-errortype."""

_HTTP: dict[str, tuple[int, str]] = {
    "ACCESS_DENIED": (403, "Forbidden"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "Internal Server Error"),
    "AUTHORIZER_FAILURE": (500, "Internal Server Error"),
    "INTEGRATION_TIMEOUT": (503, "Service Unavailable"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "Not Found"),
    "REQUEST_TOO_LARGE": (413, "Request Entity Too Large"),
    "THROTTLED": (429, "Too Many Requests"),
    "UNAUTHORIZED": (401, "Unauthorized"),
    FUNCTION_FAILED: (500, "Internal Server Error"),
    FUNCTION_THROTTLED: (503, "Service Unavailable"),
    HEADERS_TOO_LARGE: (431, "Request Header Fields Too Large"),
    NOT_PERMITTED: (500, "Internal Server Error"),
    OUTSIDE_STAGE: (404, "Not Found"),
}
"""Of an HTTP API: status and message."""


@dataclass(eq=False)
class GatewayRefusal(Exception):
    """The gateway answers itself.

    Attributes:
        kind: a gateway response type, or one of the reasons above.
        why: for the trace, in words.
        suffix: what the message ends in.
        headers: more of them.
    """

    kind: str
    why: str
    suffix: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def refused(api: ApiSpec, refusal: GatewayRefusal, request_id: str) -> Reply:
    """The answer to a request that the gateway refuses."""
    if api.kind == "http":
        status, message = _HTTP[refusal.kind]
        body = json.dumps({"message": message}, separators=(",", ":"))
        return Reply(status, {"content-type": "application/json", **refusal.headers}, body.encode())
    status, text, error = _REST[refusal.kind]
    text = None if text is None else text + refusal.suffix
    key = "Message" if refusal.kind == "ACCESS_DENIED" else "message"
    reply = Reply(
        status,
        {"content-type": "application/json", "x-amzn-errortype": error, **refusal.headers},
        json.dumps({key: text}, separators=(",", ":")).encode(),
    )
    wording = api.gateway_responses.get(refusal.kind) or api.gateway_responses.get(f"DEFAULT_{status // 100}XX")
    return _worded(wording, reply, refusal.kind, text, request_id, api) if wording else reply


def _worded(
    wording: GatewayResponseSpec, reply: Reply, kind: str, message: str | None, request_id: str, api: ApiSpec
) -> Reply:
    values = {
        "error.message": message or "",
        "error.messageString": json.dumps(message),
        "error.responseType": kind,
        "requestId": request_id,
        "extendedRequestId": extended_id(request_id),
        "stage": api.stage,
        "apiId": api.api_id,
    }
    headers = reply.headers | {name.lower(): value for name, value in wording.headers.items()}
    body = reply.body
    if wording.template:
        headers["content-type"] = wording.content_type
        body = re.sub(r"\$context\.([A-Za-z.]+)", lambda found: values.get(found[1], ""), wording.template).encode()
    return Reply(wording.status or reply.status, headers, body)
