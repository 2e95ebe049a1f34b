"""The nearest run that passes: a broken scenario is run again with one thing changed, until one passes.

What is changed, in this order: one of the faults that struck it never does; none of them does;
another seed. The first run that keeps the promise is the neighbour. Told beside the broken run
it shows what the mistake hangs on: the fault, or the chance of who comes first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest

from harness.faults.board import FaultStruck
from harness.judge.extra import Extra
from harness.judge.judging import Judging
from harness.judge.plugin import AcceptancePlugin
from harness.judge.story import lines_about
from harness.judge.verdict import Neighbour, Outcome, Scenario, StoryLine
from harness.promises import PromiseBroken

FURTHER_SEEDS = 3
RECORDS = 5000
"""Records of traces that all tries together may make: a second or two. Of a burst there is no neighbour."""


@dataclass(frozen=True)
class Change:
    """One thing that is different in a run: its seed, or that these faults never strike."""

    said: str
    seed: int
    without: tuple[str, ...] = ()


def neighbour_of(plugin: AcceptancePlugin, scenario: Scenario) -> Neighbour | None:
    """The nearest passing run of a scenario that this process has just judged broken; None if none passes.

    Afterwards the process is of no use for judging: its seed and its faults are those of the last try.
    """
    judging = plugin.judging
    about = plugin.error.about if isinstance(plugin.error, PromiseBroken) else []
    struck = dict.fromkeys(record.fault for world in judging.worlds for record in world.trace.of(FaultStruck))
    broken = _story(judging, about)
    for change in islice(_changes(scenario.seed, tuple(struck)), tries_of(scenario)):
        judging.vary(change.seed, Extra(without=change.without))
        if plugin.judge_scenario(scenario.name).outcome is Outcome.PASSED:
            return _beside(change, broken, _story(judging, about))
    return None


def tries_of(scenario: Scenario) -> int:
    """How many runs of it the search may take."""
    return RECORDS // max(1, scenario.records)


def _changes(seed: int, struck: tuple[str, ...]) -> Iterator[Change]:
    for fault in struck:
        yield Change(f"without {fault}", seed, (fault,))
    if len(struck) > 1:
        yield Change("without any fault", seed, struck)
    for further in range(seed + 1, seed + 1 + FURTHER_SEEDS):
        yield Change(f"under seed {further}", further)


def _story(judging: Judging, about: list[str]) -> list[StoryLine]:
    return lines_about(judging.worlds[-1], about) if judging.worlds else []


def _beside(change: Change, broken: list[StoryLine], passing: list[StoryLine]) -> Neighbour:
    """Where the two part; under another seed they have no ids in common, and part nowhere."""
    pairs = zip_longest(broken, passing) if change.without else ()
    here, there = next(((one, other) for one, other in pairs if one != other), (None, None))
    return Neighbour(difference=change.said, here=here, there=there)
