"""The model says what AWS's own translator makes of the same template.

aws-sam-translator turns SAM into CloudFormation; what its output means is compared with what
`read_template` says. It is a development dependency: without it these tests are skipped.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cloud.template import Template, read_template
from harness.cloud.template.sam_globals import SUPPORTED
from harness.cloud.template.tree import plain
from harness.cloud.template.yaml_source import parse

pytest.importorskip("samtranslator")

from samtranslator.model.eventsources import pull, push, scheduler  # type: ignore[import-untyped]
from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped]
from samtranslator.model.sam_resources import SamApi, SamFunction, SamHttpApi, SamSimpleTable  # type: ignore[import-untyped]
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.plugins.globals.globals import Globals  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

from harness.cloud.template.schema import FUNCTION, HTTP_API, RESOURCE_TYPES, REST_API, SIMPLE_TABLE
from harness.cloud.template.shapes import NoEffect, Unsupported
from harness.cloud.template.types_event import EVENT_TYPES

FULL = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Handler: app.handler
    Timeout: 10
    MemorySize: 256
    Architectures: [arm64]
    Environment: {Variables: {AA: global, BB: global}}
    EventInvokeConfig: {MaximumRetryAttempts: 1}
  HttpApi: {CorsConfiguration: true}
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 90}}
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Simple: {Type: AWS::Serverless::SimpleTable}
  Keyed: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: n, Type: Number}}}
  Guard: {Type: AWS::Serverless::Function, IgnoreGlobals: [Timeout, Environment], Properties: {}}
  Door:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth:
        DefaultAuthorizer: Token
        Authorizers:
          Token: {FunctionArn: !GetAtt Guard.Arn, Identity: {Header: X-Key, ValidationExpression: "k-.*"}}
          Request:
            FunctionPayloadType: REQUEST
            FunctionArn: !GetAtt Guard.Arn
            Identity: {Headers: [X-Key], QueryStrings: [q], StageVariables: [s], Context: [c], ReauthorizeEvery: 0}
  Gate:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Simple
        Authorizers:
          Simple:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            Identity: {Headers: [X-Key], QueryStrings: [q], StageVariables: [s], Context: [c], ReauthorizeEvery: 60}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 20
      AutoPublishAlias: live
      Architectures: [x86_64]
      Environment: {Variables: {BB: own, CC: own}}
      EventInvokeConfig: {MaximumEventAgeInSeconds: 60}
      Events:
        Feed:
          Type: SQS
          Properties: {Queue: !GetAtt Q.Arn, BatchSize: 5, ScalingConfig: {MaximumConcurrency: 2}}
        Out:
          Type: DynamoDB
          Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST, MaximumRetryAttempts: 3}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 minute), Enabled: false}}
        Later: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(2 minutes)}}
        Seen:
          Type: EventBridgeRule
          Properties:
            Pattern: {source: [shop], detail: {total: [{numeric: [">", 5]}]}}
            InputPath: $.detail
            RetryPolicy: {MaximumRetryAttempts: 3}
            DeadLetterConfig: {Type: SQS}
        Post: {Type: HttpApi, Properties: {Path: /orders, Method: POST, TimeoutInMillis: 5000}}
        Any: {Type: HttpApi, Properties: {Path: "/x/{id}", Method: any, PayloadFormatVersion: "1.0"}}
        Rest: {Type: HttpApi}
        Old: {Type: Api, Properties: {Path: "/{proxy+}", Method: ANY}}
        Guarded: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Door}}
        Other: {Type: Api, Properties: {Path: /a, Method: put, RestApiId: !Ref Door, Auth: {Authorizer: Request}}}
        Open: {Type: Api, Properties: {Path: /b, Method: get, RestApiId: !Ref Door, Auth: {Authorizer: NONE}}}
        Safe: {Type: HttpApi, Properties: {Path: /s, Method: get, ApiId: !Ref Gate}}
        Free: {Type: HttpApi, Properties: {Path: /f, Method: get, ApiId: !Ref Gate, Auth: {Authorizer: NONE}}}
"""


@pytest.fixture
def ours(folder: Path) -> Template:
    (folder / "template.yaml").write_text(FULL)
    return read_template(folder, parameters={}, account_id="123456789012", region="eu-west-1")


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def translated(text: str) -> dict[str, Any]:
    document = plain(parse(text.replace("src/", "s3://bucket/key").encode(), "template.yaml"))
    session = SimpleNamespace(region_name="eu-west-1", get_partition_for_region=lambda _: "aws")
    translator = Translator(managed_policy_map={}, sam_parser=Parser(), boto_session=session)
    resources: dict[str, Any] = translator.translate(document, parameter_values={})["Resources"]
    return resources


@pytest.fixture
def theirs(_region: None) -> dict[str, Any]:
    return translated(FULL)


def paths(api: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api["Properties"]["Body"]["paths"]
    return found


@pytest.mark.parametrize("name", ["Worker", "Guard"])
def test_globals_merge_as_sam_merges_them(ours: Template, theirs: dict[str, Any], name: str) -> None:
    sam, spec = theirs[name]["Properties"], ours.functions[name]

    assert spec.variables == sam.get("Environment", {}).get("Variables", {})
    assert (spec.timeout_s, spec.memory_mb) == (sam.get("Timeout", 3), sam["MemorySize"])
    assert (spec.runtime, spec.handler) == (sam["Runtime"], sam["Handler"])


def test_asynchronous_settings_merge_as_sam_merges_them(ours: Template, theirs: dict[str, Any]) -> None:
    sam = theirs["WorkerEventInvokeConfig"]["Properties"]
    spec = ours.functions["Worker"].asynchronous

    assert (spec.maximum_retry_attempts, spec.maximum_event_age_s) == (1, 60)
    assert (sam["MaximumRetryAttempts"], sam["MaximumEventAgeInSeconds"]) == (1, 60)
    assert sam["Qualifier"] == ours.functions["Worker"].alias


def test_mappings_have_the_properties_sam_gives_them(ours: Template, theirs: dict[str, Any]) -> None:
    sources = {source.name: source.settings for source in ours.event_sources}
    feed, out = theirs["WorkerFeed"]["Properties"], theirs["WorkerOut"]["Properties"]

    assert feed == {
        "BatchSize": sources["Feed"].batch_size,  # type: ignore[union-attr]
        "EventSourceArn": {"Fn::GetAtt": "Q.Arn"},
        "FunctionName": {"Ref": "WorkerAliaslive"},
        "ScalingConfig": {"MaximumConcurrency": sources["Feed"].maximum_concurrency},  # type: ignore[union-attr]
    }
    assert out == {
        "EventSourceArn": {"Fn::GetAtt": "T.StreamArn"},
        "FunctionName": {"Ref": "WorkerAliaslive"},
        "MaximumRetryAttempts": sources["Out"].maximum_retry_attempts,  # type: ignore[union-attr]
        "StartingPosition": sources["Out"].starting_position,  # type: ignore[union-attr]
    }


def test_schedules_have_the_expression_and_state_sam_gives_them(ours: Template, theirs: dict[str, Any]) -> None:
    rule, later = theirs["WorkerTick"]["Properties"], theirs["WorkerLater"]["Properties"]
    tick, then = ours.event_bridge.rules["WorkerTick"], ours.event_bridge.schedules["WorkerLater"].creation

    assert (rule["ScheduleExpression"], rule["State"]) == (tick.rule["ScheduleExpression"], tick.rule["State"])
    assert [target["Id"] for target in rule["Targets"]] == [target["Id"] for target in tick.targets]
    assert (later["ScheduleExpression"], later["Name"]) == (then["ScheduleExpression"], then["Name"])
    assert later["FlexibleTimeWindow"] == then["FlexibleTimeWindow"]


def test_a_rule_has_the_pattern_and_target_sam_gives_it(ours: Template, theirs: dict[str, Any]) -> None:
    rule, seen = theirs["WorkerSeen"]["Properties"], ours.event_bridge.rules["WorkerSeen"]

    assert rule["EventPattern"] == json.loads(seen.rule["EventPattern"])
    assert [(each["Id"], each["InputPath"], each["RetryPolicy"]) for each in rule["Targets"]] == [
        (each["Id"], each["InputPath"], each["RetryPolicy"]) for each in seen.targets
    ]
    assert theirs["WorkerSeenQueue"]["Type"] == "AWS::SQS::Queue"
    assert seen.targets[0]["DeadLetterConfig"]["Arn"] == ours.queues["WorkerSeenQueue"].arn


def sam_routes(api: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Routes of an API in SAM's output: what integration each has, and what guards it."""
    routes = {}
    for path, methods in paths(api).items():
        for method, operation in methods.items():
            if method != "options":
                word = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                routes[word, path] = operation
    return routes


@pytest.mark.parametrize("api", ["ServerlessHttpApi", "ServerlessRestApi", "Door", "Gate"])
def test_apis_have_the_routes_sam_gives_them(ours: Template, theirs: dict[str, Any], api: str) -> None:
    assert {(route.method, route.path) for route in ours.apis[api].routes} == set(sam_routes(theirs[api]))


def test_http_routes_have_the_format_and_timeout_sam_gives_them(ours: Template, theirs: dict[str, Any]) -> None:
    integrations = {
        route: operation["x-amazon-apigateway-integration"]
        for route, operation in sam_routes(theirs["ServerlessHttpApi"]).items()
    }

    assert {
        (each.method, each.path): (each.payload_format_version, each.timeout_ms)
        for each in ours.apis["ServerlessHttpApi"].routes
    } == {
        route: (each["payloadFormatVersion"], each.get("timeoutInMillis", 30_000))
        for route, each in integrations.items()
    }


@pytest.mark.parametrize("api", ["Door", "Gate", "ServerlessHttpApi"])
def test_routes_are_guarded_by_the_authorizer_sam_puts_there(ours: Template, theirs: dict[str, Any], api: str) -> None:
    guards = {
        route: {name for guard in operation.get("security", []) for name in guard} - {"NONE"}
        for route, operation in sam_routes(theirs[api]).items()
    }

    assert {(each.method, each.path): {each.authorizer} - {""} for each in ours.apis[api].routes} == guards


def test_rest_authorizers_are_what_sam_makes_of_them(ours: Template, theirs: dict[str, Any]) -> None:
    definitions = theirs["Door"]["Properties"]["Body"]["securityDefinitions"]
    token, request = ours.apis["Door"].authorizers["Token"], ours.apis["Door"].authorizers["Request"]

    assert definitions["Token"]["name"] == token.identity_sources[0].rpartition(".")[2]
    sam_token = definitions["Token"]["x-amazon-apigateway-authorizer"]
    assert (sam_token["type"], sam_token["identityValidationExpression"]) == (token.kind, token.validation)
    sam_request = definitions["Request"]["x-amazon-apigateway-authorizer"]
    assert sam_request["type"] == request.kind
    assert sam_request["identitySource"] == ", ".join(request.identity_sources)
    assert sam_request["authorizerResultTtlInSeconds"] == request.ttl_s


def test_http_authorizers_are_what_sam_makes_of_them(ours: Template, theirs: dict[str, Any]) -> None:
    schemes = theirs["Gate"]["Properties"]["Body"]["components"]["securitySchemes"]
    sam, spec = schemes["Simple"]["x-amazon-apigateway-authorizer"], ours.apis["Gate"].authorizers["Simple"]

    assert tuple(sam["identitySource"]) == spec.identity_sources
    assert sam["authorizerPayloadFormatVersion"] == spec.payload_format_version
    assert (sam["enableSimpleResponses"], sam["authorizerResultTtlInSeconds"]) == (spec.simple_responses, spec.ttl_s)


def test_implicit_apis_have_the_stage_and_cors_sam_gives_them(ours: Template, theirs: dict[str, Any]) -> None:
    stage = theirs["ServerlessHttpApiApiGatewayDefaultStage"]["Properties"]
    cors = theirs["ServerlessHttpApi"]["Properties"]["Body"]["x-amazon-apigateway-cors"]

    assert stage["StageName"] == ours.apis["ServerlessHttpApi"].stage
    assert theirs["ServerlessRestApiProdStage"]["Properties"]["StageName"] == ours.apis["ServerlessRestApi"].stage
    assert ours.apis["ServerlessHttpApi"].cors is not None
    assert tuple(cors["allowOrigins"]) == ours.apis["ServerlessHttpApi"].cors.allow_origins


@pytest.mark.parametrize("table", ["Simple", "Keyed"])
def test_simple_tables_are_created_as_sam_creates_them(ours: Template, theirs: dict[str, Any], table: str) -> None:
    creation = {key: value for key, value in ours.tables[table].creation.items() if key != "TableName"}

    assert creation == theirs[table]["Properties"]


def test_sam_too_refuses_two_functions_behind_one_route() -> None:
    double = FULL.replace("Later: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(2 minutes)}}",
                          "Twice: {Type: HttpApi, Properties: {Path: /orders, Method: POST}}")  # fmt: skip

    with pytest.raises(
        InvalidDocumentException, match=r"Structure of the SAM Template|defined multiple times"
    ) as caught:
        translated(double)

    assert "defined multiple times" in json.dumps([cause.message for cause in caught.value.causes])


@pytest.mark.parametrize("kind", ["HttpApi", "Api", "SimpleTable"])
def test_globals_hold_the_properties_sam_allows_there(kind: str) -> None:
    assert set(SUPPORTED[kind][1]) == set(Globals.supported_properties[SUPPORTED[kind][0]])


def test_globals_of_functions_hold_nothing_sam_forbids_there() -> None:
    assert set(SUPPORTED["Function"][1]) <= set(Globals.supported_properties[FUNCTION])


@pytest.mark.parametrize("api", ["Door", "Gate", "ServerlessHttpApi", "ServerlessRestApi"])
def test_in_sams_output_an_api_needs_the_functions_behind_its_routes(theirs: dict[str, Any], api: str) -> None:
    assert "WorkerAliaslive" in json.dumps(theirs[api]["Properties"]["Body"])


@pytest.mark.parametrize(
    ("kind", "sam"),
    [(FUNCTION, SamFunction), (HTTP_API, SamHttpApi), (REST_API, SamApi), (SIMPLE_TABLE, SamSimpleTable)],
)
def test_sam_resources_have_no_property_sam_does_not_know(kind: str, sam: Any) -> None:
    unknown = set(RESOURCE_TYPES[kind].properties.properties) - set(sam.property_types)

    assert unknown == set()


@pytest.mark.parametrize(
    ("kind", "sam"),
    [("SQS", pull.SQS), ("DynamoDB", pull.DynamoDB), ("Kinesis", pull.Kinesis), ("Schedule", push.Schedule),
     ("EventBridgeRule", push.EventBridgeRule), ("CloudWatchEvent", push.CloudWatchEvent),
     ("Api", push.Api), ("HttpApi", push.HttpApi), ("ScheduleV2", scheduler.SchedulerEventSource)],
)  # fmt: skip
def test_events_have_no_property_sam_does_not_know(kind: str, sam: Any) -> None:
    unknown = set(EVENT_TYPES[kind][0].properties) - set(sam.property_types)

    assert unknown == set()


def test_every_property_sam_gives_functions_is_decided_on() -> None:
    undecided = set(SamFunction.property_types) - set(RESOURCE_TYPES[FUNCTION].properties.properties)

    assert undecided == set()
    shapes = RESOURCE_TYPES[FUNCTION].properties.properties
    assert isinstance(shapes["Tags"], NoEffect)
    assert isinstance(shapes["InlineCode"], Unsupported)
