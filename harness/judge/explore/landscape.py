"""Where faults can strike in a scenario: seen in its undisturbed run, so that few draws are wasted.

A fault that names a function which never runs, or its twelfth call of five, strikes nothing. What
only ever runs because something went wrong is not seen there, so functions nobody saw can die too,
though that is drawn less often.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from harness.cloud.engines.sqs.records import MessageReceived
from harness.cloud.records import CallSent
from harness.cloud.template import Template
from harness.faults.base import CallFault, Fault, Point
from harness.faults.environment import CrashAfterCall
from harness.faults.service import LostReply
from harness.simulation.trace import Trace

UNSEEN_SHARE = 10
"""A crash is drawn in a function that nobody saw run one time in so many at most."""

CALLS_OF_UNSEEN = 3
"""Calls after which a function can die that was never seen to run."""

MOST_SKIPPED = 9
"""Opportunities that a fault lets pass at most: a burst has hundreds, and one is like the other."""

Place = dict[str, Any]
"""Settings of a fault that say where it strikes: {"function": "FeedLegacy", "k": 2, "skip": 0}."""


@dataclass(frozen=True)
class Landscape:
    """What was seen at work.

    Attributes:
        invocations: for each victim that ran, how many outside calls each of its invocations made.
        unseen: victims that did not run.
        calls: how many calls victims made, by (function, service).
        messages: how many messages were received, by the queue's logical id.
        outside: the kata's HTTP services.
    """

    invocations: dict[str, tuple[int, ...]]
    unseen: tuple[str, ...] = ()
    calls: dict[tuple[str, str], int] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    outside: tuple[str, ...] = ()

    def places(self, fault: type[Fault], *, is_weather: bool) -> list[Place]:
        """Where this fault could strike: what comes early first.

        Args:
            is_weather: it strikes each time, and so is bound to no function.
        """
        fields = {one.name for one in msgspec.structs.fields(fault)}
        if issubclass(fault, CrashAfterCall):
            return self._crashes()
        if issubclass(fault, CallFault):
            calls = {place: many for place, many in self.calls.items() if self._takes(fault, place[1])}
            if is_weather:
                return [{"service": service} for service in dict.fromkeys(service for _, service in calls)]
            return _by_skip(({"function": one, "service": other}, many) for (one, other), many in calls.items())
        if "queue" in fields:
            return _by_skip(({"queue": queue}, many) for queue, many in self.messages.items())
        if "function" in fields and not is_weather:
            return _by_skip(({"function": name}, len(calls)) for name, calls in self.invocations.items())
        return [{}]

    def _crashes(self) -> list[Place]:
        seen = [
            place
            for name, calls in self.invocations.items()
            for k in range(1, max(calls) + 1)
            for place in _by_skip([({"function": name, "k": k}, sum(k <= most for most in calls))])
        ]
        unseen = [{"function": name, "k": k} for name in self.unseen for k in range(1, CALLS_OF_UNSEEN + 1)]
        often = -(-(UNSEEN_SHARE - 1) * len(unseen) // len(seen)) if seen else 0
        return seen * max(1, often) + unseen

    def _takes(self, fault: type[CallFault], service: str) -> bool:
        """Whether the fault can strike a call to this service."""
        if fault.point is Point.DOWNSTREAM:
            return service in self.outside
        return fault.point is Point.ENVIRONMENT or issubclass(fault, LostReply) or service not in self.outside


def landscape_of(
    template: Template, trace: Trace, outside: tuple[str, ...], victims: Literal["background", "all"]
) -> Landscape:
    """Where faults can strike.

    Args:
        trace: of the undisturbed run.
        victims: "background" spares functions that an API or a load balancer leads to.
    """
    spared = _waited_for(template) if victims == "background" else set()
    functions = [name for name in template.functions if name not in spared]
    calls = [call for call in trace.of(CallSent) if call.request_id and call.function in functions]
    longest: dict[tuple[str, str], int] = {}
    for call in calls:
        longest[call.function, call.request_id] = call.index
    invocations: dict[str, tuple[int, ...]] = {}
    for (name, _), most in longest.items():
        invocations[name] = (*invocations.get(name, ()), most)
    received = Counter(record.queue for record in trace.of(MessageReceived))
    queues = {logical_id: received[queue.name] for logical_id, queue in template.queues.items()}
    return Landscape(
        invocations=invocations,
        unseen=tuple(name for name in functions if name not in invocations),
        calls=dict(Counter((call.function, call.service) for call in calls)),
        messages={queue: many for queue, many in queues.items() if many},
        outside=outside,
    )


def _by_skip(places: Iterable[tuple[Place, int]]) -> list[Place]:
    """Each place once for each opportunity it has, the first opportunities first."""
    numbered = [
        ({**place, "skip": skip}, skip) for place, many in places for skip in range(min(many, MOST_SKIPPED + 1))
    ]
    return [place for place, _ in sorted(numbered, key=lambda one: one[1])]


def _waited_for(template: Template) -> set[str]:
    arns = {target.id for group in template.load_balancing.groups.values() for target in group.targets}
    behind_balancers = {name for name, function in template.functions.items() if function.arn in arns}
    return behind_balancers | {route.function for api in template.apis.values() for route in api.routes}
