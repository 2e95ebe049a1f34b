"""Row locks: who waits for whom, and in which order they go on."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from harness.cloud.engines.http_service.row_locks import RowLocks
from harness.simulation.loop import VirtualLoop


class Ledger:
    """Writers that take locks and note when they got them."""

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.locks = RowLocks(self.loop)
        self.got: list[tuple[str, int]] = []

    async def write(self, name: str, rows: tuple[str, ...], *, at_ms: int, for_ms: int = 1000) -> bool:
        await asyncio.sleep(at_ms / 1000)
        if not await self.locks.take(rows, wait_ms=10_000):
            return False
        self.got.append((name, self.loop.clock.now_ms))
        await asyncio.sleep(for_ms / 1000)
        self.locks.release(rows)
        return True

    def run(self, *writers: Coroutine[Any, Any, bool]) -> list[bool]:
        async def all_of_them() -> list[bool]:
            return await asyncio.gather(*writers)

        return self.loop.run_until_complete(all_of_them())


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_writers_of_different_rows_do_not_wait(ledger: Ledger) -> None:
    ledger.run(ledger.write("one", ("a",), at_ms=0), ledger.write("two", ("b",), at_ms=0))

    assert ledger.got == [("one", 0), ("two", 0)]


def test_a_second_writer_of_a_row_waits_for_the_first(ledger: Ledger) -> None:
    ledger.run(ledger.write("one", ("a", "b"), at_ms=0), ledger.write("two", ("b", "c"), at_ms=100))

    assert ledger.got == [("one", 0), ("two", 1000)]


def test_waiting_writers_go_on_in_the_order_in_which_they_came(ledger: Ledger) -> None:
    ledger.run(*(ledger.write(name, ("a",), at_ms=at_ms) for at_ms, name in enumerate(["first", "second", "third"])))

    assert ledger.got == [("first", 0), ("second", 1000), ("third", 2000)]


def test_nobody_overtakes_one_who_waits_for_the_same_row(ledger: Ledger) -> None:
    ledger.run(
        ledger.write("holder", ("a",), at_ms=0),
        ledger.write("waits for both", ("a", "b"), at_ms=1),
        ledger.write("wants the free one", ("b",), at_ms=2),
    )

    assert ledger.got == [("holder", 0), ("waits for both", 1000), ("wants the free one", 2000)]


def test_a_writer_gives_up_when_its_wait_is_over(ledger: Ledger) -> None:
    outcomes = ledger.run(
        ledger.write("holder", ("a",), at_ms=0, for_ms=60_000), ledger.write("gives up", ("a",), at_ms=0)
    )

    assert outcomes == [True, False]
    assert ledger.got == [("holder", 0)]


def test_who_stood_behind_one_that_gave_up_goes_on(ledger: Ledger) -> None:
    ledger.run(
        ledger.write("holder", ("a",), at_ms=0, for_ms=60_000),
        ledger.write("gives up", ("a", "b"), at_ms=0),
        ledger.write("behind", ("b",), at_ms=500),
    )

    assert ledger.got == [("holder", 0), ("behind", 10_000)]


def test_a_row_named_twice_is_locked_once(ledger: Ledger) -> None:
    ledger.run(ledger.write("one", ("a", "a"), at_ms=0), ledger.write("two", ("a",), at_ms=0))

    assert ledger.got == [("one", 0), ("two", 1000)]
