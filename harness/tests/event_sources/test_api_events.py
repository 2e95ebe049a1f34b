"""Proxy events, judged by the models and data classes of Powertools for AWS Lambda."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.parser.models import APIGatewayProxyEventModel, APIGatewayProxyEventV2Model

from harness.event_sources.api_events import event_v1, event_v2
from harness.event_sources.api_request import ClientRequest, lines
from harness.tests.event_sources.apis import http_api, rest_api, route

HEADERS = {"Content-Type": "application/json", "X-Trace": "abc", "User-Agent": "tests/1.0"}


def request(**changed: Any) -> ClientRequest:
    defaults: dict[str, Any] = {
        "method": "POST",
        "path": "/orders/7",
        "query": "tag=a&tag=b&note=x%20y&empty=",
        "headers": HEADERS,
        "body": b'{"n": 1}',
        "request_id": "r-1",
        "arrived": datetime(2026, 1, 5, 9, 0, 1, 234_000, tzinfo=UTC),
    }
    given = {**defaults, **changed}
    return ClientRequest(**{**given, "headers": lines(given["headers"])})


def v2(api=None, **changed: Any) -> dict[str, Any]:
    return event_v2(api or http_api(), route("POST /orders/{id}"), request(**changed), {"id": "7"})


def v1(api=None, **changed: Any) -> dict[str, Any]:
    return event_v1(api or rest_api(), route("POST /orders/{id}"), request(**changed), {"id": "7"})


# ---- format 2.0 ----------------------------------------------------------------------------------


def test_powertools_accepts_an_event_of_format_2() -> None:
    model = APIGatewayProxyEventV2Model.model_validate(v2())

    assert model.requestContext.http.path == "/orders/7"
    assert str(model.requestContext.http.sourceIp) in ("203.0.113.10", "203.0.113.10/32")


def test_an_event_of_format_2_says_it_all() -> None:
    assert v2() == {
        "version": "2.0",
        "routeKey": "POST /orders/{id}",
        "rawPath": "/orders/7",
        "rawQueryString": "tag=a&tag=b&note=x%20y&empty=",
        "headers": {"content-type": "application/json", "x-trace": "abc", "user-agent": "tests/1.0"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": "POST",
                "path": "/orders/7",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.10",
                "userAgent": "tests/1.0",
            },
            "requestId": "r-1",
            "routeKey": "POST /orders/{id}",
            "stage": "$default",
            "time": "05/Jan/2026:09:00:01 +0000",
            "timeEpoch": 1767603601234,
        },
        "isBase64Encoded": False,
        "queryStringParameters": {"tag": "a,b", "note": "x y", "empty": ""},
        "pathParameters": {"id": "7"},
        "body": '{"n": 1}',
    }


def test_in_format_2_what_has_no_value_is_missing() -> None:
    event = event_v2(http_api(), route("GET /"), request(query="", body=b"", headers={}), {})

    assert not {"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"} & set(event)
    assert APIGatewayProxyEventV2(event).body is None


def test_cookies_are_a_list_of_their_own_in_format_2() -> None:
    event = v2(headers={"Cookie": "a=1; b=2"})

    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"] == {}


def test_a_named_stage_prefixes_the_raw_path() -> None:
    event = v2(http_api(stage="live", stage_variables={"level": "high"}))

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/live/orders/7"
    assert event["stageVariables"] == {"level": "high"}
    assert APIGatewayProxyEventV2(event).path == "/orders/7"


def test_the_catch_all_route_has_its_own_key() -> None:
    event = event_v2(http_api(), route("$default"), request(), {})

    assert event["routeKey"] == event["requestContext"]["routeKey"] == "$default"


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("text/csv", True),
        ("application/vnd.api+json", True),
        ("application/xml", True),
        ("image/jpeg", False),
        ("application/octet-stream", False),
        ("application/x-www-form-urlencoded", False),
    ],
)
def test_a_body_that_is_no_text_is_base64_in_format_2(content_type: str, is_text: bool) -> None:
    event = v2(headers={"Content-Type": content_type}, body=b"abc")

    assert (event["body"], event["isBase64Encoded"]) == (("abc", False) if is_text else ("YWJj", True))


# ---- format 1.0 ----------------------------------------------------------------------------------


def test_powertools_accepts_an_event_of_format_1() -> None:
    model = APIGatewayProxyEventModel.model_validate(v1())

    assert model.requestContext.path == "/Prod/orders/7"
    assert model.requestContext.requestTimeEpoch == datetime(2026, 1, 5, 9, 0, 1, 234_000, tzinfo=UTC)


def test_an_event_of_format_1_says_it_all() -> None:
    event = v1()

    context = event.pop("requestContext")
    assert event == {
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "POST",
        "headers": HEADERS,
        "multiValueHeaders": {name: [value] for name, value in HEADERS.items()},
        "queryStringParameters": {"tag": "b", "note": "x y", "empty": ""},
        "multiValueQueryStringParameters": {"tag": ["a", "b"], "note": ["x y"], "empty": [""]},
        "pathParameters": {"id": "7"},
        "stageVariables": None,
        "body": '{"n": 1}',
        "isBase64Encoded": False,
    }
    assert (context["stage"], context["resourcePath"], context["path"]) == ("Prod", "/orders/{id}", "/Prod/orders/7")
    assert context["requestTime"] == "05/Jan/2026:09:00:01 +0000"
    assert context["identity"]["sourceIp"] == "203.0.113.10"
    assert context["identity"]["userAgent"] == "tests/1.0"
    assert context["identity"]["cognitoIdentityId"] is None


def test_in_format_1_what_has_no_value_is_null() -> None:
    event = event_v1(rest_api(), route("GET /"), request(query="", body=b"", headers={}), {})

    empty = ["headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters"]
    empty += ["pathParameters", "stageVariables", "body"]
    assert [event[key] for key in empty] == [None] * 7
    assert event["isBase64Encoded"] is False
    assert APIGatewayProxyEvent(event).resolved_query_string_parameters == {}


def test_format_1_through_an_http_api_has_a_version() -> None:
    event = v1(http_api())

    assert event["version"] == "1.0"
    assert event["requestContext"]["path"] == "/orders/7"
    assert "version" not in v1()


@pytest.mark.parametrize(
    ("types", "content_type", "is_binary"),
    [
        ((), "image/jpeg", False),
        (("image/jpeg",), "image/jpeg", True),
        (("image/jpeg",), "image/jpeg; q=1", True),
        (("image/jpeg",), "image/png", False),
        (("*/*",), "application/json", True),
    ],
)
def test_a_rest_api_passes_on_bytes_only_for_its_binary_media_types(
    types: tuple[str, ...], content_type: str, is_binary: bool
) -> None:
    event = v1(rest_api(binary_media_types=types), headers={"content-type": content_type}, body=b"abc")

    assert event["isBase64Encoded"] is is_binary
    assert event["body"] == (base64.b64encode(b"abc").decode() if is_binary else "abc")
