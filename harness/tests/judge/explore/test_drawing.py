"""What is drawn: only faults that the kata allows, and only where they can strike."""

import hypothesis
import msgspec
import pytest
from hypothesis import HealthCheck, settings

from harness.faults.downstream import DownstreamSlow, LateCommit
from harness.faults.environment import CrashAfterCall
from harness.faults.plan import FaultPlan
from harness.faults.service import LostReply, ThrottledCall
from harness.judge.explore.candidate import Candidate
from harness.judge.explore.drawing import SEEDS, candidates
from harness.judge.explore.entry import EVERY, Choice, ExploreEntry, FaultEntry, Range
from harness.judge.explore.landscape import Landscape

LANDSCAPE = Landscape(
    invocations={"Work": (3, 1)},
    unseen=("Mark",),
    calls={("Work", "dynamodb"): 2, ("Work", "legacy"): 1},
    messages={"Orders": 2},
    outside=("legacy",),
)


def drawn(entry: ExploreEntry, landscape: Landscape = LANDSCAPE, *, rounds: int = 15) -> list[Candidate]:
    """Candidates as a search draws them, in rounds of ten."""
    found: list[Candidate] = []
    for number in range(rounds):

        @hypothesis.seed(number)
        @settings(database=None, deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
        @hypothesis.given(candidates(entry, landscape, 5))
        def draw(candidate: Candidate) -> None:
            found.append(candidate)

        draw()
    return found


def lines(entry: ExploreEntry, landscape: Landscape = LANDSCAPE) -> set[str]:
    return {line for one in drawn(entry, landscape) for line in one.plan.lines()}


def only(fault: FaultEntry, **more: int) -> ExploreEntry:
    return ExploreEntry(faults=(fault,), **more)  # type: ignore[arg-type]


def test_the_simplest_is_the_scenario_undisturbed_under_its_own_seed() -> None:
    assert drawn(ExploreEntry(), rounds=1)[0] == Candidate(plan=FaultPlan(seed=5))


@pytest.mark.parametrize("most", [0, 1, 3])
def test_there_are_never_more_faults_than_the_kata_allows(most: int) -> None:
    assert max(len(one.plan.faults) for one in drawn(ExploreEntry(most=most))) == most


def test_seeds_begin_with_the_kata_s_own() -> None:
    seeds = {one.plan.seed for one in drawn(ExploreEntry())}
    assert min(seeds) == 5
    assert max(seeds) < 5 + SEEDS


def test_requests_come_no_later_than_the_kata_allows() -> None:
    assert max(max(one.jitter_ms, default=0) for one in drawn(ExploreEntry(jitter_ms=30))) == 30
    assert {one.jitter_ms for one in drawn(ExploreEntry(jitter_ms=0))} == {()}


def test_a_crash_is_drawn_after_each_call_that_was_seen_and_in_functions_that_were_not() -> None:
    seen = {
        "crash_after_call times=1 function=Work",
        "crash_after_call skip=1 times=1 function=Work",
        "crash_after_call times=1 function=Work k=2",
        "crash_after_call times=1 function=Work k=3",
    }
    drawn_lines = lines(only(FaultEntry(CrashAfterCall), most=1))
    assert seen < drawn_lines
    assert {line.split(" k=")[0] for line in drawn_lines - seen} == {"crash_after_call times=1 function=Mark"}


def test_functions_that_nobody_saw_run_are_one_place_in_ten() -> None:
    places = LANDSCAPE.places(CrashAfterCall, is_weather=False)

    unseen = [place for place in places if place["function"] == "Mark"]
    assert unseen == [{"function": "Mark", "k": k} for k in (1, 2, 3)]
    assert len(places) >= 10 * len(unseen)


def test_a_lost_reply_strikes_any_call_and_a_throttle_those_to_aws_alone() -> None:
    to_dynamodb = ["times=1 service=dynamodb function=Work", "skip=1 times=1 service=dynamodb function=Work"]
    assert lines(only(FaultEntry(LostReply), most=1)) == {
        *(f"reply_lost {one}" for one in to_dynamodb),
        "reply_lost times=1 service=legacy function=Work",
    }
    assert lines(only(FaultEntry(ThrottledCall), most=1)) == {f"throttled_call {one}" for one in to_dynamodb}


def test_bad_weather_is_bound_to_no_function_and_passes_nothing_by() -> None:
    slow = FaultEntry(DownstreamSlow, {"factor": Range(2, 3), "times": Choice((EVERY,))})

    assert lines(only(slow, most=1)) == {
        "downstream_slow service=legacy",
        "downstream_slow service=legacy factor=3.0",
    }


def test_what_the_kata_names_narrows_where_a_fault_strikes() -> None:
    late = FaultEntry(LateCommit, {"service": Choice(("legacy",)), "hold_ms": Choice((9000,))})
    elsewhere = FaultEntry(LateCommit, {"service": Choice(("search",))})

    assert lines(only(late, most=1)) == {"late_commit times=1 service=legacy function=Work hold_ms=9000"}
    assert lines(only(elsewhere)) == set()


def test_without_anything_to_strike_seeds_and_lateness_are_left() -> None:
    found = drawn(ExploreEntry(), Landscape(invocations={}))

    assert all(not one.plan.faults for one in found)
    assert len({one.plan.seed for one in found}) > 20


def test_a_plan_reads_back_as_it_was_drawn() -> None:
    found = drawn(ExploreEntry())
    assert [msgspec.json.decode(msgspec.json.encode(one), type=Candidate) for one in found] == found
