"""The state of an alarm, case by case as AWS's page on missing data has them."""

import pytest

from harness.cloud.engines.cloudwatch.evaluation import evaluated
from harness.cloud.template.model_alarms import AlarmSpec, MetricQuery

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
OK, ALARM, GONE, KEPT = "OK", "ALARM", "INSUFFICIENT_DATA", "as before"


def alarm(missing: str, *, needed: int) -> AlarmSpec:
    return AlarmSpec(
        logical_id="A", name="a", arn="arn", queries=(MetricQuery(id="m"),), returned="m",
        comparison="GreaterThanThreshold", threshold=0.5, evaluation_periods=3, datapoints_to_alarm=needed,
        missing=missing,
    )  # fmt: skip


def states(points: str, *, needed: int) -> list[str]:
    """The state under each treatment of missing data: X breaches, 0 does not, - is missing."""
    values = [{"X": 1.0, "0": 0.0, "-": None}[point] for point in points]
    return [evaluated(alarm(missing, needed=needed), values, KEPT) for missing in TREATMENTS]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("0-X-X", [OK, OK, OK, OK]),
        ("----0", [OK, OK, OK, OK]),
        ("-----", [GONE, KEPT, ALARM, OK]),
        ("0XX-X", [ALARM, ALARM, ALARM, ALARM]),
        ("--X--", [ALARM, KEPT, ALARM, OK]),
    ],
)
def test_three_of_three_periods(points: str, expected: list[str]) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"""
    assert states(points, needed=3) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("0-X-X", [ALARM, ALARM, ALARM, ALARM]),
        ("00X0X", [ALARM, ALARM, ALARM, ALARM]),
        ("0-X--", [OK, OK, ALARM, OK]),
        ("----0", [OK, OK, ALARM, OK]),
        ("---X-", [ALARM, KEPT, ALARM, OK]),
    ],
)
def test_two_of_three_periods(points: str, expected: list[str]) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"""
    assert states(points, needed=2) == expected


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("GreaterThanThreshold", [OK, OK, ALARM]),
        ("GreaterThanOrEqualToThreshold", [OK, ALARM, ALARM]),
        ("LessThanThreshold", [ALARM, OK, OK]),
        ("LessThanOrEqualToThreshold", [ALARM, ALARM, OK]),
    ],
)
def test_each_comparison(comparison: str, expected: list[str]) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    spec = AlarmSpec(
        logical_id="A", name="a", arn="arn", queries=(MetricQuery(id="m"),), returned="m", comparison=comparison,
        threshold=5, evaluation_periods=1, datapoints_to_alarm=1,
    )  # fmt: skip

    assert [evaluated(spec, [None, None, value], OK) for value in (4.0, 5.0, 6.0)] == expected
