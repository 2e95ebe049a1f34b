"""The search, on functions that say at once which candidates break a promise."""

from collections.abc import Callable

import pytest

from harness.faults.delivery import DuplicateDelivery
from harness.faults.environment import CrashAfterCall
from harness.judge.explore.breach import Breach
from harness.judge.explore.candidate import Candidate
from harness.judge.explore.drawing import candidates
from harness.judge.explore.entry import ExploreEntry
from harness.judge.explore.landscape import Landscape
from harness.judge.explore.search import SHRINKING, Search, Tried

LANDSCAPE = Landscape(
    invocations={"Work": (5, 5)},
    calls={("Work", "dynamodb"): 4, ("Work", "legacy"): 3},
    messages={"Orders": 2},
    outside=("legacy",),
)
DRAWN = candidates(ExploreEntry(), LANDSCAPE, 1)


def broken(message: str, promise: str = "P1") -> Tried:
    return Tried(breach=Breach(promise=promise, message=message))


def searched(run: Callable[[Candidate], Tried], *, chance: int = 7, tries: int = 120) -> Search:
    search = Search(run=run, seed=1)
    search.over(DRAWN, chance=chance, candidates=tries)
    return search


def dies_late(candidate: Candidate) -> bool:
    return any(isinstance(fault, CrashAfterCall) and fault.k >= 3 for fault in candidate.plan.faults)


def comes_twice_soon(candidate: Candidate) -> bool:
    faults = [fault for fault in candidate.plan.faults if isinstance(fault, DuplicateDelivery)]
    return any(fault.after_ms[0] < 500 for fault in faults)


def test_what_breaks_a_promise_is_shrunk_to_the_smallest_plan_that_does() -> None:
    search = searched(lambda one: broken("Lost.") if dies_late(one) else Tried())

    [smallest] = search.smallest.values()
    assert smallest.lines() == ["seed 1", "crash_after_call times=1 function=Work k=3"]


def test_both_faults_stay_where_it_takes_both() -> None:
    search = searched(lambda one: broken("Lost.") if dies_late(one) and comes_twice_soon(one) else Tried())

    [smallest] = search.smallest.values()
    assert sorted(smallest.plan.lines()) == [
        "crash_after_call times=1 function=Work k=3",
        "duplicate_delivery times=1 queue=Orders after_ms=(0,)",
    ]


def test_two_ways_to_break_a_promise_are_shrunk_each_by_itself() -> None:
    def run(candidate: Candidate) -> Tried:
        if comes_twice_soon(candidate):
            return broken("Order o-7 was charged twice.")
        return broken("Order o-7 was lost.") if dies_late(candidate) else Tried()

    found = {way: one.plan.lines() for (_, way), one in searched(run).smallest.items()}

    assert found == {
        "Order ... was charged twice.": ["duplicate_delivery times=1 queue=Orders after_ms=(0,)"],
        "Order ... was lost.": ["crash_after_call times=1 function=Work k=3"],
    }


def test_a_lateness_that_it_takes_is_shrunk_to_the_least() -> None:
    search = searched(lambda one: broken("Late.") if one.jitter_ms and max(one.jitter_ms) > 120 else Tried())

    [smallest] = search.smallest.values()
    assert smallest.lines() == ["seed 1", "request 1 comes 121 ms late"]


def test_the_same_chance_tries_the_same_in_the_same_order() -> None:
    runs: list[list[Candidate]] = [[], [], []]

    def remembered(number: int) -> Callable[[Candidate], Tried]:
        def run(candidate: Candidate) -> Tried:
            runs[number].append(candidate)
            return broken("Lost.") if dies_late(candidate) else Tried()

        return run

    for number, chance in enumerate((7, 7, 8)):
        searched(remembered(number), chance=chance, tries=40)

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_nothing_is_run_twice_and_no_more_than_was_paid_for() -> None:
    tried: list[Candidate] = []

    search = searched(lambda one: tried.append(one) or Tried(), tries=35)  # type: ignore[func-returns-value]

    assert len(tried) == len(set(tried)) == search.tried == 35


def test_shrinking_ends_after_so_many_runs() -> None:
    search = searched(lambda one: broken("Lost.") if one.plan.faults else Tried(), tries=10)

    assert search.tried <= 10 + SHRINKING


def test_each_smaller_plan_is_told_as_soon_as_it_is_found() -> None:
    told: list[Candidate] = []
    search = Search(
        run=lambda one: broken("Lost.") if dies_late(one) else Tried(),
        seed=1,
        on_smaller=lambda candidate, breach: told.append(candidate),
    )

    search.over(DRAWN, chance=7, candidates=100)

    sizes = [one.size(1) for one in told]
    assert sizes == sorted(sizes, reverse=True)
    assert told[-1] == next(iter(search.smallest.values()))


def test_an_error_of_the_run_itself_is_none_of_the_search() -> None:
    def run(candidate: Candidate) -> Tried:
        raise RuntimeError("The disk is full.")

    with pytest.raises(RuntimeError, match="The disk is full."):
        searched(run)
