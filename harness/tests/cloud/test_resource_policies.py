"""Policies of queues and topics: whom they let in."""

from typing import Any

import pytest

from harness.cloud.resource_policies import Access, allows, statements_of

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
RULE = "arn:aws:events:eu-west-1:123456789012:rule/shop/orders"
ACCESS = Access(
    service="events.amazonaws.com",
    action="sqs:SendMessage",
    resource=QUEUE,
    source_arn=RULE,
    source_account="123456789012",
)
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, False),
        ({"Principal": {"AWS": "123456789012"}}, False),
        ({"Action": ["sqs:ReceiveMessage", "SQS:Send*"]}, True),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Resource": "*"}, True),
        ({"Resource": f"{QUEUE}-2"}, False),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": RULE}}}, True),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:events:*:*:rule/shop/*"}}}, True),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/other/*"}}}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": ["1", "123456789012"]}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:events:*"}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Effect": "Deny"}, False),
        ({"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/x"}}, True),
        ({"Principal": None, "NotPrincipal": {"Service": "events.amazonaws.com"}}, False),
    ],
)
def test_a_statement_lets_in_whom_it_names(changed: dict[str, Any], expected: bool) -> None:
    assert allows([ALLOW | changed], ACCESS) is expected


def test_a_denial_outweighs_every_permission() -> None:
    assert not allows([ALLOW, ALLOW | {"Effect": "Deny", "Principal": "*"}], ACCESS)


@pytest.mark.parametrize("document", [None, [], "x", {"Statement": None}, {"Statement": ["x"]}])
def test_what_is_no_policy_allows_nothing(document: Any) -> None:
    assert not allows(statements_of(document), ACCESS)


def test_one_statement_needs_no_list() -> None:
    assert allows(statements_of({"Statement": ALLOW}), ACCESS)
