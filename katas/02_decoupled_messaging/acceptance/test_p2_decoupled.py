"""P2: a new service attaches without the publisher knowing; a service that is down bothers nobody."""

import pytest

from announcements import event_of, heard, judge_heard, publish
from club import (
    ACCESS,
    BILLING,
    ENTITLEMENTS,
    GOOD_DAY_S,
    REPAIRED_S,
    TOPIC,
    access,
    bill,
    changes,
    draw_member,
    has_charged,
    has_followed,
    has_reached_both,
    judge_access,
    judge_bill,
    judge_set_aside,
    put,
)
from harness.faults.downstream import DownstreamHangs
from harness.promises import expect
from harness.world import HttpAnswer, World

KNOWS_ITS_LISTENERS = "The publisher knows its listeners: a new one heard nothing."
MEANT_SOMETHING_ELSE = "An event that means something else was charged."
OUTAGE_S = 600
HANG_MS = 30_000


@pytest.mark.sample
async def test_a_newcomer_hears_every_change_from_then_on(world: World) -> None:
    early, late = draw_member(world), draw_member(world)
    await changes(world, early, ["basic"])
    await has_reached_both(world, {early: 1})

    newcomer = world.topic(TOPIC).attach_queue()
    await changes(world, early, ["plus", "pro"], after=1)
    await changes(world, late, ["pro", "basic"])
    await world.until(lambda: len(heard(newcomer)) >= 4, within_s=GOOD_DAY_S)
    await world.run_for(s=10)

    judge_heard(newcomer, early, ["plus", "pro"], first=2, likely=KNOWS_ITS_LISTENERS)
    judge_heard(newcomer, late, ["pro", "basic"], likely=KNOWS_ITS_LISTENERS)
    expect(
        len(heard(newcomer)) == 4,
        f"There were 4 changes, and a new subscriber heard {len(heard(newcomer))} events.",
        expected="the events of the later changes, and nothing else [E1]",
        got=[one.content for one in heard(newcomer)],
    )


async def test_a_newcomer_may_filter_by_plan(world: World) -> None:
    newcomer = world.topic(TOPIC).attach_queue(filter_policy={"plan": ["pro"]})
    first, second = draw_member(world), draw_member(world)

    await changes(world, first, ["pro", "basic"])
    await changes(world, second, ["plus", "pro"])
    await has_reached_both(world, {first: 2, second: 2})
    await world.until(lambda: len(heard(newcomer)) >= 2, within_s=GOOD_DAY_S)

    found = sorted((one.content["member_id"], one.content["plan"]) for one in heard(newcomer))
    expect(
        found == sorted([(first, "pro"), (second, "pro")]),
        f"A subscriber that asked for changes to pro only heard {len(found)} events.",
        expected="the two changes to pro [E3]",
        got=found,
        likely="" if len(found) > 2 else "The fields it filters by are not among the message attributes.",
        about=[first, second],
    )


async def test_an_unknown_event_type_is_ignored(world: World) -> None:
    merged, changed = draw_member(world), draw_member(world)

    publish(world, event_of(merged, 1, "pro", event_type="MemberMerged"))
    publish(world, event_of(changed, 1, "plus", channel="front desk", tags=["new"]))
    await has_reached_both(world, {changed: 1})

    await judge_bill(world, changed, ["plus"], mark="E4")
    await judge_access(world, changed, 1, "plus", mark="E5")
    found = {"billing": await bill(world, merged), "access": await access(world, merged)}
    expect(
        not any(found.values()),
        f"Somebody published MemberMerged for {merged}, and it was taken for a change of plan.",
        expected="404 in Billing and Access [E5]",
        got=found,
        likely=MEANT_SOMETHING_ELSE,
        about=[merged],
    )
    await world.run_for(minutes=60)
    for queue in (BILLING, ACCESS):
        judge_set_aside(world, queue, [0], why="an event of another type is no garbage")


async def test_access_down_does_not_touch_billing_or_the_publisher(world: World) -> None:
    warm = draw_member(world)
    await changes(world, warm, ["basic"])
    await has_reached_both(world, {warm: 1})
    ends_ms = world.now_ms + OUTAGE_S * 1000
    world.inject(DownstreamHangs(service=ENTITLEMENTS, hold_ms=HANG_MS, until_ms=ends_ms))

    answers, members = [], []
    for _ in range(6):
        members.append(draw_member(world))
        answers.append(await put(world, members[-1], "pro"))
        await world.run_for(s=25)
    _judge_prompt(answers)
    await has_charged(world, dict.fromkeys(members, 1), within_s=GOOD_DAY_S - 25)
    for member_id in members:
        await judge_bill(world, member_id, ["pro"], mark="S2", likely="Billing waited for Access.")

    await world.run_for(ms=max(0, ends_ms - world.now_ms))
    await has_followed(world, dict.fromkeys(members, 1), within_s=REPAIRED_S)
    for member_id in members:
        await judge_access(world, member_id, 1, "pro", mark="S4", likely="Its tries ended before the outage did.")
    for queue in (BILLING, ACCESS):
        judge_set_aside(world, queue, [0], why="entitlements was down for ten minutes")


def _judge_prompt(answers: list[HttpAnswer]) -> None:
    slow = [f"{one.status} after {one.latency_ms} ms" for one in answers if one.status != 200 or one.latency_ms > 300]
    expect(
        not slow,
        f"{len(slow)} of {len(answers)} changes were not answered 200 in time while entitlements hung.",
        expected="200 within 300 ms: the function is warm [S1]",
        got=slow,
        likely="The publisher waits for a listener.",
    )
