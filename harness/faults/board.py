"""The board: which faults are on now, how often each has struck, and the record of it."""

from typing import TypeVar

import msgspec

from harness.faults.base import CallFault, Fault
from harness.faults.delivery import DeliveryFault
from harness.faults.plan import describe
from harness.faults.recycling import EnvironmentFault
from harness.faults.service import LostReply
from harness.simulation.clock import Clock
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import Call


class FaultInjected(Record, frozen=True, kw_only=True, tag=True):
    """A fault was switched on."""

    fault: str


class FaultLifted(Record, frozen=True, kw_only=True, tag=True):
    """A fault was switched off before its end."""

    fault: str


class FaultStruck(Record, frozen=True, kw_only=True, tag=True):
    """A fault struck: which one, and what it hit.

    Attributes:
        call: id of the call it hit, 0 if it hit none.
        request_id: the invocation it hit, "" if it hit none.
        what: what it hit, in words.
    """

    fault: str
    what: str
    call: int = 0
    request_id: str = ""


class ActiveFault(msgspec.Struct, kw_only=True):
    """A fault that is on, with its count.

    Attributes:
        optional: whether a run in which it never strikes proves what it shall all the same.
        calls: what it struck, by the SDK's id of the call, which all attempts at it share.
    """

    fault: Fault
    optional: bool = False
    opportunities: int = 0
    strikes: int = 0
    calls: dict[str, None] = msgspec.field(default_factory=dict)
    lifted: bool = False


K = TypeVar("K", bound=Fault)
F = TypeVar("F", bound=CallFault)
D = TypeVar("D", bound=DeliveryFault)
E = TypeVar("E", bound=EnvironmentFault)


class FaultBoard:
    """Asked by every injection point; answers with the fault that strikes, if one does.

    Attributes:
        active: every fault that was switched on, in that order.
        muted: names of faults that never strike, switched on or not.
    """

    def __init__(self, clock: Clock, trace: Trace) -> None:
        self._clock = clock
        self._trace = trace
        self.active: list[ActiveFault] = []
        self.muted: frozenset[str] = frozenset()

    def inject(self, fault: Fault, *, optional: bool = False) -> ActiveFault:
        """Switches a fault on. Its `from_ms` and `until_ms` still decide when it strikes."""
        active = ActiveFault(fault=fault, optional=optional)
        self.active.append(active)
        self._trace.append(FaultInjected(fault=describe(fault)))
        return active

    def lift(self, active: ActiveFault) -> None:
        """Switches a fault off."""
        if not active.lifted:
            active.lifted = True
            self._trace.append(FaultLifted(fault=describe(active.fault)))

    def on(self, kind: type[K]) -> list[K]:
        """The faults of this kind that could strike now. Asking counts as nothing."""
        faults = [active.fault for active in self.active if self._may_strike(active)]
        return [fault for fault in faults if isinstance(fault, kind)]

    def on_call(self, kind: type[F], call: Call) -> F | None:
        """The fault of this kind that strikes this call. Asking counts as an opportunity."""
        for active in self.active:
            fault = active.fault
            if isinstance(fault, kind) and fault.matches(call) and self._takes(active):
                what = f"{call.service} {call.operation} {call.target}".rstrip()
                self._struck(fault, what, call.id, call.caller.request_id)
                active.calls[_sdk_id(call)] = None
                return fault
        return None

    def loses_next_attempt(self, call: Call) -> bool:
        """Whether an earlier attempt of the SDK at this call has lost its reply to a fault that strikes all of them."""
        sdk_id = _sdk_id(call)
        for active in self.active:
            fault = active.fault
            strikes_all = isinstance(fault, LostReply) and fault.all_attempts and not active.lifted
            if strikes_all and sdk_id and sdk_id in active.calls:
                what = f"{call.service} {call.operation} {call.target}".rstrip()
                self._struck(fault, what, call.id, call.caller.request_id)
                return True
        return False

    def on_message(self, kind: type[D], queue: str, body: str, message_id: str) -> D | None:
        """The fault of this kind that strikes this message. Asking counts as an opportunity."""
        for active in self.active:
            fault = active.fault
            if isinstance(fault, kind) and fault.matches(queue, body) and self._takes(active):
                self._struck(fault, f"message {message_id} in {queue}")
                return fault
        return None

    def on_environment(self, kind: type[E], function: str, what: str) -> E | None:
        """The fault of this kind that strikes an environment of this function. Asking counts as an opportunity."""
        for active in self.active:
            fault = active.fault
            if isinstance(fault, kind) and fault.matches(function) and self._takes(active):
                self._struck(fault, what)
                return fault
        return None

    def strike(self, active: ActiveFault, what: str) -> bool:
        """Whether this very fault strikes now. Asking counts as an opportunity.

        Args:
            what: what it hits, in words.
        """
        takes = self._takes(active)
        if takes:
            self._struck(active.fault, what)
        return takes

    def _may_strike(self, active: ActiveFault) -> bool:
        fault = active.fault
        now_ms = self._clock.now_ms
        in_time = fault.from_ms <= now_ms and (fault.until_ms is None or now_ms < fault.until_ms)
        has_strikes_left = fault.times is None or active.strikes < fault.times
        return in_time and has_strikes_left and not active.lifted and fault.name() not in self.muted

    def _takes(self, active: ActiveFault) -> bool:
        if not self._may_strike(active):
            return False
        active.opportunities += 1
        if active.opportunities <= active.fault.skip:
            return False
        active.strikes += 1
        return True

    def _struck(self, fault: Fault, what: str, call: int = 0, request_id: str = "") -> None:
        self._trace.append(FaultStruck(fault=fault.name(), what=what, call=call, request_id=request_id))


def _sdk_id(call: Call) -> str:
    """What all attempts of the SDK at one call share; "" for any other client."""
    return call.request.headers.get("amz-sdk-invocation-id", "")
