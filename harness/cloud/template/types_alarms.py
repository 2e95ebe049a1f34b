"""CloudWatch alarms: their properties, with the ranges AWS takes.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import Decimal, Flag, ListOf, NoEffect, Record, Text, Unsupported, Whole, choice
from harness.cloud.template.types_data import REFERENCE

STATISTICS = "SampleCount Average Sum Minimum Maximum"
COMPARISONS = (
    "GreaterThanOrEqualToThreshold GreaterThanThreshold LessThanThreshold LessThanOrEqualToThreshold"  # no anomalies
)
_PERCENTILE = r"p(100|[0-9]{1,2}(\.[0-9]{1,10})?)"
_NAME = Text(longest=255)
_DIMENSIONS = ListOf(Record({"Name": _NAME, "Value": Text(longest=1024)}, required=("Name", "Value")), most=30)
_PERIOD = Whole(10, 86_400, "seconds")
_THRESHOLD = Decimal(-1e308, 1e308)
_ACTIONS = ListOf(
    Text(
        pattern=r"arn:aws:(sns|lambda):.+",
        called="the ARN of an SNS topic or a Lambda function; other actions are not simulated",
    ),
    most=5,
)
_QUERY = Record(
    {
        "Id": Text(pattern=r"[a-z][A-Za-z0-9_]{0,254}", called="a lower-case letter, then letters, digits and _"),
        "Expression": Text(longest=1024),
        "Label": NoEffect(),
        "Period": _PERIOD,
        "ReturnData": Flag(),
        "AccountId": Unsupported(),
        "MetricStat": Record(
            {
                "Metric": Record({"Namespace": _NAME, "MetricName": _NAME, "Dimensions": _DIMENSIONS}),
                "Period": _PERIOD,
                "Stat": Text(
                    pattern=rf"{STATISTICS.replace(' ', '|')}|{_PERCENTILE}", called=f"one of {STATISTICS}, or p99"
                ),
                "Unit": Text(),
            },
            required=("Metric", "Period", "Stat"),
        ),
    },
    required=("Id",),
)

ALARM = ResourceType(
    page=f"{REFERENCE}/aws-resource-cloudwatch-alarm.html",
    name_property="AlarmName",
    attributes={"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"},
    properties=Record(
        {
            "AlarmName": _NAME,
            "AlarmDescription": Text(longest=1024),
            "ActionsEnabled": Flag(),
            "AlarmActions": _ACTIONS,
            "OKActions": _ACTIONS,
            "InsufficientDataActions": _ACTIONS,
            "ComparisonOperator": choice(COMPARISONS),
            "DatapointsToAlarm": Whole(1, 1440, "periods"),
            "Dimensions": _DIMENSIONS,
            "EvaluationPeriods": Whole(1, 1440, "periods"),
            "ExtendedStatistic": Text(pattern=_PERCENTILE, called="p0 to p100, as in p99 or p99.9"),
            "MetricName": _NAME,
            "Metrics": ListOf(_QUERY, least=1, most=20),
            "Namespace": _NAME,
            "Period": _PERIOD,
            "Statistic": choice(STATISTICS),
            "Threshold": _THRESHOLD,
            "TreatMissingData": choice("missing breaching notBreaching ignore"),
            "Unit": Text(),
            "Tags": NoEffect(),
            "EvaluateLowSampleCountPercentile": Unsupported(),
            "ThresholdMetricId": Unsupported("use Threshold: anomaly detection is not simulated"),
            "EvaluationCriteria": Unsupported(),
            "EvaluationInterval": Unsupported(),
        },
        required=("ComparisonOperator", "EvaluationPeriods"),
    ),
)
