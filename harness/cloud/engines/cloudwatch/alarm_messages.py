"""What an alarm tells a topic or a function when its state changes.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
"""

import json
from datetime import datetime, timedelta
from typing import Any

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.cloudwatch.alarms import Alarm, StateChange
from harness.cloud.template.model_alarms import AlarmSpec, MetricQuery
from harness.simulation.clock import EPOCH

REGION_NAME = "EU (Ireland)"


def to_topic(alarm: Alarm, change: StateChange) -> str:
    """The message SNS gets."""
    spec = alarm.spec
    body = {
        "AlarmName": spec.name,
        "AlarmDescription": spec.description or None,
        "AWSAccountId": ACCOUNT_ID,
        "AlarmConfigurationUpdatedTimestamp": _time(EPOCH),
        "NewStateValue": change.after,
        "NewStateReason": change.reason,
        "StateChangeTime": _time(_moment(change)),
        "Region": REGION_NAME,
        "AlarmArn": spec.arn,
        "OldStateValue": change.before,
        "OKActions": list(spec.actions.get("OK", ())),
        "AlarmActions": list(spec.actions.get("ALARM", ())),
        "InsufficientDataActions": list(spec.actions.get("INSUFFICIENT_DATA", ())),
        "Trigger": _trigger(spec),
    }
    return json.dumps(body)


def subject(alarm: Alarm, change: StateChange) -> str:
    """The subject SNS gets."""
    return f'{change.after}: "{alarm.spec.name}" in {REGION_NAME}'[:100]


def to_function(alarm: Alarm, change: StateChange) -> str:
    """The event a function gets."""
    spec = alarm.spec
    previous = {"value": change.before}
    body = {
        "source": "aws.cloudwatch",
        "alarmArn": spec.arn,
        "accountId": ACCOUNT_ID,
        "time": _time(_moment(change)),
        "region": REGION,
        "alarmData": {
            "alarmName": spec.name,
            "state": {"value": change.after, "reason": change.reason, "timestamp": _time(_moment(change))},
            "previousState": previous,
            "configuration": {
                "description": spec.description,
                "metrics": [_query(each, spec) for each in spec.queries],
            },
        },
    }
    return json.dumps(body)


def _trigger(spec: AlarmSpec) -> dict[str, Any]:
    common = {
        "Period": spec.period_s,
        "EvaluationPeriods": spec.evaluation_periods,
        "DatapointsToAlarm": spec.datapoints_to_alarm,
        "ComparisonOperator": spec.comparison,
        "Threshold": spec.threshold,
        "TreatMissingData": spec.missing,
        "EvaluateLowSampleCountPercentile": "",
    }
    if spec.query.expression or len(spec.queries) > 1:
        return {**common, "Metrics": [_query(each, spec) for each in spec.queries]}
    query = spec.query
    extended = query.statistic.startswith("p")
    statistic = {"ExtendedStatistic": query.statistic} if extended else {"Statistic": query.statistic.upper()}
    return {
        "MetricName": query.name,
        "Namespace": query.namespace,
        "StatisticType": "ExtendedStatistic" if extended else "Statistic",
        **statistic,
        "Unit": query.unit or None,
        "Dimensions": [{"value": value, "name": name} for name, value in query.dimensions.items()],
        **common,
    }


def _query(query: MetricQuery, spec: AlarmSpec) -> dict[str, Any]:
    returned = query.id == spec.returned
    if query.expression:
        return {"id": query.id, "expression": query.expression, "returnData": returned}
    return {
        "id": query.id,
        "metricStat": {
            "metric": {"namespace": query.namespace, "name": query.name, "dimensions": dict(query.dimensions)},
            "period": query.period_s,
            "stat": query.statistic,
        },
        "returnData": returned,
    }


def _moment(change: StateChange) -> datetime:
    return EPOCH + timedelta(microseconds=change.at_us)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
