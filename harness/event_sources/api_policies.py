"""The IAM policy that a Lambda authorizer returns, and what it says of one method of an API.

An explicit Deny wins, nothing said is a denial. Left out: conditions (the answer is then 500,
and the trace says why).

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from enum import Enum
from typing import Any

ACTION = "execute-api:Invoke"
_KNOWN = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"})


class Decision(Enum):
    """What a policy says."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    UNSAID = "not allowed"


class PolicyMalformed(Exception):
    """The document is no policy."""


def decide(document: Any, resource: str) -> Decision:
    """What a policy document says of invoking a method.

    Args:
        resource: ARN of the method with the request's path.

    Raises:
        PolicyMalformed: AWS would not accept the document.
    """
    effects = {
        statement["Effect"]
        for statement in _statements(document)
        if _covers(statement, "Action", ACTION, ignore_case=True) and _covers(statement, "Resource", resource)
    }
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.UNSAID


def _statements(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict) or "Statement" not in document:
        raise PolicyMalformed("policyDocument has no Statement")
    found = document["Statement"]
    statements: list[dict[str, Any]] = found if isinstance(found, list) else [found]
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyMalformed("a Statement has no Effect Allow or Deny")
        if "Condition" in statement:
            raise PolicyMalformed("a Statement has a Condition, which this simulator does not evaluate")
        if set(statement) - _KNOWN:
            raise PolicyMalformed(f"a Statement has the unknown keys {sorted(set(statement) - _KNOWN)}")
    return statements


def _covers(statement: dict[str, Any], key: str, value: str, *, ignore_case: bool = False) -> bool:
    negated = f"Not{key}" in statement
    given = statement.get(f"Not{key}" if negated else key)
    patterns = given if isinstance(given, list) else [given]
    listed = [pattern for pattern in patterns if isinstance(pattern, str)]
    if not listed or len(listed) < len(patterns):
        raise PolicyMalformed(f"a Statement has no {key}")
    if ignore_case:
        value, listed = value.lower(), [pattern.lower() for pattern in listed]
    return any(matches(pattern, value) for pattern in listed) is not negated


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern with `*` and `?`; `*` also spans slashes and colons.

    Never takes longer than the product of both lengths.
    """
    at, star, mark = 0, -1, 0
    position = 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark, at = at, position, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[position]):
            at, position = at + 1, position + 1
        elif star >= 0:
            mark += 1
            at, position = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("*")
