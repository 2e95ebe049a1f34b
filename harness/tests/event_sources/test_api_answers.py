"""What API Gateway makes of what a function returns, row by row."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.event_sources.api_answers import MalformedAnswer, answer_http, answer_rest, decodes
from harness.event_sources.api_request import ClientRequest
from harness.simulation.wire import Reply
from harness.tests.event_sources.apis import rest_api

JSON = {"content-type": "application/json"}


def http(value: Any, payload_format: str = "2.0") -> Reply:
    return answer_http(json.dumps(value).encode(), payload_format)


def rest(value: Any, *, decodes: bool = False) -> Reply:
    return answer_rest(json.dumps(value).encode(), decodes=decodes)


# ---- both ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [http, rest])
def test_status_headers_and_body_are_passed_on(read) -> None:
    answer = read({"statusCode": 201, "headers": {"Location": "/orders/7", "Content-Type": "text/html"}, "body": "hi"})

    assert answer == Reply(201, {"location": "/orders/7", "content-type": "text/html"}, b"hi")


@pytest.mark.parametrize("read", [http, rest])
@pytest.mark.parametrize("status", [200, "200"])
def test_a_status_may_be_a_number_or_its_digits(read, status: Any) -> None:
    assert read({"statusCode": status}) == Reply(200, {}, b"")


@pytest.mark.parametrize("read", [http, rest])
@pytest.mark.parametrize("status", [None, "", "ok", True, 20, 600, 2000, [], {}, -200, "2 0", "\u0662\u0660\u0660"])
def test_any_other_status_is_malformed(read, status: Any) -> None:
    with pytest.raises(MalformedAnswer, match="statusCode is missing or no HTTP status"):
        read({"statusCode": status})


@pytest.mark.parametrize("read", [http, rest])
@pytest.mark.parametrize("body", [{"a": 1}, ["a"], 5])
def test_a_body_that_is_no_text_is_malformed(read, body: Any) -> None:
    with pytest.raises(MalformedAnswer, match="body is no string"):
        read({"statusCode": 200, "body": body})


@pytest.mark.parametrize("read", [http, rest])
def test_numbers_and_booleans_are_accepted_as_headers(read) -> None:
    answer = read({"statusCode": 200, "headers": {"Retry-After": 5, "X-Cached": True}})

    assert answer.headers == {"retry-after": "5", "x-cached": "true"}


@pytest.mark.parametrize("read", [http, rest])
@pytest.mark.parametrize(
    "headers",
    [
        {"headers": {"X": {"a": 1}}},
        {"headers": {"X": ["a"]}},
        {"headers": ["X"]},
        {"headers": "X"},
        {"multiValueHeaders": ["X"]},
        {"multiValueHeaders": {"X": "a"}},
        {"multiValueHeaders": {"X": [{}]}},
    ],
)
def test_headers_of_another_shape_are_malformed(read, headers: dict[str, Any]) -> None:
    with pytest.raises(MalformedAnswer, match=r"header 'X'|headers is no object|multiValueHeaders"):
        read({"statusCode": 200, **headers})


def test_several_values_of_a_header_are_joined_and_cookies_kept_apart() -> None:
    answer = rest(
        {"statusCode": 200, "headers": {"A": "one"}, "multiValueHeaders": {"a": ["two"], "Set-Cookie": ["x=1", "y=2"]}}
    )

    assert answer.headers == {"a": "two,one", "set-cookie": "x=1\ny=2"}


def test_the_same_value_in_both_kinds_of_headers_is_sent_once() -> None:
    answer = rest({"statusCode": 200, "headers": {"A": "one"}, "multiValueHeaders": {"a": ["one", "two"]}})

    assert answer.headers == {"a": "one,two"}


@pytest.mark.parametrize("read", [http, rest])
def test_a_body_without_a_type_is_plain_text(read) -> None:
    assert read({"statusCode": 200, "body": "hi"}).headers == {"content-type": "text/plain;charset=utf-8"}


@pytest.mark.parametrize("payload", [b"{", b"", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="not JSON"):
        answer_http(payload, "2.0")
    with pytest.raises(MalformedAnswer, match="not JSON"):
        answer_rest(payload, decodes=False)


def test_half_a_surrogate_pair_breaks_nothing() -> None:
    assert answer_http(b'"\\ud800"', "2.0").body == b"?"
    assert answer_rest(b'{"statusCode": 200, "body": "\\ud800"}', decodes=False).body == b"?"
    with pytest.raises(MalformedAnswer, match=r"header '\\ud800' is no string"):
        answer_rest(b'{"statusCode": 200, "headers": {"\\ud800": []}}', decodes=False)


# ---- HTTP APIs, format 2.0 -----------------------------------------------------------------------


@pytest.mark.parametrize("value", [{"order": "o-7"}, ["a", 1], 5, None, True, {}])
def test_whatever_has_no_status_is_the_json_body_of_a_200(value: Any) -> None:
    assert http(value) == Reply(200, JSON, json.dumps(value).encode())


def test_a_text_is_sent_as_it_is() -> None:
    assert http("hello") == Reply(200, JSON, b"hello")


def test_json_without_a_status_is_passed_on_to_the_byte() -> None:
    assert answer_http('{"name":  "Zoë"}'.encode(), "2.0").body == '{"name":  "Zoë"}'.encode()


def test_cookies_become_a_header() -> None:
    answer = http({"statusCode": 200, "cookies": ["a=1; Secure", "b=2"]})

    assert answer.headers == {"set-cookie": "a=1; Secure\nb=2"}


def test_an_unknown_key_is_ignored_by_an_http_api() -> None:
    assert http({"statusCode": 200, "more": 1}) == Reply(200, {}, b"")


def test_an_http_api_always_decodes_base64() -> None:
    answer = http({"statusCode": 200, "body": "YWJj", "isBase64Encoded": True, "headers": {"Content-Type": "image/x"}})

    assert answer.body == b"abc"


def test_a_body_that_only_claims_to_be_base64_is_malformed() -> None:
    with pytest.raises(MalformedAnswer, match="body is not base64"):
        http({"statusCode": 200, "body": "abc", "isBase64Encoded": True})


# ---- HTTP APIs, format 1.0 -----------------------------------------------------------------------


def test_format_1_demands_the_whole_shape_of_an_http_api_too() -> None:
    assert http({"statusCode": 204}, "1.0") == Reply(204, {}, b"")
    with pytest.raises(MalformedAnswer, match="statusCode is missing"):
        http({"order": "o-7"}, "1.0")
    with pytest.raises(MalformedAnswer, match="no object"):
        http("hello", "1.0")


# ---- REST APIs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "hello", 5, ["a"], {"order": "o-7"}])
def test_a_rest_api_demands_the_shape_of_a_proxy_response(value: Any) -> None:
    with pytest.raises(MalformedAnswer, match="Malformed Lambda proxy response"):
        rest(value)


def test_an_unknown_key_is_malformed_for_a_rest_api() -> None:
    with pytest.raises(MalformedAnswer, match="Malformed Lambda proxy response"):
        rest({"statusCode": 200, "cookies": []})


def test_a_rest_api_decodes_base64_only_where_it_is_to() -> None:
    value = {"statusCode": 200, "body": "YWJj", "isBase64Encoded": True}

    assert rest(value).body == b"YWJj"
    assert rest(value, decodes=True).body == b"abc"


@pytest.mark.parametrize(
    ("types", "accept", "expected"),
    [
        ((), "image/jpeg", False),
        (("image/jpeg",), "image/jpeg", True),
        (("image/jpeg",), "image/jpeg;q=0.9, text/html", True),
        (("image/jpeg",), "text/html, image/jpeg", False),
        (("image/jpeg",), "", False),
        (("*/*",), "", True),
    ],
)
def test_the_first_type_a_client_accepts_decides(types: tuple[str, ...], accept: str, expected: bool) -> None:
    request = ClientRequest("GET", "/", "", (("Accept", accept),), b"", "r-1", datetime(2026, 1, 5, tzinfo=UTC))

    assert decodes(rest_api(binary_media_types=types), request) is expected
