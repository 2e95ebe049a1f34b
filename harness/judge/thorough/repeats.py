"""Judges one submission again and again: the same seed must give the same verdict and the same traces."""

from collections.abc import Callable

from harness.judge.run import Job, JudgeEach
from harness.judge.thorough.report import RepeatReport
from harness.judge.verdict import Verdict


def repeat(
    job: Job, times: int, *, judge_each: JudgeEach, on_run: Callable[[int], None] = lambda done: None
) -> RepeatReport:
    """Judges the job so many times and compares every run with the first.

    Args:
        judge_each: one that judges; a cache would compare a verdict with itself.
        on_run: called with the number of runs that are over.

    Returns:
        what differed; after Ctrl-C, among the runs that were over.
    """
    first: dict[str, str] = {}
    differences: list[str] = []
    runs = 0
    try:
        for _, verdict in judge_each([job] * times):
            runs += 1
            now = _shape(verdict)
            first = first or now
            differences += [
                f"run {runs}, {name}: {now.get(name, 'not judged')}, in the first run {first.get(name, 'not judged')}"
                for name in dict.fromkeys([*first, *now])
                if first.get(name) != now.get(name)
            ]
            on_run(runs)
    except KeyboardInterrupt:
        pass
    return RepeatReport(seed=job.seed, asked=times, runs=runs, differences=tuple(differences))


def _shape(verdict: Verdict) -> dict[str, str]:
    """What must be the same each time: outcome, message and digest of every scenario, and of the whole."""
    error = f" {verdict.error.happened}" if verdict.error else ""
    scenarios = {one.name: f"{one.outcome} {one.digest} {one.message}".strip() for one in verdict.scenarios}
    return {"verdict": f"{verdict.outcome} {verdict.score}{error}", **scenarios}
