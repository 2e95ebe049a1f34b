"""Patterns of policies: `*` is any text, `?` any character, and nothing else means more than itself.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import functools
import re

_ARN_PARTS = 6


def like(text: str, pattern: str) -> bool:
    """Whether the whole text matches, capitals being different letters."""
    return text == pattern or bool(_compiled(pattern).fullmatch(text))


def is_action(action: str, pattern: str) -> bool:
    """Whether the pattern names the action; capitals make no difference."""
    return pattern == "*" or like(action.lower(), pattern.lower())


def is_resource(arn: str, pattern: str) -> bool:
    """Whether the pattern names the resource: part by part, so that a `*` ends at a colon of the ARN's head."""
    if pattern in ("*", arn):
        return True
    parts, patterns = arn.split(":", _ARN_PARTS - 1), pattern.split(":", _ARN_PARTS - 1)
    if len(parts) == len(patterns) == _ARN_PARTS:
        return all(like(part, each) for part, each in zip(parts, patterns, strict=True))
    return like(arn, pattern)


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    text = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(re.sub(r"(\.\*)+", ".*", text), re.DOTALL)
