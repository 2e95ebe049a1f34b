"""An app with a REST API and an HTTP API that one function guards, in many ways."""

from typing import Any

from harness.tests.fidelity.conftest import App, Deploy
from harness.world import HttpAnswer

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 30}}
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      Cors: "'*'"
      Auth:
        DefaultAuthorizer: Token
        Authorizers:
          Token: {FunctionArn: !GetAtt Guard.Arn, Identity: {ValidationExpression: "Bearer [a-z0-9-]+"}}
          Request:
            FunctionArn: !GetAtt Guard.Arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [X-Token], QueryStrings: [shop], ReauthorizeEvery: 60}
          Always:
            FunctionArn: !GetAtt Guard.Arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [X-Token], ReauthorizeEvery: 0}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: true
      Auth:
        Authorizers:
          Simple:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [X-Token], ReauthorizeEvery: 60}
          PerRoute:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [X-Token], Context: [routeKey], ReauthorizeEvery: 60}
          Policy:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: "1.0"
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [X-Token]}
          Open:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
          Forbidden:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            Identity: {Headers: [X-Token]}
  Guard: {Type: AWS::Serverless::Function, Properties: {Handler: guard.handler}}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: shop.handler
      Events:
        A: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: "/a/{id}", Method: get}}
        B: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /b, Method: get}}
        R: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /request, Method: get, Auth: {Authorizer: Request}}}
        W: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /always, Method: get, Auth: {Authorizer: Always}}}
        N: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /open, Method: get, Auth: {Authorizer: NONE}}}
        S:
          Type: HttpApi
          Properties: {ApiId: !Ref Http, Path: "/simple/{id}", Method: ANY, Auth: {Authorizer: Simple}}
        T: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /other, Method: get, Auth: {Authorizer: Simple}}}
        P: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /route1, Method: get, Auth: {Authorizer: PerRoute}}}
        Q: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /route2, Method: get, Auth: {Authorizer: PerRoute}}}
        Y: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /policy, Method: get, Auth: {Authorizer: Policy}}}
        O: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /anyone, Method: get, Auth: {Authorizer: Open}}}
        F: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /forbidden, Method: get, Auth: {Authorizer: Forbidden}}}
"""

GUARD = """\
import time

def token_of(event):
    if event["type"] == "TOKEN":
        return event["authorizationToken"]
    return {name.lower(): value for name, value in event["headers"].items()}.get("x-token", "")

def policy(arn, effect="Allow"):
    return {"Version": "2012-10-17",
            "Statement": [{"Effect": effect, "Action": "execute-api:Invoke", "Resource": arn}]}

def handler(event, context):
    token = token_of(event).removeprefix("Bearer ")
    if "unauthorized" in token:
        raise Exception("Unauthorized")
    if "broken" in token:
        raise ValueError("no")
    time.sleep(12 if "slow" in token else 0.1 if "think" in token else 0)
    if event.get("version") == "2.0":
        return {"isAuthorized": "deny" not in token, "context": {"user": token, "admin": True, "tags": ["a"]}}
    arn = event["methodArn"]
    stage = "/".join(arn.split("/")[:2])
    answers = {
        "one": policy(arn),
        "all": policy(stage + "/*"),
        "deny": policy(stage + "/*", "Deny"),
        "nothing": policy(stage + "/POST/*"),
        "list": policy([stage + "/GET/b", stage + "/*/a/?"]),
    }
    kind = token.partition("-")[0]
    if kind == "shapeless":
        return {"principalId": "p"}
    document = answers.get(kind, answers["all"])
    if kind == "both":
        document = {"Version": "2012-10-17", "Statement": policy("*")["Statement"]
                    + policy(stage + "/GET/b", "Deny")["Statement"]}
    context = {"nested": {}} if kind == "nested" else {"level": 3, "admin": True, "shop": "x"}
    return {"principalId": "p-" + token, "policyDocument": document, "context": context}
"""

SHOP = """\
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"].get("authorizer"))}
"""


def deploy_guarded(deploy: Deploy) -> App:
    """The app, deployed."""
    return deploy(TEMPLATE, {"src/guard.py": GUARD, "src/shop.py": SHOP})


def ask(app: App, path: str, token: str = "", **request: Any) -> HttpAnswer:
    """A request to one of the two APIs, with a token if there is one."""
    rest = path.startswith(("/a/", "/b", "/request", "/always", "/open"))
    headers = {"Authorization": f"Bearer {token}", "X-Token": token} if token else {}
    method = request.pop("method", "GET")
    return app.run(
        app.world.request(method, path, **{"api": "Rest" if rest else "Http", "headers": headers, **request})
    )


def asked(app: App) -> int:
    """How often the authorizer has been asked so far."""
    return len(app.world.invocations("Guard"))
