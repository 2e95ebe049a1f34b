"""Explores a submission. The one way in: `explore`."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.judge.explore.model import Exploration, Explored, Tally
from harness.judge.run import Job, cores, prepared


def explore(
    exploration: Exploration,
    *,
    on_step: Callable[[list[Tally], int], None] = lambda tallies, found: None,
    processes: int = 0,
) -> Explored:
    """Looks for plans under which the submission breaks a promise.

    Args:
        on_step: called after each run with how far the scenarios are, and how much has been found.
        processes: cores to use; 0: all there are.

    Returns:
        what was found; after Ctrl-C, what had been found by then.
    """
    with prepared() as (zygote, parent):
        from harness.judge.explore.preload import preload
        from harness.judge.explore.session import ExploringSession

        kata = exploration.kata
        job = Job(kata, exploration.folder, kata.seeds[0], _scenarios(exploration))
        temporary = Path(tempfile.mkdtemp(prefix="explore-", dir=parent))
        preload(temporary / "hypothesis")
        session = ExploringSession(
            job,
            zygote,
            temporary,
            processes or cores(),
            chance=exploration.chance,
            budget_s=exploration.budget_s,
            on_step=on_step,
        )
        verdict = session.verdict()
    return Explored(
        verdict=verdict,
        findings=tuple(session.findings),
        tallies=tuple(session.tallies),
        troubles=tuple(session.troubles),
        interrupted=session.interrupted,
    )


def _scenarios(exploration: Exploration) -> tuple[str, ...]:
    from harness.judge.kata_file import samples_of

    kata = exploration.kata
    chosen = set(exploration.scenarios or kata.explore.scenarios or samples_of(kata))
    return tuple(name for promise in kata.promises for name in promise.points if name in chosen)
