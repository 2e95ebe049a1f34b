"""What each promise is good for: chaff that only its scenarios reject."""

from harness.judge.kata import Kata
from harness.judge.scenarios import scenario_names
from harness.judge.thorough.report import KillReport
from harness.judge.vectors import Vectors
from harness.judge.verdict import Outcome


def kills_of(kata: Kata, vectors: Vectors) -> KillReport:
    """Which chaff would get through without this promise, for each; and the scenarios that reject nothing.

    The gate may reject the starter alone: chaff that fails it is no subtle mistake.
    """
    killers = {
        solution.removeprefix("chaff/"): {name for name, outcome in vector.items() if outcome == Outcome.FAILED}
        for solution, vector in vectors.items()
        if solution.startswith("chaff/")
    }
    busy = set().union(*killers.values())
    if vectors.get("starter", {}).get(kata.gate) == Outcome.FAILED:
        busy.add(kata.gate)
    return KillReport(
        alone={
            promise.id: tuple(chaff for chaff, names in killers.items() if names and names <= promise.points.keys())
            for promise in kata.promises
        },
        idle=tuple(name for name in scenario_names(kata) if name not in busy),
    )
