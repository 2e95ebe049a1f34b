"""From a bus to the targets of its rules: at least once, in no order, each on its own.

Latency is our model: 100 to 500 ms, drawn for each event and target ("typically about half a
second", says AWS).

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.events.inputs import as_json, input_of, text_at
from harness.cloud.engines.events.records import EventDelivered, EventDropped, EventPut
from harness.cloud.engines.events.requests import Limits, Target
from harness.cloud.engines.events.store import Bus, Rule, Seen, Store
from harness.cloud.target_delivery import Outcome, Parcel, RetryPolicy, Sender, TargetError, deliver
from harness.faults.board import FaultBoard
from harness.faults.event_bus import EventBusFault, EventDuplicated, EventHeldBack, EventTargetDown
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace

Event = dict[str, Any]

LATENCY_MS = (100, 500)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The world of the buses."""

    loop: VirtualLoop
    trace: Trace
    randomness: Randomness
    faults: FaultBoard
    sender: Sender


class Publisher:
    """Takes events in and brings them to targets."""

    def __init__(self, store: Store, around: Surroundings) -> None:
        self._store = store
        self._around = around

    def publish(
        self, bus: Bus, event: Event, *, replay: str = "", only: tuple[str, ...] = (), forwarded: bool = False
    ) -> None:
        """The bus takes an event in: it is archived, and on its way to every matching rule's targets.

        Args:
            replay: name of the replay that brings it back.
            only: ARNs of the rules it is for; (): all.
            forwarded: it comes from another bus, and goes to no third one.
        """
        clock = self._around.loop.clock
        bus.events.append(Seen(clock.now_ms, event, replay))
        if not replay:
            for archive in self._store.archives.values():
                if archive.bus == bus.name and (archive.pattern is None or archive.pattern.matches(event)):
                    archive.events.append((clock.unix_s(), event))
        rules = [rule for rule in bus.rules.values() if (not only or rule.arn in only) and rule.takes(event)]
        self._around.trace.append(
            EventPut(
                bus=bus.name,
                event_id=event["id"],
                source=event["source"],
                detail_type=event["detail-type"],
                rules=tuple(rule.label for rule in rules),
                replay=replay,
            )
        )
        for rule in rules:
            self.send(rule, event, forwarded=forwarded)

    def send(self, rule: Rule, event: Event, *, forwarded: bool = False) -> None:
        """Brings an event to all targets of a rule."""
        for target in list(rule.targets.values()):
            if forwarded and ":event-bus/" in target.arn:
                continue
            self._around.loop.keep(_Journey(self._around, self._store, self, rule, target, event).travel())


class _Journey:
    """One event on its way to one target."""

    def __init__(
        self, around: Surroundings, store: Store, publisher: Publisher, rule: Rule, target: Target, event: Event
    ) -> None:
        self._around = around
        self._store = store
        self._publisher = publisher
        self._rule = rule
        self._target = target
        self._event = event
        self._chance = around.randomness.stream(f"events/{rule.bus}/{rule.name}/{target.id}")
        self._label = around.sender.label(target.arn)

    async def travel(self) -> None:
        """Brings it, and brings it again where a fault says so."""
        late = self._fault(EventHeldBack)
        again = self._fault(EventDuplicated)
        await asyncio.sleep(self._chance.randint(*LATENCY_MS) / 1000)
        if isinstance(late, EventHeldBack):
            await asyncio.sleep(self._chance.randint(0, late.at_most_ms) / 1000)
        for after_ms in again.after_ms if isinstance(again, EventDuplicated) else ():
            self._around.loop.keep(self._repeat(after_ms))
        await self._bring("rule")

    async def _repeat(self, after_ms: int) -> None:
        await asyncio.sleep(after_ms / 1000)
        await self._bring("duplicate")

    async def _bring(self, source: str) -> None:
        outcome = await deliver(self._attempt, _policy(self._target.retry_policy), self._around.loop, self._chance)
        if outcome.error is None:
            self._around.trace.append(
                EventDelivered(
                    bus=self._rule.bus,
                    rule=self._rule.label,
                    target=self._label,
                    event_id=self._event["id"],
                    retries=outcome.retries,
                    source=source,
                )
            )
        else:
            self._drop(outcome, outcome.error)

    async def _attempt(self, number: int) -> None:
        down = self._fault(EventTargetDown)
        if isinstance(down, EventTargetDown):
            raise TargetError(down.error, "The target is unavailable.", retriable=True)
        if ":event-bus/" in self._target.arn:
            return self._forward()
        await self._around.sender.send(self._parcel())

    def _parcel(self) -> Parcel:
        rule, target = self._rule, self._target
        kind = "schedule" if rule.schedule else "rule"
        group = target.sqs_parameters.message_group_id if target.sqs_parameters else ""
        key = target.kinesis_parameters.partition_key_path if target.kinesis_parameters else ""
        return Parcel(
            arn=target.arn,
            text=input_of(target, self._event, rule_name=rule.name, rule_arn=rule.arn),
            sender=rule.arn,
            cause=f"{kind} {rule.label}",
            message_group_id=group,
            partition_key=text_at(key, self._event) if key else self._event["id"],
        )

    def _forward(self) -> None:
        """To another bus, with its id, time and source."""
        name = self._target.arn.rpartition("event-bus/")[2]
        if name not in self._store.buses or not self._target.arn.startswith(self._store.prefix):
            raise TargetError("NO_RESOURCE", f"Event bus {name} does not exist.")
        self._publisher.publish(self._store.buses[name], self._event, forwarded=True)

    def _drop(self, outcome: Outcome, error: TargetError) -> None:
        """Gives the event up: into the target's dead-letter queue, or for good."""
        config = self._target.dead_letter_config
        queue = config.arn if config else ""
        sender = self._around.sender
        attributes = self._dead_letter_attributes(outcome, error)
        kept = bool(queue) and sender.dead_letter(queue, as_json(self._event), attributes, self._parcel())
        self._around.trace.append(
            EventDropped(
                bus=self._rule.bus,
                rule=self._rule.label,
                target=self._label,
                event_id=self._event["id"],
                error=error.code,
                message=error.message,
                retries=outcome.retries,
                exhausted=outcome.exhausted,
                dead_letter_queue=sender.label(queue) if kept else "",
            )
        )

    def _dead_letter_attributes(self, outcome: Outcome, error: TargetError) -> dict[str, str]:
        attributes = {
            "RULE_ARN": self._rule.arn,
            "TARGET_ARN": self._target.arn,
            "ERROR_CODE": error.code,
            "ERROR_MESSAGE": error.message,
            "RETRY_ATTEMPTS": str(outcome.retries),
        }
        exhausted = {"EXHAUSTED_RETRY_CONDITION": outcome.exhausted} if outcome.exhausted else {}
        return attributes | exhausted

    def _fault(self, kind: type[EventBusFault]) -> EventBusFault | None:
        """The fault of this kind that strikes now. Asking counts as an opportunity."""
        board = self._around.faults
        if not board.active:
            return None
        detail = json.dumps(self._event["detail"])
        what = f"event {self._event['id']} to {self._label}"
        for active in board.active:
            fault = active.fault
            if isinstance(fault, kind) and fault.matches(self._rule.label, self._label, detail):
                struck = board.strike(active, what)
                if struck:
                    return fault
        return None


def _policy(limits: Limits | None) -> RetryPolicy:
    default = RetryPolicy()
    if limits is None:
        return default
    attempts, age_s = limits.maximum_retry_attempts, limits.maximum_event_age_in_seconds
    return RetryPolicy(default.attempts if attempts is None else attempts, default.age_s if age_s is None else age_s)
