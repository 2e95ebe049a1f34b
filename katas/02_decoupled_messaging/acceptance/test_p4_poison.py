"""P4: a message nobody can digest stands aside."""

import pytest

from announcements import go_on, publish, stop
from club import (
    ACCESS,
    BILLING,
    ENTITLEMENTS,
    GOOD_DAY_S,
    MINUTE_S,
    REPAIRED_S,
    TOPIC,
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
from harness.faults.downstream import DownstreamFails, DownstreamRefuses
from harness.world import World

ALL_TOGETHER = "Nine good messages failed together with a bad one."
GONE = "The refused event is gone; nobody can look at it or send it again."
OUTAGE_S = 600
ASIDE_S = 60 * MINUTE_S
OTHERS_S = 5 * MINUTE_S


@pytest.mark.sample
async def test_one_bad_event_does_not_take_its_batch_along(world: World) -> None:
    members = [draw_member(world) for _ in range(10)]
    bad, good = members[3], members[:3] + members[4:]
    world.inject(DownstreamRefuses(service=ENTITLEMENTS, containing=f"/{bad}/"))
    access_is_out = stop(world, ACCESS)
    for member_id in members:
        await changes(world, member_id, ["pro"])
    await has_charged(world, dict.fromkeys(members, 1), within_s=GOOD_DAY_S)
    await world.run_for(s=30)

    go_on(world, access_is_out)
    await has_followed(world, dict.fromkeys(good, 1), within_s=OTHERS_S)
    for member_id in good:
        await judge_access(world, member_id, 1, "pro", mark="S8", likely=ALL_TOGETHER)
    await world.until(lambda: set_aside(world, ACCESS), within_s=ASIDE_S, every_ms=30_000)
    await world.run_for(minutes=10)

    judge_set_aside(world, ACCESS, [1], why="one of ten was refused for good", likely=GONE)
    judge_set_aside(world, BILLING, [0], why="Billing could digest all ten")
    for member_id in members:
        await judge_bill(world, member_id, ["pro"])


async def test_garbage_on_the_topic_reaches_the_dead_letter_queues(world: World) -> None:
    members = [draw_member(world) for _ in range(5)]
    for member_id in members[:3]:
        await changes(world, member_id, ["plus"])
    publish(world, {"event_type": "MemberChanged", "plan": "pro"})
    for member_id in members[3:]:
        await changes(world, member_id, ["plus"])

    await has_reached_both(world, dict.fromkeys(members, 1), within_s=OTHERS_S)
    for member_id in members:
        await judge_bill(world, member_id, ["plus"], mark="S8")
        await judge_access(world, member_id, 1, "plus", mark="S8")
    both = (BILLING, ACCESS)
    await world.until(lambda: all(set_aside(world, queue) for queue in both), within_s=ASIDE_S, every_ms=30_000)
    for queue in both:
        judge_set_aside(world, queue, [1], why=f"one message on {TOPIC} named no member and no version", likely=GONE)


async def test_a_later_change_of_the_same_member_goes_through(world: World) -> None:
    member_id = draw_member(world)
    world.inject(DownstreamRefuses(service=ENTITLEMENTS, containing=f"/{member_id}/plus"))
    await changes(world, member_id, ["basic", "plus"])
    await world.until(lambda: _refused(world, member_id), within_s=OTHERS_S)

    await changes(world, member_id, ["pro"], after=2)
    await has_followed(world, {member_id: 3}, within_s=ASIDE_S)

    await judge_access(
        world, member_id, 3, "pro", mark="S7", likely="The refused version stood in the way of the next."
    )
    await world.run_for(s=ASIDE_S)
    judge_set_aside(world, ACCESS, [0, 1], why="one version was refused for good")
    judge_set_aside(world, BILLING, [0], why="Billing could digest all three")
    await judge_bill(world, member_id, ["basic", "plus", "pro"])


async def test_a_short_outage_poisons_nothing(world: World) -> None:
    ends_ms = world.now_ms + OUTAGE_S * 1000
    world.inject(DownstreamFails(service=ENTITLEMENTS, ends=("503",), until_ms=ends_ms))
    members = [draw_member(world) for _ in range(8)]
    for member_id in members:
        await changes(world, member_id, ["basic"])
        await world.run_for(s=1)

    await world.run_for(ms=ends_ms - world.now_ms)
    await has_followed(world, dict.fromkeys(members, 1), within_s=REPAIRED_S)

    likely = "Its tries ended before the outage did."
    for member_id in members:
        await judge_access(world, member_id, 1, "basic", mark="S4", likely=likely)
    judge_set_aside(world, ACCESS, [0], why="entitlements was down for ten minutes", likely=likely)


def _refused(world: World, member_id: str) -> bool:
    log = world.service(ENTITLEMENTS).log
    return any(one.status == 422 and one.path == f"/entitlements/{member_id}/plus" for one in log)
