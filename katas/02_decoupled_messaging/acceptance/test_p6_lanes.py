"""P6: order costs only the member it protects."""

import asyncio
import random

from announcements import published
from club import (
    ACCESS,
    ENTITLEMENTS,
    GOOD_DAY_S,
    MINUTE_S,
    change,
    changes,
    draw_member,
    has_followed,
    has_reached_both,
    judge_access,
    judge_bill,
    judge_set_aside,
)
from harness.faults.downstream import DownstreamHangs
from harness.world import World

ONE_LANE = "Order was bought by queueing every member behind every other."
BURST_MS = 10_000
ALL_S = 3 * MINUTE_S
SLOW_DAY_MS = 4000
OTHERS_S = 5 * MINUTE_S


async def test_sixty_members_do_not_queue_behind_each_other(world: World) -> None:
    world.service(ENTITLEMENTS).day_ms = SLOW_DAY_MS
    once, twice = [draw_member(world) for _ in range(54)], [draw_member(world) for _ in range(6)]

    await asyncio.gather(
        *[_changes_in_time(world, member_id, ["pro"]) for member_id in once],
        *[_changes_in_time(world, member_id, ["basic", "pro"]) for member_id in twice],
    )
    wanted = {**dict.fromkeys(twice, 2), **dict.fromkeys(once, 1)}
    is_all_there = await has_followed(world, wanted, within_s=ALL_S)

    late = [] if is_all_there else wanted
    for member_id in [*late, twice[0]]:
        await judge_access(world, member_id, wanted[member_id], "pro", mark="S3", likely=ONE_LANE)
    judge_set_aside(world, ACCESS, [0], why="there were only many of them", likely=ONE_LANE)


async def test_a_busy_member_does_not_hold_up_the_others(world: World) -> None:
    world.service(ENTITLEMENTS).day_ms = SLOW_DAY_MS
    busy, others = draw_member(world), [draw_member(world) for _ in range(10)]
    plans = ["basic", "plus", "pro", "plus"] * 4

    await asyncio.gather(
        _busy(world, busy, plans), *[_changes_in_time(world, member_id, ["pro"]) for member_id in others]
    )
    ended_ms = world.now_ms
    await has_followed(world, dict.fromkeys(others, 1), within_s=GOOD_DAY_S)
    for member_id in others:
        await judge_access(world, member_id, 1, "pro", mark="S3", likely=ONE_LANE)
    await has_reached_both(world, {busy: 16}, within_s=ALL_S - (world.now_ms - ended_ms) / 1000)

    await judge_access(world, busy, 16, plans[-1], mark="S3")
    await judge_bill(world, busy, plans, mark="S3")


async def test_a_stuck_member_does_not_hold_up_the_others(world: World) -> None:
    stuck, others = draw_member(world), [draw_member(world) for _ in range(12)]
    world.inject(DownstreamHangs(service=ENTITLEMENTS, containing=f"/{stuck}/", hold_ms=30_000))
    await changes(world, stuck, ["basic"])
    await world.until(lambda: bool(published(world, stuck)), within_s=GOOD_DAY_S)

    await asyncio.gather(*[_changes_in_time(world, member_id, ["pro"]) for member_id in others])
    await has_followed(world, dict.fromkeys(others, 1), within_s=OTHERS_S)

    for member_id in others:
        await judge_access(world, member_id, 1, "pro", mark="S8", likely=ONE_LANE)


async def _changes_in_time(world: World, member_id: str, plans: list[str]) -> None:
    """Changes of a member within ten seconds, one after another."""
    for version, plan in enumerate(plans, start=1):
        await world.run_for(ms=_pauses(world).randint(0, (BURST_MS - 1000) // len(plans)))
        await change(world, member_id, plan, version=version)


async def _busy(world: World, member_id: str, plans: list[str]) -> None:
    for version, plan in enumerate(plans, start=1):
        await change(world, member_id, plan, version=version)
        await world.run_for(ms=BURST_MS // len(plans) - 50)


def _pauses(world: World) -> random.Random:
    draws: random.Random = world.random("club/pauses")
    return draws
