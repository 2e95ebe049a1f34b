"""Weights, cookies, rules and targets that change while traffic flows; health checks of functions."""

from typing import Any

import pytest

from harness.tests.fidelity.balanced import (
    OPERATOR,
    ask,
    deploy_balanced,
    elbv2,
    listed_groups,
    listed_rules,
    target_group,
)
from harness.tests.fidelity.conftest import App, Deploy


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy_balanced(deploy)


# ---- weights ----------------------------------------------------------------------------------


def test_clients_without_cookies_are_shared_out_by_weight(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html"""
    groups = []
    for _ in range(100):
        ask(app, "GET", "/split")
        groups.append(target_group(app))

    assert 5 <= groups.count("ManyTargetGroup") <= 40
    assert groups.count("ManyTargetGroup") + groups.count("LegacyTargetGroup") == 100


def test_a_cookie_keeps_its_client_until_it_expires_whatever_the_weights(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html"""
    rule = next(one for one in listed_rules(app) if one["Conditions"] and one["Conditions"][0]["Values"] == ["/split"])
    groups = {group["TargetGroupName"]: group["TargetGroupArn"] for group in listed_groups(app)}
    many = next(arn for name, arn in groups.items() if "Many" in name)
    legacy = next(arn for name, arn in groups.items() if "Legacy" in name)

    def weigh(many_weight: int, legacy_weight: int) -> Any:
        pair = [{"TargetGroupArn": many, "Weight": many_weight}, {"TargetGroupArn": legacy, "Weight": legacy_weight}]
        sticky = {"Enabled": True, "DurationSeconds": 300}
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": pair, "TargetGroupStickinessConfig": sticky}}
        return elbv2(app, "modify_rule", RuleArn=rule["RuleArn"], Actions=[action])

    weigh(1, 0)
    first = ask(app, "GET", "/split")
    cookie = next(one for one in first.cookies if one.startswith("AWSALBTG=")).partition(";")[0]
    weigh(0, 1)
    ask(app, "GET", "/split")
    moved = target_group(app)
    ask(app, "GET", "/split", headers={"Cookie": f"x=1; {cookie}"})
    kept = target_group(app)
    app.run(app.world.run_for(minutes=15))
    ask(app, "GET", "/split", headers={"Cookie": cookie})

    assert (moved, kept, target_group(app)) == ("LegacyTargetGroup", "ManyTargetGroup", "LegacyTargetGroup")


# ---- the API ----------------------------------------------------------------------------------


def test_rules_are_listed_in_order_with_the_default_at_the_end(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html"""
    rules = listed_rules(app)

    assert [rule["Priority"] for rule in rules] == ["10", "20", "30", "40", "50", "60", "70", "default"]
    assert rules[0]["Actions"][0]["FixedResponseConfig"]["StatusCode"] == "418"
    assert rules[-1]["IsDefault"] is True


def test_a_rule_is_created_moved_and_deleted_by_the_api(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"""
    listener = listed_rules(app)[0]["RuleArn"].rpartition("/")[0].replace("listener-rule", "listener")
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "closed"}}
    asked = {
        "ListenerArn": listener,
        "Conditions": [{"Field": "path-pattern", "Values": ["/echo*"]}],
        "Actions": [action],
    }

    taken = elbv2(app, "create_rule", Priority=10, **asked)
    made = elbv2(app, "create_rule", Priority=5, **asked)["Rules"][0]["RuleArn"]
    closed = ask(app, "GET", "/echo")
    elbv2(app, "set_rule_priorities", RulePriorities=[{"RuleArn": made, "Priority": 90}])
    behind = ask(app, "GET", "/echo")
    elbv2(app, "delete_rule", RuleArn=made)

    assert taken["error"] == "PriorityInUse"
    assert (closed.status, closed.text) == (503, "closed")
    assert behind.status == 200
    assert elbv2(app, "delete_rule", RuleArn=made)["error"] == "RuleNotFound"


def test_a_function_is_registered_only_with_permission_and_only_one(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    groups = {group["TargetGroupName"].split("-")[1][:5]: group["TargetGroupArn"] for group in listed_groups(app)}
    echo = elbv2(app, "describe_target_health", TargetGroupArn=groups["EchoT"])["TargetHealthDescriptions"][0]
    operator = echo["Target"]["Id"].rpartition(":")[0] + ":nobody"

    refused = elbv2(app, "register_targets", TargetGroupArn=groups["Empty"], Targets=[{"Id": operator}])
    second = elbv2(app, "register_targets", TargetGroupArn=groups["ManyT"], Targets=[{"Id": echo["Target"]["Id"]}])
    elbv2(app, "register_targets", TargetGroupArn=groups["Empty"], Targets=[{"Id": echo["Target"]["Id"]}])
    registered = ask(app, "GET", "/empty")
    elbv2(app, "deregister_targets", TargetGroupArn=groups["Empty"], Targets=[{"Id": echo["Target"]["Id"]}])

    assert (refused["error"], second["error"]) == ("AccessDenied", "TooManyTargets")
    assert registered.status == 200
    assert ask(app, "GET", "/empty").status == 503
    assert echo["TargetHealth"]["State"] == "unavailable"


def test_attributes_of_a_group_change_what_its_function_gets(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html"""
    arn = next(group["TargetGroupArn"] for group in listed_groups(app) if "Echo" in group["TargetGroupName"])

    def set_many(value: str) -> Any:
        attribute = {"Key": "lambda.multi_value_headers.enabled", "Value": value}
        return elbv2(app, "modify_target_group_attributes", TargetGroupArn=arn, Attributes=[attribute])

    set_many("true")
    many = ask(app, "GET", "/echo").json()
    set_many("false")
    single = ask(app, "GET", "/echo").json()

    assert "multiValueHeaders" in many
    assert "headers" in single
    assert set_many("maybe")["error"] == "ValidationError"


# ---- health checks ----------------------------------------------------------------------------

CHECKED = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Facade:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: [subnet-1, subnet-2]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Facade
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: Permission
    Properties:
      TargetType: lambda
      HealthCheckEnabled: true
      HealthCheckIntervalSeconds: 40
      UnhealthyThresholdCount: 2
      HealthCheckPath: /health
      Targets: [{Id: !GetAtt Echo.Arn}]
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Echo, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}
  Echo: {Type: AWS::Serverless::Function, Properties: {Handler: app.health, Runtime: python3.12, CodeUri: src/}}
  Operator:
    Type: AWS::Serverless::Function
    Properties:
      Handler: operator_.handler
      Runtime: python3.12
      CodeUri: src/
      Policies: [{Statement: [{Effect: Allow, Action: "elasticloadbalancing:*", Resource: "*"}]}]
"""

HEALTH = """\
import time


def health(event, context):
    sick = event["path"] == "/health" and 100 < time.time() - 1767603600 < 300
    return {"statusCode": 500 if sick else 200}
"""


def test_a_function_is_checked_only_where_checks_are_on_and_a_sick_one_is_still_used(deploy: Deploy) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    checked = deploy(CHECKED, {"src/app.py": HEALTH, "src/operator_.py": OPERATOR})

    def state() -> str:
        arn = listed_groups(checked)[0]["TargetGroupArn"]
        shown = elbv2(checked, "describe_target_health", TargetGroupArn=arn)["TargetHealthDescriptions"]
        return str(shown[0]["TargetHealth"]["State"])

    checked.run(checked.world.run_for(s=90))
    well = state()
    checks = [one.event for one in checked.world.invocations("Echo")]
    checked.run(checked.world.run_for(s=110))
    sick = state()

    assert (well, sick) == ("healthy", "unhealthy")
    assert len(checks) == 3
    assert checks[0]["headers"] == {"user-agent": "ELB-HealthChecker/2.0"}
    assert ask(checked, "GET", "/").status == 200
