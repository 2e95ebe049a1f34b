"""How Hypothesis draws what is tried: which faults of those that the kata allows, seed and lateness.

What stands first is what Hypothesis shrinks to: no fault before any, the kata's own seed before
others, early before late, once before often.
"""

from typing import Any

import msgspec
from hypothesis import strategies as st

from harness.faults.base import Fault
from harness.faults.delivery import DuplicateDelivery
from harness.faults.downstream import DownstreamSlow
from harness.faults.environment import CrashAfterCall
from harness.faults.plan import FaultPlan
from harness.faults.service import LostReply, ServiceError, ThrottledCall
from harness.judge.explore.candidate import Candidate, on_time
from harness.judge.explore.entry import EVERY, Choice, ExploreEntry, FaultEntry, Range, fitting
from harness.judge.explore.landscape import Landscape, Place

SEEDS = 1000
"""How many schedules of events there are to draw from, counted from the kata's first seed."""

JITTERED_REQUESTS = 6
"""How many requests of the client may come late; a scenario's first ones."""

DEFAULT_FAULTS = (
    FaultEntry(DuplicateDelivery, {"after_ms": Range(0, 60_000)}),
    FaultEntry(CrashAfterCall),
    FaultEntry(LostReply),
    FaultEntry(ThrottledCall),
    FaultEntry(ServiceError),
    FaultEntry(DownstreamSlow, {"factor": Range(2, 8), "times": Choice((EVERY,))}),
)
"""What may be added where the kata does not say: what every kata's contract has a right solution survive."""


def candidates(entry: ExploreEntry, landscape: Landscape, seed: int) -> st.SearchStrategy[Candidate]:
    """Everything that an exploration may try.

    Args:
        seed: the kata's first, and the one that is shrunk to.
    """
    kinds = [_fault(one, landscape) for one in entry.faults or DEFAULT_FAULTS]
    possible = [kind for kind in kinds if kind is not None]
    one = st.one_of(st.none(), st.none(), *possible)  # less often than any other end: most plans are full
    lateness = st.lists(st.integers(0, entry.jitter_ms), max_size=JITTERED_REQUESTS if entry.jitter_ms else 0)
    return st.builds(_candidate, st.tuples(*[one] * entry.most), st.integers(seed, seed + SEEDS - 1), lateness)


def _candidate(faults: tuple[Any, ...], seed: int, jitter_ms: list[int]) -> Candidate:
    plan = FaultPlan(seed=seed, faults=tuple(fault for fault in faults if fault is not None))
    return Candidate(plan=plan, jitter_ms=on_time(jitter_ms))


def _fault(entry: FaultEntry, landscape: Landscape) -> st.SearchStrategy[Fault] | None:
    """The fault with its settings drawn; None if there is nothing here that it could strike."""
    is_weather = entry.values.get("times") == Choice((EVERY,))
    places = [place for place in landscape.places(entry.fault, is_weather=is_weather) if _is_allowed(place, entry)]
    if not places:
        return None
    settings = {name: _values(entry.fault, name, spread) for name, spread in _spreads(entry, is_weather).items()}
    named = st.fixed_dictionaries({name: one for name, one in settings.items() if name not in places[0]})
    return st.tuples(st.sampled_from(places), named).map(
        lambda drawn: msgspec.convert({**drawn[1], **drawn[0]}, entry.fault)
    )


def _is_allowed(place: Place, entry: FaultEntry) -> bool:
    """Whether the kata's own words about the place leave it in."""
    return all(_holds(entry.values[name], value) for name, value in place.items() if name in entry.values)


def _holds(spread: Range | Choice, value: Any) -> bool:
    return spread.least <= value <= spread.most if isinstance(spread, Range) else value in spread.values


def _spreads(entry: FaultEntry, is_weather: bool) -> dict[str, Range | Choice]:
    """What is drawn beside the place: what the kata names, and how often and when the fault strikes."""
    filled: dict[str, Range | Choice] = {} if is_weather else {"times": Choice((1,))}
    return {**filled, **entry.values}


def _values(fault: type[Fault], name: str, spread: Range | Choice) -> st.SearchStrategy[Any]:
    if isinstance(spread, Choice):
        drawn: st.SearchStrategy[Any] = st.sampled_from(spread.values)
    elif isinstance(spread.least, int) and isinstance(spread.most, int):
        drawn = st.integers(spread.least, spread.most)
    else:
        drawn = st.floats(spread.least, spread.most)
    return drawn.map(lambda value: fitting(fault, name, value))
