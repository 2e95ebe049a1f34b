"""Judges submissions. The one way in: `judge` for one, `judge_each` for many side by side."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.judge.kata import Kata
from harness.judge.verdict import Scenario, Verdict


@dataclass(frozen=True)
class Job:
    """A submission to judge.

    Attributes:
        folder: the submission: holds template.yaml.
        seed: seed of every scenario.
        only: names of the scenarios to run; empty runs all.
        debug: keep the terminal for the handler (breakpoint() works), no watchdog, one process.
        sandbox: sandbox layers to apply to the workers; None: all that this machine has.
    """

    kata: Kata
    folder: Path
    seed: int
    only: tuple[str, ...] = ()
    debug: bool = False
    sandbox: tuple[str, ...] | None = None


def judge(job: Job, *, on_scenario: Callable[[Scenario], None] = lambda scenario: None, processes: int = 0) -> Verdict:
    """Judges one submission; its scenarios run on `processes` cores (0: all there are).

    Args:
        on_scenario: called with each scenario's verdict in the order to fix them, as soon as
            that order allows.

    Returns:
        the verdict. A broken submission, a wrong kata and a failing harness give one too
        (outcome "error"); no exception of a submission gets out. KeyboardInterrupt does,
        after every process has been ended.
    """
    raise NotImplementedError


def judge_each(jobs: Iterable[Job], *, processes: int = 0) -> Iterator[tuple[Job, Verdict]]:
    """Judges many submissions, one judge process each, `processes` side by side.

    Yields each job with its verdict as it is done. A judge that dies gives a verdict with
    outcome "error" and fault "harness", and stops nobody else.
    """
    raise NotImplementedError
