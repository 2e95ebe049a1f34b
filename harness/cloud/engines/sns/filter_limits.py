"""How large and how complex a filter policy may be.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from harness.cloud.engines.sns import quotas


class FilterPolicyError(ValueError):
    """SNS refuses a filter policy; the text says why in its words."""


def check_limits(policy: Mapping[str, Any]) -> None:
    """Returns if the policy is within the limits.

    Raises:
        FilterPolicyError: too many keys or combinations, or a number too large.
    """
    if len(set(_keys(policy))) > quotas.FILTER_POLICY_KEYS:
        raise FilterPolicyError(f"Filter policy can not have more than {quotas.FILTER_POLICY_KEYS} keys")
    if _combinations(policy, 1) > quotas.FILTER_POLICY_COMBINATIONS:
        raise FilterPolicyError("Filter policy is too complex")
    for number in _numbers(policy):
        if not abs(number) <= quotas.FILTER_POLICY_LARGEST_NUMBER:
            raise FilterPolicyError("Value must be between -1.0E9 and 1.0E9, inclusive")


def is_alternatives(key: str, wanted: Any) -> bool:
    """Whether this is `$or` over alternatives."""
    return key == "$or" and isinstance(wanted, list) and all(isinstance(each, Mapping) for each in wanted)


def _keys(policy: Mapping[str, Any]) -> Iterator[str]:
    """The keys at the top level, those below `$or` in its place."""
    for key, wanted in policy.items():
        if is_alternatives(key, wanted):
            for alternative in wanted:
                yield from _keys(alternative)
        else:
            yield key


def _combinations(policy: Mapping[str, Any], level: int) -> int:
    """Values of each key times its level, multiplied over the keys; alternatives are added up."""
    factors = []
    for key, wanted in policy.items():
        if is_alternatives(key, wanted):
            factors.append(sum(_combinations(alternative, level) for alternative in wanted))
        elif isinstance(wanted, Mapping):
            factors.append(_combinations(wanted, level + 1))
        elif isinstance(wanted, list):
            factors.append(max(1, len(wanted)) * level)
    return math.prod(factors)


def _numbers(node: Any) -> Iterator[float]:
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _numbers(each)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield node
