"""Embedded metric format: log lines that CloudWatch Logs turns into metrics.

A line is a JSON object with `_aws`; its directives name members of the object that are values
and members that are dimensions. A line that is not valid is a line of the log and nothing more.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator
from typing import Any

from harness.cloud.engines.cloudwatch.metrics import Metric, metric
from harness.cloud.engines.cloudwatch.statistics import Sample

METRICS_LIMIT = 100
VALUES_LIMIT = 100
DIMENSIONS_LIMIT = 30


def embedded_metrics(line: str, unix_us_at_start: int) -> Iterator[tuple[Metric, Sample]]:
    """The data points in a line of a log.

    Args:
        unix_us_at_start: Unix time of virtual time 0: the line has its own time stamp.
    """
    if '"_aws"' not in line:
        return
    start = line.find("{")
    try:
        event = json.loads(line[start:])
        header = event["_aws"]
        at_us = int(header["Timestamp"]) * 1000 - unix_us_at_start
        directives = header["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for directive in directives if isinstance(directives, list) else []:
        yield from _of_directive(directive, event, at_us)


def _of_directive(directive: Any, event: dict[str, Any], at_us: int) -> Iterator[tuple[Metric, Sample]]:
    try:
        namespace = str(directive["Namespace"])
        sets = [_dimensions(names, event) for names in directive.get("Dimensions") or [[]]]
        wanted = [(str(each["Name"]), str(each.get("Unit") or "None")) for each in directive["Metrics"]]
    except (KeyError, TypeError, AttributeError):
        return
    for name, unit in wanted[:METRICS_LIMIT]:
        values = _values(event.get(name))
        for dimensions in sets:
            if values and dimensions is not None:
                yield metric(namespace, name, dimensions), Sample.several(at_us, values, [1.0] * len(values), unit)


def _dimensions(names: list[str], event: dict[str, Any]) -> dict[str, str] | None:
    """Values of a dimension set; None if one is missing."""
    if len(names) > DIMENSIONS_LIMIT or any(name not in event for name in names):
        return None
    return {name: str(event[name]) for name in names}


def _values(found: Any) -> list[float]:
    values = found if isinstance(found, list) else [found]
    numbers = [each for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    return [float(each) for each in numbers] if len(numbers) == len(values) <= VALUES_LIMIT else []
