"""An app behind a load balancer: functions that echo, a shop with Powertools, an address, an operator."""

from typing import Any

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Reply
from harness.tests.fidelity.conftest import App, Deploy
from harness.world import OutsideServiceSpec
from harness.world.views import HttpAnswer

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Facade:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: application, Subnets: [subnet-1, subnet-2]}
  FacadeListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Facade
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref LegacyTargetGroup}]
  LegacyTargetGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: ip, Port: 80, Protocol: HTTP, VpcId: vpc-1, Targets: [{Id: 10.0.0.17}]}
  EmptyTargetGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: lambda}
  EchoTargetGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: EchoPermission
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Echo.Arn}]}
  ManyTargetGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: ManyPermission
    Properties:
      TargetType: lambda
      Targets: [{Id: !GetAtt Many.Arn}]
      TargetGroupAttributes: [{Key: lambda.multi_value_headers.enabled, Value: "true"}]
  ShopTargetGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: ShopPermission
    Properties: {TargetType: lambda, Targets: [{Id: !Ref Shop.Alias}]}
  EchoPermission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Echo, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}}
  ManyPermission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Many, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}}
  ShopPermission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Shop.Alias, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}}
  Echo: {Type: AWS::Serverless::Function, Properties: {Handler: app.echo, ReservedConcurrentExecutions: 1}}
  Many: {Type: AWS::Serverless::Function, Properties: {Handler: app.many}}
  Shop: {Type: AWS::Serverless::Function, Properties: {Handler: shop.handler, Timeout: 30, AutoPublishAlias: live}}
  Operator:
    Type: AWS::Serverless::Function
    Properties:
      Handler: operator_.handler
      Timeout: 30
      Policies: [{Statement: [{Effect: Allow, Action: "elasticloadbalancing:*", Resource: "*"}]}]
  EchoRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 20
      Conditions: [{Field: path-pattern, Values: [/echo, /echo/*]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref EchoTargetGroup}]
  ManyRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 30
      Conditions: [{Field: path-pattern, PathPatternConfig: {Values: [/many]}}]
      Actions: [{Type: forward, TargetGroupArn: !Ref ManyTargetGroup}]
  ShopRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 40
      Conditions: [{Field: path-pattern, Values: [/shop/*]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref ShopTargetGroup}]
  EmptyRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 50
      Conditions: [{Field: path-pattern, Values: [/empty]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref EmptyTargetGroup}]
  TeapotRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 10
      Conditions:
        - {Field: path-pattern, Values: [/echo/tea]}
        - {Field: http-request-method, HttpRequestMethodConfig: {Values: [GET]}}
      Actions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "418", ContentType: text/plain, MessageBody: short and stout}}]
  MovedRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 60
      Conditions: [{Field: host-header, Values: [old.*.com]}]
      Actions: [{Type: redirect, RedirectConfig: {Host: "new.example.com", StatusCode: HTTP_302}}]
  SplitRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref FacadeListener
      Priority: 70
      Conditions: [{Field: path-pattern, Values: [/split]}]
      Actions:
        - Type: forward
          ForwardConfig:
            TargetGroups: [{TargetGroupArn: !Ref ManyTargetGroup, Weight: 20}, {TargetGroupArn: !Ref LegacyTargetGroup, Weight: 80}]
            TargetGroupStickinessConfig: {Enabled: true, DurationSeconds: 300}
"""  # noqa: E501

APP = """\
import base64
import json
import time


def echo(event, context):
    if event["path"] == "/echo/say":  # answers what it is told to
        body = event["body"]
        return json.loads(base64.b64decode(body) if event["isBase64Encoded"] else body)
    if event["path"] == "/echo/raise":
        raise ValueError("no")
    if event["path"] == "/echo/sleep":
        time.sleep(float(event["queryStringParameters"]["s"]))
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}


def many(event, context):
    cookies = ["a=1; Path=/", "b=2; Path=/"]
    headers = {"Content-Type": ["application/json"], "Set-Cookie": cookies}
    return {"statusCode": 200, "multiValueHeaders": headers, "body": json.dumps(event), "isBase64Encoded": False}
"""

SHOP = """\
from aws_lambda_powertools.event_handler import ALBResolver, Response

app = ALBResolver()


@app.get("/shop/orders/<order_id>")
def order(order_id):
    return {"id": order_id, "q": app.current_event.get_query_string_value("q")}


@app.post("/shop/orders")
def place():
    return Response(201, "application/json", body=app.current_event.body, headers={"Location": "/shop/orders/1"})


def handler(event, context):
    return app.resolve(event, context)
"""

OPERATOR = """\
import json

import boto3

elbv2 = boto3.client("elbv2")


def handler(event, context):
    try:
        answer = getattr(elbv2, event["call"])(**event["with"])
    except elbv2.exceptions.ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    answer.pop("ResponseMetadata")
    return json.loads(json.dumps(answer, default=str))
"""


class Legacy(HttpService):
    """Answers with what it has received."""

    @route("GET", "/split", base_ms=40)
    def split(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"side": "legacy"})

    @route("GET", "/menu", base_ms=40)
    def menu(self, request: ServiceRequest) -> Reply:
        headers = {"set-cookie": "LSESS=1; Path=/\nLLAST=-; Path=/"}
        return json_reply(200, {"headers": request.call.request.headers, "query": request.query}, headers)


def deploy_balanced(deploy: Deploy) -> App:
    """The app, with the legacy service at its address."""
    legacy = OutsideServiceSpec("legacy", "LegacyUrl", "http://legacy.internal", Legacy, address="10.0.0.17")
    files = {"src/app.py": APP, "src/shop.py": SHOP, "src/operator_.py": OPERATOR}
    return deploy(TEMPLATE, files, services=(legacy,))


def ask(app: App, method: str, url: str, **more: Any) -> HttpAnswer:
    return app.run(app.world.request(method, url, api="Facade", **more))


def say(app: App, answer: Any) -> HttpAnswer:
    """Lets the function answer this."""
    return ask(app, "POST", "/echo/say", json=answer)


def elbv2(app: App, call: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Operator", {"call": call, "with": parameters}))


def target_group(app: App) -> str:
    """Where the last request went."""
    return app.world.load_balancer("Facade").requests[-1].target_group


def listed_rules(app: App) -> Any:
    balancer = elbv2(app, "describe_load_balancers")["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elbv2(app, "describe_listeners", LoadBalancerArn=balancer)["Listeners"][0]
    return elbv2(app, "describe_rules", ListenerArn=listener["ListenerArn"])["Rules"]


def listed_groups(app: App) -> Any:
    return elbv2(app, "describe_target_groups")["TargetGroups"]
