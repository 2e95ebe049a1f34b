"""Policies and roles in templates: what they become, and what is refused by line."""

import pytest

from harness.cloud.permissions.statement import Condition, Statement
from harness.cloud.template import errors
from harness.cloud.template.attached_policies import UnknownManagedPolicy
from harness.cloud.template.policy_documents import ConditionNotEvaluated, PolicyMalformed
from harness.cloud.template.sam_policies import UnknownPolicy
from harness.tests.cloud.template.conftest import FUNCTION, Read, ReadFunction

TRUST = "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}"  # fmt: skip # noqa: E501


def refused(read_function: ReadFunction, statement: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read_function(f"Policies: [{{Statement: [{statement}]}}]")


def test_a_statement_is_read_with_its_line(read_function: ReadFunction) -> None:
    template = read_function(
        """
        Policies:
          - Version: 2012-10-17
            Statement:
              - Effect: Deny
                NotAction: ["sqs:*", "s3:Get?bject"]
                NotResource: "*"
                Condition:
                  ForAnyValue:NumericLessThanIfExists: {S3:Max-Keys: [1, 2]}
                  Bool: {aws:SecureTransport: false}
        """
    )

    assert template.permissions.roles["Worker"].statements[0] == Statement(
        allows=False,
        actions=("sqs:*", "s3:Get?bject"),
        resources=("*",),
        all_but_actions=True,
        all_but_resources=True,
        conditions=(
            Condition(
                operator="NumericLessThan", key="s3:max-keys", values=("1", "2"), quantifier="ForAnyValue",
                if_exists=True,
            ),
            Condition(operator="Bool", key="aws:securetransport", values=("false",)),
        ),
        policy="an inline policy",
        line=template.permissions.roles["Worker"].statements[0].line,
    )  # fmt: skip
    assert template.permissions.roles["Worker"].statements[0].line > template.functions["Worker"].line


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("{Effect: allow, Action: 'sqs:*', Resource: '*'}", "Effect of Worker is 'allow'."),
        ("{Action: 'sqs:*', Resource: '*'}", "Effect of Worker is missing."),
        ("{Effect: Allow, Resource: '*'}", "has neither Action and NotAction"),
        ("{Effect: Allow, Action: '*', NotAction: '*', Resource: '*'}", "has both Action and NotAction"),
        ("{Effect: Allow, Action: '*'}", "has neither Resource and NotResource"),
        (
            "{Effect: Allow, Action: SendMessage, Resource: '*'}",
            "is 'SendMessage'.[^E]*Expected: a service and an action",
        ),
        ("{Effect: Allow, Action: ['sqs:A', 's3'], Resource: '*'}", r"Action\.1 of Worker is 's3'"),
        ("{Effect: Allow, Action: 'sqs:*', Resource: jobs}", "is 'jobs'"),
        ("{Effect: Allow, Action: 'sqs:*', Resource: 'https://sqs.eu-west-1.amazonaws.com/1/q'}", "Ref gives its URL"),
        ("{Effect: Allow, Action: 'sqs:*', Resource: '*', Principal: '*'}", "specifies a principal"),
        ("{Effect: Allow, Actions: 'sqs:*', Resource: '*'}", "has Actions in it"),
    ],
)
def test_what_iam_refuses_is_refused(read_function: ReadFunction, statement: str, message: str) -> None:
    refused(read_function, statement, PolicyMalformed, message)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("{IpAddress: {aws:SourceIp: 10.0.0.0/8}}", "IpAddress of Worker is an operator this simulator does not have"),
        ("{StringEqual: {aws:PrincipalArn: x}}", "write StringEquals"),
        ("{StringEquals: {aws:PrincipalTag/team: x}}", "does not know aws:PrincipalTag/team of a request"),
        ("{StringLike: {s3:prefix: 'home/${aws:username}/*'}}", "does not evaluate the policy variable"),
    ],
)
def test_a_condition_that_nobody_can_decide_is_refused(
    read_function: ReadFunction, condition: str, message: str
) -> None:
    statement = f"{{Effect: Allow, Action: '*', Resource: '*', Condition: {condition}}}"

    refused(read_function, statement, ConditionNotEvaluated, message)


def test_a_policy_template_must_exist_and_have_its_parameters(read_function: ReadFunction) -> None:
    with pytest.raises(
        UnknownPolicy, match=r"(?s)no policy template DynamoDbCrudPolicy\..*Try: write DynamoDBCrudPolicy"
    ):
        read_function("Policies: [{DynamoDbCrudPolicy: {TableName: t}}]")
    with pytest.raises(errors.MissingProperty, match="lacks TableName"):
        read_function("Policies: [{DynamoDBCrudPolicy: {Table: t}}]")
    with pytest.raises(errors.UnknownProperty, match="one policy template in each item"):
        read_function("Policies: [{DynamoDBCrudPolicy: {TableName: t}, SQSPollerPolicy: {QueueName: q}}]")


def test_a_managed_policy_must_be_one_that_is_here(read_function: ReadFunction) -> None:
    with pytest.raises(UnknownManagedPolicy, match="AWSLambdaBasicExecutionRole, "):
        read_function("Policies: [AmazonRDSFullAccess]")
    with pytest.raises(UnknownManagedPolicy, match="service-role"):
        read_function("Policies: ['arn:aws:iam::aws:policy/AWSLambdaSQSQueueExecutionRole']".replace("/AWS", "/service-role/x/AWS"))  # fmt: skip # noqa: E501


def test_a_role_must_trust_lambda(read_function: ReadFunction) -> None:
    role = "R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}\n"

    with pytest.raises(errors.PropertiesContradict, match="cannot be assumed by Lambda: R, of Worker"):
        read_function("Role: !GetAtt R.Arn", resources=role)


def test_with_a_role_sam_adds_nothing_and_ignores_policies(read: Read) -> None:
    template = read(
        f"Resources:\n{FUNCTION}      Role: !GetAtt R.Arn\n      Policies: [AdministratorAccess]\n"
        f"  R: {{Type: AWS::IAM::Role, Properties: {{{TRUST}}}}}\n"
    )

    role = template.permissions.roles["Worker"]
    assert (role.statements, role.declared_in) == ((), "R")
    assert any("Worker has a Role: SAM ignores its Policies" in warning for warning in template.warnings)


def test_a_function_may_use_the_role_of_another_and_none_from_outside(read: Read) -> None:
    other = FUNCTION.replace("Worker", "Other")

    template = read(
        f"Resources:\n{FUNCTION}      Role: !GetAtt OtherRole.Arn\n{other}      Policies: AmazonSQSFullAccess\n"
    )

    assert template.permissions.roles["Worker"].statements == template.permissions.roles["Other"].statements
    with pytest.raises(errors.SourceOutside, match="nothing in this template"):
        read(f"Resources:\n{FUNCTION}      Role: arn:aws:iam::123456789012:role/elsewhere\n")
