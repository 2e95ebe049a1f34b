"""APIs: routes, the APIs SAM makes by itself, CORS, throttling, authorizers."""

import pytest

from harness.cloud.template import CorsSpec, RouteSpec, ThrottlingSpec, UsagePlanSpec, errors
from harness.tests.cloud.template.conftest import FUNCTION, Read, ReadFunction


def test_a_route_without_an_api_belongs_to_the_implicit_http_api(read_function: ReadFunction) -> None:
    template = read_function("Events: {Post: {Type: HttpApi, Properties: {Path: /orders, Method: post}}}")

    api = template.apis["ServerlessHttpApi"]
    assert (api.kind, api.stage) == ("http", "$default")
    assert api.endpoint == "https://abcdefghij.execute-api.eu-west-1.amazonaws.com"
    assert api.routes == (
        RouteSpec(method="POST", path="/orders", function="Worker", event="Post", payload_format_version="2.0",
                  timeout_ms=30_000, line=9),
    )  # fmt: skip


def test_a_route_without_an_api_belongs_to_the_implicit_rest_api(read_function: ReadFunction) -> None:
    template = read_function("Events: {Any: {Type: Api, Properties: {Path: '/{proxy+}', Method: any}}}")

    api = template.apis["ServerlessRestApi"]
    assert (api.kind, api.stage) == ("rest", "Prod")
    assert api.endpoint == "https://abcdefghij.execute-api.eu-west-1.amazonaws.com/Prod"
    assert [(each.method, each.path, each.payload_format_version, each.timeout_ms) for each in api.routes] == [
        ("ANY", "/{proxy+}", "1.0", 29_000)
    ]


def test_an_http_event_without_path_and_method_takes_every_other_request(read_function: ReadFunction) -> None:
    api = read_function("Events: {Rest: {Type: HttpApi}}").apis["ServerlessHttpApi"]

    assert [(each.method, each.path) for each in api.routes] == [("ANY", "$default")]


def test_an_event_names_an_api_of_the_template(read_function: ReadFunction) -> None:
    event = "{ApiId: !Ref Door, Path: /a, Method: GET, PayloadFormatVersion: '1.0', TimeoutInMillis: 5000}"
    template = read_function(
        f"Events: {{A: {{Type: HttpApi, Properties: {event}}}}}",
        "Door: {Type: AWS::Serverless::HttpApi, Properties: {StageName: live, StageVariables: {a: b}}}\n",
    )

    api = template.apis["Door"]
    assert list(template.apis) == ["Door"]
    assert (api.stage, api.endpoint[-5:], api.stage_variables) == ("live", "/live", {"a": "b"})
    assert [(each.payload_format_version, each.timeout_ms) for each in api.routes] == [("1.0", 5000)]


def test_globals_reach_the_implicit_api(read: Read) -> None:
    event = "      Events: {A: {Type: HttpApi, Properties: {Path: /a, Method: get}}}\n"

    template = read(f"Globals: {{HttpApi: {{CorsConfiguration: true}}}}\nResources:{FUNCTION}{event}")

    assert template.apis["ServerlessHttpApi"].cors == CorsSpec(allow_origins=("*",))


@pytest.mark.parametrize(
    ("event", "kind", "message"),
    [
        ("HttpApi, Properties: {Path: /a}", errors.MissingProperty, "Events.A of Worker lacks Method"),
        ("HttpApi, Properties: {Method: get}", errors.MissingProperty, "Events.A of Worker lacks Path"),
        ("Api, Properties: {Path: /a}", errors.MissingProperty, "Events.A of Worker lacks Method"),
        ("HttpApi, Properties: {Path: a, Method: get}", errors.PropertyOutOfRange, "a path that begins with /"),
        (
            "HttpApi, Properties: {Path: '/{a+}/b', Method: get}",
            errors.PropertyOutOfRange,
            r"\{name\+\} at the end only",
        ),
        ("HttpApi, Properties: {Path: '/{a}/{a}', Method: get}", errors.PropertyOutOfRange, "each parameter once"),
        ("HttpApi, Properties: {Path: '/{a', Method: get}", errors.PropertyOutOfRange, "segments of plain characters"),
        ("HttpApi, Properties: {Path: /a, Method: fetch}", errors.PropertyOutOfRange, "one of get, post"),
        (
            "HttpApi, Properties: {Path: /a, Method: get, TimeoutInMillis: 30001}",
            errors.PropertyOutOfRange,
            "50 to 30000 m",
        ),
        (
            "Api, Properties: {Path: /a, Method: get, TimeoutInMillis: 29001}",
            errors.PropertyOutOfRange,
            "50 to 29000 mill",
        ),
        (
            "HttpApi, Properties: {Path: /a, Method: get, ApiId: x}",
            errors.SourceOutside,
            "Events.A.ApiId of Worker is x",
        ),
        (
            "HttpApi, Properties: {Path: /a, Method: get, PayloadFormat: x}",
            errors.UnknownProperty,
            "Try: write PayloadFormatVer",
        ),
        (
            "Api, Properties: {Path: /a, Method: get, RequestModel: {}}",
            errors.UnsupportedProperty,
            "validate in the func",
        ),
    ],
)
def test_a_route_api_gateway_would_refuse_is_refused(
    read_function: ReadFunction, event: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        read_function(f"Events: {{A: {{Type: {event}}}}}")


def test_a_rest_event_cannot_use_an_http_api(read_function: ReadFunction) -> None:
    event = "Events: {A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Door}}}"

    with pytest.raises(errors.SourceOutside, match="Door, of type AWS::Serverless::HttpApi"):
        read_function(event, "Door: {Type: AWS::Serverless::HttpApi}")


def test_two_functions_behind_one_route_are_refused_with_both_lines(read: Read) -> None:
    event = "      Events: {A: {Type: HttpApi, Properties: {Path: /a, Method: get}}}\n"

    with pytest.raises(
        errors.DuplicateRoute, match=r"GET /a of ServerlessHttpApi stands twice, on lines 9 \(Worker\) and 17 "
    ):
        read(f"Resources:{FUNCTION}{event}{FUNCTION.replace('Worker', 'Other')}{event}")


def test_cors_of_an_http_api_is_lists(read: Read) -> None:
    cors = "{AllowOrigins: ['https://a'], AllowMethods: [GET], AllowHeaders: [x], MaxAge: 60, AllowCredentials: true}"

    api = read(f"Resources: {{D: {{Type: AWS::Serverless::HttpApi, Properties: {{CorsConfiguration: {cors}}}}}}}").apis[
        "D"
    ]

    assert api.cors == CorsSpec(
        allow_origins=("https://a",), allow_methods=("GET",), allow_headers=("x",), max_age_s=60, allow_credentials=True
    )


@pytest.mark.parametrize(
    ("cors", "expected"),
    [
        ("\"'*'\"", CorsSpec(allow_origins=("*",))),
        (
            "{AllowOrigin: \"'https://a'\", AllowMethods: \"'GET, POST'\", MaxAge: \"'60'\"}",
            CorsSpec(allow_origins=("https://a",), allow_methods=("GET", "POST"), max_age_s=60),
        ),
    ],
)
def test_cors_of_a_rest_api_is_quoted_texts(read: Read, cors: str, expected: CorsSpec) -> None:
    api = read(f"Resources: {{D: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1, Cors: {cors}}}}}}}").apis[
        "D"
    ]

    assert api.cors == expected


def test_throttling_is_for_the_api_and_for_single_routes(read_function: ReadFunction) -> None:
    route = (
        "{ApiId: !Ref Door, Path: /a, Method: get, RouteSettings: {ThrottlingRateLimit: 1.5, ThrottlingBurstLimit: 2}}"
    )
    default = "DefaultRouteSettings: {ThrottlingRateLimit: 100}"
    api = read_function(
        f"Events: {{A: {{Type: HttpApi, Properties: {route}}}}}",
        f"Door: {{Type: AWS::Serverless::HttpApi, Properties: {{{default}}}}}\n",
    ).apis["Door"]

    assert api.throttling == ThrottlingSpec(rate_per_s=100, burst=5000)
    assert api.route_throttling == {"GET /a": ThrottlingSpec(rate_per_s=1.5, burst=2)}


def test_throttling_of_a_rest_api_stands_in_method_settings(read: Read) -> None:
    settings = (
        "[{HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 10, ThrottlingBurstLimit: 5}, "
        "{HttpMethod: GET, ResourcePath: /~1a, ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1}]"
    )

    api = read(
        f"Resources: {{D: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1, MethodSettings: {settings}}}}}}}"
    )

    assert api.apis["D"].throttling == ThrottlingSpec(rate_per_s=10, burst=5)
    assert api.apis["D"].route_throttling == {"GET /a": ThrottlingSpec(rate_per_s=1, burst=1)}


def test_route_settings_name_a_route_there_is(read: Read) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="RouteSettings of D names a route there is not: GET /x"):
        read(
            "Resources:\n  D:\n    Type: AWS::Serverless::HttpApi\n"
            "    Properties: {RouteSettings: {GET /x: {ThrottlingRateLimit: 1}}}\n"
        )


def test_a_rest_api_needs_a_stage_name(read: Read) -> None:
    with pytest.raises(errors.MissingProperty, match="D lacks StageName"):
        read("Resources: {D: {Type: AWS::Serverless::Api}}")


def test_a_definition_body_of_an_http_api_is_not_supported(read: Read) -> None:
    with pytest.raises(
        errors.UnsupportedProperty, match=r"(?s)DefinitionBody of D is not.*Try: write the routes as events"
    ):
        read("Resources: {D: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionBody: {openapi: '3.0'}}}}")


def test_cors_of_a_rest_api_adds_options_to_paths_that_have_none(read_function: ReadFunction) -> None:
    api = read_function(
        "Events:\n  A: {Type: Api, Properties: {RestApiId: !Ref D, Path: /a, Method: get}}\n"
        "  B: {Type: Api, Properties: {RestApiId: !Ref D, Path: /b, Method: options}}\n",
        "D: {Type: AWS::Serverless::Api, Properties: {StageName: v1, Cors: \"'*'\"}}\n",
    ).apis["D"]

    assert [(route.key, route.function) for route in api.routes] == [
        ("GET /a", "Worker"),
        ("OPTIONS /b", "Worker"),
        ("OPTIONS /a", ""),
    ]


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        ("{TEAPOT: {}}", "a gateway response type"),
        ("{DEFAULT_4XX: {ResponseParameters: {Headers: {A: b}}}}", "a text in single quotes"),
        ("{DEFAULT_4XX: {ResponseTemplates: {a: '#set($x = 1)'}}}", "uses more than"),
        ("{DEFAULT_4XX: {StatusCode: 42}}", "from 200 to 599"),
    ],
)
def test_gateway_responses_that_would_be_lost_are_refused(read: Read, responses: str, message: str) -> None:
    with pytest.raises(errors.TemplateError, match=message):
        read(
            "Resources: {D: {Type: AWS::Serverless::Api, Properties: "
            f"{{StageName: v, GatewayResponses: {responses}}}}}}}"
        )


def test_a_usage_plan_is_for_the_key_that_sam_makes(read: Read) -> None:
    plan = "{CreateUsagePlan: PER_API, Quota: {Limit: 9, Period: WEEK}, Throttle: {RateLimit: 2, BurstLimit: 3}}"

    api = read(
        "Resources: {D: {Type: AWS::Serverless::Api, Properties: {StageName: v, Auth: {ApiKeyRequired: true, "
        f"UsagePlan: {plan}}}}}}}}}"
    ).apis["D"]

    assert api.usage_plan == UsagePlanSpec(throttling=ThrottlingSpec(rate_per_s=2, burst=3), quota=9, period="WEEK")
