"""Powertools' event handlers run on both kinds of API as on AWS, and its data classes read their events."""

import gzip
import zlib
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.world import HttpAnswer

pytest.importorskip("aws_lambda_powertools")

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/}}
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      BinaryMediaTypes: ["*/*"]
      Auth: {DefaultAuthorizer: Guard, Authorizers: {Guard: {FunctionArn: !GetAtt Guard.Arn}}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties: {StageName: live}
  Guard: {Type: AWS::Serverless::Function, Properties: {Handler: guard.handler}}
  OverRest:
    Type: AWS::Serverless::Function
    Properties:
      Handler: over_rest.handler
      Events:
        All: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: "/{proxy+}", Method: ANY}}
  OverHttp:
    Type: AWS::Serverless::Function
    Properties:
      Handler: over_http.handler
      Events:
        All: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: "/{proxy+}", Method: ANY}}
"""

ROUTES = """\
from aws_lambda_powertools.event_handler import {resolver}, Response, CORSConfig
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie

app = {resolver}(cors=CORSConfig(allow_origin="https://shop.example"))

@app.get("/orders/<order_id>")
def order(order_id):
    event = app.current_event
    return {{
        "order": order_id,
        "tags": event.resolved_query_string_parameters.get("tag"),
        "trace": event.headers.get("x-trace"),
        "who": {who},
    }}

@app.post("/orders")
def create():
    return Response(status_code=201, content_type="application/json", body=app.current_event.json_body["name"],
                    headers={{"Location": "/orders/7"}}, cookies=[Cookie("a", "1"), Cookie("b", "2")])

@app.get("/picture", compress=True)
def picture():
    return Response(status_code=200, content_type="image/png", body=b"\\xff\\x00")

@app.get("/gone")
def gone():
    raise NotFoundError("never was")

def handler(event, context):
    return app.resolve(event, context)
"""

GUARD = """\
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerResponse, APIGatewayAuthorizerTokenEvent)

def handler(event, context):
    given = APIGatewayAuthorizerTokenEvent(event)
    arn = given.parsed_arn
    response = APIGatewayAuthorizerResponse("ann", arn.region, arn.aws_account_id, arn.api_id, arn.stage,
                                            context={"role": "barista"})
    response.allow_all_routes() if given.authorization_token == "good" else response.deny_all_routes()
    return response.asdict()
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    rest = ROUTES.format(resolver="APIGatewayRestResolver", who='event.request_context.authorizer["role"]')
    http = ROUTES.format(resolver="APIGatewayHttpResolver", who="None")
    return deploy(TEMPLATE, {"src/over_rest.py": rest, "src/over_http.py": http, "src/guard.py": GUARD})


def ask(app: App, api: str, method: str, path: str, **request: Any) -> HttpAnswer:
    headers = {"X-Trace": "t-1", "Accept": "image/png", **request.pop("headers", {})}
    if api == "Rest":
        headers.setdefault("Authorization", "good")
    return app.run(app.world.request(method, path, api=api, headers=headers, **request))


BOTH = pytest.mark.parametrize("api", ["Rest", "Http"])


@pytest.mark.parametrize(("api", "who"), [("Rest", "barista"), ("Http", None)])
def test_a_route_with_a_parameter_is_resolved(app: App, api: str, who: str | None) -> None:
    answer = ask(app, api, "GET", "/orders/o-7", query={"tag": ["a", "b"]})

    assert answer.json() == {"order": "o-7", "tags": ["a", "b"], "trace": "t-1", "who": who}


@BOTH
def test_a_json_body_is_read_and_cookies_are_sent(app: App, api: str) -> None:
    answer = ask(app, api, "POST", "/orders", json={"name": "zoë"})

    assert (answer.status, answer.text, answer.headers["location"]) == (201, "zoë", "/orders/7")
    assert [cookie.partition(";")[0] for cookie in answer.cookies] == ["a=1", "b=2"]


@BOTH
def test_binary_and_compressed_bodies_arrive_as_they_left(app: App, api: str) -> None:
    plain = ask(app, api, "GET", "/picture")
    zipped = ask(app, api, "GET", "/picture", headers={"Accept-Encoding": "gzip"})

    assert plain.body == b"\xff\x00"
    assert zipped.headers["content-encoding"] == "gzip"
    assert zlib.decompress(zipped.body, zlib.MAX_WBITS | 16) == gzip.decompress(zipped.body) == b"\xff\x00"


@BOTH
def test_errors_and_unknown_routes_are_the_resolvers_own(app: App, api: str) -> None:
    assert ask(app, api, "GET", "/gone").json() == {"statusCode": 404, "message": "never was"}
    assert ask(app, api, "GET", "/nothing").json() == {"statusCode": 404, "message": "Not found"}


@BOTH
def test_the_resolver_answers_preflight_itself_where_the_api_has_no_cors(app: App, api: str) -> None:
    origin = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}

    answer = ask(app, api, "OPTIONS", "/orders/o-7", headers=origin)

    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "https://shop.example")


def test_powertools_authorizer_response_denies(app: App) -> None:
    assert ask(app, "Rest", "GET", "/orders/o-7", headers={"Authorization": "bad"}).status == 403
