"""The event of a load balancer, and what it makes of a function's answer."""

import base64
import json
from typing import Any

import pytest

from harness.cloud.template.model_balancer import RedirectSpec
from harness.event_sources.balancer_answers import MalformedAnswer, answer_of, own_error, redirect_answer
from harness.event_sources.balancer_events import BalancedRequest, event_of, forwarded_headers
from harness.event_sources.header_lines import joined, lines_of

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/g/0123456789abcdef"
TRACE = "1-5bdb40ca-556d8b0c50dc66f0511bf520"


def request(body: bytes = b"", query: str = "", **headers: str) -> BalancedRequest:
    lines = lines_of({name.replace("_", "-"): value for name, value in headers.items()})
    return BalancedRequest("POST", "shop.example.com", "/orders", query, lines, body, "203.0.113.10", "http", 80)


def event(asked: BalancedRequest, *, multi_value: bool = False) -> dict[str, Any]:
    headers = forwarded_headers(asked, TRACE, "append")
    return event_of(asked, headers, GROUP, multi_value=multi_value)


def test_the_event_has_exactly_the_keys_of_the_page() -> None:
    assert event(request(b"hi", "a=1", content_type="text/plain", host="shop.example.com")) == {
        "requestContext": {"elb": {"targetGroupArn": GROUP}},
        "httpMethod": "POST",
        "path": "/orders",
        "queryStringParameters": {"a": "1"},
        "headers": {
            "content-type": "text/plain",
            "host": "shop.example.com",
            "x-amzn-trace-id": f"Root={TRACE}",
            "x-forwarded-for": "203.0.113.10",
            "x-forwarded-port": "80",
            "x-forwarded-proto": "http",
        },
        "body": "hi",
        "isBase64Encoded": False,
    }


def test_the_last_value_of_a_name_wins_unless_multi_value_headers_are_on() -> None:
    asked = request(query="k=1&k=%C3%A9", x_a="1\n2")

    single, many = event(asked), event(asked, multi_value=True)

    assert single["queryStringParameters"] == {"k": "%C3%A9"}
    assert single["headers"]["x-a"] == "2"
    assert many["multiValueQueryStringParameters"] == {"k": ["1", "%C3%A9"]}
    assert many["multiValueHeaders"]["x-a"] == ["1", "2"]
    assert not {"headers", "queryStringParameters"} & set(many)


@pytest.mark.parametrize(
    ("headers", "encoded"),
    [
        ({"content_type": "text/csv; charset=utf-8"}, False),
        ({"content_type": "application/json; charset=utf-8"}, False),
        ({"content_type": "application/xml"}, False),
        ({"content_type": "application/x-till+json"}, True),
        ({"content_type": "text/plain", "content_encoding": "gzip"}, True),
        ({}, True),
    ],
)
def test_the_type_of_a_body_decides_whether_it_is_base64(headers: dict[str, str], encoded: bool) -> None:
    made = event(request("é".encode(), **headers))

    assert made["isBase64Encoded"] is encoded
    assert made["body"] == (base64.b64encode("é".encode()).decode() if encoded else "é")


def test_a_request_without_a_body_has_an_empty_text() -> None:
    made = event(request())

    assert (made["body"], made["isBase64Encoded"]) == ("", False)


def test_the_client_address_is_appended_and_a_trace_goes_on() -> None:
    asked = request(x_forwarded_for="198.51.100.7", x_amzn_trace_id="Root=1-67891233-abcdef012345678912345678")

    headers = dict(forwarded_headers(asked, TRACE, "append"))

    assert headers["x-forwarded-for"] == "198.51.100.7, 203.0.113.10"
    assert headers["x-amzn-trace-id"] == f"Self={TRACE};Root=1-67891233-abcdef012345678912345678"
    assert dict(forwarded_headers(asked, TRACE, "preserve"))["x-forwarded-for"] == "198.51.100.7"
    assert "x-forwarded-for" not in dict(forwarded_headers(asked, TRACE, "remove"))


def answered(value: Any, *, multi_value: bool = False) -> Any:
    return answer_of(json.dumps(value).encode(), multi_value=multi_value)


def test_a_status_alone_is_an_answer() -> None:
    reply = answered({"statusCode": 200})

    assert (reply.status, reply.headers, reply.body) == (200, {"content-length": "0"}, b"")


def test_a_body_without_a_type_is_an_octet_stream_and_base64_is_decoded() -> None:
    reply = answered({"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(b"\xe9").decode()})

    assert reply.body == b"\xe9"
    assert reply.headers["content-type"] == "application/octet-stream"


def test_multi_value_headers_are_lines_and_single_ones_are_then_left_out() -> None:
    value = {"statusCode": 200, "headers": {"x-a": "1"}, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}

    assert answered(value, multi_value=True).headers == {"set-cookie": "a=1\nb=2", "content-length": "0"}
    assert answered(value).headers == {"x-a": "1", "content-length": "0"}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("text", "no object"),
        ({"body": "x"}, "statusCode"),
        ({"statusCode": "200"}, "statusCode"),
        ({"statusCode": True}, "statusCode"),
        ({"statusCode": 99}, "statusCode"),
        ({"statusCode": 200, "body": None}, "body is null"),
        ({"statusCode": 200, "body": {"a": 1}}, "body is no text"),
        ({"statusCode": 200, "headers": None}, "headers is null"),
        ({"statusCode": 200, "headers": {"x": True}}, "'x' is no text"),
        ({"statusCode": 200, "statusDescription": "OK"}, "statusDescription"),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "#"}, "not base64"),
        ({"statusCode": 200, "isBase64Encoded": "true"}, "neither true nor false"),
        ({"statusCode": 200, "body": "x" * (1024 * 1024)}, "more than 1 MB"),
    ],
)
def test_a_malformed_answer_says_what_is_wrong(value: Any, why: str) -> None:
    with pytest.raises(MalformedAnswer, match=why):
        answered(value)


def test_a_redirect_fills_in_the_parts_of_the_request() -> None:
    spec = RedirectSpec(status=301, protocol="HTTPS", port="443", path="/new/#{path}")

    reply = redirect_answer(spec, request(query="a=1"))

    assert reply.status == 301
    assert reply.headers["location"] == "https://shop.example.com:443/new/orders?a=1"


def test_an_error_of_the_load_balancer_is_its_own_page() -> None:
    reply = own_error(502)

    assert b"<h1>502 Bad Gateway</h1>" in reply.body
    assert reply.headers["server"] == "awselb/2.0"


def test_header_lines_survive_the_way_there_and_back() -> None:
    assert joined(lines_of({"Set-Cookie": ["a=1", "b=2"], "X": "1"})) == {"set-cookie": "a=1\nb=2", "x": "1"}


def test_powertools_reads_the_event() -> None:
    from aws_lambda_powertools.utilities.data_classes import ALBEvent

    single = ALBEvent(event(request(b"hi", "a=1", content_type="text/plain")))
    many = ALBEvent(event(request(b"hi", "a=1&a=2"), multi_value=True))

    assert single.request_context.elb_target_group_arn == GROUP
    assert single.body == "hi"
    assert single.query_string_parameters == {"a": "1"}
    assert many.multi_value_query_string_parameters == {"a": ["1", "2"]}
    assert many.multi_value_headers["x-forwarded-proto"] == ["http"]


def test_powertools_parser_model_takes_the_event() -> None:
    """Of single values only: the model has no event with multi-value headers."""
    pytest.importorskip("pydantic")
    from aws_lambda_powertools.utilities.parser.models import AlbModel

    made = event(request(b"hi", "a=1", content_type="text/plain"))

    assert AlbModel.model_validate(made).path == "/orders"
