"""REST APIs with integrations that are no functions: S3 itself, an HTTP server, a mock.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
"""

import hashlib
from typing import Any

import pytest

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Reply
from harness.tests.fidelity.conftest import App, Deploy
from harness.world import HttpAnswer, OutsideServiceSpec

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Handler: app.handler}}
Parameters: {ShopUrl: {Type: String}}
Resources:
  Assets:
    Type: AWS::S3::Bucket
    Properties: {VersioningConfiguration: {Status: Enabled}}
  UploadRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: put
          PolicyDocument: {Statement: [{Effect: Allow, Action: s3:PutObject, Resource: !Sub "${Assets.Arn}/*"}]}
  UploadApi:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      BinaryMediaTypes: [image/jpeg]
      DefinitionBody:
        openapi: "3.0.1"
        info: {title: upload, version: "1"}
        paths:
          /assets/{key}:
            put:
              parameters:
                - {name: key, in: path, required: true, schema: {type: string}}
                - {name: Content-Type, in: header, schema: {type: string}}
              responses:
                "200": {description: stored, headers: {ETag: {schema: {type: string}}, x-amz-version-id: {}}}
                "404": {description: no bucket}
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: PUT
                credentials: !GetAtt UploadRole.Arn
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:s3:path/${Assets}/{key}"
                requestParameters:
                  integration.request.path.key: method.request.path.key
                  integration.request.header.Content-Type: method.request.header.Content-Type
                responses:
                  "200":
                    statusCode: "200"
                    responseParameters:
                      method.response.header.ETag: integration.response.header.ETag
                      method.response.header.x-amz-version-id: integration.response.header.x-amz-version-id
                  "4\\\\d{2}": {statusCode: "404"}
          /lost/{key}:
            put:
              parameters: [{name: key, in: path}]
              responses: {"200": {description: stored}}
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: PUT
                credentials: !GetAtt UploadRole.Arn
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:s3:path/no-such-bucket-here/{key}"
                requestParameters: {integration.request.path.key: method.request.path.key}
                responses: {"200": {statusCode: 200}}
          /shop/{proxy+}:
            x-amazon-apigateway-any-method:
              parameters: [{name: proxy, in: path}]
              x-amazon-apigateway-integration:
                type: http_proxy
                httpMethod: ANY
                uri: !Sub "${ShopUrl}/v1/{proxy}"
                timeoutInMillis: 2000
                requestParameters:
                  integration.request.path.proxy: method.request.path.proxy
                  integration.request.header.x-stage: context.stage
          /down:
            get:
              x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "https://nowhere.example/"}
          /health:
            get:
              responses: {"200": {description: fine, headers: {X-Up: {}}}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200}'}
                responses:
                  default:
                    statusCode: 200
                    responseParameters: {method.response.header.X-Up: "'yes'"}
                    responseTemplates: {application/json: '{"up": true}'}
          /read:
            post:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Reader.Arn}/invocations"
          /unpermitted:
            post:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Other.Arn}/invocations"
  Reader:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [S3ReadPolicy: {BucketName: !Ref Assets}]
      Environment: {Variables: {BUCKET: !Ref Assets}}
      Events: {Read: {Type: Api, Properties: {RestApiId: !Ref UploadApi, Path: /read, Method: post}}}
  Other: {Type: AWS::Serverless::Function, Properties: {}}
"""

APP = """\
import base64, json, os
import boto3

s3 = boto3.client("s3")

def handler(event, context):
    found = s3.get_object(Bucket=os.environ["BUCKET"], Key=event["body"])
    body = base64.b64encode(found["Body"].read()).decode()
    said = {"type": found["ContentType"], "version": found["VersionId"], "etag": found["ETag"], "body": body}
    return {"statusCode": 200, "body": json.dumps(said)}
"""


class Shop(HttpService):
    """Says what it was asked."""

    @route("POST", "/v1/orders/{id}", base_ms=40)
    def order(self, request: ServiceRequest) -> Reply:
        """The request as it came."""
        headers = request.call.request.headers
        found = {"id": request.segments["id"], "query": request.query, "body": request.body}
        return json_reply(201, {**found, "stage": headers["x-stage"], "host": headers["host"]}, {"date": "today"})

    @route("GET", "/v1/slow", base_ms=3000)
    def slow(self, request: ServiceRequest) -> Reply:
        """Comes too late."""
        return json_reply(200, {})


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    shop = OutsideServiceSpec("shop", "ShopUrl", "https://shop.example", Shop)
    return deploy(TEMPLATE, {"src/app.py": APP}, services=(shop,))


def ask(app: App, method: str, url: str, **request: Any) -> HttpAnswer:
    return app.run(app.world.request(method, url, **request))


def stored(app: App, key: str) -> Any:
    return ask(app, "POST", "/read", body=key, headers={"Content-Type": "text/plain"}).json()


# ---- S3 ------------------------------------------------------------------------------------------


def test_a_body_becomes_an_object_and_its_headers_the_answers(app: App) -> None:
    picture = b"\xff\xd8\xff\x00"

    answer = ask(app, "PUT", "/assets/a.jpg", body=picture, headers={"Content-Type": "image/jpeg"})

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(picture).hexdigest()}"'
    found = stored(app, "a.jpg")
    assert (found["type"], found["body"]) == ("image/jpeg", "/9j/AA==")
    assert found["version"] == answer.headers["x-amz-version-id"]


@pytest.mark.parametrize(
    ("sent", "key"), [("summer%202024.jpg", "summer 2024.jpg"), ("100%25.jpg", "100%.jpg"), ("a-b_c.d~e", "a-b_c.d~e")]
)
def test_a_key_is_decoded_once_on_its_way_to_the_bucket(app: App, sent: str, key: str) -> None:
    assert ask(app, "PUT", f"/assets/{sent}", body=b"x", headers={"Content-Type": "image/jpeg"}).status == 200

    assert stored(app, key)["body"] == "eA=="


def test_bytes_of_a_type_that_is_not_binary_are_broken_on_the_way(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html"""
    ask(app, "PUT", "/assets/b.png", body=b"\xff\x00", headers={"Content-Type": "image/png"})

    assert stored(app, "b.png")["body"] == "77+9AA=="  # U+FFFD and a zero


def test_the_call_to_s3_is_one_of_the_trace(app: App) -> None:
    calls = app.world.calls(function="UploadApi", service="s3", operation="PutObject")

    assert [call.status for call in calls][:1] == [200]


def test_a_status_that_no_response_is_for_is_a_configuration_error(app: App) -> None:
    answer = ask(app, "PUT", "/lost/a", body=b"x")

    assert (answer.status, answer.json()) == (500, {"message": "Internal server error"})


def test_no_function_is_woken_by_an_upload(app: App) -> None:
    before = len(app.world.invocations())

    ask(app, "PUT", "/assets/c.jpg", body=b"x", headers={"Content-Type": "image/jpeg"})

    assert len(app.world.invocations()) == before


# ---- HTTP, mock, functions -----------------------------------------------------------------------


def test_an_http_proxy_passes_request_and_answer_on(app: App) -> None:
    answer = ask(app, "POST", "/shop/orders/a%20b", json={"n": 1}, query={"q": ["1", "2"]})

    assert (answer.status, answer.headers["x-amzn-remapped-date"]) == (201, "today")
    assert answer.json() == {
        "id": "a b",
        "query": {"q": "2"},
        "body": {"n": 1},
        "stage": "v1",
        "host": "shop.example",
    }


def test_an_http_server_that_is_late_or_not_there_is_a_504(app: App) -> None:
    late, gone = ask(app, "GET", "/shop/slow"), ask(app, "GET", "/down")

    assert (late.status, late.json()) == (504, {"message": "Endpoint request timed out"})
    assert 2000 <= late.latency_ms <= 2020
    assert (gone.status, gone.json()) == (504, {"message": "Network error communicating with endpoint"})


def test_a_mock_answers_by_itself(app: App) -> None:
    answer = ask(app, "GET", "/health")

    assert (answer.status, answer.json(), answer.headers["x-up"]) == (200, {"up": True}, "yes")


def test_a_function_without_permission_is_an_internal_error(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions"""
    answer = ask(app, "POST", "/unpermitted")

    assert (answer.status, answer.json()) == (500, {"message": "Internal server error"})
    assert app.world.invocations("Other") == []
