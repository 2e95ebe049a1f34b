"""Reads policy documents of a template, and refuses what IAM refuses, by line.

Also refused: conditions on keys that this simulator cannot know, and policy variables. What
stands in a policy template or managed policy is read without complaint: there such a condition
is simply not met.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from typing import Any

from harness.cloud.permissions.conditions import KNOWN_KEYS, OPERATORS
from harness.cloud.permissions.plain import operator_parts, plain_statement, texts
from harness.cloud.permissions.statement import Statement
from harness.cloud.template.errors import TemplateError, did_you_mean
from harness.cloud.template.shapes import Spot, as_text, described
from harness.cloud.template.tree import Items, Map

PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"
_ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
_PRINCIPALS = ("Principal", "NotPrincipal")
_VERSIONS = ("2012-10-17", "2008-10-17")
_QUANTIFIERS = ("ForAllValues", "ForAnyValue")
_ACTION = r"[a-zA-Z0-9-]+:[a-zA-Z0-9*?_]+"
_ARN = r"arn:[^:]*:[^:]+:[^:]*:[^:]*:.+|arn:.*\*"


class PolicyMalformed(TemplateError):
    """A policy document that IAM does not take."""


class ConditionNotEvaluated(TemplateError):
    """A condition that IAM takes, and that nobody can decide here."""


def read_document(document: Any, spot: Spot, policy: str) -> tuple[Statement, ...]:
    """The statements of a policy document.

    Args:
        spot: where the document stands.
        policy: what its statements are said to come from.

    Raises:
        PolicyMalformed: IAM refuses it.
        ConditionNotEvaluated: a condition cannot be decided here.
    """
    if not isinstance(document, Map):
        raise spot.wrong(document, "a mapping of Version and Statement")
    for key in document:
        if key not in ("Version", "Id", "Statement"):
            raise _malformed(spot.below(key, document.key_place(key)), f"has {key} in it", "Version and Statement")
    if "Version" in document and document["Version"] not in _VERSIONS:
        version = spot.below("Version", document.value_place("Version"))
        raise version.refused(document["Version"], " or ".join(_VERSIONS))
    if "Statement" not in document:
        raise _malformed(spot, "has no Statement", "a list of statements")
    statements = document["Statement"]
    inside = spot.below("Statement", document.value_place("Statement"))
    if not isinstance(statements, Items):
        return (_statement(statements, inside, policy),)
    return tuple(
        _statement(statement, inside.below(str(number), place), policy)
        for number, (statement, place) in enumerate(zip(statements, statements.places, strict=True))
    )


def _statement(statement: Any, spot: Spot, policy: str) -> Statement:
    if not isinstance(statement, Map):
        raise spot.wrong(statement, "a mapping of Effect, Action and Resource")
    for key in statement:
        if key not in _ELEMENTS:
            inside = spot.below(key, statement.key_place(key))
            if key in _PRINCIPALS:
                raise _malformed(inside, "specifies a principal", "none: the role it belongs to is the principal")
            raise _malformed(inside, f"has {key} in it", f"one of {', '.join(_ELEMENTS)}", key)
    if statement.get("Effect") not in ("Allow", "Deny"):
        found = f"is {described(statement['Effect'])}" if "Effect" in statement else "is missing"
        raise _malformed(_at(spot, statement, "Effect"), found, "Allow or Deny")
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
        if (one in statement) == (other in statement):
            raise _malformed(spot, f"has {'both' if one in statement else 'neither'} {one} and {other}", "one of them")
    _check_names(statement, spot)
    _check_conditions(statement, spot)
    return plain_statement(statement, policy, spot.place.line)


def _check_names(statement: Map, spot: Spot) -> None:
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key not in statement:
            continue
        value, spot_of = statement[key], _at(spot, statement, key)
        if not isinstance(value, Items):
            _check_name(value, key, spot_of)
            continue
        for number, (each, place) in enumerate(zip(value, value.places, strict=True)):
            _check_name(each, key, spot_of.below(str(number), place))


def _check_name(value: Any, key: str, spot: Spot) -> None:
    if isinstance(value, Map | Items):
        raise spot.wrong(value, "a text")
    text = as_text(value)
    if key.endswith("Action"):
        if text != "*" and not re.fullmatch(_ACTION, text):
            raise _malformed(spot, f"is {text!r}", "a service and an action, as in dynamodb:PutItem, or *")
    elif "${" in text:
        raise _not_evaluated(spot, f"the policy variable in {text!r}", "write what it stands for")
    elif text != "*" and not re.fullmatch(_ARN, text, re.DOTALL):
        hint = "write !GetAtt and the queue's Arn: !Ref gives its URL" if "://" in text else ""
        raise _malformed(spot, f"is {text!r}", 'an ARN, or "*"', try_=hint or "write !GetAtt and the Arn")


def _check_conditions(statement: Map, spot: Spot) -> None:
    condition = statement.get("Condition", Map())
    inside = _at(spot, statement, "Condition")
    if not isinstance(condition, Map):
        raise inside.wrong(condition, "a mapping of operators")
    for operator, keys in condition.items():
        quantifier, name, _ = operator_parts(operator)
        at = inside.below(operator, condition.key_place(operator))
        if name not in OPERATORS or quantifier not in ("", *_QUANTIFIERS):
            raise at.error(
                ConditionNotEvaluated, f"{at.path} of {at.resource} is an operator this simulator does not have.",
                expected=f"one of {', '.join(OPERATORS)}; before it ForAllValues: or ForAnyValue:, after it IfExists",
                try_=did_you_mean(name, OPERATORS), see=PAGE,
            )  # fmt: skip
        if not isinstance(keys, Map):
            raise at.wrong(keys, "a mapping of condition keys")
        for key, values in keys.items():
            _check_key(key, values, at.below(key, keys.key_place(key)))


def _check_key(key: str, values: Any, spot: Spot) -> None:
    if key.lower() not in KNOWN_KEYS:
        raise spot.error(
            ConditionNotEvaluated, f"{spot.path} of {spot.resource}: this simulator does not know {key} of a request.",
            expected=f"one of {', '.join(sorted(KNOWN_KEYS))}", try_=did_you_mean(key, KNOWN_KEYS), see=PAGE,
        )  # fmt: skip
    for value in texts(values):
        if "${" in value:
            raise _not_evaluated(spot, f"the policy variable in {value!r}", "write what it stands for")


def _at(spot: Spot, statement: Map, key: str) -> Spot:
    return spot.below(key, statement.value_place(key))


def _malformed(spot: Spot, found: str, expected: str, key: str = "", *, try_: str = "") -> TemplateError:
    return spot.error(
        PolicyMalformed, f"{spot.path} of {spot.resource} {found}.",
        expected=expected, try_=try_ or did_you_mean(key, _ELEMENTS), see=PAGE,
    )  # fmt: skip


def _not_evaluated(spot: Spot, what: str, try_: str) -> TemplateError:
    return spot.error(
        ConditionNotEvaluated, f"{spot.path} of {spot.resource}: this simulator does not evaluate {what}.",
        try_=try_, see=PAGE,
    )  # fmt: skip
