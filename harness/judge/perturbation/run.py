"""Shows that the scenarios of a kata can fail. The one way in: `perturb`."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.judge.perturbation.report import Oracle, OracleReport
from harness.judge.run import Job, cores, prepared


def perturb(job: Job, *, on_oracle: Callable[[Oracle], None] = lambda oracle: None, processes: int = 0) -> OracleReport:
    """Runs every scenario with what it reads falsified.

    Args:
        job: a right design, the reference as a rule.
        on_oracle: called with each scenario's oracle as soon as it is known.
        processes: cores to use; 0: all there are.
    """
    with prepared() as (zygote, parent):
        from harness.judge.perturbation.session import PerturbingSession

        temporary = Path(tempfile.mkdtemp(prefix="perturb-", dir=parent))
        session = PerturbingSession(job, zygote, temporary, processes or cores(), on_oracle=on_oracle)
        verdict = session.verdict()
    troubles = [f"{name} could not be judged: {died}" for name, died in session.deaths.items()]
    if verdict.error:
        troubles.insert(0, f"nothing could be judged: {verdict.error.happened}")
    names = [name for promise in job.kata.promises for name in promise.points if name in session.oracles]
    return OracleReport(oracles=tuple(session.oracles[name] for name in names), troubles=tuple(troubles))
