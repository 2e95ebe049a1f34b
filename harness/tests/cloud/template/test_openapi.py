"""A REST API whose routes are an OpenAPI document: what is built of it, and what is refused."""

import textwrap

import pytest

from harness.cloud.template import ApiSpec, IntegrationSpec, MappedResponseSpec, errors
from harness.tests.cloud.template.conftest import FUNCTION, Read

S3 = """\
type: aws
httpMethod: PUT
credentials: arn:aws:iam::123456789012:role/upload
uri: !Sub arn:aws:apigateway:${AWS::Region}:s3:path/assets/{key}
requestParameters: {integration.request.path.key: method.request.path.key}
responses:
  default: {statusCode: 200, responseParameters: {method.response.header.ETag: integration.response.header.ETag}}
"""
LAMBDA = """\
type: AWS_PROXY
httpMethod: POST
uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations
"""


def document(integration: str, *, more: str = "", method: str = "put") -> str:
    """A template with one path, and whatever else a test needs."""
    inside = textwrap.indent(integration, " " * 14)
    return (
        f"Resources:{FUNCTION}"
        "  Door:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: v1\n"
        f"{textwrap.indent(more, ' ' * 6)}"
        "      DefinitionBody:\n        openapi: 3.0.1\n        paths:\n          /a/{key}:\n"
        f"            {method}:\n"
        "              parameters: [{name: key, in: path}]\n"
        "              responses: {'200': {headers: {ETag: {}}}}\n"
        f"              x-amazon-apigateway-integration:\n{textwrap.indent(inside, '  ')}"
    )


def door(read: Read, text: str) -> ApiSpec:
    return read(text).apis["Door"]


def test_an_s3_integration_is_read_with_its_mappings(read: Read) -> None:
    (route,) = door(read, document(S3)).routes

    assert (route.method, route.path, route.function, route.timeout_ms) == ("PUT", "/a/{key}", "", 29_000)
    assert route.integration == IntegrationSpec(
        kind="s3",
        method="PUT",
        uri="assets/{key}",
        parameters={"path.key": "method.request.path.key"},
        responses=(MappedResponseSpec(pattern="", status=200, headers={"ETag": "integration.response.header.ETag"}),),
    )


def test_a_function_is_found_by_its_uri_and_has_no_permission_yet(read: Read) -> None:
    (route,) = door(read, document(LAMBDA, method="x-amazon-apigateway-any-method")).routes

    assert (route.method, route.function, route.integration, route.may_invoke) == ("ANY", "Worker", None, False)


def test_a_permission_of_the_template_counts(read: Read) -> None:
    permission = (
        "\n  May:\n    Type: AWS::Lambda::Permission\n    Properties: {Action: 'lambda:InvokeFunction', "
        "Principal: apigateway.amazonaws.com, FunctionName: !Ref Worker}\n"
    )

    assert door(read, document(LAMBDA) + permission).routes[0].may_invoke is True


def test_the_document_may_name_binary_types_and_auth_guards_its_routes(read: Read) -> None:
    more = (
        "BinaryMediaTypes: [image~1png]\n"
        "Auth: {DefaultAuthorizer: G, Authorizers: {G: {FunctionArn: !GetAtt Worker.Arn}}}\n"
    )
    text = document(S3, more=more).replace(
        "openapi: 3.0.1", "openapi: 3.0.1\n        x-amazon-apigateway-binary-media-types: [image/jpeg]"
    )

    api = door(read, text)
    assert (api.binary_media_types, api.routes[0].authorizer) == (("image/png", "image/jpeg"), "G")


EVENT = "      Events: {{A: {{Type: Api, Properties: {{RestApiId: !Ref Door, Path: {path}, Method: put}}}}}}\n"


def with_event(path: str, more: str = "") -> str:
    return document(LAMBDA, more=more).replace("CodeUri: src/\n", f"CodeUri: src/\n{EVENT.format(path=path)}")


def test_an_event_gives_the_permission_to_its_route_in_the_document(read: Read) -> None:
    assert [route.may_invoke for route in door(read, with_event("'/a/{key}'")).routes] == [True]


def test_an_event_that_the_document_lacks_is_refused_because_nothing_would_reach_it(read: Read) -> None:
    with pytest.raises(errors.PropertiesContradict, match=r"(?s)PUT /b, which the DefinitionBody.*Try: add it there"):
        read(with_event("/b"))


def test_with_merge_definitions_events_are_added_to_the_document(read: Read) -> None:
    api = door(read, with_event("/b", "MergeDefinitions: true\n"))

    assert [route.key for route in api.routes] == ["PUT /a/{key}", "PUT /b"]


@pytest.mark.parametrize(
    ("old", "new", "kind", "message"),
    [
        ("s3:path", "sqs:path", errors.UnsupportedProperty, r"uri of Door is not supported"),
        ("type: aws", "type: http", errors.UnsupportedProperty, r"type of Door is not supported"),
        ("type: aws", "type: ftp", errors.PropertyOutOfRange, "one of aws, aws_proxy"),
        ("credentials: arn:aws:iam::123456789012:role/upload\n", "", errors.MissingProperty, "lacks credentials"),
        ("method.request.path.key", "method.request.path.name", errors.PropertyOutOfRange, "a parameter of the method"),
        ("method.request.path.key", "method.request.body.a", errors.UnsupportedProperty, "stageVariables.NAME"),
        ("header.ETag: ", "header.Date: ", errors.PropertyOutOfRange, "a header that the method declares"),
        ("integration.response.header.ETag", "integration.response.body.a", errors.UnsupportedProperty, "or 'text'"),
        ("statusCode: 200", "statusCode: 201", errors.PropertyOutOfRange, "a status among the method's own responses"),
        ("default:", "'(2.*)+':", errors.PropertyOutOfRange, "no pattern this simulator reads"),
        (
            "httpMethod: PUT",
            "httpMethod: PUT\nrequestTemplates: {a: b}",
            errors.UnsupportedProperty,
            "pass the body on",
        ),
        ("httpMethod: PUT", "httpMethod: PUT\ntlsConfig: {a: b}", errors.UnsupportedProperty, "tlsConfig"),
        ("statusCode: 200,", "statusCode: 200, responseTemplates: {a: $input},", errors.UnsupportedProperty, "in VTL"),
    ],
)
def test_what_the_simulator_or_aws_would_not_take_is_refused_with_its_line(
    read: Read, old: str, new: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        read(document(S3.replace(old, new)))

    assert caught.value.line > 10


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("httpMethod: POST", "httpMethod: GET", "POST: that is how Lambda is invoked"),
        ("${Worker.Arn}", "other", "nothing in this template"),
        ("2015-03-31", "2014-11-13", "no function's"),
    ],
)
def test_an_integration_with_a_function_must_be_one(read: Read, old: str, new: str, message: str) -> None:
    with pytest.raises(errors.TemplateError, match=message):
        read(document(LAMBDA.replace(old, new)))


def test_a_mock_needs_a_template_that_says_its_status(read: Read) -> None:
    assert door(read, document("type: mock\nrequestTemplates: {application/json: '{\"statusCode\": 204}'}\n")).routes[
        0
    ].integration == IntegrationSpec(kind="mock", mock_status=204)
    with pytest.raises(errors.PropertyOutOfRange, match="a mock answers what its template says"):
        read(document("type: mock\n"))


@pytest.mark.parametrize(
    "extra",
    [
        "components: {}",
        "securityDefinitions: {}",
        "x-amazon-apigateway-request-validators: {}",
        "x-amazon-apigateway-policy: {}",
    ],
)
def test_parts_of_a_document_that_would_be_lost_are_refused(read: Read, extra: str) -> None:
    with pytest.raises(errors.TemplateError, match=extra.partition(":")[0]):
        read(document(S3).replace("openapi: 3.0.1", f"openapi: 3.0.1\n        {extra}"))


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("AWS::ApiGatewayV2::Route", "use AWS::Serverless::HttpApi"),
        ("AWS::ApiGateway::RestApi", "use AWS::Serverless::Api, with the routes"),
        ("AWS::ApiGateway::UsagePlan", "UsagePlan: {CreateUsagePlan: PER_API}"),
    ],
)
def test_api_gateways_own_types_are_refused_with_a_word_to_use_sams(read: Read, kind: str, instead: str) -> None:
    with pytest.raises(errors.UnknownResourceType, match=rf"(?s)does not support yet.*Try: .*{instead}"):
        read(f"Resources:\n  X:\n    Type: {kind}\n")
