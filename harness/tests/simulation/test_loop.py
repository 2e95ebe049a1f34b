"""The virtual loop: time jumps, order is total, nothing fails unseen, nothing waits for ever."""

import asyncio
from typing import Any

import pytest

from harness.simulation import loop as loop_module
from harness.simulation.loop import EndlessSimulation, NothingLeftToHappen, VirtualLoop


@pytest.fixture
def loop() -> VirtualLoop:
    return VirtualLoop()


def test_a_wait_takes_its_virtual_time_and_no_real_one(loop: VirtualLoop) -> None:
    loop.run_until_complete(asyncio.sleep(86_400 * 365))

    assert loop.clock.now_ms == 86_400_000 * 365


def test_timers_of_one_instant_run_in_the_order_in_which_they_were_set(loop: VirtualLoop) -> None:
    ran: list[str] = []

    async def scenario() -> None:
        loop.call_later(2, ran.append, "late, set first")
        loop.call_later(1, ran.append, "early, set second")
        loop.call_at(2, ran.append, "late, set third")
        await asyncio.sleep(2)
        ran.append("the one who slept")

    loop.run_until_complete(scenario())

    assert ran == ["early, set second", "late, set first", "late, set third", "the one who slept"]


def test_a_due_time_is_rounded_to_a_whole_microsecond(loop: VirtualLoop) -> None:
    seen: list[int] = []

    async def scenario() -> None:
        loop.call_later(1 / 3, lambda: seen.append(loop.clock.now_us))
        await asyncio.sleep(1)

    loop.run_until_complete(scenario())

    assert seen == [333_333]


def test_two_timers_less_than_a_microsecond_apart_are_of_one_instant(loop: VirtualLoop) -> None:
    ran: list[str] = []

    async def scenario() -> None:
        loop.call_at(1.0000003, ran.append, "first set")
        loop.call_at(1.0000001, ran.append, "second set")
        await asyncio.sleep(2)

    loop.run_until_complete(scenario())

    assert ran == ["first set", "second set"]


def test_a_cancelled_timer_does_not_hold_time_up(loop: VirtualLoop) -> None:
    async def scenario() -> None:
        loop.call_later(5, lambda: None).cancel()
        await loop.settled()

    loop.run_until_complete(scenario())

    assert loop.clock.now_us == 0


def test_settled_waits_for_every_timer_and_what_it_sets(loop: VirtualLoop) -> None:
    async def scenario() -> None:
        loop.call_later(3, lambda: loop.call_later(4, lambda: None))
        await loop.settled()

    loop.run_until_complete(scenario())

    assert loop.clock.now_ms == 7000


def test_a_background_timer_keeps_nobody_waiting_for_quiet(loop: VirtualLoop) -> None:
    ran: list[str] = []

    async def scenario() -> None:
        loop.call_later_in_background(600, ran.append, "idle environment removed")
        await loop.settled()

    loop.run_until_complete(scenario())

    assert (loop.clock.now_ms, ran) == (0, [])


def test_a_background_timer_fires_when_time_passes_it(loop: VirtualLoop) -> None:
    ran: list[str] = []

    async def scenario() -> None:
        loop.call_later_in_background(600, ran.append, "idle environment removed")
        await asyncio.sleep(601)

    loop.run_until_complete(scenario())

    assert ran == ["idle environment removed"]


def test_whoever_waits_for_what_can_never_come_is_told(loop: VirtualLoop) -> None:
    async def scenario() -> None:
        await asyncio.sleep(1.5)
        await loop.create_future()

    with pytest.raises(NothingLeftToHappen, match="At 1500 ms everybody waits for something"):
        loop.run_until_complete(scenario())


@pytest.mark.parametrize("pause_s", [0, 1])
def test_what_triggers_itself_for_ever_comes_to_an_end(
    loop: VirtualLoop, monkeypatch: pytest.MonkeyPatch, pause_s: int
) -> None:
    monkeypatch.setattr(loop_module, "TURN_LIMIT", 1000)

    def again() -> None:
        loop.call_later(pause_s, again)

    async def scenario() -> None:
        again()
        await loop.create_future()

    with pytest.raises(EndlessSimulation, match="After 1000 turns there is no end"):
        loop.run_until_complete(scenario())


def test_a_callback_that_fails_ends_the_run(loop: VirtualLoop) -> None:
    def fail() -> None:
        raise ValueError("the timer's own fault")

    async def scenario() -> None:
        loop.call_later(1, fail)
        await asyncio.sleep(10)

    with pytest.raises(ValueError, match="the timer's own fault"):
        loop.run_until_complete(scenario())


def test_a_kept_task_that_fails_ends_the_run_though_nobody_awaits_it(loop: VirtualLoop) -> None:
    async def poll() -> None:
        await asyncio.sleep(1)
        raise ValueError("the poller's own fault")

    async def scenario() -> None:
        loop.keep(poll())
        await asyncio.sleep(10)

    with pytest.raises(ValueError, match="the poller's own fault"):
        loop.run_until_complete(scenario())


def test_a_kept_task_may_be_cancelled(loop: VirtualLoop) -> None:
    async def scenario() -> str:
        loop.keep(asyncio.sleep(100)).cancel()
        await asyncio.sleep(1)
        return "went on"

    assert loop.run_until_complete(scenario()) == "went on"


def test_after_a_failure_the_loop_can_be_used_to_clear_up(loop: VirtualLoop) -> None:
    def fail() -> None:
        raise ValueError("once")

    async def scenario() -> None:
        loop.call_later(1, fail)
        await asyncio.sleep(10)

    with pytest.raises(ValueError, match="once"):
        loop.run_until_complete(scenario())

    loop.run_until_complete(asyncio.sleep(5))
    assert loop.clock.now_ms >= 5000


def test_a_restart_forgets_timers_and_sets_the_clock_back(loop: VirtualLoop) -> None:
    ran: list[Any] = []
    loop.run_until_complete(asyncio.sleep(3))
    loop.call_later(1, ran.append, "of the former world")

    loop.restart()
    loop.run_until_complete(asyncio.sleep(10))

    assert (loop.clock.now_ms, ran) == (10_000, [])


def test_a_timer_of_before_a_restart_can_still_be_cancelled(loop: VirtualLoop) -> None:
    timer = loop.call_later(1, lambda: None)

    loop.restart()
    timer.cancel()
    loop.call_later(2, lambda: None)
    loop.run_until_complete(loop.settled())

    assert loop.clock.now_ms == 2000
