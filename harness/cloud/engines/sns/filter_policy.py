"""Filter policies: which messages a subscription wants.

The operators are those of event patterns, and arrays are treated as there. What differs: a
policy looks at message attributes or at the message's body, it has limits of its own, and it
knows fewer forms of the operators. A key with dots means the field below as well.

Left out: that a change takes up to 15 minutes; the position in AWS's messages.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

import json
from collections.abc import Mapping
from typing import Any

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.filter_limits import FilterPolicyError, check_limits, is_alternatives
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sqs.message import AttributeValue
from harness.cloud.patterns import EventPattern, InvalidEventPatternError

MESSAGE_ATTRIBUTES = "MessageAttributes"
MESSAGE_BODY = "MessageBody"
SCOPES = (MESSAGE_ATTRIBUTES, MESSAGE_BODY)

_WITH_TEXT = ("prefix", "suffix", "equals-ignore-case", "wildcard", "cidr")
_INSIDE_ANYTHING_BUT = ("prefix", "suffix", "wildcard")
_PATTERN_ERROR = "Event pattern is not valid. Reason: "


class FilterPolicy:
    """A filter policy, ready to be asked.

    Attributes:
        scope: what it looks at.
    """

    def __init__(self, text: str, scope: str) -> None:
        """Reads a policy.

        Raises:
            FilterPolicyError: SNS refuses it.
        """
        self.scope = scope
        try:
            policy = _read(text)
            _check_values(policy)
            self._pattern = EventPattern(_normal(policy, dots=scope == MESSAGE_BODY))
        except InvalidEventPatternError as error:
            raise FilterPolicyError(f"FilterPolicy: {str(error).removeprefix(_PATTERN_ERROR)}") from None
        except RecursionError:
            raise FilterPolicyError("FilterPolicy: Filter policy is too complex") from None
        except FilterPolicyError as error:
            raise FilterPolicyError(f"FilterPolicy: {error}") from None
        if scope == MESSAGE_ATTRIBUTES and _is_nested(policy):
            raise FilterPolicyError("Filter policy scope MessageAttributes does not support nested filter policy")

    def wants(self, message: Published, protocol: str) -> bool:
        """Whether the subscription gets this message.

        Args:
            protocol: of the subscription: its text is the body.
        """
        if self.scope == MESSAGE_ATTRIBUTES:
            return self._pattern.matches(_attributes(message.attributes))
        try:
            body = _normal(json.loads(message.text_for(protocol)), dots=True)
        except (ValueError, RecursionError):
            return False
        return isinstance(body, dict) and self._pattern.matches(body)


def _read(text: str) -> dict[str, Any]:
    if len(text.encode()) > quotas.FILTER_POLICY_BYTES:
        raise FilterPolicyError("Filter policy is too long")
    try:
        policy = json.loads(text)
    except ValueError:
        raise FilterPolicyError("failed to parse JSON.") from None
    if not isinstance(policy, dict):
        raise FilterPolicyError("Filter policy must be a JSON object")
    check_limits(policy)
    return policy


def _is_nested(policy: Mapping[str, Any]) -> bool:
    return any(
        any(_is_nested(each) for each in wanted) if is_alternatives(key, wanted) else isinstance(wanted, Mapping)
        for key, wanted in policy.items()
    )


def _check_values(policy: Mapping[str, Any]) -> None:
    """Refuses the forms of operators that event patterns have and filter policies lack."""
    for key, wanted in policy.items():
        if is_alternatives(key, wanted):
            for alternative in wanted:
                _check_values(alternative)
        elif isinstance(wanted, Mapping):
            _check_values(wanted)
        elif isinstance(wanted, list):
            for value in wanted:
                if isinstance(value, Mapping):
                    _check_operator(value)


def _check_operator(value: Mapping[str, Any]) -> None:
    for name, operand in value.items():
        if name in _WITH_TEXT and not isinstance(operand, str):
            raise FilterPolicyError(f"{name} match pattern must be a string")
        if name == "anything-but" and isinstance(operand, Mapping):
            for inner, text in operand.items():
                if inner not in _INSIDE_ANYTHING_BUT:
                    raise FilterPolicyError(f"Unsupported anything-but pattern: {inner}")
                if not isinstance(text, str):
                    raise FilterPolicyError(f"{inner} match pattern must be a string")


def _normal(node: Any, *, dots: bool) -> Any:
    """The same with numbers to five digits and, if asked for, `{"a.b": x}` as `{"a": {"b": x}}`."""
    if isinstance(node, list):
        return [_normal(each, dots=dots) for each in node]
    if isinstance(node, float):
        return round(node, quotas.FILTER_POLICY_DIGITS)
    if not isinstance(node, dict):
        return node
    content: dict[str, Any] = {}
    for key, value in node.items():
        inner = _normal(value, dots=dots)
        first, _, rest = key.partition(".") if dots else (key, "", "")
        if rest and first:
            key, inner = first, _normal({rest: inner}, dots=True)
        content[key] = _joined(content[key], inner) if key in content else inner
    return content


def _joined(first: Any, second: Any) -> Any:
    """Two values for one field: `{"a": {"b": 1}, "a.c": 2}` has both below `a`."""
    if isinstance(first, dict) and isinstance(second, dict):
        content = dict(first)
        for key, value in second.items():
            content[key] = _joined(content[key], value) if key in content else value
        return content
    return [first, second]


def _attributes(attributes: dict[str, AttributeValue]) -> dict[str, Any]:
    """Message attributes as an event; binary ones are not there.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
    """
    event: dict[str, Any] = {}
    for name, attribute in attributes.items():
        text = attribute.string_value
        if text is None:
            continue
        if attribute.data_type == "Number" or attribute.data_type.startswith("Number."):
            event[name] = round(float(text), quotas.FILTER_POLICY_DIGITS)
        elif attribute.data_type == "String.Array":
            event[name] = json.loads(text)
        else:
            event[name] = text
    return event
