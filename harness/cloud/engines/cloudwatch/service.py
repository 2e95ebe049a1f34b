"""Amazon CloudWatch as a client sees it: metrics put and read, alarms described.

The AWS JSON protocol only. Left out: dashboards, anomaly detection, composite alarms, metric
streams, alarms that a client creates.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
"""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from harness.cloud.engines.cloudwatch import paging
from harness.cloud.engines.cloudwatch.alarms import Alarm, Alarms
from harness.cloud.engines.cloudwatch.cloudwatch_errors import CloudWatchError, invalid
from harness.cloud.engines.cloudwatch.metric_math import Expression, ExpressionRefused
from harness.cloud.engines.cloudwatch.metrics import Metric, MetricStore, Window, metric
from harness.cloud.engines.cloudwatch.putting import samples_of
from harness.cloud.engines.cloudwatch.statistics import is_statistic
from harness.cloud.operations import parameters_of
from harness.simulation.clock import Clock
from harness.simulation.wire import Call, Reply, Request

Body = dict[str, Any]
BODY_LIMIT_BYTES = 1024 * 1024
DATAPOINTS_LIMIT = 1440
"""Of one GetMetricStatistics.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html"""


class CloudWatchService:
    """Metrics and alarms of the account."""

    def __init__(self, clock: Clock, store: MetricStore, alarms: Alarms) -> None:
        self._clock = clock
        self._store = store
        self._alarms = alarms
        self._start_us = clock.unix_us() - clock.now_us
        self._actions: Mapping[str, Callable[[Body], Body]] = {
            "PutMetricData": self._put,
            "GetMetricStatistics": self._statistics,
            "GetMetricData": self._data,
            "ListMetrics": self._list,
            "DescribeAlarms": self._describe_alarms,
            "DescribeAlarmHistory": self._alarm_history,
        }

    async def answer(self, call: Call) -> Reply:
        """The service's answer."""
        try:
            if call.operation not in self._actions:
                raise CloudWatchError(
                    "NotImplemented", f"This simulator's CloudWatch does not have {call.operation}.", status=501
                )
            return _reply(200, self._actions[call.operation](_body(call.request)))
        except CloudWatchError as error:
            body = {"__type": f"com.amazonaws.cloudwatch#{error.code}", "message": error.message}
            return _reply(error.status, body, query_error=f"{error.code};Sender")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            body = {"__type": "com.amazonaws.cloudwatch#InvalidParameterValue", "message": f"Invalid: {error}"}
            return _reply(400, body, query_error="InvalidParameterValue;Sender")

    # ---- metrics -----------------------------------------------------------------------------

    def _put(self, body: Body) -> Body:
        for key, sample in samples_of(body, self._clock.now_us, self._start_us):
            self._store.put(key, sample)
        self._alarms.notice()
        return {}

    def _statistics(self, body: Body) -> Body:
        key = metric(body["Namespace"], body["MetricName"], _dimensions(body.get("Dimensions", [])))
        wanted = [*body.get("Statistics", []), *body.get("ExtendedStatistics", [])]
        window = self._window(body, int(body["Period"]))
        if not wanted:
            raise invalid("At least one of the parameters Statistics and ExtendedStatistics must be specified.")
        if (window.end_us - window.start_us) // (window.period_s * 1_000_000) > DATAPOINTS_LIMIT:
            raise CloudWatchError(
                "InvalidParameterCombination",
                f"You have requested more than {DATAPOINTS_LIMIT} datapoints, which exceeds the limit.",
            )
        self._store.refresh()
        points: dict[int, Body] = {}
        for statistic in wanted:
            for start, value in self._values(key, statistic, window, body.get("Unit", "")).items():
                point = points.setdefault(start, {"Timestamp": self._unix_s(start), "Unit": self._unit(key, window)})
                if statistic in body.get("Statistics", []):
                    point[statistic] = value
                else:
                    point.setdefault("ExtendedStatistics", {})[statistic] = value
        return {"Label": key.name, "Datapoints": list(points.values())}

    def _data(self, body: Body) -> Body:
        self._store.refresh()
        queries = body["MetricDataQueries"]
        series: dict[str, dict[int, float]] = {}
        for query in queries:
            if "MetricStat" in query:
                series[query["Id"]] = self._of_metric(query["MetricStat"], body)
        for query in queries:
            if "Expression" in query:
                series[query["Id"]] = _calculated(query["Expression"], series)
        newest_first = body.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        results = []
        for query in queries:
            if query.get("ReturnData", True):
                points = sorted(series[query["Id"]].items(), reverse=newest_first)
                results.append(
                    {
                        "Id": query["Id"],
                        "Label": query.get("Label") or _label(query),
                        "Timestamps": [self._unix_s(start) for start, _ in points],
                        "Values": [value for _, value in points],
                        "StatusCode": "Complete",
                    }
                )
        return {"MetricDataResults": results, "Messages": []}

    def _of_metric(self, stat: Body, body: Body) -> dict[int, float]:
        wanted = stat["Metric"]
        key = metric(wanted["Namespace"], wanted["MetricName"], _dimensions(wanted.get("Dimensions", [])))
        return self._values(key, stat["Stat"], self._window(body, int(stat["Period"])), stat.get("Unit", ""))

    def _values(self, key: Metric, statistic: str, window: Window, unit: str) -> dict[int, float]:
        if not is_statistic(statistic):
            raise invalid(f"The value {statistic} for parameter Statistic is not supported.")
        return self._store.values(key, statistic, window, unit)

    def _unit(self, key: Metric, window: Window) -> str:
        periods = self._store.periods(key, window)
        return next((samples[0].unit for samples in periods.values()), "None")

    def _window(self, body: Body, period_s: int) -> Window:
        if period_s < 1 or (period_s % 60 and period_s not in (1, 5, 10, 20, 30)):
            raise invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
        start_us, end_us = self._virtual_us(body["StartTime"]), self._virtual_us(body["EndTime"])
        if start_us >= end_us:
            raise invalid("The parameter StartTime must be less than the parameter EndTime.")
        return Window(self._store.period_start(start_us, period_s), end_us, period_s)

    def _list(self, body: Body) -> Body:
        wanted = _dimension_filters(body.get("Dimensions", []))
        listed = [
            {
                "Namespace": key.namespace,
                "MetricName": key.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in key.dimensions],
            }
            for key in self._store.metrics()
            if body.get("Namespace") in (None, key.namespace)
            and body.get("MetricName") in (None, key.name)
            and all(any(each in ((name, value), (name, None)) for name, value in key.dimensions) for each in wanted)
        ]
        return paging.page("Metrics", listed, body, paging.METRICS)

    # ---- alarms --------------------------------------------------------------------------------

    def _describe_alarms(self, body: Body) -> Body:
        self._alarms.catch_up()
        names, prefix = body.get("AlarmNames"), body.get("AlarmNamePrefix", "")
        described = [
            self._described(alarm)
            for alarm in self._alarms.alarms.values()
            if (names is None or alarm.spec.name in names)
            and alarm.spec.name.startswith(prefix)
            and body.get("StateValue") in (None, alarm.state)
        ]
        return paging.page("MetricAlarms", described, body, paging.records(body)) | {"CompositeAlarms": []}

    def _described(self, alarm: Alarm) -> Body:
        spec, query = alarm.spec, alarm.spec.query
        last = alarm.history[-1] if alarm.history else None
        body: Body = {
            "AlarmName": spec.name,
            "AlarmArn": spec.arn,
            "AlarmDescription": spec.description,
            "ActionsEnabled": spec.actions_enabled,
            "OKActions": list(spec.actions.get("OK", ())),
            "AlarmActions": list(spec.actions.get("ALARM", ())),
            "InsufficientDataActions": list(spec.actions.get("INSUFFICIENT_DATA", ())),
            "StateValue": alarm.state,
            "StateReason": last.reason if last else "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": self._unix_s(last.at_us if last else 0),
            "EvaluationPeriods": spec.evaluation_periods,
            "DatapointsToAlarm": spec.datapoints_to_alarm,
            "Threshold": spec.threshold,
            "ComparisonOperator": spec.comparison,
            "TreatMissingData": spec.missing,
        }
        if not query.expression:
            extended = query.statistic.startswith("p")
            body |= {
                "MetricName": query.name,
                "Namespace": query.namespace,
                "ExtendedStatistic" if extended else "Statistic": query.statistic,
                "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions.items()],
                "Period": query.period_s,
            }
        return body

    def _alarm_history(self, body: Body) -> Body:
        self._alarms.catch_up()
        items: list[Body] = [
            {
                "AlarmName": alarm.spec.name,
                "AlarmType": "MetricAlarm",
                "Timestamp": self._unix_s(change.at_us),
                "HistoryItemType": "StateUpdate",
                "HistorySummary": f"Alarm updated from {change.before} to {change.after}",
            }
            for alarm in self._alarms.alarms.values()
            if body.get("AlarmName") in (None, alarm.spec.name)
            for change in alarm.history
        ]
        items.sort(key=lambda item: item["Timestamp"], reverse=body.get("ScanBy") != "TimestampAscending")
        return paging.page("AlarmHistoryItems", items, body, paging.records(body))

    # ---- time ------------------------------------------------------------------------------------

    def _unix_s(self, at_us: int) -> float:
        return (self._start_us + at_us) / 1_000_000

    def _virtual_us(self, unix_s: float) -> int:
        return round(float(unix_s) * 1_000_000) - self._start_us


def _calculated(text: str, series: Mapping[str, dict[int, float]]) -> dict[int, float]:
    try:
        expression = Expression(text)
    except ExpressionRefused:
        raise invalid(f"This simulator calculates + - * / only, and not {text}") from None
    if missing := [each for each in expression.ids if each not in series]:
        raise invalid(f"Unknown metric or expression Id: {missing[0]}")
    starts = sorted({start for each in expression.ids for start in series[each]})
    values = {
        start: expression.value({each: series[each][start] for each in expression.ids if start in series[each]})
        for start in starts
    }
    return {start: value for start, value in values.items() if value is not None}


def _label(query: Body) -> str:
    return str(query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"])


def _dimensions(given: list[Body]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in given}


def _dimension_filters(given: list[Body]) -> list[tuple[str, str | None]]:
    """Name and value of each; the value may be left out."""
    return [(each["Name"], each.get("Value")) for each in given]


def _body(request: Request) -> Body:
    """The parameters; a large body may come compressed."""
    content = request.body
    if request.headers.get("content-encoding") == "gzip":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise invalid("The request body is not gzip.") from None
    if len(content) > BODY_LIMIT_BYTES:
        raise CloudWatchError("RequestEntityTooLarge", "The request is larger than 1 MB.", status=413)
    return parameters_of(content)


def _reply(status: int, body: Body, *, query_error: str = "") -> Reply:
    headers = {"content-type": "application/x-amz-json-1.0"}
    if query_error:
        headers["x-amzn-query-error"] = query_error
    return Reply(status, headers, json.dumps(body).encode())
