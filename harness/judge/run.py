"""Judges submissions. The one way in: `judge` for one, `judge_each` for many side by side."""

import contextlib
import functools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.judge.kata import Kata
from harness.judge.verdict import Fault, Scenario, Verdict

if TYPE_CHECKING:
    from harness.judge.extra import Extra
    from harness.judge.many import JudgeWith
    from harness.worker.process import Zygote

JudgeEach = Callable[[Iterable["Job"]], Iterator[tuple["Job", Verdict]]]
"""Judges many submissions, as `judge_each` does."""

JUDGE_LIMIT_S = 600.0
"""Real seconds a whole submission may take before its judge is ended."""


@dataclass(frozen=True)
class Job:
    """A submission to judge.

    Attributes:
        folder: the submission: holds template.yaml.
        seed: seed of every scenario.
        only: names of the scenarios to run; empty runs all.
        debug: keep the terminal for the handler (breakpoint() works), no watchdog, one process.
        sandbox: sandbox layers to apply to the workers; None: all that this machine has.
        timelines: folder that takes the timeline of each scenario (`kept_timeline` reads it); None: none are made.
        extra: faults and lateness added to every scenario; None: none.
        stored: whether plans that `kata explore` has kept with the submission are judged too.
        neighbour: whether to look for the run that is nearest to the first broken one and passes.
    """

    kata: Kata
    folder: Path
    seed: int
    only: tuple[str, ...] = ()
    debug: bool = False
    sandbox: tuple[str, ...] | None = None
    timelines: Path | None = None
    extra: "Extra | None" = None
    stored: bool = False
    neighbour: bool = False


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
    with _ready() as judge_with:
        return judge_with(job, on_scenario, processes or cores())


def judge_each(jobs: Iterable[Job], *, processes: int = 0) -> Iterator[tuple[Job, Verdict]]:
    """Judges many submissions, one judge process each, `processes` side by side.

    Yields each job with its verdict as it is done. A judge that dies gives a verdict with
    outcome "error" and fault "harness", and stops nobody else.
    """
    from harness.judge.many import judge_side_by_side

    with _ready() as judge_with:
        yield from judge_side_by_side(list(jobs), processes or cores(), judge_with)


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _ready() -> Iterator["JudgeWith"]:
    """Gives the function that judges a job."""
    with prepared() as (zygote, temporary):
        yield functools.partial(_judge, zygote, temporary)


@contextlib.contextmanager
def prepared() -> Iterator[tuple["Zygote", Path]]:
    """Starts the zygote while the heavy imports of this process are on their way.

    At the end every worker is gone, and then everything that was written for them: judges that
    were forked from here and killed have left theirs behind.
    """
    from harness.worker.process import start_zygote

    with tempfile.TemporaryDirectory(prefix="kata-", ignore_cleanup_errors=True) as temporary:
        zygote = start_zygote()
        try:
            from harness.judge.preload import preload

            preload()
            yield zygote, Path(temporary)
        finally:
            zygote.close()


def _judge(
    zygote: "Zygote", parent: Path, job: Job, on_scenario: Callable[[Scenario], None], processes: int
) -> Verdict:
    from harness.judge.session import Session

    began = time.perf_counter()
    try:
        temporary = Path(tempfile.mkdtemp(prefix="judge-", dir=parent))
    except OSError as error:  # told as a verdict: this may be one judge of a whole cohort
        from harness.judge.scenario_verdict import explain_unexpected
        from harness.judge.verdicts import error_verdict

        return error_verdict(job, Fault.HARNESS, explain_unexpected(error, Fault.HARNESS))
    try:
        verdict = Session(job, zygote, temporary, on_scenario, processes).verdict()
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    import msgspec

    return msgspec.structs.replace(verdict, real_ms=round((time.perf_counter() - began) * 1000))
