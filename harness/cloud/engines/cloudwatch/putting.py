"""PutMetricData: what a client puts, checked.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

import math
from collections.abc import Iterator
from typing import Any

from harness.cloud.engines.cloudwatch.cloudwatch_errors import invalid
from harness.cloud.engines.cloudwatch.metrics import Metric, metric
from harness.cloud.engines.cloudwatch.statistics import Sample

METRICS_LIMIT = 1000
VALUES_LIMIT = 150
DIMENSIONS_LIMIT = 30
OLDEST_S = 14 * 86_400
NEWEST_S = 2 * 3600


def samples_of(body: dict[str, Any], now_us: int, unix_us_at_start: int) -> Iterator[tuple[Metric, Sample]]:
    """The data points of a call, all of them checked before the first is given.

    Raises:
        CloudWatchError: one of them is refused, and with it the call.
    """
    namespace = str(body.get("Namespace", ""))
    data = body.get("MetricData", [])
    if not namespace or namespace.startswith("AWS/"):
        raise invalid("The value AWS/ for parameter Namespace is reserved: choose a namespace of your own.")
    if len(data) > METRICS_LIMIT:
        raise invalid(f"The collection MetricData must not have a size greater than {METRICS_LIMIT}.")
    found = [_sample(namespace, datum, now_us, unix_us_at_start) for datum in data]
    return iter(found)


def _sample(namespace: str, datum: dict[str, Any], now_us: int, unix_us_at_start: int) -> tuple[Metric, Sample]:
    dimensions = {each["Name"]: each["Value"] for each in datum.get("Dimensions", [])}
    if len(dimensions) > DIMENSIONS_LIMIT:
        raise invalid(f"The collection Dimensions must not have a size greater than {DIMENSIONS_LIMIT}.")
    at_us = now_us
    if "Timestamp" in datum:
        at_us = round(float(datum["Timestamp"]) * 1_000_000) - unix_us_at_start
        if not now_us - OLDEST_S * 1_000_000 <= at_us <= now_us + NEWEST_S * 1_000_000:
            raise invalid("The parameter MetricData.Timestamp must be at most two weeks past and two hours ahead.")
    key = metric(namespace, str(datum["MetricName"]), dimensions)
    unit = str(datum.get("Unit", "None"))
    if "StatisticValues" in datum:
        return key, _statistic_set(datum["StatisticValues"], at_us, unit)
    values = datum["Values"] if "Values" in datum else [datum["Value"]]
    counts = datum.get("Counts") or [1] * len(values)
    if not 0 < len(values) <= VALUES_LIMIT or len(counts) != len(values):
        raise invalid(f"The parameters Values and Counts must have the same size, at most {VALUES_LIMIT}.")
    return key, Sample.several(at_us, [_number(value) for value in values], [_number(each) for each in counts], unit)


def _statistic_set(given: dict[str, Any], at_us: int, unit: str) -> Sample:
    total, count = _number(given["Sum"]), _number(given["SampleCount"])
    return Sample(at_us, unit, total, count, _number(given["Minimum"]), _number(given["Maximum"]))


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise invalid("The parameter MetricData.Value must be a number: NaN and Infinity are not supported.")
    return number
