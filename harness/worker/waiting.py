"""Everything that waits in a handler waits for virtual time.

`install` replaces the primitives under Python's own waiting (locks, thread start and join,
`time.sleep`, the selector asyncio sleeps in), and does so before anything else is imported,
because modules make their locks at import.

Left real: waiting for another process, blocking reads, `signal.alarm`, `select.poll`.
"""

import _thread
import functools
import operator
import queue
import selectors
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from harness.worker.builtin import Builtin
from harness.worker.locks import Lock, RLock, SimpleQueue
from harness.worker.turns import LogicalThread, microseconds, turns


def install() -> None:
    """From now on the threads of this process take turns, and wait for virtual time only."""
    for module, names in _LOCKS.items():
        for name in names & vars(module).keys():
            setattr(module, name, RLock if "RLock" in name else Lock)
    for module, name in _STARTERS:
        if hasattr(module, name):
            setattr(module, name, _taking_turns(getattr(module, name)))
    threading.Thread.join = _join  # type: ignore[method-assign]
    threading.Thread.is_alive = _is_alive  # type: ignore[method-assign]
    queue.SimpleQueue = SimpleQueue  # type: ignore[misc,assignment]
    selectors.DefaultSelector = VirtualSelector  # type: ignore[misc]
    time.sleep = Builtin(_sleep)


_LOCKS: dict[Any, set[str]] = {
    _thread: {"allocate_lock", "allocate", "RLock"},  # also the import system's locks
    threading: {"_allocate_lock", "Lock", "RLock", "_CRLock"},
    functools: {"RLock"},  # cached_property holds one while it computes (Python 3.11)
}

_STARTERS = (
    (_thread, "start_new_thread"),
    (_thread, "start_new"),
    (threading, "_start_new_thread"),  # Python 3.11, 3.12
    (_thread, "start_joinable_thread"),
    (threading, "_start_joinable_thread"),  # Python 3.13 and later
)

_real_join = threading.Thread.join
_real_is_alive = threading.Thread.is_alive


def _sleep(seconds: float, /) -> None:
    if not isinstance(seconds, float):
        seconds = operator.index(seconds)
    if not seconds >= 0:
        raise ValueError("sleep length must be non-negative")
    turns.sleep(microseconds(seconds) if seconds else 0)


# ---- threads ------------------------------------------------------------------------------------


def _taking_turns(start: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps one of the functions that start a thread; the new one runs when its turn comes."""

    def start_taking_turns(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        thread = turns.bear()
        owner = getattr(function, "__self__", None)
        if isinstance(owner, threading.Thread):
            owner._logical = thread  # type: ignore[attr-defined]
        started = start(functools.partial(_live, thread, function), *args, **options)
        turns.admit(thread)
        return started

    return start_taking_turns


def _live(thread: LogicalThread, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    thread.gate.acquire()
    try:
        function(*args, **kwargs)
    except SystemExit:
        pass
    except BaseException:  # as the interpreter does at the end of a thread
        traceback.print_exc()
    del function, args, kwargs
    turns.retire(thread)


def _join(self: threading.Thread, timeout: float | None = None) -> None:
    thread: LogicalThread | None = getattr(self, "_logical", None)
    if thread is None:
        _real_join(self, timeout)
    elif thread is turns.current:
        raise RuntimeError("cannot join current thread")
    elif not thread.finished and (timeout is None or timeout > 0):
        turns.stand_in_line(thread.joiners, timeout)


def _is_alive(self: threading.Thread) -> bool:
    thread: LogicalThread | None = getattr(self, "_logical", None)
    return _real_is_alive(self) if thread is None else not thread.finished


# ---- asyncio ------------------------------------------------------------------------------------


class VirtualSelector(selectors.DefaultSelector):
    """Waits for virtual time, or for a descriptor that another thread makes ready."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the real one. `call_soon_threadsafe` ends the wait, through asyncio's own pipe."""
        poll = super().select
        ready = poll(0)
        if ready:
            return ready
        if timeout is not None and timeout <= 0:
            turns.sleep(0)
        else:
            turns.watch(lambda: poll(0), timeout)
        return poll(0)
