"""Conditions of statements: the operators, and the keys this simulator knows the value of.

A key that is in no request here counts as absent where AWS has it absent, too; every other key is
refused when the template is read, for a condition nobody evaluates would change a verdict.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from harness.cloud.permissions.matching import is_resource, like
from harness.cloud.permissions.statement import Condition

Facts = Mapping[str, tuple[str, ...]]
"""What is known of a request: values by condition key in lower case."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ABSENT = _words(
    "aws:sourcearn aws:sourceaccount aws:sourcevpc aws:sourcevpce aws:vpcsourceip aws:calledvia aws:calledviafirst "
    "aws:calledvialast aws:multifactorauthpresent aws:multifactorauthage aws:federatedprovider aws:username "
    "aws:sourceidentity aws:referer iam:associatedresourcearn"
)
"""Keys that a call of a function outside a VPC does not have on AWS either."""

OF_EVERY_CALL = _words(
    "aws:principalarn aws:principalaccount aws:principaltype aws:userid aws:requestedregion aws:securetransport "
    "aws:currenttime aws:epochtime aws:viaawsservice aws:resourceaccount aws:principalisawsservice "
    "lambda:sourcefunctionarn"
)
OF_SERVICES = _words(
    "dynamodb:leadingkeys dynamodb:attributes dynamodb:select dynamodb:returnvalues dynamodb:enclosingoperation "
    "s3:prefix s3:delimiter s3:max-keys s3:versionid s3:x-amz-acl s3:x-amz-storage-class "
    "s3:x-amz-server-side-encryption s3:resourceaccount sns:protocol sns:endpoint events:source events:detail-type "
    "cloudwatch:namespace ecs:cluster iam:passedtoservice"
)
KNOWN_KEYS = frozenset((*ABSENT, *OF_EVERY_CALL, *OF_SERVICES))


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?", text) else float("nan")


def _instant(text: str) -> float:
    """Unix seconds of a date, or of seconds written as a number."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return float("nan")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _compared(read: Callable[[str], float], holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda fact, value: holds(read(fact), read(value))


def _folded(fact: str, value: str) -> bool:
    return fact.casefold() == value.casefold()


_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": _folded,
    "StringLike": like,
    "ArnEquals": is_resource,
    "ArnLike": is_resource,
    "Bool": _folded,
    **{
        f"{kind}{name}": _compared(read, holds)
        for kind, read in (("Numeric", _number), ("Date", _instant))
        for name, holds in {
            "Equals": float.__eq__,
            "LessThan": float.__lt__,
            "LessThanEquals": float.__le__,
            "GreaterThan": float.__gt__,
            "GreaterThanEquals": float.__ge__,
        }.items()
    },
}
_NEGATIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
OPERATORS = (*_POSITIVE, *_NEGATIVE, "Null")


def is_met(condition: Condition, facts: Facts) -> bool:
    """Whether the request meets it."""
    found = facts.get(condition.key, ())
    if condition.operator == "Null":
        return any(_folded("false" if found else "true", value) for value in condition.values)
    if not found:
        return _without_value(condition)
    negative = condition.operator in _NEGATIVE
    compare = _POSITIVE[_NEGATIVE.get(condition.operator, condition.operator)]

    def holds(fact: str) -> bool:
        return any(compare(fact, value) for value in condition.values) is not negative

    return all(map(holds, found)) if condition.quantifier == "ForAllValues" else any(map(holds, found))


def _without_value(condition: Condition) -> bool:
    """A key that the request does not have.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    if condition.quantifier == "ForAnyValue":
        return condition.if_exists
    return condition.if_exists or condition.quantifier == "ForAllValues" or condition.operator in _NEGATIVE
