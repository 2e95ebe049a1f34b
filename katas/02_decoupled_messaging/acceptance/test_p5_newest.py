"""P5: what is old never overwrites what is new."""

import asyncio

from announcements import event_of, go_on, heard, judge_agreed, publish, republish, stop
from club import (
    ACCESS,
    ENTITLEMENTS,
    GOOD_DAY_S,
    MINUTE_S,
    PLANS,
    REPAIRED_S,
    TOPIC,
    access,
    change,
    changes,
    document,
    draw_member,
    has_followed,
    has_reached_both,
    judge_access,
    judge_bill,
    member,
    put,
)
from harness.faults.delivery import Reordering
from harness.faults.downstream import DownstreamFails
from harness.faults.meeting import CallsMeet
from harness.promises import expect
from harness.world import HttpAnswer, World

OVERWRITTEN = "An old plan overwrote a newer one."
BETWEEN = "Between the look and the write a newer version was written."
SAME_VERSION = "Two changes were given the same version."
FIVE = ["basic", "plus", "pro", "basic", "plus"]
ANNOUNCED_S = 70
"""By then what was changed on a good day is in the queues, also where a schedule publishes every minute."""


async def test_changes_delivered_out_of_order_end_at_the_newest(world: World) -> None:
    mirrored, mixed = draw_member(world), draw_member(world)
    turned_ms = world.now_ms + ANNOUNCED_S * 1000
    world.inject(Reordering(queue=ACCESS, mirrored=True, until_ms=turned_ms), optional=True)
    for version, plan in enumerate(FIVE, start=1):
        await change(world, mirrored, plan, version=version)
        await world.run_for(s=2)
    await _watch(world, mirrored, s=2 * ANNOUNCED_S + 5)
    await judge_access(world, mirrored, 5, "plus", likely=OVERWRITTEN)

    permuted = world.inject(Reordering(queue=ACCESS, at_most_ms=3000), optional=True)
    access_is_out = stop(world, ACCESS)
    await changes(world, mixed, FIVE)
    await world.run_for(s=ANNOUNCED_S)
    world.lift(permuted)
    go_on(world, access_is_out)
    await _watch(world, mixed, s=GOOD_DAY_S)
    await judge_access(world, mixed, 5, "plus", likely=OVERWRITTEN)


async def test_two_versions_at_the_same_moment_end_at_the_newest(world: World) -> None:
    entitlements = world.service(ENTITLEMENTS)
    for first, slow in ((1, "basic"), (2, "pro")):
        member_id = draw_member(world)
        events = {1: event_of(member_id, 1, "basic"), 2: event_of(member_id, 2, "pro", "basic")}
        entitlements.takes_ms[member_id, slow] = 4000
        asked = (member_id, events[first]["plan"])

        publish(world, events.pop(first))
        await world.until(lambda asked=asked: entitlements.asked(*asked) > 0, within_s=GOOD_DAY_S, every_ms=20)
        publish(world, events.popitem()[1])
        await _watch(world, member_id, s=GOOD_DAY_S)

        await judge_access(world, member_id, 2, "pro", likely=BETWEEN)


async def test_a_version_that_fails_once_does_not_win_later(world: World) -> None:
    member_id = draw_member(world)
    world.inject(DownstreamFails(service=ENTITLEMENTS, ends=("503",), containing=f"/{member_id}/plus", times=1))

    previous = None
    for version, plan in enumerate(PLANS, start=1):
        publish(world, event_of(member_id, version, plan, previous))
        previous = plan
        await world.run_for(ms=40)
    await has_followed(world, {member_id: 3}, within_s=REPAIRED_S)
    await world.run_for(s=REPAIRED_S)

    await judge_access(world, member_id, 3, "pro", mark="C1", likely=OVERWRITTEN)
    await judge_bill(world, member_id, PLANS)


async def test_an_old_event_published_again_undoes_nothing(world: World) -> None:
    member_id = draw_member(world)
    await changes(world, member_id, ["plus", "basic", "pro"])
    await has_reached_both(world, {member_id: 3})

    republish(world, member_id, 1)
    await _watch(world, member_id, s=GOOD_DAY_S)

    await judge_access(world, member_id, 3, "pro", likely=OVERWRITTEN)
    await judge_bill(world, member_id, ["plus", "basic", "pro"], mark="S10")


async def test_changes_at_the_same_moment_get_versions_of_their_own(world: World) -> None:
    newcomer, member_id = world.topic(TOPIC).attach_queue(), draw_member(world)
    function = world.function_behind("PUT", f"/members/{member_id}")
    world.inject(CallsMeet(function=function, count=4, at_most_ms=3000))

    plans = ["basic", "pro", "basic", "pro"]
    answers = await asyncio.gather(*[put(world, member_id, plan) for plan in plans])
    await world.run_for(s=5 * MINUTE_S)

    accepted = [_claimed(answer) for answer in answers if answer.status == 200]
    _judge_own_versions(member_id, accepted, shown=(await member(world, member_id)).get("version", 0))
    await judge_agreed(world, newcomer, member_id, mark="S5", untold=SAME_VERSION, unsaved=SAME_VERSION)
    events = {(one.content["version"], one.content["plan"]) for one in heard(newcomer, member_id)}
    expect(
        set(accepted) <= events,
        f"Member {member_id} was answered with versions that were never announced.",
        expected=f"each (version, plan) answered is that of an event: {sorted(events)} [A1] [E1]",
        got=sorted(accepted),
        likely=SAME_VERSION,
        about=[member_id],
    )


async def _watch(world: World, member_id: str, *, s: float) -> None:
    """Looks at Access each second in which somebody works on AccessQueue, and it must never go back."""
    queue, newest, before = world.queue(ACCESS), 0, -1
    ends_ms = world.now_ms + s * 1000
    while world.now_ms < ends_ms:
        state = queue.waiting
        if state != before or queue.in_flight:
            found = (await access(world, member_id)).get("version", 0)
            expect(
                found >= newest,
                f"Access showed version {newest} of member {member_id}, and version {found} at {world.now_ms} ms.",
                expected="never an older version [C1]",
                got=found,
                likely=OVERWRITTEN,
                about=[member_id],
            )
            newest, before = found, state
        await world.run_for(s=1)


def _claimed(answer: HttpAnswer) -> tuple[int, str]:
    found = document(answer)
    return int(found.get("version", 0)), str(found.get("plan"))


def _judge_own_versions(member_id: str, accepted: list[tuple[int, str]], *, shown: int) -> None:
    by_version: dict[int, set[str]] = {}
    for version, plan in accepted:
        by_version.setdefault(version, set()).add(plan)
    shared = {version: sorted(plans) for version, plans in by_version.items() if len(plans) > 1}
    expect(
        not shared and all(1 <= version <= shown for version in by_version),
        f"Requests for member {member_id} came at one moment, and different plans were given one version.",
        expected=f"a version of its own for each change, up to {shown} as GET shows it [A1]",
        got=accepted,
        likely=SAME_VERSION,
        about=[member_id],
    )
