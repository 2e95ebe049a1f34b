"""Parameters: what the harness gives, what the template allows."""

import pytest

from harness.cloud.template import errors
from harness.tests.cloud.template.conftest import Read

RESOURCES = "\nResources: {Q: {Type: AWS::SQS::Queue}}\n"


def test_a_given_value_wins_over_the_default(read: Read) -> None:
    text = f"Parameters: {{A: {{Type: String, Default: x}}, B: {{Type: Number, Default: 3}}}}{RESOURCES}"

    assert read(text, parameters={"A": "y"}).parameters == {"A": "y", "B": "3"}


def test_a_value_the_template_does_not_declare_is_left_aside(read: Read) -> None:
    template = read(f"Parameters: {{A: {{Type: String}}}}{RESOURCES}", parameters={"A": "y", "SearchUrl": "z"})

    assert template.parameters == {"A": "y"}
    assert template.unused_parameters == ("SearchUrl",)


def test_a_parameter_without_value_or_default_is_named(read: Read) -> None:
    with pytest.raises(errors.MissingParameter, match=r"template.yaml:2:14: Parameter A has no value\."):
        read(f"Parameters: {{A: {{Type: String}}}}{RESOURCES}")


@pytest.mark.parametrize(
    ("rules", "value", "message"),
    [
        ("Type: Number", "many", r"Parameter A is 'many', against its Type\.\nExpected: a number"),
        ("Type: 'List<Number>'", "1,x", "against its Type"),
        ("Type: 'AWS::EC2::VPC::Id'", "subnet-1", r"against its Type\.\nExpected: an id that begins with vpc-"),
        ("Type: 'List<AWS::EC2::SecurityGroup::Id>'", "sg-1,2", r"against its Type\.\nExpected: an id that begins"),
        ("Type: String, AllowedValues: [x, y]", "z", r"AllowedValues\.\nExpected: one of x, y"),
        ("Type: Number, MinValue: 2", "1", r"MinValue\.\nExpected: at least 2"),
        ("Type: Number, MaxValue: 2", "3", r"MaxValue\.\nExpected: at most 2"),
        ("Type: String, MinLength: 2", "1", r"MinLength\.\nExpected: at least 2 characters"),
        ("Type: String, MaxLength: 2", "123", r"MaxLength\.\nExpected: at most 2 characters"),
        ("Type: Number, MaxValue: 2, ConstraintDescription: be modest", "3", "Expected: be modest"),
    ],
)
def test_a_value_against_the_rules_is_refused(read: Read, rules: str, value: str, message: str) -> None:
    with pytest.raises(errors.ParameterRefused, match=message):
        read(f"Parameters: {{A: {{{rules}}}}}{RESOURCES}", parameters={"A": value})


def test_ids_of_a_network_are_told_to_a_load_balancer(read: Read) -> None:
    text = """
Parameters:
  SubnetIds: {Type: "List<AWS::EC2::Subnet::Id>", Default: "subnet-1, subnet-2"}
  GroupIds: {Type: "List<AWS::EC2::SecurityGroup::Id>", Default: sg-1}
  VpcId: {Type: "AWS::EC2::VPC::Id", Default: vpc-1}
  Names: {Type: "List<String>", Default: "a,b"}
Resources:
  Facade:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: !Ref SubnetIds, SecurityGroups: !Ref GroupIds, Name: !Select [1, !Ref Names]}
  Hosts:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: ip, VpcId: !Ref VpcId, Port: 80, Protocol: HTTP, Targets: [{Id: 10.0.0.17}]}
"""

    template = read(text)

    assert template.load_balancing.balancers["Facade"].name == "b"
    assert template.parameters["SubnetIds"] == "subnet-1, subnet-2"


def test_a_type_of_another_service_is_not_supported(read: Read) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="Type of parameter A is 'AWS::SSM::Parameter::Value<String>'"):
        read(f"Parameters: {{A: {{Type: 'AWS::SSM::Parameter::Value<String>'}}}}{RESOURCES}")


def test_an_unknown_key_of_a_parameter_gets_the_nearest_one(read: Read) -> None:
    with pytest.raises(errors.UnknownProperty, match=r"(?s)parameter A has no property Defalt.*Try: write Default"):
        read(f"Parameters: {{A: {{Type: String, Defalt: x}}}}{RESOURCES}")


def test_a_pattern_that_would_never_end_is_not_applied(read: Read) -> None:
    rules = f"{{Type: String, AllowedPattern: '(a+)+$', Default: {'a' * 60}b}}"

    assert read(f"Parameters: {{A: {rules}}}{RESOURCES}").parameters == {"A": "a" * 60 + "b"}
