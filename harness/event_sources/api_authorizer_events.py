"""What a Lambda authorizer is invoked with.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

from collections.abc import Sequence
from typing import Any

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.template import ApiSpec, AuthorizerSpec, RouteSpec
from harness.event_sources.api_events import event_v1, event_v2
from harness.event_sources.api_request import ClientRequest

_NOT_SHOWN = ("body", "isBase64Encoded")
"""Of a proxy event: an authorizer never sees the body."""


def method_arn(api: ApiSpec, request: ClientRequest) -> str:
    """The ARN that policies speak about: of the method and the path as they were requested."""
    return (
        f"arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{api.api_id}/{api.stage}/{request.method}/"
        f"{request.path.removeprefix('/')}"
    )


def authorizer_event(
    api: ApiSpec,
    authorizer: AuthorizerSpec,
    route: RouteSpec,
    request: ClientRequest,
    path_parameters: dict[str, str],
    identity: Sequence[str],
) -> dict[str, Any]:
    """The event of an authorizer of any kind.

    Args:
        identity: the values of its identity sources.
    """
    arn = method_arn(api, request)
    if authorizer.kind == "token":
        return {"type": "TOKEN", "methodArn": arn, "authorizationToken": identity[0]}
    if authorizer.payload_format_version == "2.0":
        event = event_v2(api, route, request, path_parameters)
        version = event.pop("version")
        first = {"version": version, "type": "REQUEST", "routeArn": arn, "identitySource": list(identity) or None}
        return {**first, **_shown(event)}
    event = event_v1(api, route, request, path_parameters)
    del event["requestContext"]["authorizer"]
    if api.kind == "rest":
        for key in ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables"):
            event[key] = event[key] or {}
        return {"type": "REQUEST", "methodArn": arn, **_shown(event)}
    joined = ",".join(identity) or None
    first = {"version": event.pop("version"), "type": "REQUEST", "methodArn": arn}
    return {**first, "identitySource": joined, "authorizationToken": joined, **_shown(event)}


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in _NOT_SHOWN}
