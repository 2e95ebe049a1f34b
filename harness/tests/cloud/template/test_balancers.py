"""Load balancers: what a template says of them, and what Elastic Load Balancing would refuse."""

from typing import Any

import pytest

from harness.cloud.template import TemplateError, errors
from harness.cloud.template.model_balancer import ForwardSpec, LoadBalancing, WeightedGroup
from harness.tests.cloud.template.conftest import Read

PARTS = {
    "Facade": "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [a, b]}}",
    "Listener": """
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Facade
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]""",
    "Group": """
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: Permission
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Worker.Arn}]}""",
    "Permission": """
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Worker
      Action: lambda:InvokeFunction
      Principal: elasticloadbalancing.amazonaws.com""",
    "Worker": """
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, Runtime: python3.12, CodeUri: src/}""",
}

RULE = """
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: PRIORITY
      Conditions: [{Field: path-pattern, Values: [/orders]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Group}]"""

PRINCIPAL = "Principal: elasticloadbalancing.amazonaws.com"


def text(**changes: str | None) -> str:
    """The parts, some of them put differently; None leaves one out."""
    parts = {name: part for name, part in {**PARTS, **changes}.items() if part is not None}
    return "Resources:\n" + "".join(f"  {name}: {part}\n" for name, part in parts.items())


def load_balancing(read: Read, **changes: str | None) -> LoadBalancing:
    return read(text(**changes)).load_balancing


def replaced(name: str, old: str, new: str) -> dict[str, Any]:
    assert old in PARTS[name]
    return {name: PARTS[name].replace(old, new)}


def test_arns_hang_together(read: Read) -> None:
    built = load_balancing(read, Rule=RULE.replace("PRIORITY", "7"))

    below = built.balancers["Facade"].arn.partition(":loadbalancer/")[2]
    listener = built.listeners["Listener"]
    assert below.startswith("app/kata-Facade-ABCDEFGHIJKL/")
    assert listener.arn.partition(":listener/")[2].startswith(f"{below}/")
    assert listener.balancer_arn == built.balancers["Facade"].arn
    assert built.rules["Rule"].arn.partition(":listener-rule/")[2].startswith(listener.arn.partition(":listener/")[2])
    assert (built.rules["Rule"].listener_arn, built.rules["Rule"].priority) == (listener.arn, 7)
    assert built.listeners["Listener"].action == ForwardSpec(groups=(WeightedGroup(arn=built.groups["Group"].arn),))


def test_a_function_group_has_no_health_check_and_an_address_group_has_one(read: Read) -> None:
    address = "{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: ip, Port: 80, Protocol: HTTP, "
    built = load_balancing(read, Legacy=address + "VpcId: v, Targets: [{Id: 10.0.0.7}]}}")

    group, legacy = built.groups["Group"].health_check, built.groups["Legacy"].health_check
    assert (group.enabled, group.interval_s) == (False, 35)
    assert (legacy.enabled, legacy.interval_s, legacy.unhealthy_threshold) == (True, 30, 2)
    assert [(target.id, target.port) for target in built.groups["Legacy"].targets] == [("10.0.0.7", 80)]


def test_a_permission_in_no_order_with_its_group_is_warned_of(read: Read) -> None:
    template = read(text(**replaced("Group", "    DependsOn: Permission\n", "")))

    assert any("Group does not say DependsOn: Permission" in warning for warning in template.warnings)


def test_a_permission_for_any_target_group_is_enough(read: Read) -> None:
    pattern = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/*"

    assert load_balancing(read, **replaced("Permission", PRINCIPAL, f"{PRINCIPAL}\n      SourceArn: {pattern}"))


TOO_MANY = ", ".join(["/a"] * 6)

REFUSED = [
    ({"Permission": "{Type: AWS::SQS::Queue}"}, "does not have permission to invoke"),
    (replaced("Permission", "elasticloadbalancing.", "apigateway."), "does not have permission to invoke"),
    (
        {
            **replaced("Group", "    DependsOn: Permission\n", ""),
            **replaced("Permission", PRINCIPAL, f"{PRINCIPAL}\n      SourceArn: !Ref Group"),
        },
        "leave SourceArn out of the permission",
    ),
    (replaced("Group", "[{Id: !GetAtt Worker.Arn}]", "[{Id: !GetAtt Worker.Arn}, {Id: x}]"), "has 2 targets"),
    (replaced("Group", "TargetType: lambda", "TargetType: lambda, Port: 80"), "has Port, and its targets are func"),
    (replaced("Group", "TargetType: lambda, ", ""), "has no TargetType"),
    (replaced("Group", "TargetType: lambda", "TargetType: ip"), "lacks Port"),
    (replaced("Facade", "Subnets: [a, b]", "Scheme: internal"), "neither Subnets nor SubnetMappings"),
    (replaced("Facade", "Subnets", "Type: network, Subnets"), "Type of Facade is 'network'"),
    ({"Second": PARTS["Listener"]}, "are both on port 80"),
    ({"One": RULE.replace("PRIORITY", "1"), "Two": RULE.replace("PRIORITY", "1")}, "have the same priority: 1"),
    ({"One": RULE.replace("PRIORITY", "1").replace("/orders", TOO_MANY)}, "at most 5 condition values"),
    ({"One": RULE.replace("PRIORITY", "50001")}, "from 1 to 50000"),
    ({"One": RULE.replace("PRIORITY", "1").replace("Values", "RegexValues")}, "RegexValues.*not supported"),
    (replaced("Listener", "TargetGroupArn: !Ref Group", "TargetGroupArn: !Ref Facade"), "of type .*LoadBalancer"),
    (
        replaced("Group", "TargetType: lambda", "TargetType: lambda, TargetGroupAttributes: [{Key: a, Value: b}]"),
        "'a' is not recognized",
    ),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_aws_refuses_is_refused_with_its_line(read: Read, changes: dict[str, str], message: str) -> None:
    with pytest.raises(TemplateError, match=f"(?s){message}") as caught:
        read(text(**changes))

    assert caught.value.line > 0


def test_an_unknown_property_is_answered_with_the_nearest_one(read: Read) -> None:
    with pytest.raises(errors.UnknownProperty, match="Priority"):
        read(text(One=RULE.replace("Priority: PRIORITY", "Prioriti: 1")))
