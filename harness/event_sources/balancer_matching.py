"""Whether a request meets the conditions of a listener rule.

All conditions of a rule must hold, and of each condition one value.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import ipaddress
import re
from collections.abc import Iterable

from harness.cloud.template.model_balancer import ConditionSpec, RuleSpec
from harness.event_sources.balancer_events import BalancedRequest

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


def first_match(rules: Iterable[RuleSpec], request: BalancedRequest) -> RuleSpec | None:
    """The first of these rules that takes the request."""
    return next((rule for rule in rules if all(holds(one, request) for one in rule.conditions)), None)


def holds(condition: ConditionSpec, request: BalancedRequest) -> bool:
    """Whether one of the condition's values fits the request."""
    match condition.field:
        case "path-pattern":  # case counts, the query does not
            return _any(condition.values, [normalized(request.path)], fold=False)
        case "host-header":
            return _any(condition.values, [request.host.partition(":")[0]])
        case "http-header":
            return _any(condition.values, request.values(condition.header.lower()))
        case "http-request-method":
            return request.method in condition.values
        case "query-string":
            return any(_has_pair(key, value, request) for key, value in condition.pairs)
        case "source-ip":
            address = ipaddress.ip_address(request.source_ip)
            return any(address in ipaddress.ip_network(block) for block in condition.values)
    return False


def normalized(path: str) -> str:
    """The path as rules see it: needless escapes undone, dot segments resolved.

    Source: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
    """
    kept: list[str] = []
    segments = _ESCAPE.sub(_plain, path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1:] in ([".."], ["."]):
        kept.append("")
    return "/" + "/".join(kept)


def matches(pattern: str, text: str, *, escapes: bool = False) -> bool:
    r"""Whether a pattern with `*` (any text) and `?` (one character) fits the whole text.

    Takes at most as many steps as both lengths multiplied, whatever the pattern.

    Args:
        escapes: whether `\*` and `\?` in the pattern mean the characters themselves.
    """
    tokens = _tokens(pattern, escapes=escapes)
    reached = {0}
    for token in tokens:
        if not reached:
            return False
        if token == "*":
            reached = set(range(min(reached), len(text) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(text) and token in ("?", text[at], f"\\{text[at]}")}
    return len(text) in reached


def _tokens(pattern: str, *, escapes: bool) -> list[str]:
    tokens: list[str] = []
    for character in pattern:
        if escapes and character in "*?\\" and tokens and tokens[-1] == "\\":
            tokens[-1] = f"\\{character}"
        else:
            tokens.append(character)
    return tokens


def _any(patterns: Iterable[str], texts: Iterable[str], *, fold: bool = True) -> bool:
    if fold:
        patterns, texts = [one.lower() for one in patterns], [one.lower() for one in texts]
    return any(matches(pattern, text) for text in texts for pattern in patterns)


def _has_pair(key: str, value: str, request: BalancedRequest) -> bool:
    return any(
        (not key or matches(key.lower(), given_key.lower(), escapes=True))
        and matches(value.lower(), given.lower(), escapes=True)
        for given_key, given in request.pairs
    )


def _plain(escape: re.Match[str]) -> str:
    """%41 is A, whoever wrote it so; %2f is %2F and stays an escape."""
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()
