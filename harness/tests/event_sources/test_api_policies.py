"""Policies of authorizers: wildcards, what wins, and what is no policy."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.event_sources.api_policies import Decision, PolicyMalformed, decide, matches

ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1/Prod/GET/orders/7"


def statement(**changed: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", **changed}


def without(key: str, **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in statement(**changed).items() if name != key}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (ARN, True),
        ("*", True),
        ("arn:aws:execute-api:*:*:a1/Prod/*", True),
        ("arn:aws:execute-api:*:*:a1/*/GET/orders/?", True),
        ("arn:aws:execute-api:*:*:a1/*/GET/orders/??", False),
        ("arn:aws:execute-api:*:*:a1/Prod/GET/orders", False),
        ("arn:aws:execute-api:*:*:A1/*", False),
        ("*/POST/*", False),
        ("", False),
    ],
)
def test_a_resource_is_matched_with_wildcards(pattern: str, expected: bool) -> None:
    assert matches(pattern, ARN) is expected


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_mean_what_they_mean_in_a_regular_expression(pattern: str, text: str) -> None:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    assert matches(pattern, text) is bool(re.fullmatch(expression, text))


def test_many_wildcards_take_no_time() -> None:
    assert matches("*a" * 500, "a" * 1000 + "b") is False


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([statement()], Decision.ALLOWED),
        (statement(), Decision.ALLOWED),
        ([statement(), statement(Effect="Deny")], Decision.DENIED),
        ([statement(Effect="Deny", Resource="*/POST/*"), statement()], Decision.ALLOWED),
        ([statement(Action="EXECUTE-API:invoke")], Decision.ALLOWED),
        ([statement(Action=["s3:*", "execute-api:*"])], Decision.ALLOWED),
        ([statement(Action="s3:*")], Decision.UNSAID),
        ([statement(Resource="*/POST/*")], Decision.UNSAID),
        ([without("Resource", NotResource="*/POST/*")], Decision.ALLOWED),
        ([without("Action", NotAction="execute-api:*")], Decision.UNSAID),
        ([], Decision.UNSAID),
    ],
)
def test_a_deny_wins_and_what_is_not_said_is_not_allowed(statements: Any, expected: Decision) -> None:
    assert decide({"Version": "2012-10-17", "Statement": statements}, ARN) is expected


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "no Statement"),
        ({}, "no Statement"),
        ({"Statement": ["x"]}, "no Effect"),
        ({"Statement": statement(Effect="allow")}, "no Effect"),
        ({"Statement": without("Action")}, "no Action"),
        ({"Statement": statement(Resource=[1])}, "no Resource"),
        ({"Statement": statement(Resource=[])}, "no Resource"),
        ({"Statement": statement(Condition={})}, "Condition, which this simulator does not evaluate"),
        ({"Statement": statement(Principal="*")}, "unknown keys"),
    ],
)
def test_what_is_no_policy_is_refused(document: Any, message: str) -> None:
    with pytest.raises(PolicyMalformed, match=message):
        decide(document, ARN)
