"""P3: a message that comes twice counts once."""

import pytest

from announcements import consumers, published, republish
from club import (
    ACCESS,
    BILLING,
    GOOD_DAY_S,
    REPAIRED_S,
    changes,
    draw_member,
    has_charged,
    has_followed,
    has_reached_both,
    judge_access,
    judge_bill,
    judge_set_aside,
)
from harness.faults.board import ActiveFault
from harness.faults.delivery import DuplicateDelivery
from harness.faults.environment import CrashAfterCall
from harness.faults.meeting import DYNAMODB_WRITES
from harness.faults.service import LostReply
from harness.judge.sweep import SWEEP_LIMIT
from harness.world import World

TWICE = "A message that came a second time was charged a second time."
NEW_ENVELOPE = "The same event in a new envelope was taken for a new one."
FORGOTTEN = "A copy came after the memory of the first had gone."
MARKED_ONLY = "The event was marked as done, the work was not."
REPEATED = "A write was repeated after a lost reply and counted as a second charge."


@pytest.mark.sample
async def test_a_redelivered_message_is_charged_once(world: World) -> None:
    for queue in (BILLING, ACCESS):
        world.inject(DuplicateDelivery(queue=queue, times=1, after_ms=(0,)))
        world.inject(DuplicateDelivery(queue=queue, skip=1, times=1, after_ms=(200,)))
        world.inject(DuplicateDelivery(queue=queue, skip=2, times=1, after_ms=(20_000,)))
    members = [draw_member(world) for _ in range(3)]

    for member_id in members:
        await changes(world, member_id, ["plus"])
        await has_charged(world, {member_id: 1}, within_s=GOOD_DAY_S)
        await world.run_for(s=30)
    await has_reached_both(world, dict.fromkeys(members, 1))
    await world.run_for(s=REPAIRED_S)

    for member_id in members:
        await judge_bill(world, member_id, ["plus"], mark="S9", twice=TWICE)
        await judge_access(world, member_id, 1, "plus", mark="S9")


async def test_an_event_published_twice_is_charged_once(world: World) -> None:
    member_id = draw_member(world)
    await changes(world, member_id, ["basic", "pro"])
    await world.until(lambda: len(published(world, member_id)) >= 2, within_s=GOOD_DAY_S, every_ms=20)
    for ms in (0, 200):
        republish(world, member_id, 2)
        await world.run_for(ms=ms)
    await has_reached_both(world, {member_id: 2})
    await world.run_for(minutes=10)
    await judge_bill(world, member_id, ["basic", "pro"], mark="S10", twice=NEW_ENVELOPE)

    republish(world, member_id, 1)
    for days in (3, 10):
        await world.run_for(days=days)
        republish(world, member_id, 1)
        republish(world, member_id, 2)
        await world.run_for(minutes=10)
        await judge_bill(world, member_id, ["basic", "pro"], mark="S10", twice=FORGOTTEN)
    await judge_access(world, member_id, 2, "pro", mark="S10")


async def test_a_crash_at_any_step_of_billing_is_repaired(world: World) -> None:
    functions = consumers(world, BILLING)
    for k in range(1, SWEEP_LIMIT + 1):
        crash = world.inject(CrashAfterCall(k=k, functions=functions, times=1), optional=True)
        member_id = draw_member(world)
        await changes(world, member_id, ["pro"])
        await _struck_or_worked_off(world, BILLING, member_id, crash)
        await has_charged(world, {member_id: 1}, within_s=REPAIRED_S)
        await judge_bill(world, member_id, ["pro"], mark="S9", likely=MARKED_ONLY, twice=TWICE)
        if not crash.strikes:
            break
        await _judge_one_more(world, member_id)
    judge_set_aside(world, BILLING, [0], why="nothing was wrong with any of them")


async def test_a_crash_at_any_step_of_access_is_repaired(world: World) -> None:
    functions = consumers(world, ACCESS)
    for k in range(1, SWEEP_LIMIT + 1):
        crash = world.inject(CrashAfterCall(k=k, functions=functions, times=1), optional=True)
        member_id = draw_member(world)
        await changes(world, member_id, ["plus"])
        await _struck_or_worked_off(world, ACCESS, member_id, crash)
        await has_followed(world, {member_id: 1}, within_s=REPAIRED_S)
        await judge_access(world, member_id, 1, "plus", mark="S9", likely=MARKED_ONLY)
        if not crash.strikes:
            break
    judge_set_aside(world, ACCESS, [0], why="nothing was wrong with any of them")


async def test_a_lost_reply_of_the_database_is_charged_once(world: World) -> None:
    for function in consumers(world, BILLING):
        for all_attempts in (False, True):
            await _sweep_lost_replies(world, function, all_attempts=all_attempts)
    await world.run_for(s=REPAIRED_S)
    judge_set_aside(world, BILLING, [0], why="every write of Billing was done")


async def _struck_or_worked_off(world: World, name: str, member_id: str, crash: ActiveFault) -> None:
    """Until then nobody asks the service, whose function may be the same."""
    queue = world.queue(name)

    def is_over() -> bool:
        has_come = any(member_id in one.body for one in queue.arrivals)
        return crash.strikes > 0 or (has_come and queue.waiting + queue.in_flight == 0)

    await world.until(is_over, within_s=REPAIRED_S, every_ms=200)
    world.lift(crash)


async def _judge_one_more(world: World, member_id: str) -> None:
    """The next change finds its way too, and the sum holds."""
    await changes(world, member_id, ["basic"], after=1)
    await has_charged(world, {member_id: 2}, within_s=REPAIRED_S)
    await judge_bill(world, member_id, ["pro", "basic"], mark="S9", likely=MARKED_ONLY, twice=TWICE)


async def _sweep_lost_replies(world: World, function: str, *, all_attempts: bool) -> None:
    """The reply to the first, second, ... write of one event is lost, until none is left to lose."""
    for number in range(SWEEP_LIMIT):
        lost = world.inject(
            LostReply(
                service="dynamodb",
                operation=DYNAMODB_WRITES,
                function=function,
                skip=number,
                times=1,
                all_attempts=all_attempts,
            ),
            optional=number > 0,
        )
        member_id = draw_member(world)
        await changes(world, member_id, ["plus"])
        await has_charged(world, {member_id: 1}, within_s=REPAIRED_S)
        await world.run_for(s=GOOD_DAY_S)
        world.lift(lost)
        await judge_bill(world, member_id, ["plus"], mark="S9", likely=MARKED_ONLY, twice=REPEATED)
        if not lost.strikes:
            return
