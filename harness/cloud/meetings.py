"""Where calls of several invocations wait for one another: carries out the fault `calls_meet`.

A meeting is of one fault and one function. Whoever is under way is waited for, unless it has
ended, waits here too, or (where the fault says so) has had an answer from the service.
"""

import asyncio
from collections.abc import Callable, Collection

from harness.faults.board import FaultBoard
from harness.faults.meeting import CallsMeet
from harness.simulation.loop import VirtualLoop
from harness.simulation.wire import Call

LOOK_EVERY_S = 0.001


class Meetings:
    """All meetings of a world.

    Attributes:
        under_way: gives the request ids of a function's invocations that run now.
    """

    def __init__(self, loop: VirtualLoop, faults: FaultBoard) -> None:
        self.under_way: Callable[[str], Collection[str]] = lambda function: ()
        self._loop = loop
        self._faults = faults
        self._open: dict[tuple[CallsMeet, str], _Meeting] = {}

    async def wait(self, call: Call) -> None:
        """Returns when the call may go on; at once if no fault is about it."""
        for fault in self._faults.on(CallsMeet):
            meeting = self._meeting(fault, call)
            if not fault.matches(call) or call.caller.request_id in meeting.came:
                continue
            if self._faults.on_call(CallsMeet, call) is fault:
                meeting.came[call.caller.request_id] = None
                await self._until_all_are_there(meeting, call)
            return

    def answered(self, call: Call) -> None:
        """A call has got its answer."""
        for fault in self._faults.on(CallsMeet):
            if call.service == fault.service and not fault.matches(call):
                self._meeting(fault, call).answered[call.caller.request_id] = None

    async def _until_all_are_there(self, meeting: "_Meeting", call: Call) -> None:
        ends_s = self._loop.time() + meeting.fault.at_most_ms / 1000
        meeting.waiting[call.caller.request_id] = None
        while call.caller.request_id in meeting.waiting and self._loop.time() < ends_s:
            if meeting.is_complete(self.under_way(call.caller.function)):
                meeting.waiting.clear()
            else:
                await asyncio.sleep(LOOK_EVERY_S)
        meeting.waiting.pop(call.caller.request_id, None)

    def _meeting(self, fault: CallsMeet, call: Call) -> "_Meeting":
        return self._open.setdefault((fault, call.caller.function), _Meeting(fault))


class _Meeting:
    def __init__(self, fault: CallsMeet) -> None:
        self.fault = fault
        self.came: dict[str, None] = {}
        self.waiting: dict[str, None] = {}
        self.answered: dict[str, None] = {}
        self._seen: dict[str, None] = {}

    def is_complete(self, under_way: Collection[str]) -> bool:
        """Whether nobody is missing."""
        self._seen.update(dict.fromkeys(under_way))
        ended = sum(request_id not in under_way for request_id in self._seen)
        missing = [one for one in under_way if one not in self.waiting and not self._is_far_enough(one)]
        return not missing and len(self.waiting) + ended >= self.fault.count

    def _is_far_enough(self, request_id: str) -> bool:
        return self.fault.after_answer and request_id in self.answered
