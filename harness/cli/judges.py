"""The judge that commands call: the real one, or another that was handed to `main`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from harness.judge.explore.model import Exploration, Explored, Tally
    from harness.judge.perturbation.report import Oracle, OracleReport
    from harness.judge.run import Job, JudgeEach
    from harness.judge.verdict import Scenario, Verdict


class Judge(Protocol):
    """Judges one submission and calls back for each scenario, in the order to fix them."""

    def __call__(self, job: "Job", *, on_scenario: "Callable[[Scenario], None]") -> "Verdict": ...


class Explore(Protocol):
    """Explores one submission and calls back after each run."""

    def __call__(self, exploration: "Exploration", *, on_step: "Callable[[list[Tally], int], None]") -> "Explored": ...


class Perturb(Protocol):
    """Runs every scenario of a job with what it reads falsified, and calls back for each of them."""

    def __call__(self, job: "Job", *, on_oracle: "Callable[[Oracle], None]") -> "OracleReport": ...


@dataclass(frozen=True)
class Judges:
    """All ways to judge; None stands for the real one, which is imported when it is needed."""

    one: Judge | None = None
    each: "JudgeEach | None" = None
    explore: Explore | None = None
    perturb: Perturb | None = None

    def judge(self) -> Judge:
        """Judges one submission."""
        from harness.judge import run

        return self.one or run.judge

    def judge_each(self) -> "JudgeEach":
        """Judges many submissions side by side."""
        from harness.judge import run

        return self.each or run.judge_each

    def exploring(self) -> Explore:
        """Looks for plans that break a submission."""
        from harness.judge.explore import run

        return self.explore or run.explore

    def perturbing(self) -> Perturb | None:
        """Shows that scenarios can fail; None where another than the real judge was handed over."""
        from harness.judge.perturbation import run

        return self.perturb or (None if self.each else run.perturb)
