"""Event patterns: what each operator matches, and what AWS refuses."""

from typing import Any

import pytest

from harness.cloud.patterns import EventPattern, InvalidEventPatternError, check_pattern, matches

EVENT = {
    "source": "aws.ec2",
    "detail-type": "State change",
    "resources": ["arn:1", "arn:2"],
    "detail": {
        "state": "running",
        "count": 5,
        "limit": 301.8,
        "account": 123456789012,
        "ip": "10.0.0.33",
        "ipv6": "2001:db8::1",
        "path": "dir/image.PNG",
        "nothing": None,
        "empty": "",
        "none": [],
        "flag": True,
        "tags": [["a", "b"], ["c"]],
        "staff": [{"first": "Anna", "last": "Smith"}, [{"first": "Peter", "last": "Jones", "age": 40}]],
    },
}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        # exact values
        ({"source": ["aws.ec2"]}, True),
        ({"source": ["aws.s3", "aws.ec2"]}, True),
        ({"source": ["AWS.EC2"]}, False),
        ({"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}, False),
        ({"unknown": ["x"]}, False),
        ({"detail": {"flag": [True]}}, True),
        ({"detail": {"flag": ["true"]}}, False),
        ({"detail": {"flag": [1]}}, False),
        ({"detail": {"nothing": [None]}}, True),
        ({"detail": {"empty": [None]}}, False),
        ({"detail": {"empty": [""]}}, True),
        ({"detail": {"nothing": [""]}}, False),
        ({"detail": ["running"]}, False),
        # numbers
        ({"detail": {"count": [5.0]}}, True),
        ({"detail": {"limit": [3.018e2]}}, True),
        ({"detail": {"count": ["5"]}}, False),
        ({"detail": {"account": [123456789012]}}, True),
        ({"detail": {"account": [123456789013]}}, False),
        ({"detail": {"count": [{"numeric": ["=", 5]}]}}, True),
        ({"detail": {"count": [{"numeric": [">", 0, "<=", 5]}]}}, True),
        ({"detail": {"count": [{"numeric": [">", 5]}]}}, False),
        ({"detail": {"count": [{"numeric": [">=", 5, "<", 6]}]}}, True),
        ({"detail": {"state": [{"numeric": ["<", 10]}]}}, False),
        # texts
        ({"source": [{"prefix": "aws."}]}, True),
        ({"source": [{"prefix": "ec2"}]}, False),
        ({"detail": {"path": [{"suffix": ".png"}]}}, False),
        ({"detail": {"path": [{"suffix": {"equals-ignore-case": ".png"}}]}}, True),
        ({"detail": {"path": [{"prefix": {"equals-ignore-case": "DIR/"}}]}}, True),
        ({"detail": {"state": [{"equals-ignore-case": "RUNNING"}]}}, True),
        ({"detail": {"count": [{"prefix": "5"}]}}, False),
        ({"detail": {"path": [{"wildcard": "dir/*.PNG"}]}}, True),
        ({"detail": {"path": [{"wildcard": "*/*mag*"}]}}, True),
        ({"detail": {"path": [{"wildcard": "dir/*.png"}]}}, False),
        ({"detail": {"path": [{"wildcard": "dir/image.PNG*PNG"}]}}, False),
        ({"detail": {"path": [{"wildcard": "dir\\*"}]}}, False),
        # anything-but
        ({"detail": {"state": [{"anything-but": "stopped"}]}}, True),
        ({"detail": {"state": [{"anything-but": ["running", "stopped"]}]}}, False),
        ({"detail": {"count": [{"anything-but": [5, 6]}]}}, False),
        ({"detail": {"count": [{"anything-but": "5"}]}}, True),
        ({"detail": {"missing": [{"anything-but": "x"}]}}, False),
        ({"detail": {"state": [{"anything-but": {"prefix": "run"}}]}}, False),
        ({"detail": {"state": [{"anything-but": {"prefix": ["stop", "run"]}}]}}, False),
        ({"detail": {"path": [{"anything-but": {"suffix": ".png"}}]}}, True),
        ({"detail": {"path": [{"anything-but": {"wildcard": "*/image.*"}}]}}, False),
        ({"detail": {"state": [{"anything-but": {"equals-ignore-case": ["RUNNING", "x"]}}]}}, False),
        # exists
        ({"detail": {"count": [{"exists": True}]}}, True),
        ({"detail": {"missing": [{"exists": True}]}}, False),
        ({"detail": {"missing": [{"exists": False}]}}, True),
        ({"other": {"deep": [{"exists": False}]}}, True),
        ({"detail": [{"exists": True}]}, False),
        ({"detail": [{"exists": False}]}, True),
        ({"detail": {"nothing": [{"exists": True}]}}, True),
        ({"detail": {"none": [{"exists": True}]}}, False),
        ({"detail": {"count": [{"exists": False}, 5]}}, True),
        ({"detail": {"staff": {"first": ["Anna"], "age": [{"exists": False}]}}}, False),
        # addresses
        ({"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}, True),
        ({"detail": {"ip": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"detail": {"ipv6": [{"cidr": "2001:db8::/32"}]}}, True),
        ({"detail": {"state": [{"cidr": "10.0.0.0/8"}]}}, False),
        ({"detail": {"ipv6": ["2001:0db8:0::1"]}}, True),
        # arrays
        ({"resources": ["arn:2", "arn:3"]}, True),
        ({"resources": ["arn:3"]}, False),
        ({"resources": [{"anything-but": "arn:1"}]}, True),
        ({"detail": {"tags": ["c"]}}, True),
        ({"detail": {"staff": {"first": ["Peter"], "last": ["Jones"]}}}, True),
        ({"detail": {"staff": {"first": ["Anna"], "last": ["Jones"]}}}, False),
        # or
        ({"$or": [{"source": ["x"]}, {"detail": {"count": [5]}}]}, True),
        ({"$or": [{"source": ["x"]}, {"detail": {"count": [6]}}]}, False),
        ({"source": ["aws.ec2"], "$or": [{"source": ["x"]}, {"detail": {"count": [6]}}]}, False),
        ({"detail": {"$or": [{"state": ["running"], "count": [6]}, {"limit": [301.8]}]}}, True),
        ({"$or": {"a": ["x"]}}, False),
    ],
)
def test_a_pattern_matches_as_on_aws(wanted: dict[str, Any], expected: bool) -> None:
    assert matches(wanted, EVENT) is expected


def test_or_with_one_branch_is_a_field_like_any_other() -> None:
    pattern = EventPattern({"$or": ["x"]})

    assert pattern.matches({"$or": "x"})


def test_a_backslash_makes_a_star_a_star() -> None:
    pattern = EventPattern({"a": [{"wildcard": "x\\*y\\\\*"}]})

    assert pattern.matches({"a": "x*y\\z"})
    assert not pattern.matches({"a": "xzy\\z"})


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ([], "Filter is not an object"),
        ("x", "Filter is not an object"),
        ({}, "Empty objects are not allowed"),
        ({"detail": {}}, "Empty objects are not allowed"),
        ({"a": []}, "Empty arrays are not allowed"),
        ({"a": "x"}, '"a" must be an object or an array'),
        ({"a": None}, '"a" must be an object or an array'),
        ({"a": [["x"]]}, "Match value must be String, number, true, false, or null"),
        ({"a": [{}]}, "Match expression name not found"),
        ({"a": [{"like": "x"}]}, "Unrecognized match type like"),
        ({"a": [{"prefix": "x", "suffix": "y"}]}, "Only one key allowed in match expression"),
        ({"a": [{"prefix": 1}]}, "prefix match pattern must be a string"),
        ({"a": [{"prefix": {"wildcard": "x"}}]}, "Unsupported prefix pattern: wildcard"),
        ({"a": [{"suffix": {"equals-ignore-case": 1}}]}, "equals-ignore-case match pattern must be a string"),
        ({"a": [{"exists": "true"}]}, "exists match pattern must be either true or false."),
        ({"a": [{"wildcard": "a**b"}]}, "Consecutive wildcard characters at pos 2"),
        ({"a": [{"wildcard": "a\\b"}]}, "Invalid escape character at pos 2"),
        ({"a": [{"numeric": 5}]}, "Value of numeric must be an array."),
        ({"a": [{"numeric": []}]}, "Invalid member in numeric match: ]"),
        ({"a": [{"numeric": [5]}]}, "Invalid member in numeric match: 5"),
        ({"a": [{"numeric": ["~", 5]}]}, "Unrecognized numeric range operator: ~"),
        ({"a": [{"numeric": ["=", "5"]}]}, "Value of equals must be numeric"),
        ({"a": [{"numeric": [">"]}]}, "Value of > must be numeric"),
        ({"a": [{"numeric": ["<", 5, ">", 1]}]}, "Too many elements in numeric expression"),
        ({"a": [{"numeric": [">", 1, 5]}]}, "Bad value in numeric range: 5"),
        ({"a": [{"numeric": [">", 1, ">", 5]}]}, "Bad numeric range operator: >"),
        ({"a": [{"numeric": [">", 5, "<", 1]}]}, "Bottom must be less than top"),
        ({"a": [{"numeric": [">", 1, "<", 5, "<"]}]}, "Too many terms in numeric range expression"),
        ({"a": [{"numeric": [">", 6e9]}]}, "Value must be between -5.0E9 and 5.0E9, inclusive"),
        ({"a": [{"cidr": "10.0.0.0"}]}, "Malformed CIDR, one '/' required"),
        ({"a": [{"cidr": "10.0.0.0/33"}]}, "Malformed CIDR: 10.0.0.0/33"),
        ({"a": [{"anything-but": None}]}, "Value of anything-but must be an array or single string/number value."),
        ({"a": [{"anything-but": []}]}, "Inside anything but list, either all values are number or string"),
        ({"a": [{"anything-but": ["x", 1]}]}, "Inside anything but list, either all values are number or string"),
        ({"a": [{"anything-but": [True]}]}, "Inside anything but list, start|null|boolean is not supported."),
        ({"a": [{"anything-but": {}}]}, "Anything-But expression name not found"),
        ({"a": [{"anything-but": {"numeric": [1]}}]}, "Unsupported anything-but pattern: numeric"),
        ({"a": [{"anything-but": {"prefix": ""}}]}, "Null prefix/suffix not allowed"),
        ({"a": [{"anything-but": {"prefix": 1}}]}, "Inside anything-but/prefix list"),
        ({"a": [{"anything-but": {"prefix": "x", "suffix": "y"}}]}, "Only one key allowed in match expression"),
    ],
)
def test_what_aws_refuses_is_refused_with_its_words(pattern: Any, reason: str) -> None:
    with pytest.raises(InvalidEventPatternError) as caught:
        check_pattern(pattern)

    assert str(caught.value).startswith(f"Event pattern is not valid. Reason: {reason}")


def test_a_pattern_nested_past_reason_is_refused() -> None:
    pattern: Any = ["x"]
    for _ in range(5000):
        pattern = {"a": pattern}

    with pytest.raises(InvalidEventPatternError, match="nested too deeply"):
        check_pattern(pattern)


def test_a_list_nested_past_reason_is_no_trouble() -> None:
    value: Any = "x"
    for _ in range(5000):
        value = [value]

    assert matches({"a": ["x"]}, {"a": value})


def test_many_wildcards_take_no_longer_than_few() -> None:
    pattern = EventPattern({"a": [{"wildcard": "*".join("a" * 200)}]})

    assert not pattern.matches({"a": "a" * 100_000 + "b"})
