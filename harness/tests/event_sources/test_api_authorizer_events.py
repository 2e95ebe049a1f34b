"""Events of authorizers, and what authorizers say in events, judged by Powertools' models and data classes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerEventV2,
    APIGatewayAuthorizerRequestEvent,
    APIGatewayAuthorizerTokenEvent,
)
from aws_lambda_powertools.utilities.parser.models import (
    ApiGatewayAuthorizerRequest,
    ApiGatewayAuthorizerRequestV2,
    ApiGatewayAuthorizerToken,
    APIGatewayProxyEventModel,
    APIGatewayProxyEventV2Model,
)

from harness.cloud.template import ApiSpec, AuthorizerSpec
from harness.event_sources.api_authorizer_events import authorizer_event
from harness.event_sources.api_authorizers import Grant, lambda_context
from harness.event_sources.api_events import event_v1, event_v2
from harness.event_sources.api_jwt import jwt_context
from harness.event_sources.api_request import ClientRequest, lines
from harness.tests.event_sources.apis import http_api, rest_api, route

REQUEST = ClientRequest(
    method="POST",
    path="/orders/7",
    query="tag=a",
    headers=lines({"Authorization": "t-1", "User-Agent": "tests/1.0"}),
    body=b"secret",
    request_id="r-1",
    arrived=datetime(2026, 1, 5, 9, tzinfo=UTC),
)
GRANT = Grant("ann", {"level": 3, "admin": True, "none": None}, took_ms=12)


def of(api: ApiSpec, kind: str, payload_format: str = "1.0") -> dict[str, Any]:
    spec = AuthorizerSpec(name="G", kind=kind, function="Guard", payload_format_version=payload_format)
    return authorizer_event(api, spec, route("POST /orders/{id}"), REQUEST, {"id": "7"}, ("t-1",))


def test_powertools_accepts_a_token_event() -> None:
    event = of(rest_api(), "token")

    assert ApiGatewayAuthorizerToken.model_validate(event).authorizationToken == "t-1"
    arn = APIGatewayAuthorizerTokenEvent(event).parsed_arn
    assert (arn.api_id, arn.stage, arn.http_method, arn.resource) == ("a1b2c3d4e5", "Prod", "POST", "orders/7")


@pytest.mark.parametrize(("api", "kind"), [(rest_api(), "request"), (http_api(), "lambda")])
def test_powertools_accepts_a_request_event_of_format_1(api: ApiSpec, kind: str) -> None:
    event = of(api, kind)

    assert ApiGatewayAuthorizerRequest.model_validate(event).resource == "/orders/{id}"
    found = APIGatewayAuthorizerRequestEvent(event)
    assert (found.path, found.path_parameters, found.headers["authorization"]) == ("/orders/7", {"id": "7"}, "t-1")
    assert "body" not in event


def test_powertools_accepts_a_request_event_of_format_2() -> None:
    event = of(http_api(), "lambda", "2.0")

    assert ApiGatewayAuthorizerRequestV2.model_validate(event).identitySource == ["t-1"]
    found = APIGatewayAuthorizerEventV2(event)
    assert (found.route_key, found.raw_path, found.identity_source) == ("POST /orders/{id}", "/orders/7", ["t-1"])
    assert found.parsed_arn.stage == "$default"
    assert "body" not in event


def test_a_rest_api_makes_texts_of_what_an_authorizer_says() -> None:
    said = lambda_context(GRANT, "rest", "1.0")
    event = event_v1(rest_api(), route("GET /"), REQUEST, {}, said)

    assert said == {"level": "3", "admin": "true", "none": None, "principalId": "ann", "integrationLatency": 12}
    assert APIGatewayProxyEvent(event).request_context.authorizer.principal_id == "ann"
    assert APIGatewayProxyEventModel.model_validate(event)


def test_an_http_api_passes_on_what_an_authorizer_says() -> None:
    event = event_v2(http_api(), route("GET /"), REQUEST, {}, lambda_context(GRANT, "http", "2.0"))

    assert APIGatewayProxyEventV2(event).request_context.authorizer.get_lambda == GRANT.context
    assert APIGatewayProxyEventV2Model.model_validate(event).requestContext.authorizer.lambda_value == GRANT.context
    assert lambda_context(GRANT, "http", "1.0") == {**GRANT.context, "principalId": "ann"}


def test_claims_of_a_token_are_texts() -> None:
    guarded = route("GET /", scopes=("read",))
    event = event_v2(
        http_api(), guarded, REQUEST, {}, jwt_context({"sub": "ann", "exp": 5, "roles": ["a", "b"]}, guarded)
    )

    found = APIGatewayProxyEventV2(event).request_context.authorizer
    assert found.jwt_claim == {"sub": "ann", "exp": "5", "roles": "[a b]"}
    assert found.jwt_scopes == ["read"]
    assert APIGatewayProxyEventV2Model.model_validate(event).requestContext.authorizer.jwt.scopes == ["read"]
    old = route("GET /", scopes=("read",), payload_format_version="1.0")
    assert jwt_context({"sub": "ann"}, old) == {"claims": {"sub": "ann"}, "scopes": ["read"]}
