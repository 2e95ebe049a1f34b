"""Faults that struck, and those that waited for nothing: what a scenario without its fault is worth."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.faults.awaiting import awaited
from harness.faults.base import Fault
from harness.faults.delivery import DuplicateDelivery, PoisonMessage
from harness.faults.downstream import DownstreamSlow
from harness.faults.environment import CrashAfterCall
from harness.faults.event_bus import EventHeldBack
from harness.faults.functions import DuplicateEvent
from harness.faults.recycling import ClockSkew
from harness.faults.service import LostReply, ServiceError
from harness.faults.streams import StreamForgets
from harness.faults.topics import TopicDelay
from harness.judge.extra import Extra
from harness.judge.judging import Judging
from harness.judge.kata import Kata
from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.scenario_verdict import Phase, scenario_verdict
from harness.judge.verdict import Outcome, Scenario, exit_code
from harness.judge.verdicts import verdict_of
from harness.promises import NotBegun, PromiseBroken
from harness.tests.fake_kata import write_kata
from harness.tests.fakes import aws
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import submit


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return read_kata(write_kata(tmp_path / "home"))


def work(event):
    yield aws("dynamodb.ListTables")


@pytest.fixture
def small(build: Build) -> SmallWorld:
    return build(work=work, submit=submit)


@pytest.fixture
def judging(small: SmallWorld) -> Judging:
    return Judging(small.setting, 1)


def runs(small: SmallWorld, judging: Judging, *plans: Sequence[Fault], optional: bool = False) -> None:
    """A world for each plan, in which a message is worked on."""

    async def drive() -> None:
        for plan in plans:
            world = await judging.new_world()
            for fault in plan:
                world.inject(fault, optional=optional)
            world.queue("Orders").send('{"id": "o-7"}')
            await world.settle()
        judging.close_worlds()

    small.run(drive())


def verdict(kata: Kata, judging: Judging, error: BaseException | None = None) -> Scenario:
    return scenario_verdict(kata, "test_door_opens", [Phase("call", error)], judging, sample=False, real_ms=1)


LOST = LostReply(service="sqs", operation="SendMessage|SendMessageBatch", times=1)


def test_a_scenario_that_ends_well_without_its_fault_is_not_reached_and_earns_nothing(
    kata: Kata, small: SmallWorld, judging: Judging
) -> None:
    runs(small, judging, [LOST])

    told = verdict(kata, judging)

    assert (told.outcome, told.points, told.earned) == (Outcome.NOT_REACHED, 3, 0)
    assert told.message == (
        "The fault reply_lost waited for a call of sqs SendMessage or SendMessageBatch and never struck: "
        "this proves nothing yet."
    )
    assert (told.expected, told.got) == ("reply_lost strikes at least once", "it never did, in 1 run")
    assert told.diagnosis.startswith("let your design come to what the fault waits for")
    assert told.story != ()


def test_a_submission_whose_scenario_is_not_reached_has_failed(kata: Kata, small: SmallWorld, judging: Judging) -> None:
    runs(small, judging, [LOST])

    judged = verdict_of(Job(kata, kata.solutions, 1), [verdict(kata, judging)])

    assert (judged.outcome, judged.score, exit_code(judged)) == ("failed", 0, 1)


def test_a_broken_promise_is_told_before_a_fault_that_never_struck(
    kata: Kata, small: SmallWorld, judging: Judging
) -> None:
    runs(small, judging, [LOST])

    told = verdict(kata, judging, PromiseBroken("Order o-7 is lost.", "", "", "", []))

    assert (told.outcome, told.message) == (Outcome.FAILED, "Order o-7 is lost.")


def test_a_fault_that_the_contract_leaves_open_need_not_strike(kata: Kata, small: SmallWorld, judging: Judging) -> None:
    runs(small, judging, [LOST], optional=True)
    assert verdict(kata, judging).outcome is Outcome.PASSED


def test_a_sweep_is_reached_by_one_run_although_its_last_is_undisturbed(
    kata: Kata, small: SmallWorld, judging: Judging
) -> None:
    runs(small, judging, *[[CrashAfterCall(k=k, functions=("Work",), times=1)] for k in (1, 2)])

    told = verdict(kata, judging)

    assert (told.outcome, told.faults) == (
        Outcome.PASSED,
        ("crash_after_call: dynamodb ListTables, in run 1 at 429 ms",),
    )


def test_each_of_two_faults_has_to_strike(kata: Kata, small: SmallWorld, judging: Judging) -> None:
    runs(small, judging, [DuplicateDelivery(queue="Orders", times=1), DuplicateDelivery(queue="Failed", times=1)])

    told = verdict(kata, judging)

    assert told.outcome is Outcome.NOT_REACHED
    assert "duplicate_delivery waited for a message in Failed" in told.message


def test_what_explore_adds_need_not_strike_nor_must_then_what_the_test_injects(
    kata: Kata, small: SmallWorld, judging: Judging
) -> None:
    judging.vary(1, Extra(faults=(DownstreamSlow(service="cms"),)))
    runs(small, judging, [LOST])

    assert verdict(kata, judging).outcome is Outcome.PASSED


def test_a_state_of_things_has_no_instant_at_which_it_strikes(kata: Kata, small: SmallWorld, judging: Judging) -> None:
    small.world._deployment.faults.inject(StreamForgets(stream="Clicks", older_than_s=60))
    judging.worlds.append(small.world)

    assert verdict(kata, judging).outcome is Outcome.PASSED


def test_strikes_on_the_same_thing_are_one_line_with_their_number(
    kata: Kata, small: SmallWorld, judging: Judging
) -> None:
    runs(small, judging, [PoisonMessage(queue="Failed", from_ms=4000), PoisonMessage(queue="Failed", from_ms=9000)])
    assert verdict(kata, judging).faults == (
        "poison_message: a message that nobody can read in Failed, at 4000 ms, 2 times",
    )


def test_what_is_not_begun_is_blocked_without_a_story(kata: Kata, small: SmallWorld, judging: Judging) -> None:
    runs(small, judging, [LOST])

    told = verdict(kata, judging, NotBegun("Stage B is not begun.", "add a function Migrate [M1]"))

    assert (told.outcome, told.earned, told.message) == (Outcome.BLOCKED, 0, "Stage B is not begun.")
    assert (told.diagnosis, told.story, told.logs) == ("add a function Migrate [M1]", (), ())


@pytest.mark.parametrize(
    ("fault", "opportunity"),
    [
        (LostReply(service="cms", operation="POST /articles"), "a call of cms POST /articles"),
        (ServiceError(operation="Send|SendBatch", function="Relay"), "a call of Send or SendBatch by Relay"),
        (ServiceError(), "a call"),
        (CrashAfterCall(k=3, functions=("A", "B")), "an outside call of A or B"),
        (CrashAfterCall(function="A"), "an outside call of A"),
        (CrashAfterCall(), "an outside call of a function"),
        (DuplicateDelivery(queue="Orders"), "a message in Orders"),
        (TopicDelay(topic="News"), "a message of News"),
        (EventHeldBack(rule="Paid"), "an event for Paid"),
        (DuplicateEvent(function="Work"), "an invocation of Work"),
        (ClockSkew(), "an opportunity"),
    ],
)
def test_what_a_fault_waits_for_is_said_in_words(fault: Fault, opportunity: str) -> None:
    assert awaited(fault) == opportunity
