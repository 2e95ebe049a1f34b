"""DynamoDB's limits on throughput: what a table, an index or one partition key can take.

A key takes 1,000 write and 3,000 read units a second, with a second's worth in reserve. A table
or global index in provisioned mode takes what it is provisioned with, and keeps what it did not
use for 300 seconds. A new table on demand takes 4,000 write and 12,000 read units a second;
that this grows with the traffic is left out.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.cloud.table_items import TableShape
from harness.cloud.table_units import Units
from harness.simulation.clock import Clock

READ_PER_KEY = 3_000
WRITE_PER_KEY = 1_000
ON_DEMAND_READ = 12_000
ON_DEMAND_WRITE = 4_000
BURST_S = 300


@dataclass(frozen=True)
class Refusal:
    """Why units are not to be had, in the words of a ThrottlingReason.

    Attributes:
        partition: the partition key value that is asked for too much; "": the table or index is.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
    """

    reason: str
    resource: str
    table: str
    partition: str = ""

    def hits(self, consumed: Sequence[Units]) -> bool:
        """Whether these units are what it refuses."""
        return any(one.table == self.table and self.partition in ("", one.partition) for one in consumed)


@dataclass
class _Bucket:
    tokens: float
    at_us: int


@dataclass(frozen=True)
class _Limit:
    """A bucket's name, what flows into it a second, how much it holds, and why it refuses."""

    name: tuple[str, ...]
    per_s: float
    holds: float
    why: str


@dataclass
class PerKey:
    """What one partition key value takes a second; a test may set it lower."""

    read: float = READ_PER_KEY
    write: float = WRITE_PER_KEY


@dataclass
class TableCapacity:
    """Token buckets of every table, index and key that was ever used. They begin full.

    Attributes:
        per_key: the limit of a partition key value.
        throttled: how often each table has refused a call.
    """

    clock: Clock
    shape: Callable[[str], TableShape | None]
    per_key: PerKey = field(default_factory=PerKey)
    throttled: dict[str, int] = field(default_factory=dict)
    _buckets: dict[tuple[str, ...], _Bucket] = field(default_factory=dict)

    def take(self, consumed: Sequence[Units]) -> Refusal | None:
        """All units are taken, or none of them if they are not to be had.

        A call larger than a bucket is done when that is full, and leaves it in debt.
        """
        wanted: dict[_Limit, float] = {}
        for units in consumed:
            for limit in self._limits(units):
                wanted[limit] = wanted.get(limit, 0.0) + units.units
        for limit, amount in wanted.items():
            if self._level(limit) + 1e-9 < min(amount, limit.holds):
                self.throttled[limit.name[0]] = self.throttled.get(limit.name[0], 0) + 1
                return self._refusal(limit)
        for limit, amount in wanted.items():
            self._buckets[limit.name].tokens -= amount
        return None

    def give_back(self, consumed: Sequence[Units]) -> None:
        """Units that were taken for what was then not done."""
        for units in consumed:
            for limit in self._limits(units):
                bucket = self._buckets[limit.name]
                bucket.tokens = min(limit.holds, bucket.tokens + units.units)

    def _limits(self, units: Units) -> Iterator[_Limit]:
        where = ("Index" if units.is_global else "Table") + units.kind.capitalize()
        place = units.index if units.is_global else ""
        if units.partition:
            per_s = self.per_key.read if units.kind == "read" else self.per_key.write
            key = (units.table, place, units.kind, units.partition)
            yield _Limit(key, per_s, per_s, f"{where}KeyRangeThroughputExceeded")
        shape = self.shape(units.table)
        if shape is None:
            return
        name = (units.table, place, units.kind)
        if shape.provisioned:
            given = next((one for one in shape.indexes if one.name == place), shape) if place else shape
            provisioned = given.read_per_s if units.kind == "read" else given.write_per_s
            yield _Limit(name, provisioned, provisioned * BURST_S, f"{where}ProvisionedThroughputExceeded")
        else:
            on_demand = ON_DEMAND_READ if units.kind == "read" else ON_DEMAND_WRITE
            yield _Limit(name, on_demand, on_demand, f"{where}AccountLimitExceeded")

    def _level(self, limit: _Limit) -> float:
        now_us = self.clock.now_us
        bucket = self._buckets.get(limit.name)
        if bucket is None:
            bucket = self._buckets[limit.name] = _Bucket(limit.holds, now_us)
        gained = (now_us - bucket.at_us) / 1_000_000 * limit.per_s
        bucket.tokens, bucket.at_us = min(limit.holds, bucket.tokens + gained), now_us
        return bucket.tokens

    def _refusal(self, limit: _Limit) -> Refusal:
        table, place, _, *partition = limit.name
        shape = self.shape(table)
        arn = shape.arn if shape else ""
        return Refusal(limit.why, f"{arn}/index/{place}" if place else arn, table, "".join(partition))
