"""What is metered: a run's trace and what stands around it, within a window of time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from harness.cloud.table_units import Consumption
from harness.cloud.template import Template
from harness.functions.invocation import Invocation
from harness.functions.service import LambdaService
from harness.simulation.clock import Clock
from harness.simulation.trace import Record, Trace

R = TypeVar("R", bound=Record)

_NO_END = 2**62


@dataclass(frozen=True)
class Metered:
    """A run. Nothing here changes it.

    Attributes:
        consumption: what each call to DynamoDB consumed.
        from_us, until_us: the window; a thing belongs to it by the instant at which it began.
    """

    trace: Trace
    clock: Clock
    template: Template
    functions: LambdaService
    consumption: list[Consumption]
    from_us: int = 0
    until_us: int = _NO_END

    def records(self, kind: type[R]) -> Iterator[R]:
        """The trace's records of a type, within the window."""
        return (record for record in self.trace.of(kind) if self.holds(record.at_us))

    def invocations(self) -> Iterator[Invocation]:
        """The invocations that began within the window."""
        return (one for one in self.functions.invocations if self.holds(one.started_us))

    def holds(self, at_us: int) -> bool:
        """Whether an instant lies in the window."""
        return self.from_us <= at_us < self.until_us

    @property
    def hours(self) -> float:
        """How much of the window has passed."""
        return max(0, min(self.until_us, self.clock.now_us) - self.from_us) / 3_600_000_000

    def requests_of(self, route: str) -> set[str]:
        """Request ids of the invocations that a route of an API caused.

        Args:
            route: method and pattern, as in "GET /tweet/{tweet_id}".
        """
        pattern = _pattern(route)
        return {one.request_id for one in self.functions.invocations if pattern.fullmatch(one.cause)}

    def name_of(self, identifier: str) -> str:
        """The physical name behind a logical id of a table or queue; a name is its own."""
        template = self.template
        spec = template.tables.get(identifier) or template.queues.get(identifier)
        return spec.name if spec else identifier


def _pattern(route: str) -> re.Pattern[str]:
    """What causes look like: "GET /tweet/t-1"; {name} stands for a segment, {name+} for several."""
    parts = re.split(r"(\{[^}]*\})", route)
    texts = [
        re.escape(part) if not part.startswith("{") else ".+" if part.endswith("+}") else "[^/]+" for part in parts
    ]
    return re.compile("".join(texts))
