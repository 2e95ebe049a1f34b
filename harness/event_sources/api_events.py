"""API Gateway's proxy events: what a function is invoked with.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from harness.cloud.account import ACCOUNT_ID
from harness.cloud.template import ApiSpec, RouteSpec
from harness.event_sources.api_request import SOURCE_IP, ClientRequest, domain_name

_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript")

_IDENTITY = (
    *("accessKey", "accountId", "apiKey", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType"),
    *("cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"),
)
"""What a REST API says of a caller who signs nothing: null."""

_NOBODY: Mapping[str, Any] = {"claims": None, "scopes": None}
"""`authorizer` of format 1.0 where there is none."""


def event_v2(
    api: ApiSpec,
    route: RouteSpec,
    request: ClientRequest,
    path_parameters: Mapping[str, str],
    authorizer: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Payload format 2.0. Keys without a value are missing.

    Args:
        authorizer: what its authorizer says of the client; None: the route is open.
    """
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    headers.pop("cookie", None)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": _staged(api, unquote(request.path)),
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context_v2(api, route, request),
        "isBase64Encoded": False,
    }
    if authorizer is not None:
        event["requestContext"]["authorizer"] = dict(authorizer)
    optional = {
        "cookies": [part.strip() for line in request.values("cookie") for part in line.split(";") if part.strip()],
        "queryStringParameters": _joined(request),
        "pathParameters": dict(path_parameters),
        "stageVariables": dict(api.stage_variables),
    }
    event |= {key: value for key, value in optional.items() if value}
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(api, request)
    return event


def context_v2(api: ApiSpec, route: RouteSpec, request: ClientRequest) -> dict[str, Any]:
    """requestContext of format 2.0, without an authorizer."""
    return {
        "accountId": ACCOUNT_ID,
        "apiId": api.api_id,
        "domainName": domain_name(api),
        "domainPrefix": api.api_id,
        "http": {
            "method": request.method,
            "path": _staged(api, unquote(request.path)),
            "protocol": "HTTP/1.1",
            "sourceIp": SOURCE_IP,
            "userAgent": request.header("user-agent"),
        },
        "requestId": request.request_id,
        "routeKey": route.key,
        "stage": api.stage,
        "time": _clf(request.arrived),
        "timeEpoch": _epoch_ms(request.arrived),
    }


def event_v1(
    api: ApiSpec,
    route: RouteSpec,
    request: ClientRequest,
    path_parameters: Mapping[str, str],
    authorizer: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Payload format 1.0, REST APIs' own. Keys without a value are null.

    Args:
        authorizer: what its authorizer says of the client; None: the route is open.
    """
    body, is_base64 = _body(api, request) if request.body else (None, False)
    event: dict[str, Any] = {
        "resource": route.path,
        "path": request.path if api.kind == "rest" else unquote(request.path),
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": many(request.headers) or None,
        "queryStringParameters": dict(request.parameters) or None,
        "multiValueQueryStringParameters": many(request.parameters) or None,
        "pathParameters": dict(path_parameters) or None,
        "stageVariables": dict(api.stage_variables) or None,
        "requestContext": context_v1(api, route, request),
        "body": body,
        "isBase64Encoded": is_base64,
    }
    event["requestContext"]["authorizer"] = dict(_NOBODY if authorizer is None else authorizer)
    return {"version": "1.0", **event} if api.kind == "http" else event


def context_v1(api: ApiSpec, route: RouteSpec, request: ClientRequest) -> dict[str, Any]:
    """requestContext of format 1.0, without an authorizer."""
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    if request.api_key:
        identity |= {"apiKey": request.api_key, "apiKeyId": short_id(request.api_key, 10)}
    return {
        "accountId": ACCOUNT_ID,
        "apiId": api.api_id,
        "domainName": domain_name(api),
        "domainPrefix": api.api_id,
        "extendedRequestId": extended_id(request.request_id),
        "httpMethod": request.method,
        "identity": {**identity, "sourceIp": SOURCE_IP, "userAgent": request.header("user-agent") or None},
        "path": _staged(api, request.path),
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": _clf(request.arrived),
        "requestTimeEpoch": _epoch_ms(request.arrived),
        "resourceId": short_id(route.path, 6) if api.kind == "rest" else None,
        "resourcePath": route.path,
        "stage": api.stage,
    }


def is_binary(api: ApiSpec, content_type: str) -> bool:
    """Whether a body of this type is bytes to a REST API.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
    """
    kind = content_type.split(";")[0].strip()
    return "*/*" in api.binary_media_types or kind in api.binary_media_types


def many(pairs: Any) -> dict[str, list[str]]:
    """Every value of each name, in order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def extended_id(request_id: str) -> str:
    """The other id of a request: of the shape "JKJaXmPLvHcESHA="."""
    return base64.urlsafe_b64encode(hashlib.blake2b(request_id.encode(), digest_size=11).digest()).decode()


def short_id(text: str, length: int) -> str:
    """An id as API Gateway gives to a resource or a key: the same for the same text."""
    digest = hashlib.blake2b(text.encode(), digest_size=length).digest()
    return "".join("abcdefghijklmnopqrstuvwxyz0123456789"[byte % 36] for byte in digest)


# ---- details ----------------------------------------------------------------------------------


def _staged(api: ApiSpec, path: str) -> str:
    return path if api.stage == "$default" else f"/{api.stage}{path}"


def _body(api: ApiSpec, request: ClientRequest) -> tuple[str, bool]:
    kind = request.header("content-type")
    binary = is_binary(api, kind or "application/json") if api.kind == "rest" else not _is_text(kind)
    return (base64.b64encode(request.body).decode() if binary else request.body.decode(errors="replace")), binary


def _joined(request: ClientRequest) -> dict[str, str]:
    return {name: ",".join(values) for name, values in many(request.parameters).items()}


def _is_text(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return not kind or kind.startswith(_TEXT_TYPES) or kind.endswith(("+json", "+xml"))


def _clf(arrived: datetime) -> str:
    return f"{arrived:%d/%b/%Y:%H:%M:%S} +0000"


def _epoch_ms(arrived: datetime) -> int:
    return int(arrived.timestamp() * 1000)
