"""Locks and queues whose waiting is virtual, with the interfaces of the standard library.

`threading.Lock`, `threading.RLock` and `queue.SimpleQueue` are replaced by these. All that
the standard library builds on them (Condition, Event, Semaphore, Barrier, Timer, Queue,
Future, executors) then waits virtually without another change. Only one thread runs at a
time, so plain attributes are safe here.
"""

import _queue
import types
from collections import deque
from typing import Any

from harness.worker.turns import LogicalThread, turns

FOR_EVER = -1
TIMEOUT_MAX_S = 9_223_372_036.0


def _limit_s(blocking: bool, timeout: float) -> float | None:
    """The timeout as `Turns` wants it; raises what the real lock raises."""
    if not blocking and timeout != FOR_EVER:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != FOR_EVER:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > TIMEOUT_MAX_S:
        raise OverflowError("timeout value is too large")
    return None if timeout == FOR_EVER else timeout


class Lock:
    """A mutual exclusion lock; whoever waits longest gets it next."""

    __slots__ = ("__weakref__", "_held", "_waiting")

    def __init__(self) -> None:
        self._held = False
        self._waiting: deque[LogicalThread] = deque()

    def acquire(self, blocking: bool = True, timeout: float = FOR_EVER) -> bool:
        """Takes the lock; False if it is not to be had within `timeout` virtual seconds."""
        if not self._held:
            self._held = True
            return True
        limit_s = _limit_s(blocking, timeout)
        if not blocking or limit_s == 0:
            return False
        return turns.stand_in_line(self._waiting, limit_s)

    def release(self) -> None:
        """Gives the lock to the thread that waits longest, or frees it."""
        if not self._held:
            raise RuntimeError("release unlocked lock")
        if self._waiting:
            turns.wake_first(self._waiting)
        else:
            self._held = False

    def locked(self) -> bool:
        """Whether any thread holds it."""
        return self._held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _at_fork_reinit(self) -> None:
        self._held = False
        self._waiting.clear()

    def __repr__(self) -> str:
        return f"<{'locked' if self._held else 'unlocked'} _thread.lock object at {id(self):#x}>"


class RLock:
    """A lock which its owner may take again."""

    __slots__ = ("__weakref__", "_count", "_owner", "_waiting")

    def __init__(self) -> None:
        self._owner: LogicalThread | None = None
        self._count = 0
        self._waiting: deque[LogicalThread] = deque()

    def acquire(self, blocking: bool = True, timeout: float = FOR_EVER) -> bool:
        """Takes the lock once more; False if it is not to be had in time."""
        me = turns.current
        if self._owner is None or self._owner is me:
            self._owner = me
            self._count += 1
            return True
        limit_s = _limit_s(blocking, timeout)
        if not blocking or limit_s == 0:
            return False
        return turns.stand_in_line(self._waiting, limit_s)

    def release(self) -> None:
        """Undoes one `acquire`."""
        if self._owner is not turns.current:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if self._count == 0:
            self._pass_on()

    def _pass_on(self) -> None:
        self._owner, self._count = None, 0
        if self._waiting:
            self._owner, self._count = turns.wake_first(self._waiting), 1

    def locked(self) -> bool:
        """Whether any thread holds it."""
        return self._owner is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    # What threading.Condition asks of its lock.

    def _is_owned(self) -> bool:
        return self._owner is turns.current

    def _release_save(self) -> int:
        count = self._count
        self._pass_on()
        return count

    def _acquire_restore(self, count: int) -> None:
        self.acquire()
        self._count = count

    def _recursion_count(self) -> int:
        return self._count if self._owner is turns.current else 0

    def _at_fork_reinit(self) -> None:
        self._owner, self._count = None, 0
        self._waiting.clear()


class SimpleQueue:
    """An unbounded queue; an item goes straight to the getter that waits longest."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._getters: deque[LogicalThread] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Adds an item, never waits. May be called from a destructor."""
        if self._getters:
            self._getters[0].answer = (item,)
            turns.wake_first(self._getters)
        else:
            self._items.append(item)

    def put_nowait(self, item: Any) -> None:
        """As `put`."""
        self.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Takes the oldest item; raises queue.Empty if none comes in time."""
        if self._items:
            return self._items.popleft()
        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        me = turns.current
        if not block or timeout == 0 or not turns.stand_in_line(self._getters, timeout):
            raise _queue.Empty
        (item,), me.answer = me.answer, None
        return item

    def get_nowait(self) -> Any:
        """As `get(block=False)`."""
        return self.get(block=False)

    def empty(self) -> bool:
        """Whether there is nothing to get."""
        return not self._items

    def qsize(self) -> int:
        """How many items there are."""
        return len(self._items)

    __class_getitem__: Any = classmethod(types.GenericAlias)
