"""P7: a service that was away finds everything waiting."""

from announcements import consumers, go_on, stop
from club import (
    ACCESS,
    BILLING,
    DEAD_LETTERS,
    ENTITLEMENTS,
    MINUTE_S,
    REPAIRED_S,
    changes,
    draw_member,
    has_charged,
    has_followed,
    has_reached_both,
    judge_access,
    judge_bill,
    judge_set_aside,
    set_aside,
)
from harness.faults.downstream import DownstreamFails
from harness.faults.functions import FunctionExits
from harness.promises import expect
from harness.world import World

OUTDATED = "An old plan overwrote a newer one."
EXPIRED = "Messages expired in the queue before the service came back."
EXPIRED_ASIDE = "Messages expired in the DLQ; on a standard queue their age counts from the first send."
ASIDE_S = 60 * MINUTE_S


async def test_billing_paused_for_a_week_catches_up(world: World) -> None:
    early, late = await _a_week_without(world, BILLING)

    await has_charged(world, {**dict.fromkeys(early, 1), **dict.fromkeys(late, 2)}, within_s=REPAIRED_S)

    for member_id in early + late:
        plans = ["plus", "pro"] if member_id in late else ["plus"]
        await judge_bill(world, member_id, plans, mark="S11", likely=EXPIRED)
    judge_set_aside(world, BILLING, [0], why="Billing was only away")


async def test_access_paused_for_a_week_catches_up(world: World) -> None:
    early, late = await _a_week_without(world, ACCESS)

    await has_followed(world, {**dict.fromkeys(early, 1), **dict.fromkeys(late, 2)}, within_s=REPAIRED_S)

    for member_id in early:
        await judge_access(world, member_id, 1, "plus", mark="S11", likely=EXPIRED)
    for member_id in late:
        await judge_access(world, member_id, 2, "pro", mark="S11", likely=EXPIRED)
    judge_set_aside(world, ACCESS, [0], why="Access was only away")


async def test_failed_events_wait_until_they_are_redriven(world: World) -> None:
    world.inject(DownstreamFails(service=ENTITLEMENTS, ends=("503",), until_ms=7 * 86_400_000))
    members = [draw_member(world) for _ in range(5)]
    for member_id in members:
        await changes(world, member_id, ["pro"])

    await world.run_for(days=10)
    _redrive(world, ACCESS)
    await has_followed(world, dict.fromkeys(members, 1), within_s=REPAIRED_S)

    likely = EXPIRED_ASIDE if set_aside(world, ACCESS) else EXPIRED
    for member_id in members:
        await judge_access(world, member_id, 1, "pro", mark="S11", likely=likely)


async def test_a_redrive_after_newer_changes_keeps_the_newest(world: World) -> None:
    member_id, both = draw_member(world), (BILLING, ACCESS)
    out = [stop(world, queue) for queue in both]
    await changes(world, member_id, ["basic"])
    await world.run_for(minutes=3)
    exits = [
        world.inject(FunctionExits(function=function, containing=member_id))
        for queue in both
        for function in consumers(world, queue)
    ]
    for one in out:
        go_on(world, one)
    await world.until(lambda: all(set_aside(world, queue) for queue in both), within_s=ASIDE_S, every_ms=30_000)
    for queue in both:
        judge_set_aside(world, queue, [1], why="one event killed whoever read it")
    for fault in exits:
        world.lift(fault)

    for version, plan in ((2, "plus"), (3, "pro")):
        await changes(world, member_id, [plan], after=version - 1)
        await has_followed(world, {member_id: version}, within_s=REPAIRED_S)
    await judge_access(world, member_id, 3, "pro", mark="S7")
    await world.run_for(days=10)
    for queue in both:
        _redrive(world, queue)
    await has_reached_both(world, {member_id: 3}, within_s=REPAIRED_S)
    await world.run_for(s=REPAIRED_S)

    await judge_access(world, member_id, 3, "pro", mark="S11", likely=OUTDATED)
    await judge_bill(world, member_id, ["basic", "plus", "pro"], mark="S11", likely=EXPIRED_ASIDE)


async def _a_week_without(world: World, queue: str) -> tuple[list[str], list[str]]:
    """A service is out for seven days: six members change on the first, three of them again on the last.

    Returns:
        the members who changed once, and those who changed twice.
    """
    members = [draw_member(world) for _ in range(6)]
    out = stop(world, queue)
    for member_id in members:
        await changes(world, member_id, ["plus"])
    await world.run_for(days=6)
    for member_id in members[:3]:
        await changes(world, member_id, ["pro"], after=1)
    await world.run_for(days=1)
    go_on(world, out)
    return members[3:], members[:3]


def _redrive(world: World, queue: str) -> None:
    """What an operator does with a dead-letter queue [Q2]."""
    aside = world.queue(DEAD_LETTERS[queue])
    expect(
        aside.exists,
        f"There is no {DEAD_LETTERS[queue]} in the template.",
        expected=f"a queue with the logical id {DEAD_LETTERS[queue]} [Q1]",
        got="none",
    )
    aside.move_to(world.queue(queue))
