"""What Lambda publishes as metrics of functions, derived from the trace.

Data points of an invocation have the time of its start, as on AWS. Left out: metrics of
extensions, response streaming and event source mappings.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from collections.abc import Callable, Mapping

from harness.cloud.engines.cloudwatch.embedded import embedded_metrics
from harness.cloud.engines.cloudwatch.metrics import MetricStore, metric
from harness.functions.invocation import Invocation
from harness.functions.records import (
    AsynchronousEventDropped,
    InvocationEnded,
    InvocationStarted,
    InvocationThrottled,
    LogWritten,
    RecursionStopped,
)
from harness.functions.service import LambdaService
from harness.simulation.trace import Record

NAMESPACE = "AWS/Lambda"


class LambdaMetrics:
    """Turns records of the trace into data points.

    Attributes:
        readers: what takes which record.
    """

    def __init__(self, store: MetricStore, service: LambdaService, unix_us_at_start: int) -> None:
        self._store = store
        self._service = service
        self._unix_us_at_start = unix_us_at_start
        self._started = 0
        self._running: dict[str, list[Invocation]] = {}
        self.readers: Mapping[type[Record], Callable[[Record], None]] = {
            InvocationStarted: self._read_started,
            InvocationEnded: self._read_ended,
            InvocationThrottled: self._read_throttled,
            AsynchronousEventDropped: self._read_dropped,
            RecursionStopped: self._read_stopped,
            LogWritten: self._read_log,
        }

    def _read_started(self, record: Record) -> None:
        assert isinstance(record, InvocationStarted)
        invocation = self._service.invocations[self._started]
        self._started += 1
        running = self._running.setdefault(record.function, [])
        running.append(invocation)
        self._put(invocation, "ConcurrentExecutions", len(running))

    def _read_ended(self, record: Record) -> None:
        assert isinstance(record, InvocationEnded)
        running = self._running[record.function]
        invocation = next(each for each in running if each.environment == record.environment)
        running.remove(invocation)
        assert invocation.result is not None
        self._put(invocation, "Invocations", 1)
        self._put(invocation, "Errors", 0 if invocation.result.succeeded else 1)
        self._put(invocation, "Throttles", 0)
        self._put(invocation, "Duration", invocation.duration_ms, "Milliseconds")

    def _read_throttled(self, record: Record) -> None:
        assert isinstance(record, InvocationThrottled)
        self._count(record.function, "Throttles", record.at_us)

    def _read_dropped(self, record: Record) -> None:
        assert isinstance(record, AsynchronousEventDropped)
        self._count(record.function, "AsyncEventsDropped", record.at_us)

    def _read_stopped(self, record: Record) -> None:
        assert isinstance(record, RecursionStopped)
        self._count(record.function, "RecursiveInvocationsDropped", record.at_us)

    def _read_log(self, record: Record) -> None:
        """Embedded metrics in what a function printed."""
        assert isinstance(record, LogWritten)
        if '"_aws"' in record.text:
            for line in record.text.split("\n"):
                for key, sample in embedded_metrics(line, self._unix_us_at_start):
                    self._store.put(key, sample)

    def _put(self, invocation: Invocation, name: str, value: float, unit: str = "Count") -> None:
        """For the function, for the alias or version it was invoked by, and for all functions."""
        function = self._service.functions[invocation.function].spec.name
        sets: list[dict[str, str]] = [{}, {"FunctionName": function}]
        qualifier = invocation.invoked_arn.partition(f":function:{function}:")[2]
        if qualifier:
            sets.append({"FunctionName": function, "Resource": f"{function}:{qualifier}"})
        for dimensions in sets:
            self._store.count(metric(NAMESPACE, name, dimensions), invocation.started_us, value, unit)

    def _count(self, logical_id: str, name: str, at_us: int) -> None:
        function = self._service.functions[logical_id].spec.name
        for dimensions in ({}, {"FunctionName": function}):
            self._store.count(metric(NAMESPACE, name, dimensions), at_us, 1)
