"""Judges a recorded history after the fact: is it one that a single, correct store could have given?

A history is what clients asked, what they were answered, and when. It is *linearizable* if each
operation can be thought to happen at one instant between its call and its answer, so that all
answers are those of one copy of the data. An operation without an answer may have happened at any
later instant, or never. What clients see of each other in weaker promises, such as reads that
never go back, is judged by `first_step_back`.

The checker is the one of Wing and Gong, with Lowe's memory of configurations that were tried. The
problem is NP-complete; `LIMIT` configurations are tried at most, and a history that takes more is
`Undecided`, never passed. Histories of separate keys are judged one by one, which keeps them small.

Source: https://doi.org/10.1145/78969.78972 (Herlihy and Wing, Linearizability)
Source: https://doi.org/10.1002/cpe.3928 (Lowe, Testing for linearizability)
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

LIMIT = 200_000
"""Configurations that are tried at most: about two seconds."""


class Undecided(Exception):
    """The history is too entangled to be judged within `LIMIT` configurations."""


class _Unanswered:
    def __repr__(self) -> str:
        return "no answer"


UNANSWERED = _Unanswered()
"""The result of an operation whose answer never arrived."""


@dataclass(frozen=True)
class Operation:
    """One operation of one client.

    Attributes:
        client: who asked; a client's operations follow each other, in the order in which they are given.
        action: what was asked, in the words of the model: ("write", 3).
        result: what was answered; `UNANSWERED` if nothing was.
        called_ms, returned_ms: virtual time of call and answer; None: there was no answer.
    """

    client: str
    action: Any
    result: Any
    called_ms: int
    returned_ms: int | None = None

    def __str__(self) -> str:
        until = "..." if self.returned_ms is None else str(self.returned_ms)
        return f"{self.client} {self.action!r} -> {self.result!r} ({self.called_ms}-{until} ms)"


@dataclass(frozen=True)
class Model:
    """What the data would do if there were one copy of it and one operation at a time.

    Attributes:
        initial: the state at the beginning; states are hashable.
        step: gives the state after an action and the result it must have: `step(state, action)`.
    """

    initial: Hashable
    step: Callable[[Any, Any], tuple[Hashable, Any]]


def register(initial: Hashable = None) -> Model:
    """One value: ("write", value) gives None, ("read",) the value, ("swap", old, new) whether it was old."""

    def step(state: Hashable, action: Any) -> tuple[Hashable, Any]:
        match action:
            case ("write", value):
                return value, None
            case ("read",):
                return state, state
            case ("swap", old, new):
                return (new, True) if state == old else (state, False)
        raise ValueError(f"A register cannot {action!r}.")

    return Model(initial, step)


def why_not_linearizable(history: Iterable[Operation], model: Model) -> str:
    """The operation that fits nowhere, in words; "" if the history is linearizable.

    Raises:
        Undecided: it takes more than `LIMIT` configurations to tell.
    """
    operations = sorted(history, key=lambda one: one.called_ms)
    search = _Search(operations, model)
    if search.succeeds():
        return ""
    longest = search.longest
    stuck = next(one for index, one in enumerate(operations) if index not in longest and one.returned_ms is not None)
    before = [str(operations[index]) for index in longest[-3:]]
    return f"{stuck} fits nowhere" + (f"; the last that fitted: {'; '.join(before)}" if before else "")


class _Search:
    """Depth first over the orders in which the operations can have happened."""

    def __init__(self, operations: Sequence[Operation], model: Model) -> None:
        self._operations = operations
        self._model = model
        self._answered = sum(1 << index for index, one in enumerate(operations) if one.returned_ms is not None)
        self._before = [self._all_before(index) for index in range(len(operations))]
        self.longest: tuple[int, ...] = ()

    def succeeds(self) -> bool:
        """Whether there is an order in which every answer is right."""
        tried: set[tuple[int, Hashable]] = set()
        stack: list[tuple[int, Hashable, tuple[int, ...]]] = [(0, self._model.initial, ())]
        while stack:
            done, state, order = stack.pop()
            if done & self._answered == self._answered:
                return True
            if (done, state) in tried:
                continue
            tried.add((done, state))
            if len(tried) > LIMIT:
                raise Undecided(f"More than {LIMIT} configurations of {len(self._operations)} operations.")
            if len(order) > len(self.longest):
                self.longest = order
            stack.extend(self._following(done, state, order))
        return False

    def _following(
        self, done: int, state: Hashable, order: tuple[int, ...]
    ) -> Iterable[tuple[int, Hashable, tuple[int, ...]]]:
        for index in range(len(self._operations) - 1, -1, -1):
            if done >> index & 1 or self._before[index] & ~done:
                continue
            operation = self._operations[index]
            after, result = self._model.step(state, operation.action)
            if operation.result is UNANSWERED or result == operation.result:
                yield done | 1 << index, after, (*order, index)

    def _all_before(self, number: int) -> int:
        """The operations that were over before this one was called."""
        later = self._operations[number]
        before = 0
        for index, one in enumerate(self._operations):
            if one.returned_ms is None:
                continue
            if index < number if one.client == later.client else one.returned_ms < later.called_ms:
                before |= 1 << index
        return before


def first_step_back(seen: Iterable[tuple[int, Any]]) -> str:
    """Where a client that saw these versions, one after the other, saw an older one; "" if it never did.

    Args:
        seen: at which millisecond, and which version; versions can be compared.
    """
    newest: tuple[int, Any] | None = None
    for at_ms, version in seen:
        if newest is not None and version < newest[1]:
            return f"{newest[1]!r} at {newest[0]} ms, and {version!r} at {at_ms} ms"
        if newest is None or version > newest[1]:
            newest = at_ms, version
    return ""
