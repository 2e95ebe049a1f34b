"""What is tried in one run of an exploration: a fault plan, and how late the client's requests come."""

from typing import Any

import msgspec

from harness.faults.plan import FaultPlan
from harness.judge.extra import Extra


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One way to run a scenario.

    Attributes:
        plan: the seed of the run, and the faults added to those of the scenario's own test.
        jitter_ms: how much later the first, second, ... request of the client comes.
    """

    plan: FaultPlan
    jitter_ms: tuple[int, ...] = ()

    @property
    def extra(self) -> Extra:
        """What the judge adds to the scenario."""
        return Extra(faults=self.plan.faults, jitter_ms=self.jitter_ms)

    @property
    def is_undisturbed(self) -> bool:
        """Whether it adds nothing: the scenario as `kata test` runs it, if the seed is the same."""
        return not self.plan.faults and not any(self.jitter_ms)

    def lines(self) -> list[str]:
        """One readable line for the seed, for each fault, and for the lateness."""
        late = [f"request {number} comes {ms} ms late" for number, ms in enumerate(self.jitter_ms, start=1) if ms]
        return [f"seed {self.plan.seed}", *self.plan.lines(), *late]

    def size(self, seed: int) -> tuple[Any, ...]:
        """How much there is to understand: the smaller of two candidates sorts first.

        Args:
            seed: the scenario's own, which is the simplest.
        """
        text = msgspec.json.encode(self)
        late = sum(1 for ms in self.jitter_ms if ms)
        return (len(self.plan.faults), late, self.plan.seed != seed, len(text), text)


def on_time(jitter_ms: list[int]) -> tuple[int, ...]:
    """The lateness of each request, without the zeros at its end."""
    while jitter_ms and not jitter_ms[-1]:
        jitter_ms = jitter_ms[:-1]
    return tuple(jitter_ms)
