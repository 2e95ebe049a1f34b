"""HTTP APIs: events, answers, CORS, limits, as a client and a function behind one see them."""

import gzip
import json
from typing import Any

import pytest

from harness.tests.fidelity.asking import ask_door as ask
from harness.tests.fidelity.conftest import App, Deploy
from harness.world import HttpAnswer

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 60, Handler: app.handler}}
Resources:
  Door:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageVariables: {level: high}
      CorsConfiguration:
        AllowOrigins: ["https://shop.example", "https://*.partner.example"]
        AllowMethods: [GET, PUT]
        AllowHeaders: [x-token]
        ExposeHeaders: [etag]
        AllowCredentials: true
        MaxAge: 600
  Live:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: live
      DefaultRouteSettings: {ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: "/echo/{proxy+}", Method: ANY}}
        Named: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: "/items/{id}", Method: get}}
        Mine: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: /items/mine, Method: get}}
        Old: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: /old, Method: any, PayloadFormatVersion: "1.0"}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Door}}
        Staged: {Type: HttpApi, Properties: {ApiId: !Ref Live, Path: /staged, Method: get}}
        Strict:
          Type: HttpApi
          Properties:
            ApiId: !Ref Live
            Path: /strict
            Method: get
            RouteSettings: {ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1}
  Answers:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.answers
      Events:
        Answer: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: "/answers/{kind}", Method: any}}
"""

APP = """\
import base64, gzip, json, time

def handler(event, context):
    if event["version"] == "1.0":
        return {"statusCode": 200, "body": json.dumps({"event": event})}
    return {"event": event, "id": context.aws_request_id}

def answers(event, context):
    kind = event["pathParameters"]["kind"]
    if kind == "raise":
        raise ValueError("no")
    if kind == "slow":
        time.sleep(40)
    zipped = base64.b64encode(gzip.compress(b"zipped", mtime=0)).decode()
    return {
        "text": "hello",
        "none": None,
        "list": [1, {"a": 2}],
        "slow": "late",
        "object body": {"statusCode": 200, "body": {"a": 1}},
        "wrong": {"statusCode": "ok"},
        "cookies": {"statusCode": 200, "cookies": ["a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=2"]},
        "binary": {"statusCode": 200, "isBase64Encoded": True, "body": "/wD/", "headers": {"content-type": "image/x"}},
        "gzip": {"statusCode": 200, "isBase64Encoded": True, "body": zipped,
                 "headers": {"content-encoding": "gzip", "content-type": "text/plain"}},
        "cors": {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*", "ETag": "v1"}, "body": "x"},
        "empty": {"statusCode": 204},
    }[kind]
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP})


def event(app: App, method: str, url: str, **request: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(app, method, url, **request).json()["event"]
    return found


# ---- events --------------------------------------------------------------------------------------
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html


def test_a_path_is_decoded_once_and_a_query_is_as_sent(app: App) -> None:
    found = event(app, "GET", "/echo/a%20b/%2541?q=a%20b&q=c&flag")

    assert found["rawPath"] == found["requestContext"]["http"]["path"] == "/echo/a b/%41"
    assert found["rawQueryString"] == "q=a%20b&q=c&flag"
    assert found["queryStringParameters"] == {"q": "a b,c", "flag": ""}
    assert found["pathParameters"] == {"proxy": "a b/%41"}
    assert event(app, "GET", "//echo/../x")["rawPath"] == "//echo/../x"


def test_headers_are_lower_case_and_several_values_are_joined(app: App) -> None:
    found = event(app, "GET", "/echo/x", headers={"X-Many": ["a", "b"], "Cookie": ["c=1; d=2", "e=3"]})

    assert found["headers"]["x-many"] == "a,b"
    assert found["cookies"] == ["c=1", "d=2", "e=3"]
    assert "cookie" not in found["headers"]


def test_the_gateway_adds_its_headers_and_keeps_those_of_the_connection(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html"""
    forged = {"Host": "evil.example", "X-Forwarded-For": "10.0.0.1", "Connection": "X-Secret", "TE": "trailers"}
    forged |= {"Trailer": "x", "Upgrade": "h2c", "Expect": "100-continue", "Transfer-Encoding": "chunked"}
    forged |= {"Keep-Alive": "timeout=5", "Proxy-Authorization": "Basic x"}

    headers = event(app, "GET", "/echo/x", headers=forged)["headers"]

    assert headers["host"] == event(app, "GET", "/echo/x")["requestContext"]["domainName"]
    assert headers["x-forwarded-for"] == "10.0.0.1, 203.0.113.10"
    assert (headers["x-forwarded-port"], headers["x-forwarded-proto"]) == ("443", "https")
    assert headers["x-amzn-trace-id"].startswith("Root=1-")
    ours = {"host", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"}
    assert {name.lower() for name in forged} & set(headers) == {"host", "x-forwarded-for"}
    assert ours <= set(headers)


def test_stage_variables_reach_the_function(app: App) -> None:
    assert event(app, "GET", "/echo/x")["stageVariables"] == {"level": "high"}


def test_a_body_of_bytes_comes_as_base64(app: App) -> None:
    found = event(app, "POST", "/echo/x", body=b"\xff\x00", headers={"Content-Type": "application/octet-stream"})

    assert (found["body"], found["isBase64Encoded"]) == ("/wA=", True)


def test_the_request_id_is_the_gateways_and_not_the_functions(app: App) -> None:
    answer = ask(app, "GET", "/echo/x")

    request_id = answer.json()["event"]["requestContext"]["requestId"]
    assert answer.headers["apigw-requestid"] == request_id != answer.json()["id"]


def test_format_1_0_has_null_for_what_is_not_there(app: App) -> None:
    found = event(app, "GET", "/old", query={"q": ["a", "b"]}, headers={"X-Many": ["c", "d"]})

    assert (found["version"], found["httpMethod"], found["resource"], found["path"]) == ("1.0", "GET", "/old", "/old")
    assert (found["queryStringParameters"], found["multiValueHeaders"]["X-Many"]) == ({"q": "b"}, ["c", "d"])
    assert (found["pathParameters"], found["body"], found["isBase64Encoded"]) == (None, None, False)


# ---- routes --------------------------------------------------------------------------------------
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ("GET /items/mine", "GET /items/mine"),
        ("GET /items/7", "GET /items/{id}"),
        ("HEAD /echo/x", "ANY /echo/{proxy+}"),
        ("GET /nothing/there", "$default"),
        ("DELETE /items/7", "$default"),
    ],
)
def test_the_most_specific_route_takes_a_request(app: App, request_: str, key: str) -> None:
    method, path = request_.split()
    seen = len(app.world.invocations("Echo"))

    ask(app, method, path)

    assert app.world.invocations("Echo")[seen].event["routeKey"] == key


def test_without_a_default_route_there_is_not_found(app: App) -> None:
    answer = ask(app, "GET", "/nothing", api="Live")

    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_a_named_stage_is_part_of_every_address(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html"""
    found = event(app, "GET", "/staged", api="Live")
    host = found["requestContext"]["domainName"]

    assert found["rawPath"] == "/live/staged"
    assert ask(app, "GET", f"https://{host}/live/staged", api="Live").status == 200
    assert ask(app, "GET", f"https://{host}/staged", api="Live").json() == {"message": "Not Found"}


def test_the_answer_to_head_has_no_body(app: App) -> None:
    answer = ask(app, "HEAD", "/echo/x")

    assert (answer.status, answer.body) == (200, b"")


# ---- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("text", 200, b"hello"),
        ("none", 200, b"null"),
        ("list", 200, b'[1, {"a": 2}]'),
        ("binary", 200, b"\xff\x00\xff"),
        ("empty", 204, b""),
        ("object%20body", 500, b'{"message":"Internal Server Error"}'),
        ("wrong", 500, b'{"message":"Internal Server Error"}'),
        ("raise", 500, b'{"message":"Internal Server Error"}'),
    ],
)
def test_what_a_function_returns_becomes_an_answer(app: App, kind: str, status: int, body: bytes) -> None:
    answer = ask(app, "GET", f"/answers/{kind}")

    assert (answer.status, answer.body) == (status, body)


def test_cookies_of_an_answer_are_lines_of_their_own(app: App) -> None:
    answer = ask(app, "GET", "/answers/cookies")

    assert answer.cookies == ("a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=2")


def test_a_compressed_body_is_passed_through(app: App) -> None:
    answer = ask(app, "GET", "/answers/gzip")

    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == b"zipped"


def test_after_thirty_seconds_the_client_hears_503_and_the_function_goes_on(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""
    answer = ask(app, "GET", "/answers/slow")

    assert (answer.status, answer.json()) == (503, {"message": "Service Unavailable"})
    assert 30_000 <= answer.latency_ms <= 30_020
    assert app.world.invocations("Answers")[-1].is_running
    app.run(app.world.settle())
    assert app.world.invocations("Answers")[-1].outcome == "succeeded"


def test_more_than_ten_megabytes_are_too_large(app: App) -> None:
    answer = ask(app, "POST", "/echo/x", body=b"x" * 10_485_761)

    assert (answer.status, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_more_than_ten_kilobytes_of_headers_reach_no_function(app: App) -> None:
    seen = len(app.world.invocations())

    answer = ask(app, "GET", "/echo/x", headers={"X-Long": "x" * 10_240})

    assert (answer.status, len(app.world.invocations())) == (431, seen)


# ---- CORS ----------------------------------------------------------------------------------------
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html


def preflight(app: App, origin: str) -> HttpAnswer:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    return ask(app, "OPTIONS", "/items/7", headers=headers)


def cors(answer: HttpAnswer) -> dict[str, str]:
    prefix = "access-control-"
    return {name.removeprefix(prefix): value for name, value in answer.headers.items() if name.startswith(prefix)}


def test_a_preflight_request_is_answered_without_the_function(app: App) -> None:
    seen = len(app.world.invocations())

    answer = preflight(app, "https://shop.example")

    assert (answer.status, answer.body, len(app.world.invocations())) == (204, b"", seen)
    assert cors(answer) == {
        "allow-origin": "https://shop.example",
        "allow-methods": "GET,PUT",
        "allow-headers": "x-token",
        "allow-credentials": "true",
        "max-age": "600",
    }


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://a.partner.example", True), ("https://partner.example", False), ("http://shop.example", False)],
)
def test_only_allowed_origins_are_named(app: App, origin: str, allowed: bool) -> None:
    assert cors(preflight(app, origin)).get("allow-origin") == (origin if allowed else None)


def test_the_gateway_writes_the_headers_and_drops_the_functions(app: App) -> None:
    answer = ask(app, "GET", "/answers/cors", headers={"Origin": "https://shop.example"})

    assert cors(answer) == {
        "allow-origin": "https://shop.example",
        "allow-credentials": "true",
        "expose-headers": "etag",
    }
    assert answer.headers["etag"] == "v1"
    assert cors(ask(app, "GET", "/answers/cors")) == {}


# ---- throttling ----------------------------------------------------------------------------------
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html


def statuses(app: App, path: str, count: int) -> list[int]:
    return [ask(app, "GET", path, api="Live").status for _ in range(count)]


def test_requests_beyond_the_burst_are_refused_until_tokens_come_back(app: App) -> None:
    app.run(app.world.run_for(s=10))

    assert statuses(app, "/staged", 4) == [200, 200, 200, 429]
    refusal = ask(app, "GET", "/staged", api="Live")
    assert (refusal.status, refusal.json()) == (429, {"message": "Too Many Requests"})
    app.run(app.world.run_for(s=1))
    assert statuses(app, "/staged", 3) == [200, 200, 429]


def test_a_route_may_have_limits_of_its_own(app: App) -> None:
    app.run(app.world.run_for(s=10))

    assert statuses(app, "/strict", 2) == [200, 429]
    assert statuses(app, "/staged", 1) == [200]


def test_an_event_is_json_all_through(app: App) -> None:
    assert json.loads(json.dumps(event(app, "GET", "/echo/x")))["version"] == "2.0"


def test_times_in_events_stand_still_while_clocks_are_held(app: App) -> None:
    app.world.hold_clocks()
    first = event(app, "GET", "/echo/x")["requestContext"]
    app.run(app.world.run_for(s=3))
    second = event(app, "GET", "/echo/x")["requestContext"]
    app.world.release_clocks()
    third = event(app, "GET", "/echo/x")["requestContext"]

    assert second["timeEpoch"] == first["timeEpoch"]
    assert third["timeEpoch"] - first["timeEpoch"] >= 3000
