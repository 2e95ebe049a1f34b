"""What API Gateway publishes as metrics of an API, and Lambda of its stream sources.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cloud.engines.cloudwatch.metrics import MetricStore, metric
from harness.event_sources.api_gateway import ApiAnswered, ApiRequested
from harness.event_sources.stream_consumer import RecordsProcessed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.cloud.template import ApiSpec, Template
    from harness.simulation.trace import Record

NAMESPACE = "AWS/ApiGateway"
STACK_NAME = "kata"
"""SAM's title of a REST API without a name of its own, and so its ApiName."""


class SourceMetrics:
    """Turns records of the trace into data points.

    Attributes:
        readers: what takes which record.
    """

    def __init__(self, store: MetricStore, template: Template) -> None:
        self._store = store
        self._functions = template.functions
        self._apis = template.apis
        self._requested: dict[tuple[str, int], int] = {}
        self.readers: Mapping[type[Record], Callable[[Record], None]] = {
            RecordsProcessed: self._read_processed,
            ApiRequested: self._read_requested,
            ApiAnswered: self._read_answered,
        }

    def _read_processed(self, record: Record) -> None:
        assert isinstance(record, RecordsProcessed)
        key = metric("AWS/Lambda", "IteratorAge", {"FunctionName": self._functions[record.function].name})
        self._store.count(key, record.at_us, record.iterator_age_ms, "Milliseconds")

    def _read_requested(self, record: Record) -> None:
        assert isinstance(record, ApiRequested)
        self._requested[record.api, record.request] = record.at_us

    def _read_answered(self, record: Record) -> None:
        assert isinstance(record, ApiAnswered)
        api = self._apis[record.api]
        began_us = self._requested.pop((record.api, record.request), record.at_us)
        names = ("4xx", "5xx") if api.kind == "http" else ("4XXError", "5XXError")
        self._put(api, "Count", record.at_us, 1, "Count")
        self._put(api, names[0], record.at_us, 400 <= record.status < 500, "Count")
        self._put(api, names[1], record.at_us, record.status >= 500, "Count")
        self._put(api, "Latency", record.at_us, (record.at_us - began_us) / 1000, "Milliseconds")

    def _put(self, api: ApiSpec, name: str, at_us: int, value: float, unit: str) -> None:
        which = {"ApiId": api.api_id} if api.kind == "http" else {"ApiName": api.name or STACK_NAME}
        for dimensions in (which, {**which, "Stage": api.stage}):
            self._store.count(metric(NAMESPACE, name, dimensions), at_us, float(value), unit)
