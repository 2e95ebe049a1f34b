"""Conditions of listener rules: wildcards, case, and what of a request they look at."""

from typing import Any

import pytest

from harness.cloud.template.balancer_rules import BalancerRefused, action_of, conditions_of
from harness.cloud.template.model_balancer import ForwardSpec, RuleSpec
from harness.event_sources.balancer_events import BalancedRequest
from harness.event_sources.balancer_matching import first_match, holds, matches, normalized


def request(path: str = "/", query: str = "", method: str = "GET", **headers: str) -> BalancedRequest:
    lines = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return BalancedRequest(method, "Shop.example.com:80", path, query, lines, b"", "203.0.113.10", "http", 80)


def condition(field: str, *values: str, **more: Any) -> Any:
    return conditions_of([{"Field": field, "Values": list(values), **more}])[0]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("/orders/*", "/orders/1/lines", True),
        ("/orders/*", "/orders", False),
        ("/orders*", "/orders-archive", True),
        ("/img/?.png", "/img/a.png", True),
        ("/img/?.png", "/img/ab.png", False),
        ("*", "", True),
        ("", "", True),
        ("", "/", False),
        ("/*/b*c", "/a/b/b/c", True),
        ("**a**", "bab", True),
    ],
)
def test_a_star_stands_for_any_text_and_a_question_mark_for_one_character(
    pattern: str, text: str, expected: bool
) -> None:
    assert matches(pattern, text) is expected


def test_a_pattern_full_of_stars_is_answered_at_once() -> None:
    assert not matches("*a" * 60, "a" * 4000 + "b" * 10 + "c")


def test_a_literal_star_is_escaped_in_a_query_string() -> None:
    assert matches(r"2\*3", "2*3", escapes=True)
    assert not matches(r"2\*3", "2x3", escapes=True)
    assert matches(r"why\?", "why?", escapes=True)


def test_the_path_counts_case_and_leaves_the_query_out() -> None:
    assert holds(condition("path-pattern", "/Orders"), request("/Orders", "a=1"))
    assert not holds(condition("path-pattern", "/Orders"), request("/orders"))


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/a/../orders", "/orders"), ("/%6Frders", "/orders"), ("/a%2fb", "/a%2Fb"), ("/a/.", "/a/"), ("/../..", "/")],
)
def test_a_path_is_normalized_before_it_is_compared(path: str, seen: str) -> None:
    assert normalized(path) == seen


def test_host_and_header_compare_without_case() -> None:
    assert holds(condition("host-header", "*.EXAMPLE.com"), request())
    header = condition("http-header", HttpHeaderConfig={"HttpHeaderName": "X-Till", "Values": ["Old-*"]})
    assert holds(header, request(x_till="old-7"))
    assert not holds(header, request(x_till="new-7"))
    assert not holds(header, request())


def test_a_method_is_compared_exactly() -> None:
    assert holds(condition("http-request-method", "PUT", "POST"), request(method="POST"))
    assert not holds(condition("http-request-method", "PUT"), request(method="GET"))


def test_a_query_condition_asks_for_a_pair_or_for_a_value_of_any_key() -> None:
    pairs = condition("query-string", QueryStringConfig={"Values": [{"Key": "v", "Value": "2"}, {"Value": "beta"}]})

    assert holds(pairs, request(query="a=1&V=2"))
    assert holds(pairs, request(query="x=BETA"))
    assert not holds(pairs, request(query="v=1"))


def test_the_source_is_compared_with_blocks_of_addresses() -> None:
    assert holds(condition("source-ip", "10.0.0.0/8", "203.0.113.0/24"), request())
    assert not holds(condition("source-ip", "10.0.0.0/8"), request())


def test_every_condition_of_a_rule_must_hold() -> None:
    both = conditions_of([
        {"Field": "path-pattern", "Values": ["/a"]},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
    ])  # fmt: skip
    rule = RuleSpec(
        logical_id="R", arn="r", listener_arn="l", priority=1, conditions=both,
        action=action_of([{"Type": "forward", "TargetGroupArn": "g"}]),
    )  # fmt: skip

    assert first_match([rule], request("/a", method="POST")) is rule
    assert first_match([rule], request("/a")) is None


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ([], "must be specified"),
        ([{"Field": "path-pattern", "Values": ["/a"]}, {"Field": "path-pattern", "Values": ["/b"]}], "only one"),
        ([{"Field": "path-pattern", "Values": list("/abcde")}], "at most 5 condition values"),
        ([{"Field": "path-pattern", "Values": ["/******"]}], "at most 5 wildcards"),
        ([{"Field": "source-ip", "Values": ["home"]}], "CIDR block 'home' is not valid"),
        ([{"Field": "host-header", "Values": ["nodot"]}], "host header 'nodot' is not valid"),
        ([{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a"]}}], "no RegexValues"),
        ([{"Field": "weather", "Values": ["sun"]}], "must be one of"),
        ([{"Field": "path-pattern", "PathPatternConfig": "x"}], "must be a structure"),
    ],
)
def test_conditions_that_aws_refuses_are_refused(conditions: Any, message: str) -> None:
    with pytest.raises(BalancerRefused, match=message):
        conditions_of(conditions)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"Type": "forward"}, "needs a target group"),
        ({"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "g", "Weight": 1000}]}}, "Weight"),
        ({"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}, "leads back"),
        ({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "302"}}, "2XX, 4XX or 5XX"),
        ({"Type": "authenticate-oidc"}, "no action of type authenticate-oidc"),
    ],
)
def test_actions_that_aws_refuses_are_refused(action: Any, message: str) -> None:
    with pytest.raises(BalancerRefused, match=message):
        action_of([action])


def test_a_group_without_a_weight_weighs_one_and_stickiness_must_say_how_long() -> None:
    config = {"TargetGroups": [{"TargetGroupArn": "a"}, {"TargetGroupArn": "b", "Weight": "3"}]}
    action = action_of([{"Type": "forward", "ForwardConfig": config}])

    assert isinstance(action, ForwardSpec)
    assert [(group.arn, group.weight) for group in action.groups] == [("a", 1), ("b", 3)]
    with pytest.raises(BalancerRefused, match="DurationSeconds"):
        action_of([
            {"Type": "forward", "ForwardConfig": {**config, "TargetGroupStickinessConfig": {"Enabled": True}}}
        ])  # fmt: skip
