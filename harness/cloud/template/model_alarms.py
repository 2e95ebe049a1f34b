"""What a template says of CloudWatch alarms, as plain data."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricQuery:
    """One metric, or one calculation with others, of an alarm.

    Attributes:
        id: other queries use it; "m" where the alarm has one metric and no ids.
        expression: "": it is a metric.
        statistic: "Sum", "Average", "Minimum", "Maximum", "SampleCount", "p99.9".
        unit: only data points of this unit; "": of any.
    """

    id: str
    expression: str = ""
    namespace: str = ""
    name: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
    statistic: str = ""
    period_s: int = 60
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmSpec:
    """A CloudWatch alarm on a metric or on a calculation.

    Attributes:
        queries: all of them.
        returned: id of the query that is compared.
        comparison: "GreaterThanThreshold", ...
        evaluation_periods: how many periods are looked at.
        datapoints_to_alarm: how many of them must be breaching.
        missing: "missing", "breaching", "notBreaching" or "ignore".
        actions: ARNs by the state that is entered: "ALARM", "OK", "INSUFFICIENT_DATA".
    """

    logical_id: str
    name: str
    arn: str
    queries: tuple[MetricQuery, ...]
    returned: str
    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str = "missing"
    actions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    actions_enabled: bool = True
    description: str = ""
    line: int = 0

    @property
    def query(self) -> MetricQuery:
        """The query that is compared."""
        return next(query for query in self.queries if query.id == self.returned)

    @property
    def period_s(self) -> int:
        """Seconds of one period."""
        return self.query.period_s
