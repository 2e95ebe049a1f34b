"""Whatever timers are set and cancelled: time never goes back, and order is kept."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.simulation.loop import VirtualLoop

_ACTION = st.tuples(
    st.integers(min_value=0, max_value=5_000_000),  # due that many microseconds from then
    st.booleans(),  # in the background
    st.one_of(st.none(), st.integers(min_value=0, max_value=40)),  # cancels the timer of that number
    st.lists(st.integers(min_value=0, max_value=2_000_000), max_size=3),  # what its firing sets
)


@settings(max_examples=150, deadline=None)
@given(actions=st.lists(_ACTION, max_size=40))
def test_due_times_and_ties_are_kept_and_time_never_goes_back(
    actions: list[tuple[int, bool, int | None, list[int]]],
) -> None:
    loop = VirtualLoop()
    fired: list[tuple[int, int, int]] = []  # when, due when, number by order of setting
    handles: list[asyncio.TimerHandle] = []

    def set_timer(delay_us: int, background: bool, follow_ups: list[int]) -> None:
        number, due_us = len(handles), loop.clock.now_us + delay_us
        call = loop.call_later_in_background if background else loop.call_later
        handles.append(call(delay_us / 1_000_000, fire, number, due_us, follow_ups))

    def fire(number: int, due_us: int, follow_ups: list[int]) -> None:
        fired.append((loop.clock.now_us, due_us, number))
        for delay_us in follow_ups:
            set_timer(delay_us, False, [])

    cancelled: set[int] = set()
    for delay_us, background, victim, follow_ups in actions:
        set_timer(delay_us, background, follow_ups)
        if victim is not None and victim < len(handles):
            handles[victim].cancel()
            cancelled.add(victim)
    loop.run_until_complete(asyncio.sleep(10))

    assert [when for when, due_us, _ in fired] == [due_us for _, due_us, _ in fired]
    assert fired == sorted(fired)
    assert {number for *_, number in fired} == set(range(len(handles))) - cancelled
