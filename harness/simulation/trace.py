"""The trace: everything that happened, in order, as typed records.

Tests query it, the timeline draws it, and its digest proves that two runs were the same.
Record types live beside the code that emits them and are named in the past tense.
"""

import hashlib
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from harness.simulation.clock import Clock


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="record"):
    """One thing that happened. Subclasses pass `tag=True` by being defined with it.

    Attributes:
        at_us: virtual microseconds since the start of the run; the trace fills it in.
    """

    at_us: int = 0

    @property
    def at_ms(self) -> int:
        """Virtual milliseconds since the start of the run."""
        return self.at_us // 1000


R = TypeVar("R", bound=Record)


class Trace:
    """An append-only list of records, with an index by type."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.records: list[Record] = []
        self._by_type: dict[type[Record], list[Record]] = {}

    def append(self, record: R) -> R:
        """Stamps the record with the present instant, keeps it and returns it stamped."""
        stamped = msgspec.structs.replace(record, at_us=self._clock.now_us)
        self.records.append(stamped)
        self._by_type.setdefault(type(stamped), []).append(stamped)
        return stamped

    def of(self, kind: type[R]) -> list[R]:
        """All records of exactly this type, in order."""
        return self._by_type.get(kind, [])  # type: ignore[return-value]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def lines(self) -> Iterator[bytes]:
        """The trace as JSON lines, keys in the order of the fields."""
        encode = msgspec.json.Encoder(order="deterministic").encode
        return (encode(record) for record in self.records)

    def digest(self) -> str:
        """A digest of the whole trace, 16 hexadecimal digits: same run, same digest."""
        state = hashlib.sha256()
        for line in self.lines():
            state.update(line)
            state.update(b"\n")
        return state.hexdigest()[:16]
