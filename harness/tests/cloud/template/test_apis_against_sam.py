"""What SAM makes of an API's Cors, Auth and permissions, and what we make of it, is the same."""

from pathlib import Path
from typing import Any

import pytest

from harness.cloud.template import ApiSpec, read_template

pytest.importorskip("samtranslator")

from harness.tests.cloud.template.test_against_sam import translated

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Cors: {AllowOrigin: "'https://a'", AllowHeaders: "'x-a,x-b'", MaxAge: "'60'", AllowCredentials: true}
      Auth:
        DefaultAuthorizer: Guard
        ApiKeyRequired: true
        AddDefaultAuthorizerToCorsPreflight: false
        AddApiKeyRequiredToCorsPreflight: false
        Authorizers: {Guard: {FunctionArn: !GetAtt Worker.Arn}}
        UsagePlan: {CreateUsagePlan: PER_API, Quota: {Limit: 5, Period: DAY}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Allowed:
            FunctionArn: !GetAtt Worker.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableFunctionDefaultPermissions: true
          Forgotten: {FunctionArn: !GetAtt Worker.Arn, AuthorizerPayloadFormatVersion: "2.0"}
          Jwt:
            JwtConfiguration: {issuer: "https://i", audience: [a]}
            IdentitySource: $request.header.Authorization
            AuthorizationScopes: [read]
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
      Events:
        A: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}
        P: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: post, Auth: {ApiKeyRequired: false}}}
        B: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /b, Method: any, Auth: {Authorizer: NONE}}}
        C: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /c, Method: get}}
        D: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /d, Method: get, Auth: {AuthorizationScopes: [admin]}}}
"""


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def ours(folder: Path) -> dict[str, ApiSpec]:
    (folder / "template.yaml").write_text(TEMPLATE)
    return read_template(folder, parameters={}, account_id="123456789012", region="eu-west-1").apis


@pytest.fixture
def theirs() -> dict[str, Any]:
    return translated(TEMPLATE)


def methods(theirs: dict[str, Any], api: str) -> dict[tuple[str, str], Any]:
    """SAM's methods by ours: ("GET", "/a")."""
    paths = theirs[api]["Properties"]["Body"]["paths"]
    return {
        ("ANY" if method == "x-amazon-apigateway-any-method" else method.upper(), path): found
        for path, item in paths.items()
        for method, found in item.items()
    }


def test_the_same_routes_with_the_same_guards(ours: dict[str, ApiSpec], theirs: dict[str, Any]) -> None:
    guards = {
        key: sorted(name for each in found.get("security", ()) for name in each if name != "NONE")
        for key, found in methods(theirs, "Rest").items()
    }

    assert {
        (route.method, route.path): sorted(
            ([route.authorizer] if route.authorizer else []) + (["api_key"] if route.key_required else [])
        )
        for route in ours["Rest"].routes
    } == guards


def test_the_preflight_says_the_same(ours: dict[str, ApiSpec], theirs: dict[str, Any]) -> None:
    mocks = {
        path: found["x-amazon-apigateway-integration"]["responses"]["default"]
        for (method, path), found in methods(theirs, "Rest").items()
        if method == "OPTIONS"
    }

    said = {route.path: route.integration.responses[0] for route in ours["Rest"].routes if route.integration}
    assert {path: (str(one.status), one.body) for path, one in said.items()} == {
        path: (one["statusCode"], one["responseTemplates"]["application/json"]) for path, one in mocks.items()
    }
    assert {
        path: {f"method.response.header.{name}": value for name, value in one.headers.items()}
        for path, one in said.items()
    } == {path: one["responseParameters"] for path, one in mocks.items()}


def test_an_authorizer_may_be_invoked_where_sam_makes_a_permission(
    ours: dict[str, ApiSpec], theirs: dict[str, Any]
) -> None:
    permitted = {
        f"{api}/{name}": f"{api}{name}AuthorizerPermission" in theirs
        for api in ours
        for name, spec in ours[api].authorizers.items()
        if spec.kind != "jwt"
    }

    assert permitted == {
        f"{api}/{name}": spec.may_invoke
        for api in ours
        for name, spec in ours[api].authorizers.items()
        if spec.kind != "jwt"
    }
    assert permitted == {"Rest/Guard": True, "Http/Allowed": True, "Http/Forgotten": False}


def test_scopes_are_the_routes_own_or_the_authorizers(ours: dict[str, ApiSpec], theirs: dict[str, Any]) -> None:
    scopes = {key: found["security"][0]["Jwt"] for key, found in methods(theirs, "Http").items()}

    assert {(route.method, route.path): list(route.scopes) for route in ours["Http"].routes} == scopes


def test_a_usage_plan_has_a_key(ours: dict[str, ApiSpec], theirs: dict[str, Any]) -> None:
    plan = ours["Rest"].usage_plan

    assert plan
    assert (plan.quota, plan.period) == tuple(theirs["RestUsagePlan"]["Properties"]["Quota"].values())
    assert "RestApiKey" in theirs
