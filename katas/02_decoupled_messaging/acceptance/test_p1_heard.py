"""P1: a change of plan reaches every service."""

import pytest

from announcements import published
from club import (
    GOOD_DAY_S,
    TOPIC,
    access,
    bill,
    change,
    draw_member,
    has_charged,
    has_reached_both,
    judge_access,
    judge_bill,
    judge_member,
    judge_problem,
    member,
    put,
)
from harness.promises import expect
from harness.world import World

CHARGED_FOR_NOTHING = "Nothing changed, yet the member was charged."


@pytest.mark.sample
async def test_a_change_reaches_billing_and_access(world: World) -> None:
    member_id, plans = draw_member(world), ["basic", "pro", "plus"]

    for version, plan in enumerate(plans, start=1):
        await change(world, member_id, plan, version=version)
        judge_member(await member(world, member_id), member_id, plan, version=version)
        await _judge_told(world, member_id, version, plan)
        await has_reached_both(world, {member_id: version})
        await judge_bill(world, member_id, plans[:version], mark="S2")
        await judge_access(world, member_id, version, plan, mark="S2")


@pytest.mark.sample
async def test_the_same_plan_again_is_no_change(world: World) -> None:
    member_id = draw_member(world)
    await change(world, member_id, "pro", version=1)

    again = await put(world, member_id, "pro")
    await has_charged(world, {member_id: 2}, within_s=GOOD_DAY_S)

    await judge_bill(world, member_id, ["pro"], mark="A2", twice=CHARGED_FOR_NOTHING)
    expect(
        (again.status, again.json().get("version")) == (200, 1) if again.status == 200 else False,
        f"Member {member_id} asked for the plan that it has, and was answered {again.status}.",
        expected="200, version 1 [A2]",
        got=f"{again.status} {again.text[:300]}",
        likely=CHARGED_FOR_NOTHING if again.status == 200 else "",
        about=[member_id],
    )
    await judge_access(world, member_id, 1, "pro")


async def test_an_unknown_plan_is_refused(world: World) -> None:
    member_id, stranger = draw_member(world), draw_member(world)
    await change(world, member_id, "plus", version=1)
    await has_reached_both(world, {member_id: 1})
    before = len(world.topic(TOPIC).published)

    for asked, plan in [(member_id, "gold"), (stranger, None), (stranger, ["pro"]), (stranger + "!", "pro")]:
        judge_problem(await put(world, asked, plan), 400, f"PUT /members/{asked} with the plan {plan!r}", mark="A3")
    for body in ("not json", '"pro"', "{}", ""):
        answer = await world.request("PUT", f"/members/{stranger}", body=body)
        judge_problem(answer, 400, f"PUT /members/{stranger} with the body {body!r}", mark="A3")
    await world.run_for(minutes=2)

    judge_member(await member(world, member_id), member_id, "plus", version=1)
    since = world.topic(TOPIC).published[before:]
    expect(
        await member(world, stranger) == {} and not since,
        f"Bad requests were answered 400, and yet there are {len(since)} events.",
        expected="no change and no event [A3]",
        got=[one.message for one in since],
    )
    await judge_bill(world, member_id, ["plus"], mark="A3")


async def test_a_member_nobody_knows_is_not_found(world: World) -> None:
    known, stranger = draw_member(world), draw_member(world)
    await change(world, known, "basic", version=1)
    await has_reached_both(world, {known: 1})

    for path, mark in (("members", "A5"), ("billing", "B1"), ("access", "C1")):
        answer = await world.get(f"/{path}/{stranger}")
        judge_problem(answer, 404, f"GET /{path}/ of a member that nobody knows", mark=mark)
    found = [await member(world, known), await bill(world, known), await access(world, known)]
    expect(all(found), f"Member {known} is not found everywhere.", expected="200 [A5] [B1] [C1]", got=found)


async def _judge_told(world: World, member_id: str, version: int, plan: str) -> None:
    """If nobody was told at all, this is the next step, and says so."""
    is_there = await has_charged(world, {member_id: version}, within_s=GOOD_DAY_S)
    expect(
        is_there or len(published(world, member_id)) >= version,
        f"Member {member_id} changed to {plan}, and that was never published.",
        expected=f"an event on {TOPIC} for each change [E1]",
        got=f"{len(published(world, member_id))} events for {version} changes",
        likely="The change is saved, and nobody is told yet.",
        about=[member_id],
    )
