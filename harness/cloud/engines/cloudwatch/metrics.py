"""Metrics: data points by namespace, name and dimensions, and statistics of them by period.

Data points are kept as they came. What AWS's own services publish is derived from the trace
when somebody asks: a provider adds what is new since it was asked last. Left out: retention,
the resolution limits of old data points.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from harness.cloud.engines.cloudwatch.statistics import Sample, statistic_of

Dimensions = tuple[tuple[str, str], ...]
"""Names and values, in the order of the names."""


class Metric(NamedTuple):
    """What identifies a metric."""

    namespace: str
    name: str
    dimensions: Dimensions = ()


def metric(namespace: str, name: str, dimensions: Mapping[str, str] | None = None) -> Metric:
    """A metric by its dimensions in any order."""
    return Metric(namespace, name, tuple(sorted((dimensions or {}).items())))


@dataclass(frozen=True)
class Window:
    """A stretch of virtual time, cut into periods that are aligned to Unix time.

    Attributes:
        start_us: included.
        end_us: not included.
    """

    start_us: int
    end_us: int
    period_s: int


class MetricStore:
    """All metrics of the account.

    Attributes:
        providers: each is called before anything is read.
        forecasters: each gives the value of a metric at an instant to come, if nothing happens
            until then; None: there will be none, or it is not this one's metric.
    """

    def __init__(self, unix_us_at_start: int) -> None:
        self._unix_us_at_start = unix_us_at_start
        self._samples: dict[Metric, list[Sample]] = {}
        self._sorted: set[Metric] = set()
        self.providers: list[Callable[[], None]] = []
        self.forecasters: list[Callable[[Metric, int], float | None]] = []

    def put(self, key: Metric, sample: Sample) -> None:
        """Adds a data point."""
        self._samples.setdefault(key, []).append(sample)
        self._sorted.discard(key)

    def count(self, key: Metric, at_us: int, value: float, unit: str = "Count") -> None:
        """Adds a data point of one value."""
        self.put(key, Sample.of(at_us, value, unit))

    def refresh(self) -> None:
        """Everything that has happened so far is in the metrics."""
        for provide in self.providers:
            provide()

    def forecast(self, key: Metric, at_us: int) -> float | None:
        """The value of a metric at an instant to come, where it goes on by itself."""
        values = (forecast(key, at_us) for forecast in self.forecasters)
        return next((value for value in values if value is not None), None)

    def metrics(self) -> list[Metric]:
        """Every metric with a data point, by name."""
        self.refresh()
        return sorted(self._samples)

    def values(self, key: Metric, statistic: str, window: Window, unit: str = "") -> dict[int, float]:
        """A statistic of each period that has data points, by the period's start in virtual microseconds."""
        return {start: statistic_of(samples, statistic) for start, samples in self.periods(key, window, unit).items()}

    def periods(self, key: Metric, window: Window, unit: str = "") -> dict[int, list[Sample]]:
        """The data points of each period that has any, by the period's start; call `refresh` before."""
        found: dict[int, list[Sample]] = {}
        for sample in self._between(key, window):
            if unit in ("", sample.unit):
                found.setdefault(self.period_start(sample.at_us, window.period_s), []).append(sample)
        return found

    def period_start(self, at_us: int, period_s: int) -> int:
        """The start of the period that holds this instant."""
        return at_us - (at_us + self._unix_us_at_start) % (period_s * 1_000_000)

    def _between(self, key: Metric, window: Window) -> Iterable[Sample]:
        samples = self._samples.get(key, [])
        if key not in self._sorted:
            samples.sort(key=lambda sample: sample.at_us)
            self._sorted.add(key)
        first = bisect_left(samples, window.start_us, key=lambda sample: sample.at_us)
        return samples[first : bisect_left(samples, window.end_us, key=lambda sample: sample.at_us)]
