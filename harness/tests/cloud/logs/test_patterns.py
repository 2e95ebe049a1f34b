"""Filter patterns of CloudWatch Logs."""

import pytest

from harness.cloud.engines.logs.patterns import PatternRefused, compiled


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR here", True),
        ("ERROR", "an error here", False),
        ("ERROR order", "order failed: ERROR", True),
        ('"order failed"', "failed order", False),
        ("ERROR -retry", "ERROR, retry follows", False),
        ("?ERROR ?WARN", "a WARNing", True),
        ("?ERROR ?WARN", "all is well", False),
        ('{ $.level = "ERROR" }', '{"level": "ERROR"}', True),
        ('{ $.level = "ERR*" }', '{"level": "ERROR"}', True),
        ('{ $.level != "ERROR" }', '{"level": "INFO"}', True),
        ('{ $.level != "ERROR" }', "{}", False),
        ("{ $.order.total > 99.5 }", '{"order": {"total": 100}}', True),
        ("{ $.order.total > 99.5 }", '{"order": {"total": "100"}}', False),
        ('{ $.a = 1 && $.b = "x" || $.c = true }', '{"c": true}', True),
        ('{ $.a = 1 && $.b = "x" }', '{"a": 1, "b": "y"}', False),
        ("{ $.a = 1 }", "no JSON", False),
    ],
)
def test_a_pattern_matches(pattern: str, message: str, matches: bool) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""
    assert compiled(pattern)(message) is matches


@pytest.mark.parametrize("pattern", ["[ip, user]", "%regular%", "{ $.a IS NULL }", "{ ($.a = 1) }", "{ $.a > x }"])
def test_what_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compiled(pattern)
