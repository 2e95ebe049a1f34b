"""Figures of the pattern page of kata 05: a calm half minute and an outage, through several designs.

    python docs/_generate/fanout_measures.py    measures them and prints the page's tables

Calm: thirty orders, a second apart, sent to warm functions. Outage: an order a minute for as long
as Recommendations is down; two hours after its end its view is compared with what was ordered.
Foreign: 100 events of other types. Virtual time under one seed: a second measurement gives the
same figures.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from driving import Drive, Make, accepted, chaff, driving, print_table, reference

ORDERS = 30
OUTAGES_MINUTES = (5, 15, 60)

CALM = (
    "design",
    "PUT, median",
    "to the wall, median",
    "the slowest",
    "invocations",
    "AWS calls",
    "write units",
    "units per read",
)
OUTAGE = ("design", *(f"lost in {minutes} min" for minutes in OUTAGES_MINUTES), "foreign: invocations")


def main() -> None:
    """Prints a row for each design; what is counted is per order."""
    from harness.judge.kata_file import find_kata

    kata = find_kata("05")
    with driving(kata) as drive:
        for head, row in ((CALM, _calm_row), (OUTAGE, _outage_row)):
            print_table(head, ([name, *row(make, drive)] for name, make in _designs(kata).items()))
            print()


def _designs(kata: Any) -> dict[str, Make]:
    """By name: what makes a folder hold that design."""
    return {
        "reference: topic, a queue each": reference(kata),
        "`event-bus`, a month in one item": accepted(kata, "event-bus"),
        "`no-queue`, with a second chance": accepted(kata, "no-queue"),
        "`outbox`": accepted(kata, "outbox"),
        "`ledger`": accepted(kata, "ledger"),
        "`inbox`": accepted(kata, "inbox"),
        "*three receives* (`three-strikes`)": chaff(kata, "three-strikes"),
        "*filters in code*": chaff(kata, "filters-in-code"),
        "*Orders calls the three* (`hand-fanout`)": chaff(kata, "hand-fanout"),
    }


def _calm_row(make: Make, drive: Drive) -> list[str]:
    return list(drive(make, _calm))


def _outage_row(make: Make, drive: Drive) -> list[str]:
    return [*(drive(make, _outage(minutes)) for minutes in OUTAGES_MINUTES), drive(make, _foreign)]


async def _calm(world: Any) -> list[str]:
    from shop import read_board, read_tastes, send  # type: ignore[import-not-found]

    for number in range(2):
        await send(world, _order(world, number))
        await world.run_for(s=30)
    began_ms, calls, invocations = world.now_ms, len(world.calls()), len(world.invocations())
    orders = [_order(world, number) for number in range(ORDERS)]
    answers = []
    for order in orders:
        answers.append(await send(world, order))
        await world.run_for(s=1)
    await world.run_for(s=60)
    calls, invocations = len(world.calls()) - calls, len(world.invocations()) - invocations
    written = world.meter.between(began_ms).units(kind="write")
    late = sorted(_on_the_wall_ms(world, order) - answer.sent_ms for order, answer in zip(orders, answers, strict=True))
    asked_ms = world.now_ms
    await read_board(world, "2026-01")
    await read_tastes(world, "c-1")
    read = world.meter.between(asked_ms).units(kind="read")
    latencies = sorted(answer.latency_ms for answer in answers)
    return [
        f"{latencies[ORDERS // 2]} ms",
        f"{late[ORDERS // 2]} ms",
        f"{late[-1]} ms",
        f"{invocations / ORDERS:.1f}",
        f"{calls / ORDERS:.1f}",
        f"{written / ORDERS:.0f}",
        f"{read / 2:.1f}",
    ]


def _on_the_wall_ms(world: Any, order: Any) -> int:
    """When the first invocation of VideoWall that had this order had ended."""
    ended = [one.ended_ms for one in world.invocations("VideoWall") if order["order_id"] in one.event_text]
    return min(one for one in ended if one is not None)


def _outage(minutes: int) -> Callable[[Any], Awaitable[str]]:
    async def drive(world: Any) -> str:
        from harness.faults.functions import FunctionExits
        from shop import read_tastes, send

        world.inject(FunctionExits(function="Recommendations", until_ms=minutes * 60_000))
        sent = []
        for number in range(minutes):
            sent.append(await send(world, _order(world, number)))
            await world.run_for(ms=(number + 1) * 60_000 - world.now_ms)
        await world.run_for(hours=2)
        found = [await read_tastes(world, customer) for customer in ("c-1", "c-2", "c-3")]
        counted = sum(method["quantity"] for one in found for method in one["methods"])
        refused = sum(answer.status >= 500 for answer in sent)
        return f"{minutes - counted - refused} of {minutes}" + (f", {refused} refused" if refused else "")

    return drive


async def _foreign(world: Any) -> str:
    from channel import draw_event, exists, publish  # type: ignore[import-not-found]
    from shop import clock

    assert exists(world)
    for _ in range(100):
        publish(world, draw_event(world, None, occurred_at=clock(world), event_type="MenuViewed"))
    await world.run_for(minutes=5)
    return str(len(world.invocations()))


def _order(world: Any, number: int) -> Any:
    from shop import draw_order, drink, goodie

    return draw_order(world, f"c-{number % 3 + 1}", drink("v60-sidamo", "sidamo", "v60"), goodie("oat-cookie"))


if __name__ == "__main__":
    main()
