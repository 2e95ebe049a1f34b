"""Builds the specs of alarms, and refuses what CloudWatch refuses or this simulator cannot calculate.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from harness.cloud.engines.cloudwatch.metric_math import Expression, ExpressionRefused
from harness.cloud.template.errors import MissingProperty, PropertiesContradict, UnsupportedProperty
from harness.cloud.template.model_alarms import AlarmSpec, MetricQuery
from harness.cloud.template.schema import ALARM
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map

MATH_PAGE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"
DAY_S = 86_400


def alarm_specs(stack: Stack) -> dict[str, AlarmSpec]:
    """All alarms of the template."""
    return {alarm.logical_id: _alarm(alarm, stack) for alarm in stack.of(ALARM)}


def _alarm(alarm: Resource, stack: Stack) -> AlarmSpec:
    properties = alarm.properties
    queries, returned = _several(alarm) if "Metrics" in properties else (_one(alarm), "m")
    _require(alarm, "Threshold")
    periods = properties["EvaluationPeriods"]
    needed = properties.get("DatapointsToAlarm", periods)
    if needed > periods:
        raise alarm.spot("DatapointsToAlarm").refused(needed, f"at most EvaluationPeriods, which is {periods}")
    spec = AlarmSpec(
        logical_id=alarm.logical_id,
        name=stack.name(alarm.logical_id),
        arn=stack.attribute(alarm.logical_id, "Arn"),
        queries=queries,
        returned=returned,
        comparison=properties["ComparisonOperator"],
        threshold=properties["Threshold"],
        evaluation_periods=periods,
        datapoints_to_alarm=needed,
        missing=properties.get("TreatMissingData", "missing"),
        actions={
            "ALARM": tuple(properties.get("AlarmActions", ())),
            "OK": tuple(properties.get("OKActions", ())),
            "INSUFFICIENT_DATA": tuple(properties.get("InsufficientDataActions", ())),
        },
        actions_enabled=properties.get("ActionsEnabled", True),
        description=properties.get("AlarmDescription", ""),
        line=alarm.place.line,
    )
    if spec.period_s * periods > DAY_S:
        raise alarm.spot("EvaluationPeriods").refused(periods, "a day at most, Period times EvaluationPeriods")
    return spec


def _require(alarm: Resource, key: str) -> None:
    if key not in alarm.properties:
        raise alarm.spot().error(MissingProperty, f"{alarm.logical_id} lacks {key}.", expected=f"{key} is required")


def _one(alarm: Resource) -> tuple[MetricQuery, ...]:
    """The metric of an alarm without `Metrics`."""
    for key in ("MetricName", "Namespace", "Period"):
        _require(alarm, key)
    properties = alarm.properties
    if ("Statistic" in properties) == ("ExtendedStatistic" in properties):
        raise alarm.spot().error(
            PropertiesContradict, f"{alarm.logical_id} needs one of Statistic and ExtendedStatistic.",
            expected="Statistic: Sum, or ExtendedStatistic: p99",
        )  # fmt: skip
    _check_period(properties["Period"], alarm.spot("Period"))
    return (
        MetricQuery(
            id="m",
            namespace=properties["Namespace"],
            name=properties["MetricName"],
            dimensions=_dimensions(properties),
            statistic=properties.get("Statistic") or properties["ExtendedStatistic"],
            period_s=properties["Period"],
            unit=properties.get("Unit", ""),
        ),
    )


def _several(alarm: Resource) -> tuple[tuple[MetricQuery, ...], str]:
    """The queries of `Metrics`, and the id of the one that is compared."""
    queries: list[MetricQuery] = []
    returned: list[str] = []
    period_s = max(
        (each["MetricStat"]["Period"] for each in alarm.properties["Metrics"] if "MetricStat" in each), default=60
    )
    for each in alarm.properties["Metrics"]:
        spot = alarm.spot("Metrics").below(each["Id"], each.value_place("Id"))
        if ("Expression" in each) == ("MetricStat" in each):
            raise spot.error(
                PropertiesContradict, f"{spot.path} of {alarm.logical_id} needs one of MetricStat and Expression."
            )
        queries.append(_calculation(each, spot, period_s) if "Expression" in each else _metric(each, spot))
        if each.get("ReturnData", True):
            returned.append(each["Id"])
    if len(returned) != 1:
        raise alarm.spot("Metrics").error(
            PropertiesContradict, f"{alarm.logical_id} returns {', '.join(returned) or 'nothing'}.",
            expected="exactly one query with ReturnData: true", try_="ReturnData: false on every other one",
        )  # fmt: skip
    _check_ids(queries, alarm)
    return tuple(queries), returned[0]


def _check_ids(queries: list[MetricQuery], alarm: Resource) -> None:
    known: set[str] = {query.id for query in queries if not query.expression}
    for query in queries:
        if query.expression and not set(Expression(query.expression).ids) <= known:
            raise alarm.spot("Metrics").error(
                UnsupportedProperty,
                f"Metrics.{query.id} of {alarm.logical_id} is {query.expression!r}.",
                expected=f"a calculation with {', '.join(sorted(known)) or 'metrics'}: no other calculation",
                see=MATH_PAGE,
            )


def _calculation(each: Map, spot: Spot, period_s: int) -> MetricQuery:
    try:
        Expression(each["Expression"])
    except ExpressionRefused:
        raise spot.error(
            UnsupportedProperty, f"{spot.path} of {spot.resource} is {each['Expression']!r}.",
            expected="ids of metrics, numbers, + - * / and parentheses: functions are not simulated", see=MATH_PAGE,
        ) from None  # fmt: skip
    return MetricQuery(id=each["Id"], expression=each["Expression"], period_s=each.get("Period", period_s))


def _metric(each: Map, spot: Spot) -> MetricQuery:
    stat = each["MetricStat"]
    _check_period(stat["Period"], spot)
    metric = stat["Metric"]
    return MetricQuery(
        id=each["Id"],
        namespace=metric.get("Namespace", ""),
        name=metric.get("MetricName", ""),
        dimensions=_dimensions(metric),
        statistic=stat["Stat"],
        period_s=stat["Period"],
        unit=stat.get("Unit", ""),
    )


def _check_period(period_s: int, spot: Spot) -> None:
    if period_s not in (10, 20, 30) and period_s % 60:
        raise spot.refused(period_s, "10, 20, 30 or a multiple of 60 seconds")


def _dimensions(owner: Map) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in owner.get("Dimensions", ())}
