"""REST APIs: events, answers, binary bodies, CORS, keys, gateway responses."""

from typing import Any

import pytest

from harness.tests.fidelity.asking import ask_door as ask
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 60, Handler: app.handler}}
Resources:
  Door:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      Variables: {level: high}
      BinaryMediaTypes: [image~1jpeg, application/zip]
      Cors: {AllowOrigin: "'*'", AllowHeaders: "'x-token'", MaxAge: "'600'"}
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /~1limited, ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2}
      GatewayResponses:
        DEFAULT_4XX: {ResponseParameters: {Headers: {Access-Control-Allow-Origin: "'*'"}}}
        INTEGRATION_TIMEOUT:
          StatusCode: 503
          ResponseTemplates: {application/json: '{"oops": $context.error.messageString}'}
  Keyed:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth:
        ApiKeyRequired: true
        UsagePlan:
          CreateUsagePlan: PER_API
          Quota: {Limit: 4, Period: DAY}
          Throttle: {RateLimit: 1, BurstLimit: 3}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Any: {Type: Api, Properties: {RestApiId: !Ref Door, Path: "/echo/{proxy+}", Method: ANY}}
        One: {Type: Api, Properties: {RestApiId: !Ref Door, Path: "/items/{id}", Method: get}}
        Put: {Type: Api, Properties: {RestApiId: !Ref Door, Path: "/items/{id}", Method: put}}
        Few: {Type: Api, Properties: {RestApiId: !Ref Door, Path: /limited, Method: get}}
        Key: {Type: Api, Properties: {RestApiId: !Ref Keyed, Path: /key, Method: get}}
        Free: {Type: Api, Properties: {RestApiId: !Ref Keyed, Path: /free, Method: get, Auth: {ApiKeyRequired: false}}}
  Answers:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.answers
      Events:
        Answer: {Type: Api, Properties: {RestApiId: !Ref Door, Path: "/answers/{kind}", Method: any}}
  Held:
    Type: AWS::Serverless::Function
    Properties:
      ReservedConcurrentExecutions: 0
      Events:
        Held: {Type: Api, Properties: {RestApiId: !Ref Door, Path: /held, Method: get}}
"""

APP = """\
import json, time

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}

def answers(event, context):
    kind = event["pathParameters"]["kind"]
    if kind == "raise":
        raise ValueError("no")
    if kind == "slow":
        time.sleep(40)
    return {
        "text": "hello",
        "none": None,
        "unknown key": {"statusCode": 200, "body": "x", "cookies": []},
        "object body": {"statusCode": 200, "body": {"a": 1}},
        "digits": {"statusCode": "201", "body": "made"},
        "picture": {"statusCode": 200, "isBase64Encoded": True, "body": "/wD/",
                    "headers": {"Content-Type": "image/jpeg"}},
        "headers": {"statusCode": 200, "headers": {"WWW-Authenticate": "Bearer", "Date": "today", "X-A": "1"},
                    "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "X-Many": ["p", "q"]}, "body": ""},
        "slow": None,
    }[kind]
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP})


def event(app: App, method: str, url: str, **request: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(app, method, url, **request).json()
    return found


# ---- events --------------------------------------------------------------------------------------
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html


def test_a_path_is_as_sent_and_its_parameters_are_decoded(app: App) -> None:
    found = event(app, "GET", "/echo/a%20b/../c?q=a%20b&q=c")

    assert found["path"] == "/echo/a%20b/../c"
    assert found["requestContext"]["path"] == "/Prod/echo/a%20b/../c"
    assert found["pathParameters"] == {"proxy": "a b/../c"}
    assert (found["resource"], found["queryStringParameters"]) == ("/echo/{proxy+}", {"q": "c"})
    assert found["multiValueQueryStringParameters"] == {"q": ["a b", "c"]}


def test_headers_keep_the_clients_spelling_and_cookies_are_headers(app: App) -> None:
    found = event(app, "GET", "/echo/x", headers={"X-Many": ["a", "b"], "Cookie": "c=1; d=2"})

    assert (found["headers"]["X-Many"], found["headers"]["Cookie"]) == ("b", "c=1; d=2")
    assert found["multiValueHeaders"]["X-Many"] == ["a", "b"]


def test_what_is_not_there_is_null(app: App) -> None:
    found = event(app, "GET", "/limited")

    absent = ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body"]
    assert [found[key] for key in absent] == [None, None, None, None]
    assert (found["isBase64Encoded"], found["stageVariables"]) == (False, {"level": "high"})


def test_the_request_id_is_told_to_client_and_function(app: App) -> None:
    answer = ask(app, "GET", "/echo/x")

    context = answer.json()["requestContext"]
    assert answer.headers["x-amzn-requestid"] == context["requestId"]
    assert answer.headers["x-amz-apigw-id"] == context["extendedRequestId"]


# ---- binary bodies -------------------------------------------------------------------------------
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html


@pytest.mark.parametrize(
    ("content_type", "body"), [("image/jpeg", "/wD/"), ("image/png", "\ufffd\0\ufffd"), ("application/zip", "/wD/")]
)
def test_only_binary_media_types_survive_as_bytes(app: App, content_type: str, body: str) -> None:
    found = event(app, "POST", "/echo/x", body=b"\xff\x00\xff", headers={"Content-Type": content_type})

    assert (found["body"], found["isBase64Encoded"]) == (body, body == "/wD/")


@pytest.mark.parametrize(
    ("accept", "body"),
    [("image/jpeg", b"\xff\x00\xff"), ("image/jpeg;q=0.9, */*", b"\xff\x00\xff"), ("*/*", b"/wD/"), ("", b"/wD/")],
)
def test_the_first_type_a_client_accepts_decides_whether_base64_is_decoded(app: App, accept: str, body: bytes) -> None:
    assert ask(app, "GET", "/answers/picture", headers={"Accept": accept}).body == body


# ---- answers -------------------------------------------------------------------------------------
# https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html


@pytest.mark.parametrize("kind", ["text", "none", "unknown%20key", "object%20body", "raise"])
def test_what_is_no_proxy_response_is_a_bad_gateway(app: App, kind: str) -> None:
    answer = ask(app, "GET", f"/answers/{kind}")

    assert (answer.status, answer.json()) == (502, {"message": "Internal server error"})
    assert answer.headers["x-amzn-errortype"] == "InternalServerErrorException"


def test_a_status_may_be_digits(app: App) -> None:
    assert ask(app, "GET", "/answers/digits").status == 201


def test_some_headers_of_an_answer_get_another_name(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html"""
    answer = ask(app, "GET", "/answers/headers")

    assert (answer.headers["x-amzn-remapped-www-authenticate"], answer.headers["x-amzn-remapped-date"]) == (
        "Bearer",
        "today",
    )
    assert (answer.headers["x-a"], answer.headers["x-many"], answer.cookies) == ("1", "p,q", ("a=1", "b=2"))
    assert not {"www-authenticate", "date"} & set(answer.headers)


def test_a_throttled_function_is_an_internal_error(app: App) -> None:
    answer = ask(app, "GET", "/held")

    assert (answer.status, answer.json()) == (500, {"message": "Internal server error"})


def test_after_twenty_nine_seconds_the_gateway_answers_in_its_own_words(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html"""
    answer = ask(app, "GET", "/answers/slow")

    assert (answer.status, answer.json()) == (503, {"oops": "Endpoint request timed out"})
    assert 29_000 <= answer.latency_ms <= 29_020


def test_more_than_ten_megabytes_are_too_large(app: App) -> None:
    assert ask(app, "POST", "/echo/x", body=b"x" * 10_485_761).status == 413


# ---- routes and stages ---------------------------------------------------------------------------


@pytest.mark.parametrize("request_", ["DELETE /items/7", "GET /nothing", "GET /items"])
def test_a_route_there_is_not_is_a_missing_authentication_token(app: App, request_: str) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"""
    answer = ask(app, *request_.split())

    assert (answer.status, answer.json()) == (403, {"message": "Missing Authentication Token"})
    assert answer.headers["access-control-allow-origin"] == "*"  # DEFAULT_4XX of the template


def test_an_address_outside_the_stage_is_forbidden(app: App) -> None:
    host = event(app, "GET", "/echo/x")["requestContext"]["domainName"]

    assert ask(app, "GET", f"https://{host}/Prod/items/7").status == 200
    assert ask(app, "GET", f"https://{host}/items/7").json() == {"message": "Forbidden"}


# ---- CORS ----------------------------------------------------------------------------------------
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html


def test_cors_of_a_rest_api_is_a_mock_behind_options(app: App) -> None:
    seen = len(app.world.invocations())

    answer = ask(app, "OPTIONS", "/items/7")

    assert (answer.status, answer.text, len(app.world.invocations())) == (200, "{}\n", seen)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET,OPTIONS,PUT"
    assert answer.headers["access-control-allow-headers"] == "x-token"
    assert answer.headers["access-control-max-age"] == "600"


def test_the_functions_own_answers_get_no_cors_headers(app: App) -> None:
    answer = ask(app, "GET", "/items/7", headers={"Origin": "https://shop.example"})

    assert "access-control-allow-origin" not in answer.headers


def test_any_stands_for_every_method_in_the_preflight(app: App) -> None:
    methods = ask(app, "OPTIONS", "/echo/x").headers["access-control-allow-methods"]

    assert methods == "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"


# ---- limits and keys -----------------------------------------------------------------------------


def test_a_method_may_have_a_limit_of_its_own(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html"""
    app.run(app.world.run_for(s=10))

    answers = [ask(app, "GET", "/limited") for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].json() == {"message": "Too Many Requests"}


def test_a_route_that_wants_a_key_is_forbidden_without_one(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-key-with-console.html"""
    without = ask(app, "GET", "/key", api="Keyed")
    wrong = ask(app, "GET", "/key", api="Keyed", headers={"x-api-key": "guess"})

    assert [(answer.status, answer.json()) for answer in (without, wrong)] == [(403, {"message": "Forbidden"})] * 2
    assert ask(app, "GET", "/free", api="Keyed").status == 200


def test_a_usage_plan_limits_rate_and_quota_of_its_key(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html"""
    key = {"X-Api-Key": app.world.api_key("Keyed")}

    first = [ask(app, "GET", "/key", api="Keyed", headers=key) for _ in range(4)]
    app.run(app.world.run_for(s=2))
    second = [ask(app, "GET", "/key", api="Keyed", headers=key) for _ in range(2)]
    app.run(app.world.run_for(hours=24))
    tomorrow = ask(app, "GET", "/key", api="Keyed", headers=key)

    assert [answer.status for answer in first] == [200, 200, 200, 429]
    assert [(answer.status, answer.json().get("message")) for answer in second] == [
        (200, None),
        (429, "Limit Exceeded"),
    ]
    assert tomorrow.json()["requestContext"]["identity"]["apiKey"] == key["X-Api-Key"]
