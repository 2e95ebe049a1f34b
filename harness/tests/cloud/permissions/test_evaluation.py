"""Patterns, conditions and decisions, without a cloud around them."""

import pytest

from harness.cloud.permissions.conditions import is_met
from harness.cloud.permissions.evaluation import Decision, Need, decide
from harness.cloud.permissions.matching import is_action, is_resource
from harness.cloud.permissions.plain import plain_statement
from harness.cloud.permissions.statement import Condition, Role, Statement

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"


def statement(effect: str = "Allow", action: str = "sqs:*", resource: str = "*", **more: object) -> Statement:
    return plain_statement({"Effect": effect, "Action": action, "Resource": resource, **more}, "a policy")


def role(*statements: Statement) -> Role:
    return Role(
        owner="F", session="f", name="r", arn="arn:aws:iam::123456789012:role/r", account_id="123456789012",
        statements=statements,
    )  # fmt: skip


# ---- patterns --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "arn", "same"),
    [
        ("*", QUEUE, True),
        (QUEUE, QUEUE, True),
        ("arn:aws:sqs:*:*:jobs", QUEUE, True),
        ("arn:aws:sqs:*:*:j?bs", QUEUE, True),
        ("arn:aws:sqs:*", QUEUE, True),
        ("arn:aws:sqs:eu-west-1:123456789012:JOBS", QUEUE, False),
        ("arn:aws:s3:::photos/*", "arn:aws:s3:::photos/a/b:c", True),
        ("arn:aws:s3:::photos/*", "arn:aws:s3:::photos", False),
        ("arn:aws:s3:::photos*", "arn:aws:s3:::photos/a", True),
        ("arn:aws:s3:::[photos]", "arn:aws:s3:::p", False),
        ("arn:aws:lambda:*:*:function:live:*", "arn:aws:lambda:eu-west-1:1:function:live", False),
        ("arn:aws:lambda:*:*:function:live*", "arn:aws:lambda:eu-west-1:1:function:live:now", True),
        (QUEUE, "*", False),
    ],
)
def test_a_pattern_names_resources_part_by_part(pattern: str, arn: str, same: bool) -> None:
    assert is_resource(arn, pattern) is same


def test_actions_are_the_same_in_any_case() -> None:
    assert is_action("dynamodb:PutItem", "DynamoDB:put*")
    assert not is_action("dynamodb:PutItem", "dynamodb:Put")


# ---- decisions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spared", "allowed"), [("role/r", True), ("role/other", False)])
def test_a_deny_with_not_principal_spares_only_those_it_names(spared: str, allowed: bool) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
    deny = statement("Deny", NotPrincipal={"AWS": f"arn:aws:iam::123456789012:{spared}"})

    assert decide(role(statement()), Need("sqs:SendMessage", QUEUE), [deny]).allowed is allowed


def test_nothing_is_allowed_that_no_statement_allows() -> None:
    assert decide(role(), Need("sqs:SendMessage", QUEUE)) == Decision(False, True)


def test_a_deny_counts_more_than_any_number_of_allows() -> None:
    deny = statement("Deny", "*", QUEUE)

    assert decide(role(statement(), deny, statement()), Need("sqs:SendMessage", QUEUE)).denied_by is deny


def test_what_is_not_named_is_meant_by_not_action_and_not_resource() -> None:
    others = plain_statement({"Effect": "Allow", "NotAction": "sqs:Purge*", "NotResource": f"{QUEUE}-*"}, "")

    def may(action: str, resource: str) -> bool:
        return decide(role(others), Need(action, resource)).allowed

    assert may("sqs:SendMessage", QUEUE)
    assert may("s3:GetObject", "arn:aws:s3:::b/k")
    assert not may("sqs:PurgeQueue", QUEUE)
    assert not may("sqs:SendMessage", f"{QUEUE}-dead")


def test_a_decision_that_rests_on_no_condition_is_firm() -> None:
    conditional = statement(Condition={"Bool": {"aws:SecureTransport": "true"}})
    facts = {"aws:securetransport": ("true",)}

    assert decide(role(statement()), Need("sqs:SendMessage", QUEUE)).firm
    assert decide(role(conditional), Need("sqs:SendMessage", QUEUE, lambda: facts)) == Decision(True, False)
    assert decide(role(conditional), Need("s3:GetObject", "arn:aws:s3:::b/k")).firm


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ("*", True),
        ({"AWS": "arn:aws:iam::123456789012:role/r"}, True),
        ({"AWS": ["arn:aws:sts::123456789012:assumed-role/r/f"]}, True),
        ({"AWS": "123456789012"}, False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, False),
        ({"Service": "lambda.amazonaws.com"}, False),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, False),
    ],
)
def test_a_resources_policy_allows_whom_it_names(principal: object, allowed: bool) -> None:
    policy = statement(Principal=principal)

    assert decide(role(), Need("sqs:SendMessage", QUEUE), [policy]).allowed is allowed


def test_a_resources_policy_denies_to_the_whole_account() -> None:
    policy = statement("Deny", Principal={"AWS": "123456789012"})

    decision = decide(role(statement()), Need("sqs:SendMessage", QUEUE), [policy])

    assert (decision.allowed, decision.by_resource) == (False, True)


# ---- conditions ------------------------------------------------------------------------------------------

FACTS = {
    "dynamodb:leadingkeys": ("a-1", "a-2"),
    "s3:prefix": ("home/ann/",),
    "s3:max-keys": ("10",),
    "aws:currenttime": ("2026-01-05T00:00:00Z",),
    "aws:principalarn": ("arn:aws:iam::1:role/r",),
}


def condition(text: str, key: str, *values: str) -> Condition:
    (found,) = plain_statement({"Condition": {text: {key: list(values)}}}, "").conditions
    return found


@pytest.mark.parametrize(
    ("operator", "key", "values", "met"),
    [
        ("StringEquals", "s3:prefix", ["x", "home/ann/"], True),
        ("StringEquals", "s3:prefix", ["HOME/ANN/"], False),
        ("StringEqualsIgnoreCase", "s3:prefix", ["HOME/ANN/"], True),
        ("StringNotEquals", "s3:prefix", ["x", "home/ann/"], False),
        ("StringNotEquals", "s3:prefix", ["x", "y"], True),
        ("StringLike", "S3:Prefix", ["home/*/"], True),
        ("StringNotLike", "s3:prefix", ["home/*"], False),
        ("NumericLessThan", "s3:max-keys", ["10"], False),
        ("NumericLessThanEquals", "s3:max-keys", ["10"], True),
        ("NumericGreaterThan", "s3:max-keys", ["9.5"], True),
        ("NumericNotEquals", "s3:max-keys", ["9"], True),
        ("NumericEquals", "s3:max-keys", ["ten"], False),
        ("DateGreaterThan", "aws:CurrentTime", ["2026-01-01T00:00:00Z"], True),
        ("DateLessThan", "aws:CurrentTime", ["1767225600"], False),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/*"], True),
        ("ArnEquals", "aws:PrincipalArn", ["arn:aws:iam::2:role/r"], False),
        ("Null", "s3:prefix", ["false"], True),
        ("Null", "s3:delimiter", ["true"], True),
        ("Null", "s3:prefix", ["true"], False),
        ("StringEquals", "s3:delimiter", ["/"], False),
        ("StringEqualsIfExists", "s3:delimiter", ["/"], True),
        ("StringNotEquals", "s3:delimiter", ["/"], True),
        ("ForAllValues:StringEquals", "dynamodb:LeadingKeys", ["a-1", "a-2", "a-3"], True),
        ("ForAllValues:StringEquals", "dynamodb:LeadingKeys", ["a-1"], False),
        ("ForAnyValue:StringEquals", "dynamodb:LeadingKeys", ["a-1"], True),
        ("ForAnyValue:StringLike", "dynamodb:LeadingKeys", ["b-*"], False),
        ("ForAllValues:StringEquals", "s3:delimiter", ["/"], True),
        ("ForAnyValue:StringEquals", "s3:delimiter", ["/"], False),
    ],
)
def test_a_condition_is_met_as_iam_meets_it(operator: str, key: str, values: list[str], met: bool) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    assert is_met(condition(operator, key, *values), FACTS) is met
