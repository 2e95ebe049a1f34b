"""One thread of a worker runs at a time, and the order in which they run is a rule, not luck.

Python threads are scheduled by the machine, so two runs of the same handler may differ. Here
each thread runs until it has to wait: for an answer, for virtual time, for a lock, for
another thread. Then it hands its turn to the thread that became ready first. If none is
ready, the worker is quiet: what has been said goes to the judge, and whichever thread was
last to wait reads the judge's next frame for all of them.

What is lost is preemption: a loop that spins until another thread sets a variable, without
ever waiting, spins for ever (and is killed as a handler that burns CPU).
"""

import itertools
import os
from _thread import allocate_lock
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from harness.worker.protocol import Answered, Called, Invoke, ToWorker, WaitCancelled, Waited, Woken

_exit_process = os._exit


class Line(Protocol):
    """The worker's end of the socket."""

    def put(self, frame: Any) -> None:
        """Keeps a frame to be sent."""

    def flush(self, turn_over: bool = False) -> None:
        """Sends what has been put."""

    def receive(self) -> ToWorker:
        """Reads the judge's next frame."""


class LogicalThread:
    """A thread by the order of its birth: "0" is the main one, "0.2" its second child."""

    __slots__ = ("answer", "children", "expired", "finished", "gate", "joiners", "name", "queue", "wait")

    def __init__(self, name: str) -> None:
        self.name = name
        self.children = 0
        self.gate = allocate_lock()  # a real lock, open only while a turn is being handed over
        self.gate.acquire()
        self.answer: Any = None  # what it waited for: a frame, or an item of a queue
        self.wait = 0  # number of its Waited frame, if its wait has a limit
        self.expired = False  # the limit came first
        self.queue: deque[LogicalThread] | None = None  # where it stands in line
        self.joiners: deque[LogicalThread] = deque()
        self.finished = False


class Turns:
    """Hands the turn from thread to thread, and speaks with the judge for all of them."""

    def __init__(self) -> None:
        self.main = self.current = LogicalThread("0")
        self.line: Line | None = None
        self.set_clock: Callable[[int, int], None] = lambda unix_us, behind_us: None
        self._ready: deque[LogicalThread] = deque()
        self._outstanding: dict[int, LogicalThread] = {}
        self._watchers: list[tuple[LogicalThread, Callable[[], object]]] = []
        self._numbers = itertools.count(1)

    # ---- what a thread may wait for ------------------------------------------------------

    def call(self, **request: Any) -> Answered:
        """Makes an outside call and returns its answer, at the virtual instant it arrives."""
        me, number = self.current, next(self._numbers)
        self._say(Called(call=number, thread=me.name, **request))
        self._outstanding[number] = me
        self._park()
        answer, me.answer = me.answer, None
        assert isinstance(answer, Answered)
        return answer

    def sleep(self, duration_us: int) -> None:
        """Waits for virtual time to pass; no time at all lets the other threads go first."""
        if duration_us > 0:
            self._limit_wait(duration_us)
        else:
            self._ready.append(self.current)
        self._park()

    def stand_in_line(self, queue: "deque[LogicalThread]", timeout_s: float | None) -> bool:
        """Waits in `queue` until someone takes this thread out of it and wakes it.

        Args:
            timeout_s: the longest wait in virtual seconds; None waits for ever.

        Returns:
            False if the time was up first.
        """
        me = self.current
        me.expired = False
        me.queue = queue
        queue.append(me)
        if timeout_s is not None:
            self._limit_wait(microseconds(timeout_s))
        self._park()
        me.queue = None
        return not me.expired

    def watch(self, something_happened: Callable[[], object], timeout_s: float | None) -> None:
        """Waits until a file descriptor is ready; it is asked whenever all threads wait."""
        me = self.current
        entry = (me, something_happened)
        self._watchers.append(entry)
        if timeout_s is not None:
            self._limit_wait(microseconds(timeout_s))
        self._park()
        if entry in self._watchers:
            self._watchers.remove(entry)

    def next_invocation(self) -> Invoke:
        """Freezes the environment until the judge speaks, and returns the next Invoke frame."""
        assert self.current is self.main
        self._receive()  # threads which could go on do not: Lambda freezes them too
        self._park()
        invoke, self.main.answer = self.main.answer, None
        assert isinstance(invoke, Invoke)
        return invoke

    # ---- what a thread does to others -------------------------------------------------------

    def wake(self, thread: LogicalThread) -> None:
        """What this thread waited for has come: it is ready for its next turn."""
        if thread.wait:
            self._outstanding.pop(thread.wait, None)
            self._say(WaitCancelled(wait=thread.wait))
            thread.wait = 0
        self._ready.append(thread)

    def wake_first(self, queue: "deque[LogicalThread]") -> LogicalThread:
        """Wakes whoever stands in this line longest."""
        thread = queue.popleft()
        self.wake(thread)
        return thread

    def bear(self) -> LogicalThread:
        """A child of the current thread, not ready yet."""
        me = self.current
        me.children += 1
        return LogicalThread(f"{me.name}.{me.children}")

    def admit(self, thread: LogicalThread) -> None:
        """A new thread stands at its gate: it runs when its turn comes."""
        self._ready.append(thread)

    def retire(self, thread: LogicalThread) -> None:
        """This thread has ended and gives its turn away for good."""
        thread.finished = True
        while thread.joiners:
            self.wake_first(thread.joiners)
        self._hand_over(self._next())

    # ---- turns ------------------------------------------------------------------------------

    def _park(self) -> None:
        me = self.current
        following = self._next()
        if following is me:
            return
        self._hand_over(following)
        me.gate.acquire()

    def _hand_over(self, following: LogicalThread) -> None:
        if self.line is not None:
            self.line.flush()  # a call is on its way even if a later thread never ends its turn
        self.current = following
        following.gate.release()

    def _next(self) -> LogicalThread:
        while not self._ready:
            if not self._wake_watchers():
                self._receive()
        return self._ready.popleft()

    def _wake_watchers(self) -> bool:
        due = [entry for entry in self._watchers if entry[1]()]
        for entry in due:
            self._watchers.remove(entry)
            self.wake(entry[0])
        return bool(due)

    def _limit_wait(self, duration_us: int) -> None:
        me = self.current
        me.wait = next(self._numbers)
        self._outstanding[me.wait] = me
        self._say(Waited(wait=me.wait, thread=me.name, duration_us=duration_us))

    def _say(self, frame: Any) -> None:
        if self.line is None:
            raise OSError("This process is no execution environment: it cannot wait or call out.")
        self.line.put(frame)

    def _receive(self) -> None:
        if self.line is None:
            raise OSError("This process is no execution environment: nothing can wake it.")
        self.line.flush(turn_over=True)
        frame = self.line.receive()
        self.set_clock(frame.unix_us, frame.behind_us)
        if isinstance(frame, Answered):
            self._deliver(frame.call, frame)
        elif isinstance(frame, Woken):
            self._expire(frame.wait)
        elif isinstance(frame, Invoke):
            self.main.answer = frame
            self._ready.append(self.main)

    def _deliver(self, number: int, answer: Answered) -> None:
        thread = self._outstanding.pop(number, None)
        if thread is not None:
            thread.answer = answer
            self._ready.append(thread)

    def _expire(self, number: int) -> None:
        thread = self._outstanding.pop(number, None)
        if thread is None:
            return
        thread.wait = 0
        thread.expired = True
        if thread.queue is not None:
            thread.queue.remove(thread)
        self._ready.append(thread)


def microseconds(seconds: float) -> int:
    """Whole virtual microseconds, at least one: who waits at all lets the clock move."""
    return max(1, round(seconds * 1_000_000))


turns = Turns()
"""The turns of this process. It has one thread until learner code starts another."""
