"""Whether a resource's own policy lets an AWS service act on it.

Only what such policies say in templates: Effect, Principal, Action, Resource, and the conditions
on aws:SourceArn and aws:SourceAccount. A condition on anything else is not met.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_SAME = ("StringEquals", "ArnEquals", "StringLike", "ArnLike")


@dataclass(frozen=True, kw_only=True)
class Access:
    """Somebody wants to do something.

    Attributes:
        service: principal, as in "events.amazonaws.com".
        action: as in "sqs:SendMessage".
        resource: ARN of what it is done to.
        source_arn: ARN of the rule, topic or bucket on whose behalf.
    """

    service: str
    action: str
    resource: str
    source_arn: str
    source_account: str


def allows(statements: Iterable[Any], access: Access) -> bool:
    """Whether one statement allows it and none denies it."""
    effects = [each.get("Effect") for each in statements if isinstance(each, Mapping) and _applies(each, access)]
    return "Allow" in effects and "Deny" not in effects


def statements_of(document: Any) -> list[Any]:
    """The statements of a policy document; [] if it is none."""
    statement = document.get("Statement", []) if isinstance(document, Mapping) else []
    return list(statement) if isinstance(statement, list | tuple) else [statement]


def _applies(statement: Mapping[str, Any], access: Access) -> bool:
    actions = [str(each).lower() for each in _list(statement.get("Action"))]
    excluded = "NotPrincipal" in statement
    return (
        _is_principal(statement.get("NotPrincipal" if excluded else "Principal"), access.service) is not excluded
        and any(_like(access.action.lower(), each) for each in actions)
        and any(_like(access.resource, str(each)) for each in _list(statement.get("Resource", "*")))
        and all(_is_met(name, keys, access) for name, keys in _items(statement.get("Condition")))
    )


def _is_principal(principal: Any, service: str) -> bool:
    if not isinstance(principal, Mapping):
        return bool(principal == "*")
    return service in _list(principal.get("Service")) or "*" in _list(principal.get("AWS"))


def _is_met(operator: str, keys: Any, access: Access) -> bool:
    facts = {"aws:sourcearn": access.source_arn, "aws:sourceaccount": access.source_account}
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    if name not in _SAME or not isinstance(keys, Mapping):
        return False
    equal = str.__eq__ if name == "StringEquals" else _like
    return all(
        key.lower() in facts and any(equal(facts[key.lower()], str(each)) for each in _list(values))
        for key, values in keys.items()
    )


def _items(condition: Any) -> list[tuple[str, Any]]:
    return list(condition.items()) if isinstance(condition, Mapping) else []


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _like(text: str, pattern: str) -> bool:
    """`*` and `?` as in IAM; brackets mean themselves."""
    return fnmatch.fnmatchcase(text, re.sub(r"\[", "[[]", pattern))
