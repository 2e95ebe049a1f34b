"""P8: a change that is saved is announced; a change that is announced was saved."""

import msgspec

from announcements import TOLD_NOBODY, heard, judge_agreed, publishers
from club import (
    MINUTE_S,
    TOPIC,
    change,
    changes,
    document,
    draw_member,
    has_reached_both,
    member,
    put,
)
from harness.faults.base import CallFault
from harness.faults.environment import CrashAfterCall
from harness.faults.meeting import DYNAMODB_WRITES
from harness.faults.service import BatchPartialFailure, LostReply, ServiceError
from harness.judge.sweep import SWEEP_LIMIT
from harness.promises import expect
from harness.world import World
from harness.world.queue_view import QueueView

NEVER_HAPPENED = "Services acted on a change that never happened."
COUNTED_TWICE = "A write was repeated after a lost reply and counted as a second change."
NOBODY_LOOKED = "Part of a batch was refused and nobody looked."
NEVER_TRIED_AGAIN = "Publishing failed, and nobody tried again."
PUBLISH = "Publish|PublishBatch"
SOON_S = 5 * MINUTE_S
OUTAGE_S = 600


async def test_a_crash_at_any_step_of_a_change_leaves_state_and_events_agreed(world: World) -> None:
    newcomer, function = world.topic(TOPIC).attach_queue(), _function(world)
    for k in range(1, SWEEP_LIMIT + 1):
        member_id = draw_member(world)
        strikes = 0
        for plan in ("plus", "pro"):
            crash = world.inject(CrashAfterCall(k=k, functions=(function,), times=1), optional=True)
            await put(world, member_id, plan)
            world.lift(crash)
            strikes += crash.strikes
            await world.run_for(s=SOON_S)
            await judge_agreed(world, newcomer, member_id, mark="S5", untold=TOLD_NOBODY, unsaved=NEVER_HAPPENED)
        if not strikes:
            return


async def test_an_outage_of_the_topic_delays_events_and_loses_none(world: World) -> None:
    newcomer = world.topic(TOPIC).attach_queue()
    ends_ms = world.now_ms + OUTAGE_S * 1000
    world.inject(ServiceError(service="sns", operation=PUBLISH, until_ms=ends_ms))
    members = [draw_member(world) for _ in range(4)]
    for member_id in members:
        await put(world, member_id, "basic")
        await world.run_for(s=80)
        await put(world, member_id, "pro")
        await world.run_for(s=60)

    await world.run_for(s=max(0.0, (ends_ms - world.now_ms) / 1000) + 15 * MINUTE_S)
    for member_id in members:
        await judge_agreed(world, newcomer, member_id, mark="S6", untold=NEVER_TRIED_AGAIN, unsaved=NEVER_HAPPENED)


async def test_a_change_that_could_not_be_saved_is_never_announced(world: World) -> None:
    newcomer, member_id = world.topic(TOPIC).attach_queue(), draw_member(world)
    down = ServiceError(service="dynamodb", operation=DYNAMODB_WRITES, function=_function(world), containing=member_id)
    trouble = world.inject(down)
    answer = await put(world, member_id, "pro")
    await world.run_for(s=SOON_S)

    expect(
        answer.status >= 500 or answer.status == 409,
        f"No write for member {member_id} was done, and the request was answered {answer.status}.",
        expected="5xx or 409 [A4]",
        got=f"{answer.status} {answer.text[:300]}",
        about=[member_id],
    )
    events = [one.content for one in heard(newcomer, member_id)]
    expect(
        not events and not await member(world, member_id),
        f"No write for member {member_id} was done, and {len(events)} events say that its plan changed.",
        expected="no change, no event [E1]",
        got=events,
        likely=NEVER_HAPPENED if events else "",
        about=[member_id],
    )

    world.lift(trouble)
    await change(world, member_id, "pro", version=1)
    await has_reached_both(world, {member_id: 1}, within_s=SOON_S)
    await judge_agreed(world, newcomer, member_id, mark="S5", untold=TOLD_NOBODY, unsaved=NEVER_HAPPENED)


async def test_a_lost_reply_anywhere_on_the_way_changes_nothing(world: World) -> None:
    newcomer, function = world.topic(TOPIC).attach_queue(), _function(world)
    await _one_quiet_change(world, newcomer)
    writers = list(dict.fromkeys([function, *publishers(world)]))
    for all_attempts in (False, True):
        for writer in writers:
            writes = LostReply(
                service="dynamodb", operation=DYNAMODB_WRITES, function=writer, times=1, all_attempts=all_attempts
            )
            await _sweep(world, newcomer, writes, must_strike=writer == function)
        await _sweep(
            world,
            newcomer,
            LostReply(service="sns", operation=PUBLISH, times=1, all_attempts=all_attempts),
            must_strike=True,
        )


async def test_a_crash_of_the_relay_is_repaired(world: World) -> None:
    newcomer = world.topic(TOPIC).attach_queue()
    await _one_quiet_change(world, newcomer)
    relays = tuple(publishers(world))
    for k in range(1, SWEEP_LIMIT + 1):
        member_id = draw_member(world)
        crash = world.inject(CrashAfterCall(k=k, functions=relays, times=1), optional=True)
        await put(world, member_id, "plus")
        await world.run_for(s=SOON_S)
        world.lift(crash)
        await judge_agreed(world, newcomer, member_id, mark="S5", untold=TOLD_NOBODY, unsaved=NEVER_HAPPENED)
        if not crash.strikes:
            return


async def test_half_a_batch_published_is_completed(world: World) -> None:
    newcomer = world.topic(TOPIC).attach_queue()
    refused = BatchPartialFailure(service="sns", operation="PublishBatch", times=2)
    world.inject(refused, optional=True)  # who publishes one by one is never struck
    members = [draw_member(world) for _ in range(5)]

    for member_id in members:
        await changes(world, member_id, ["plus", "basic"])
    await world.run_for(s=SOON_S)

    for member_id in members:
        await judge_agreed(world, newcomer, member_id, mark="S5", untold=NOBODY_LOOKED)


async def _one_quiet_change(world: World, newcomer: QueueView) -> None:
    """A change that nothing disturbs; it shows who publishes."""
    member_id = draw_member(world)
    await changes(world, member_id, ["basic"])
    await has_reached_both(world, {member_id: 1})
    await judge_agreed(world, newcomer, member_id, mark="S2")


async def _sweep(world: World, newcomer: QueueView, fault: CallFault, *, must_strike: bool) -> None:
    """Lets the fault strike the first, second, ... call of one change, until none is left to strike."""
    for number in range(SWEEP_LIMIT):
        member_id = draw_member(world)
        struck = world.inject(msgspec.structs.replace(fault, skip=number), optional=number > 0 or not must_strike)
        answer = await put(world, member_id, "pro")
        await world.run_for(s=SOON_S)
        world.lift(struck)
        _judge_undecided(member_id, answer.status, document(answer).get("version"))
        version = await judge_agreed(
            world, newcomer, member_id, mark="S5", untold=TOLD_NOBODY, unsaved=NEVER_HAPPENED, twice=COUNTED_TWICE
        )
        expect(
            version <= 1,
            f"Member {member_id} was asked to change once, and has version {version}.",
            expected="one change at most [A1]",
            got=version,
            likely=COUNTED_TWICE,
            about=[member_id],
        )
        if not struck.strikes:
            return


def _judge_undecided(member_id: str, status: int, version: object) -> None:
    expect(
        status in (409,) or status >= 500 or (status == 200 and version == 1),
        f"Member {member_id} was asked to change while a reply was lost, and the answer was {status}, "
        f"version {version}.",
        expected="200 with version 1, or 409 or 5xx [A1] [A4]",
        got=f"{status}, version {version}",
        likely=COUNTED_TWICE if status == 200 else "",
        about=[member_id],
    )


def _function(world: World) -> str:
    return world.function_behind("PUT", "/members/m-1")
