"""Figures of the pattern page of kata 02: a burst of changes on a good day, and a day on which nothing happens.

    python docs/_generate/messaging_measures.py    measures them and prints the page's table

Forty members change twice within ten seconds; functions are warm, and entitlements takes a second.
Then nobody asks for anything for 24 hours. Virtual time under one seed: a second measurement gives
the same figures.
"""

import asyncio
from statistics import median
from typing import Any

from driving import Make, accepted, chaff, driving, print_table, reference

MEMBERS = 40
BURST_MS = 10_000
PLANS = ("basic", "pro")

HEAD = (
    "design",
    "PUT, median",
    "to Billing's queue, median",
    "to Access, median",
    "the slowest",
    "AWS calls",
    "write units",
    "invocations",
    "calls on an idle day",
)


def main() -> None:
    """Prints a row for each design; calls, units and invocations are per change."""
    from harness.judge.kata_file import find_kata

    kata = find_kata("02")
    with driving(kata) as drive:
        print_table(HEAD, ([name, *drive(make, _measure)] for name, make in _designs(kata).items()))


def _designs(kata: Any) -> dict[str, Make]:
    """By name: what makes a folder hold that design."""
    return {
        "reference: stream, standard queues": reference(kata),
        "`fifo`: a group for each member": accepted(kata, "fifo"),
        "`sweeper`: outbox, once a minute": accepted(kata, "sweeper"),
        "`journal`": accepted(kata, "journal"),
        "`powertools`: a memory in front": accepted(kata, "powertools"),
        "`parks-by-itself`": accepted(kata, "parks-by-itself"),
        "*save, then publish*": chaff(kata, "save-then-publish"),
        "*one lane*": chaff(kata, "one-lane"),
    }


async def _measure(world: Any) -> list[str]:
    return [*await _burst(world), await _idle(world)]


async def _burst(world: Any) -> list[str]:
    from club import change, draw_member, has_reached_both  # type: ignore[import-not-found]

    warm = draw_member(world)
    await change(world, warm, "basic")
    await has_reached_both(world, {warm: 1})
    began_ms, calls, invocations = world.now_ms, len(world.calls()), len(world.invocations())
    asked: dict[tuple[str, str], tuple[int, int]] = {}

    async def two_changes(member_id: str) -> None:
        for plan in PLANS:
            await world.run_for(ms=world.random("measures").randint(0, BURST_MS // 2 - 500))
            sent_ms = world.now_ms
            await change(world, member_id, plan)
            asked[member_id, plan] = sent_ms, world.now_ms

    members = [draw_member(world) for _ in range(MEMBERS)]
    await asyncio.gather(*[two_changes(member_id) for member_id in members])
    await world.run_for(minutes=10)
    calls = len([one for one in world.calls() if one.service != "entitlements"]) - calls
    invocations = len(world.invocations()) - invocations
    written = world.meter.between(began_ms).units(kind="write")
    queued, followed = _queued_ms(world, asked), _followed_ms(world, asked)
    count = len(asked)
    return [
        f"{median(answered - sent for sent, answered in asked.values()):.0f} ms",
        _seconds(median(queued)),
        _seconds(median(followed)),
        _seconds(max(followed)),
        f"{calls / count:.1f}",
        f"{written / count:.0f}",
        f"{invocations / count:.1f}",
    ]


def _queued_ms(world: Any, asked: dict[tuple[str, str], tuple[int, int]]) -> list[int]:
    """How long after its PUT each event stood in Billing's queue."""
    from club import content_of

    came: dict[tuple[str, str], int] = {}
    for arrival in world.queue("BillingQueue").arrivals:
        content = content_of(arrival.body)
        came.setdefault((content["member_id"], content["plan"]), arrival.at_ms)
    return [came[change] - sent_ms for change, (sent_ms, _) in asked.items()]


def _followed_ms(world: Any, asked: dict[tuple[str, str], tuple[int, int]]) -> list[int]:
    """How long after its PUT Access had the answer of entitlements for each change."""
    came: dict[tuple[str, str], int] = {}
    for entry in world.service("entitlements").log:
        _, _, member_id, plan = entry.path.split("/")
        if entry.status == 200:
            came.setdefault((member_id, plan), entry.ended_ms)
    return [came[change] - sent_ms for change, (sent_ms, _) in asked.items() if change in came]


async def _idle(world: Any) -> str:
    """Calls of AWS and invocations in 24 hours in which nobody asks for anything."""
    before = len(world.calls()) + len(world.invocations())
    await world.run_for(hours=24)
    return f"{len(world.calls()) + len(world.invocations()) - before:,}"


def _seconds(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


if __name__ == "__main__":
    main()
