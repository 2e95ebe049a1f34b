"""Whatever is done to a queue, no message is lost, doubled or shown while it is hidden."""

import asyncio
import json

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.records import MessageDeleted, MessageExpired, MessageMovedToDeadLetterQueue
from harness.cloud.engines.sqs.service import SqsService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace

RETENTION_S = 300
VISIBILITY_S = 20
MAX_RECEIVES = 3
SECOND = 1_000_000
"""Microseconds: instants are whole ones, and sums of floating point seconds are not."""


class AnyUse(RuleBasedStateMachine):
    """A model of one queue with a dead-letter queue: when each message is hidden, how often received."""

    fifo: bool

    @initialize(fifo=st.booleans())
    def create(self, fifo):
        self.fifo = fifo
        self.loop = VirtualLoop()
        self.trace = Trace(self.loop.clock)
        service = SqsService(
            loop=self.loop, trace=self.trace, randomness=Randomness(1), account_id="123456789012", region="eu-west-1"
        )
        suffix, kind = (".fifo", {"FifoQueue": "true"}) if fifo else ("", {})
        self.dead = service.create_queue("dead" + suffix, kind)
        policy = {"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": MAX_RECEIVES}
        self.queue = service.create_queue(
            "orders" + suffix,
            kind
            | {
                "RedrivePolicy": json.dumps(policy),
                "MessageRetentionPeriod": str(RETENTION_S),
                "VisibilityTimeout": str(VISIBILITY_S),
            },
        )
        self.accepted = []
        self.hidden_until = {}
        self.receives = {}
        self.newest = []

    @rule(group=st.sampled_from("ab"), delay_s=st.integers(0, 30))
    def send(self, group, delay_s):
        number = str(len(self.accepted))
        if self.fifo:
            message = self.queue.send(number, group_id=group, deduplication_id=number)
            delay_s = 0
        else:
            message = self.queue.send(number, delay_s=delay_s)
        self.accepted.append(message.message_id)
        self.hidden_until[message.message_id] = self._now_us() + delay_s * SECOND
        self.receives[message.message_id] = 0

    @rule(max_messages=st.integers(1, 10), timeout_s=st.sampled_from([None, 0, 1, 50]))
    def receive(self, max_messages, timeout_s):
        busy = {view.group_id for view in self.queue.messages() if view.state == "in flight"}
        received = self.loop.run_until_complete(
            self.queue.receive(max_messages=max_messages, wait_s=0, receiver="r", visibility_timeout_s=timeout_s)
        )
        now = self._now_us()
        assert len(received) <= max_messages
        for message in received:
            assert now >= self.hidden_until[message.message_id]
            self.receives[message.message_id] += 1
            assert message.receive_count == self.receives[message.message_id] <= MAX_RECEIVES
            self.hidden_until[message.message_id] = now + (VISIBILITY_S if timeout_s is None else timeout_s) * SECOND
            self.newest.append(message)
        if self.fifo:
            assert busy.isdisjoint(message.attributes["MessageGroupId"] for message in received)
            self._are_in_order(received)

    @precondition(lambda self: self.newest)
    @rule(data=st.data())
    def delete(self, data):
        message = data.draw(st.sampled_from(self.newest))
        try:
            self.queue.delete(message.receipt_handle)
        except SqsError:
            assert self.fifo
            assert message.receipt < self.receives[message.message_id] or self._is_visible(message)

    @precondition(lambda self: self.newest)
    @rule(data=st.data(), timeout_s=st.integers(0, 60))
    def change_visibility(self, data, timeout_s):
        message = data.draw(st.sampled_from(self.newest))
        try:
            self.queue.change_visibility(message.receipt_handle, timeout_s)
        except SqsError:
            return
        assert message.receipt == self.receives[message.message_id]
        self.hidden_until[message.message_id] = self._now_us() + timeout_s * SECOND

    @rule(seconds=st.sampled_from([0.001, 1, 10, 20, 30, 100]))
    def advance(self, seconds):
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @invariant()
    def each_message_is_in_exactly_one_place(self):
        if not hasattr(self, "accepted"):
            return
        there = [view.message_id for view in self.queue.messages()]
        deleted = [record.message_id for record in self.trace.of(MessageDeleted)]
        dead = [record.message_id for record in self.trace.of(MessageMovedToDeadLetterQueue)]
        expired = [record.message_id for record in self.trace.of(MessageExpired) if record.queue == self.queue.name]

        assert sorted(there + deleted + dead + expired) == sorted(self.accepted)
        assert [view.message_id for view in self.dead.messages()] == dead

    @invariant()
    def counts_agree_with_the_messages(self):
        if not hasattr(self, "accepted"):
            return
        states = [view.state for view in self.queue.messages()]

        assert self.queue.counts() == tuple(states.count(state) for state in ("visible", "in flight", "delayed"))

    def _now_us(self):
        return self.loop.clock.now_us

    def _is_visible(self, message):
        return self._now_us() >= self.hidden_until[message.message_id]

    def _are_in_order(self, received):
        groups: dict[str, list[int]] = {}
        for message in received:
            groups.setdefault(message.attributes["MessageGroupId"], []).append(int(message.body))
        assert all(numbers == sorted(numbers) for numbers in groups.values())


TestAnyUse = AnyUse.TestCase
TestAnyUse.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
