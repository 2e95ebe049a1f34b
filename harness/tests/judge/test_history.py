"""Histories judged after the fact, and the checker compared with trying every order."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.judge import history as history_module
from harness.judge.history import (
    UNANSWERED,
    Operation,
    Undecided,
    first_step_back,
    register,
    why_not_linearizable,
)


def write(client: str, value: int, called_ms: int, returned_ms: int | None) -> Operation:
    result = UNANSWERED if returned_ms is None else None
    return Operation(client, ("write", value), result, called_ms, returned_ms)


def read(client: str, value: int | None, called_ms: int, returned_ms: int) -> Operation:
    return Operation(client, ("read",), value, called_ms, returned_ms)


def test_reads_during_a_write_may_see_either_value_and_not_go_back() -> None:
    during = [write("a", 1, 0, 100), read("b", None, 10, 20), read("b", 1, 30, 40)]
    back = [write("a", 1, 0, 100), read("b", 1, 10, 20), read("c", None, 30, 40)]

    assert why_not_linearizable(during, register()) == ""
    assert why_not_linearizable(back, register()) == (
        "c ('read',) -> None (30-40 ms) fits nowhere; the last that fitted: a ('write', 1) -> None (0-100 ms); "
        "b ('read',) -> 1 (10-20 ms)"
    )


def test_a_stale_read_after_the_write_is_found() -> None:
    assert "fits nowhere" in why_not_linearizable([write("a", 1, 0, 10), read("b", None, 11, 12)], register())


def test_a_write_that_was_never_answered_may_take_effect_late_or_never() -> None:
    late = [write("a", 1, 0, None), read("b", None, 10, 20), read("b", 1, 500, 510)]
    never = [write("a", 1, 0, None), read("b", None, 500, 510)]
    gone = [*late, read("b", None, 600, 610)]

    assert why_not_linearizable(late, register()) == ""
    assert why_not_linearizable(never, register()) == ""
    assert why_not_linearizable(gone, register()) != ""


def test_of_two_swaps_from_one_value_only_one_succeeds() -> None:
    both = [Operation(client, ("swap", None, client), True, 0, 100) for client in ("a", "b")]

    assert why_not_linearizable(both[:1], register()) == ""
    assert why_not_linearizable(both, register()) != ""


def test_operations_of_one_client_follow_each_other_within_a_millisecond() -> None:
    assert why_not_linearizable([write("a", 1, 0, 5), read("a", None, 5, 5)], register()) != ""
    assert why_not_linearizable([write("a", 1, 0, 5), read("b", None, 5, 5)], register()) == ""


def test_a_history_that_takes_too_long_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "LIMIT", 50)
    tangle = [write(str(number), number, 0, 100) for number in range(12)]

    with pytest.raises(Undecided):
        why_not_linearizable([*tangle, read("r", 99, 200, 201)], register())


OPERATIONS = st.lists(
    st.builds(
        lambda kind, value, called, lasted, client: (
            write(client, value or 0, called, None if lasted is None else called + lasted)
            if kind == "write"
            else read(client, value, called, called + (lasted or 0))
        ),
        st.sampled_from(["write", "read"]),
        st.sampled_from([None, 1, 2]),
        st.integers(0, 20),
        st.sampled_from([0, 3, 10, None]),
        st.sampled_from("abc"),
    ),
    max_size=5,
)


def by_trying_every_order(history: list[Operation]) -> bool:
    """Whether some order of some of the operations, with all that were answered, is right."""
    history = sorted(history, key=lambda one: one.called_ms)
    optional = [one for one in history if one.returned_ms is None]
    required = [one for one in history if one.returned_ms is not None]
    for mask in range(1 << len(optional)):
        chosen = required + [one for index, one in enumerate(optional) if mask >> index & 1]
        if any(_is_right(order, history) for order in permutations(chosen)):
            return True
    return False


def _is_right(order: tuple[Operation, ...], history: list[Operation]) -> bool:
    value = None
    for place, one in enumerate(order):
        for later in order[place + 1 :]:
            if later.returned_ms is not None:
                positions = [next(i for i, each in enumerate(history) if each is other) for other in (later, one)]
                is_earlier = positions[0] < positions[1]
                if is_earlier if later.client == one.client else later.returned_ms < one.called_ms:
                    return False
        if one.action[0] == "write":
            value = one.action[1]
        elif one.result != value:
            return False
    return True


@given(OPERATIONS)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_the_checker_agrees_with_trying_every_order(history: list[Operation]) -> None:
    assert (why_not_linearizable(history, register()) == "") == by_trying_every_order(history)


def test_a_client_that_sees_an_older_version_is_found() -> None:
    assert first_step_back([(0, 1), (10, 2), (20, 2), (30, 5)]) == ""
    assert first_step_back([(0, 1), (10, 3), (20, 2)]) == "3 at 10 ms, and 2 at 20 ms"
