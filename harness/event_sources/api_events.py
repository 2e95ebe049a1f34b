"""API Gateway's proxy events: what a function is invoked with.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from harness.cloud.account import ACCOUNT_ID
from harness.cloud.template import ApiSpec, RouteSpec

_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript")
SOURCE_IP = "203.0.113.10"

_IDENTITY = (
    *("accessKey", "accountId", "apiKey", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType"),
    *("cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"),
)
"""What a REST API says of a caller who signs nothing: null."""


@dataclass(frozen=True)
class ClientRequest:
    """A request as the client sent it.

    Attributes:
        path: without the stage.
        headers: in the client's spelling.
        arrived: the simulated date and time.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    request_id: str
    arrived: datetime


def event_v2(api: ApiSpec, route: RouteSpec, request: ClientRequest, path_parameters: dict[str, str]) -> dict[str, Any]:
    """Payload format 2.0. Keys without a value are missing."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    prefix = "" if api.stage == "$default" else f"/{api.stage}"
    route_key = route.path if route.path == "$default" else f"{route.method} {route.path}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": prefix + request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": api.api_id,
            "domainName": _domain(api),
            "domainPrefix": api.api_id,
            "http": {
                "method": request.method,
                "path": prefix + request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": SOURCE_IP,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request.request_id,
            "routeKey": route_key,
            "stage": api.stage,
            "time": _clf(request.arrived),
            "timeEpoch": _epoch_ms(request.arrived),
        },
        "isBase64Encoded": False,
    }
    optional = {
        "cookies": cookies,
        "queryStringParameters": _joined(request.query),
        "pathParameters": path_parameters,
        "stageVariables": dict(api.stage_variables),
    }
    event |= {key: value for key, value in optional.items() if value}
    if request.body:
        text = _is_text(headers.get("content-type", ""))
        event["body"] = request.body.decode(errors="replace") if text else base64.b64encode(request.body).decode()
        event["isBase64Encoded"] = not text
    return event


def event_v1(api: ApiSpec, route: RouteSpec, request: ClientRequest, path_parameters: dict[str, str]) -> dict[str, Any]:
    """Payload format 1.0, REST APIs' own. Keys without a value are null."""
    query = parse_qsl(request.query, keep_blank_values=True)
    many: dict[str, list[str]] = {}
    for name, value in query:
        many.setdefault(name, []).append(value)
    binary = api.kind == "rest" and _is_binary(api, request.headers)
    body = None
    if request.body:
        body = base64.b64encode(request.body).decode() if binary else request.body.decode(errors="replace")
    event: dict[str, Any] = {
        "resource": route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": {name: [value] for name, value in request.headers.items()} or None,
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": many or None,
        "pathParameters": path_parameters or None,
        "stageVariables": dict(api.stage_variables) or None,
        "requestContext": _context_v1(api, route, request),
        "body": body,
        "isBase64Encoded": binary and body is not None,
    }
    return {"version": "1.0", **event} if api.kind == "http" else event


def _context_v1(api: ApiSpec, route: RouteSpec, request: ClientRequest) -> dict[str, Any]:
    agent = header(request.headers, "user-agent") or None
    identity = dict.fromkeys(_IDENTITY)
    return {
        "accountId": ACCOUNT_ID,
        "apiId": api.api_id,
        "authorizer": None,
        "domainName": _domain(api),
        "domainPrefix": api.api_id,
        "extendedRequestId": request.request_id,
        "httpMethod": request.method,
        "identity": {**identity, "sourceIp": SOURCE_IP, "userAgent": agent},
        "path": request.path if api.stage == "$default" else f"/{api.stage}{request.path}",
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": _clf(request.arrived),
        "requestTimeEpoch": _epoch_ms(request.arrived),
        "resourceId": route.path,
        "resourcePath": route.path,
        "stage": api.stage,
    }


# ---- details ----------------------------------------------------------------------------------


def _domain(api: ApiSpec) -> str:
    return api.endpoint.removeprefix("https://").split("/")[0]


def _joined(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _is_text(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return not kind or kind.startswith(_TEXT_TYPES) or kind.endswith(("+json", "+xml"))


def _is_binary(api: ApiSpec, headers: dict[str, str]) -> bool:
    kind = header(headers, "content-type").split(";")[0].strip()
    return "*/*" in api.binary_media_types or kind in api.binary_media_types


def header(headers: dict[str, str], wanted: str) -> str:
    """The value of a header, however the client spells its name; "" if it is not there.

    Args:
        wanted: in lower case.
    """
    return next((value for name, value in headers.items() if name.lower() == wanted), "")


def _clf(arrived: datetime) -> str:
    return f"{arrived:%d/%b/%Y:%H:%M:%S} +0000"


def _epoch_ms(arrived: datetime) -> int:
    return int(arrived.timestamp() * 1000)
