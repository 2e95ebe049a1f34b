"""Authorizers of APIs: Lambda and JWT, and which of them guards a route."""

import pytest

from harness.cloud.template import AuthorizerSpec, errors
from harness.tests.cloud.template.conftest import FUNCTION, Read, ReadFunction

GUARD = FUNCTION.replace("Worker", "Guard").replace("\n  ", "\n")


def test_a_lambda_authorizer_guards_every_route_that_does_not_opt_out(read_function: ReadFunction) -> None:
    auth = (
        "{DefaultAuthorizer: G, Authorizers: {G: {FunctionArn: !GetAtt Guard.Arn, "
        "AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, "
        "Identity: {Headers: [X-Key], ReauthorizeEvery: 60}}}}"
    )
    api = read_function(
        "Events:\n  A: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: /a, Method: get}}\n"
        "  B: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: /b, Method: get, Auth: {Authorizer: NONE}}}\n",
        f"Door: {{Type: AWS::Serverless::HttpApi, Properties: {{Auth: {auth}}}}}{GUARD}",
    ).apis["Door"]

    assert [(each.path, each.authorizer) for each in api.routes] == [("/a", "G"), ("/b", "")]
    assert api.authorizers["G"] == AuthorizerSpec(
        name="G", kind="lambda", function="Guard", identity_sources=("$request.header.X-Key",), ttl_s=60,
        payload_format_version="2.0", simple_responses=True, may_invoke=False, line=api.line,
    )  # fmt: skip


def test_a_token_authorizer_reads_authorization_and_is_cached_five_minutes(read: Read) -> None:
    auth = "{DefaultAuthorizer: G, Authorizers: {G: {FunctionArn: !GetAtt Guard.Arn}}}"

    api = read(f"Resources:\n  D: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1, Auth: {auth}}}}}"
               f"{GUARD.replace(chr(10), chr(10) + '  ')}\n").apis["D"]  # fmt: skip

    assert api.authorizers["G"] == AuthorizerSpec(
        name="G", kind="token", function="Guard", identity_sources=("method.request.header.Authorization",), ttl_s=300,
        payload_format_version="1.0", line=3,
    )  # fmt: skip
    assert api.authorize_preflight is True


def test_an_authorizer_that_is_not_declared_is_refused(read_function: ReadFunction) -> None:
    event = "Events: {A: {Type: HttpApi, Properties: {Path: /a, Method: get, Auth: {Authorizer: Gaurd}}}}"

    with pytest.raises(errors.UnresolvedReference, match="ServerlessHttpApi has no authorizer Gaurd"):
        read_function(event)


JWT = "{JwtConfiguration: {issuer: 'https://i', audience: [a]}, IdentitySource: $request.header.Authorization"


def http_auth(authorizer: str) -> str:
    auth = f"{{Authorizers: {{J: {authorizer}}}}}"
    return f"Resources: {{D: {{Type: AWS::Serverless::HttpApi, Properties: {{Auth: {auth}}}}}}}"


def test_a_jwt_authorizer_has_an_issuer_and_audiences(read: Read) -> None:
    assert read(http_auth(f"{JWT}}}")).apis["D"].authorizers["J"] == AuthorizerSpec(
        name="J", kind="jwt", identity_sources=("$request.header.Authorization",), issuer="https://i", audience=("a",),
        line=2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("authorizer", "message"),
    [
        ("{JwtConfiguration: {issuer: 'https://i', audience: [a]}}", "lacks IdentitySource"),
        ("{JwtConfiguration: {issuer: 'https://i'}, IdentitySource: $request.header.A}", "lacks audience"),
        ("{JwtConfiguration: {issuer: i, audience: [a]}, IdentitySource: $request.header.A}", "the URL of the issuer"),
        ("{JwtConfiguration: {issuer: 'https://i', audience: [a]}, IdentitySource: token}", "IdentitySource of D"),
        (f"{JWT}, FunctionArn: x}}", "FunctionArn, which is a Lambda authorizer's"),
        ("{FunctionArn: x}", "lacks AuthorizerPayloadFormatVersion"),
        ("{AuthorizerPayloadFormatVersion: '2.0'}", "lacks FunctionArn"),
        ("{FunctionArn: x, AuthorizerPayloadFormatVersion: '2.0', IdentitySource: x}", "which is a JWT authorizer's"),
    ],
)
def test_an_authorizer_that_is_neither_of_both_is_refused(read: Read, authorizer: str, message: str) -> None:
    with pytest.raises(errors.TemplateError, match=message):
        read(http_auth(authorizer))


@pytest.mark.parametrize("kind", ["HttpApi", "Api"])
def test_iam_authorizers_are_refused_with_a_word_what_to_use(read_function: ReadFunction, kind: str) -> None:
    event = f"Events: {{A: {{Type: {kind}, Properties: {{Path: /a, Method: get, Auth: {{Authorizer: AWS_IAM}}}}}}}}"

    with pytest.raises(errors.UnsupportedProperty, match=r"(?s)signatures are not checked.*Try: use a Lambda auth"):
        read_function(event)


def test_scopes_need_a_jwt_authorizer(read_function: ReadFunction) -> None:
    event = "Events: {A: {Type: HttpApi, Properties: {Path: /a, Method: get, Auth: {AuthorizationScopes: [x]}}}}"

    with pytest.raises(errors.PropertiesContradict, match="stands without a JWT authorizer"):
        read_function(event)


@pytest.mark.parametrize("pattern", ["(", "(a+)+", "(a*)*b", "([ab]{2,})+"])
def test_an_expression_that_cannot_be_read_or_never_ends_is_refused(read_function: ReadFunction, pattern: str) -> None:
    guard = f"{{FunctionArn: !GetAtt Worker.Arn, Identity: {{ValidationExpression: '{pattern}'}}}}"

    with pytest.raises(errors.PropertyOutOfRange, match="ValidationExpression"):
        read_function(
            resources="D: {Type: AWS::Serverless::Api, Properties: {StageName: v1, Auth: {Authorizers: {G: "
            + guard
            + "}}}}\n"
        )


def test_an_http_api_says_when_it_may_not_invoke_its_authorizer(read_function: ReadFunction) -> None:
    guard = "{FunctionArn: !GetAtt Worker.Arn, AuthorizerPayloadFormatVersion: '2.0'}"
    api = f"D: {{Type: AWS::Serverless::HttpApi, Properties: {{Auth: {{Authorizers: {{G: {guard}}}}}}}}}\n"
    permission = (
        "May: {Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunction', FunctionName: !Ref Worker, "
        "Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:x:1:${D}/*'}}\n"
    )

    without, allowed = read_function(resources=api), read_function(resources=api + permission)

    assert [text for text in without.warnings if "D may not invoke its authorizer G" in text]
    assert (without.apis["D"].authorizers["G"].may_invoke, allowed.apis["D"].authorizers["G"].may_invoke) == (
        False,
        True,
    )
    assert not [text for text in allowed.warnings if "authorizer" in text]
