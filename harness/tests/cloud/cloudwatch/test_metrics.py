"""Statistics of data points, embedded metrics, and calculations with them."""

import json

import pytest

from harness.cloud.engines.cloudwatch.embedded import embedded_metrics
from harness.cloud.engines.cloudwatch.metric_math import Expression, ExpressionRefused
from harness.cloud.engines.cloudwatch.metrics import MetricStore, Window, metric
from harness.cloud.engines.cloudwatch.statistics import Sample, statistic_of

MINUTE_US = 60_000_000


def test_percentiles_are_values_that_occurred() -> None:
    samples = [Sample.of(0, value) for value in range(1, 101)]

    assert [statistic_of(samples, name) for name in ("p0", "p50", "p99", "p99.9", "p100")] == [1, 50, 99, 100, 100]


def test_values_with_counts_weigh_as_often_as_they_count() -> None:
    samples = [Sample.several(0, [10, 20], [3, 1])]

    assert [statistic_of(samples, name) for name in ("SampleCount", "Sum", "Average")] == [4, 50, 12.5]
    assert statistic_of(samples, "p75") == 10


def test_periods_are_aligned_to_the_clock_and_empty_ones_are_left_out() -> None:
    store = MetricStore(unix_us_at_start=30_000_000)  # half a minute past
    key = metric("shop", "orders")
    for at_us in (0, 29_999_999, 30_000_000, 5 * MINUTE_US):
        store.count(key, at_us, 1)

    values = store.values(key, "Sum", Window(-MINUTE_US, 10 * MINUTE_US, 60))

    assert values == {-30_000_000: 2, 30_000_000: 1, 270_000_000: 1}


def test_metrics_differ_by_their_dimensions_in_any_order() -> None:
    assert metric("a", "b", {"x": "1", "y": "2"}) == metric("a", "b", {"y": "2", "x": "1"}) != metric("a", "b")


@pytest.mark.parametrize(
    "line",
    [
        "plain text with _aws",
        '{"_aws": 5}',
        '{"_aws": {"Timestamp": "soon", "CloudWatchMetrics": []}}',
        '{"_aws": {"Timestamp": 0, "CloudWatchMetrics": [{"Namespace": "a", "Metrics": [{}]}]}}',
        '{"_aws": {"Timestamp": 0, "CloudWatchMetrics": [{"Namespace": "a", "Metrics": [{"Name": "m"}]}]}, "m": "ten"}',
        '{"_aws": {"Timestamp": 0, "CloudWatchMetrics": [{"Namespace": "a", "Dimensions": [["no"]], '
        '"Metrics": [{"Name": "m"}]}]}, "m": 1}',
    ],
)
def test_a_line_that_is_no_embedded_metric_gives_none(line: str) -> None:
    assert list(embedded_metrics(line, 0)) == []


def test_an_embedded_metric_has_a_data_point_for_each_dimension_set() -> None:
    directive = {"Namespace": "shop", "Dimensions": [["a"], ["a", "b"]], "Metrics": [{"Name": "m", "Unit": "Seconds"}]}
    line = json.dumps({"_aws": {"Timestamp": 7, "CloudWatchMetrics": [directive]}, "a": "1", "b": 2, "m": [1, 3]})

    points = list(embedded_metrics(line, 2000))

    assert [key for key, _ in points] == [metric("shop", "m", {"a": "1"}), metric("shop", "m", {"a": "1", "b": "2"})]
    assert points[0][1] == Sample.several(5000, [1.0, 3.0], [1.0, 1.0], "Seconds")


def test_a_calculation_follows_the_rules_of_arithmetic() -> None:
    expression = Expression("100 * failed / (failed + done) - -1")

    assert expression.ids == ["failed", "failed", "done"]
    assert expression.value({"failed": 1, "done": 3}) == 26
    assert expression.value({"failed": 0, "done": 0}) is None
    assert expression.value({"failed": 1}) is None


@pytest.mark.parametrize("text", ["FILL(m, 0)", "m ** 2", "m > 5", "__import__('os')", "m.real", "", "1 +", "(" * 2000])
def test_what_is_no_simple_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        Expression(text)
