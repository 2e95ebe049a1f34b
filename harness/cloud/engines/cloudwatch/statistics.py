"""Statistics of data points: count, sum, average, extremes, percentiles.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


@dataclass(frozen=True)
class Sample:
    """One data point as it was put: one value, several values with counts, or a statistic set.

    Attributes:
        at_us: virtual time.
        values: value and count of each; empty for a statistic set, of which only the rest is known.
    """

    at_us: int
    unit: str
    total: float
    count: float
    least: float
    most: float
    values: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, at_us: int, value: float, unit: str = "None") -> "Sample":
        """One value."""
        return cls(at_us, unit, value, 1, value, value, ((value, 1),))

    @classmethod
    def several(cls, at_us: int, values: Sequence[float], counts: Sequence[float], unit: str = "None") -> "Sample":
        """Values, each with its count; at least one."""
        total = sum(value * count for value, count in zip(values, counts, strict=True))
        pairs = tuple(zip(values, counts, strict=True))
        return cls(at_us, unit, total, sum(counts), min(values), max(values), pairs)


def is_statistic(name: str) -> bool:
    """Whether this is a statistic that can be calculated here."""
    return name in SIMPLE or _percentile(name) is not None


def statistic_of(samples: Sequence[Sample], name: str) -> float:
    """A statistic of at least one data point; a percentile of statistic sets is their maximum."""
    count = sum(sample.count for sample in samples)
    match name:
        case "SampleCount":
            return count
        case "Sum":
            return sum(sample.total for sample in samples)
        case "Average":
            return sum(sample.total for sample in samples) / count if count else 0.0
        case "Minimum":
            return min(sample.least for sample in samples)
        case "Maximum":
            return max(sample.most for sample in samples)
    share = _percentile(name)
    assert share is not None
    return _at_percentile(samples, share)


def _percentile(name: str) -> float | None:
    number = name[1:]
    if not name.startswith("p") or not number.replace(".", "", 1).isdecimal() or float(number) > 100:
        return None
    return float(number) / 100


def _at_percentile(samples: Sequence[Sample], share: float) -> float:
    """The least value that at least this share of all values does not exceed."""
    pairs = sorted(pair for sample in samples for pair in sample.values or ((sample.most, sample.count),))
    rank: float = max(1, math.ceil(share * sum(count for _, count in pairs) - 1e-9))
    for value, count in pairs:
        rank -= count
        if rank <= 0:
            return value
    return pairs[-1][0]
