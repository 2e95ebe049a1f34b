"""rate(), cron() and at(): when they are due, and what AWS refuses."""

from datetime import UTC, datetime

import pytest

from harness.cloud.schedules.errors import InvalidExpressionError
from harness.cloud.schedules.expressions import read_expression


def unix_s(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def due(expression: str, created: str, count: int, zone: str = "UTC") -> list[str]:
    """The first instants of an expression, in UTC."""
    read = read_expression(expression, zone=zone, once=True)
    created_s = unix_s(created)
    found: list[str] = []
    at_s = read.first(created_s)
    while at_s is not None and len(found) < count:
        found.append(f"{datetime.fromtimestamp(at_s, tz=UTC):%Y-%m-%d %H:%M}")
        at_s = read.next_after(at_s, created_s)
    return found


MONDAY = "2026-01-05 09:00:00"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(5 minutes)", ["2026-01-05 09:00", "2026-01-05 09:05", "2026-01-05 09:10"]),
        ("cron(0 10 * * ? *)", ["2026-01-05 10:00", "2026-01-06 10:00", "2026-01-07 10:00"]),
        ("cron(0/20 9 ? * MON *)", ["2026-01-05 09:20", "2026-01-05 09:40", "2026-01-12 09:00"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-01-05 18:00", "2026-01-06 18:00", "2026-01-07 18:00"]),
        ("cron(0 8 1 * ? *)", ["2026-02-01 08:00", "2026-03-01 08:00", "2026-04-01 08:00"]),
        ("cron(0 8 L * ? *)", ["2026-01-31 08:00", "2026-02-28 08:00", "2026-03-31 08:00"]),
        ("cron(0 8 3W * ? *)", ["2026-02-03 08:00", "2026-03-03 08:00", "2026-04-03 08:00"]),
        ("cron(0 8 1W * ? *)", ["2026-02-02 08:00", "2026-03-02 08:00", "2026-04-01 08:00"]),
        ("cron(0 8 LW * ? *)", ["2026-01-30 08:00", "2026-02-27 08:00", "2026-03-31 08:00"]),
        ("cron(0 8 ? * 3#2 *)", ["2026-01-13 08:00", "2026-02-10 08:00", "2026-03-10 08:00"]),
        ("cron(0 8 ? * 6L *)", ["2026-01-30 08:00", "2026-02-27 08:00", "2026-03-27 08:00"]),
        ("cron(0 8 ? * L *)", ["2026-01-10 08:00", "2026-01-17 08:00", "2026-01-24 08:00"]),
        ("cron(0 0 ? JAN,JUL 1 2026-2027)", ["2026-01-11 00:00", "2026-01-18 00:00", "2026-01-25 00:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("cron(0 0 31 2 ? *)", []),
        ("at(2026-01-05T11:30:00)", ["2026-01-05 11:30"]),
        ("at(2026-01-05T08:30:00)", []),
    ],
)
def test_an_expression_is_due_when_aws_says(expression: str, expected: list[str]) -> None:
    assert due(expression, MONDAY, 3) == expected


def test_a_time_zone_is_followed_through_its_change_of_clocks() -> None:
    assert due("cron(0 8 * * ? *)", "2026-03-28 00:00:00", 2, "Europe/Berlin") == [
        "2026-03-28 07:00",
        "2026-03-29 06:00",
    ]


def test_an_hour_that_is_left_out_is_skipped() -> None:
    assert due("cron(30 2 * * ? *)", "2026-03-28 12:00:00", 2, "Europe/Berlin") == [
        "2026-03-30 00:30",
        "2026-03-31 00:30",
    ]


def test_an_hour_that_comes_twice_counts_once() -> None:
    assert due("cron(30 2 * * ? *)", "2026-10-24 12:00:00", 2, "Europe/Berlin") == [
        "2026-10-25 00:30",
        "2026-10-26 01:30",
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minutes)", "singular"),
        ("rate(5 minute)", "plural"),
        ("rate(0 minutes)", "singular"),
        ("rate(30 seconds)", r"rate\(1 minute\)"),
        ("Rate(5 minutes)", r"rate\(1 minute\)"),
        ("cron(0 8 * * ?)", "six fields"),
        ("cron(0 8 * * * *)", "a \\? in exactly one"),
        ("cron(0 8 ? * ? *)", "a \\? in exactly one"),
        ("cron(60 8 * * ? *)", "minutes from 0 to 59"),
        ("cron(0 24 * * ? *)", "hours from 0 to 23"),
        ("cron(0 8 32 * ? *)", "days of the month from 1 to 31"),
        ("cron(0 8 40W * ? *)", "days of the month from 1 to 31"),
        ("cron(0 8 * 13 ? *)", "months from 1 to 12"),
        ("cron(0 8 ? * 8 *)", "days of the week from 1"),
        ("cron(0 8 ? * 2#6 *)", "days of the week from 1"),
        ("cron(0 8 * * ? 1969)", "years from 1970"),
        ("cron(0/0 8 * * ? *)", "minutes from 0 to 59"),
        ("cron(5-1 8 * * ? *)", "minutes from 0 to 59"),
        ("at(2026-02-30T00:00:00)", "a date and time that exist"),
        ("tomorrow", r"rate\(1 minute\)"),
    ],
)
def test_what_aws_refuses_is_refused(expression: str, expected: str) -> None:
    with pytest.raises(InvalidExpressionError, match=expected):
        read_expression(expression, once=True)


def test_a_rule_has_no_single_instant() -> None:
    with pytest.raises(InvalidExpressionError, match="rate"):
        read_expression("at(2026-01-05T11:30:00)")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(InvalidExpressionError, match="IANA"):
        read_expression("rate(1 minute)", zone=zone)
