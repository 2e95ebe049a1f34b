"""What state an alarm is in, given the data points of its periods.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Sequence

from harness.cloud.template.model_alarms import AlarmSpec

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

EXTRA_PERIODS = 2
"""How much further back than its evaluation periods an alarm looks for data points; AWS says only that it does."""


def breaches(spec: AlarmSpec, value: float) -> bool:
    """Whether a data point is on the wrong side of the threshold."""
    match spec.comparison:
        case "GreaterThanThreshold":
            return value > spec.threshold
        case "GreaterThanOrEqualToThreshold":
            return value >= spec.threshold
        case "LessThanThreshold":
            return value < spec.threshold
        case _:
            return value <= spec.threshold


def evaluated(spec: AlarmSpec, values: Sequence[float | None], before: str) -> str:
    """The state after looking at these periods.

    Args:
        values: of the last EvaluationPeriods and EXTRA_PERIODS periods, the newest at the end;
            None: the period has no data point.
        before: the present state; with `ignore` it may stay.
    """
    needed = spec.datapoints_to_alarm
    found = [breaches(spec, value) for value in values if value is not None][-spec.evaluation_periods :]
    gaps = spec.evaluation_periods - len(found)
    bad = sum(found)
    if spec.missing == "breaching":
        bad += gaps
    if bad >= needed:
        return ALARM
    if spec.missing in ("breaching", "notBreaching") or gaps == 0:
        return OK
    if not found:
        return INSUFFICIENT_DATA if spec.missing == "missing" else before
    if not all(found):
        return OK
    return ALARM if spec.missing == "missing" else before
