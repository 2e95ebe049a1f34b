"""Faults as acceptance tests inject them, through a whole world."""

import json

from harness.faults.board import FaultStruck
from harness.faults.delivery import DuplicateDelivery, PoisonMessage, Reordering
from harness.faults.environment import CrashAfterCall
from harness.tests.fakes import aws
from harness.tests.world.conftest import TEMPLATE, Build
from harness.tests.world.programs import fail_poison, submit, work


def test_a_duplicate_is_delivered_once_more_and_only_once(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.world.inject(DuplicateDelivery(queue="Orders", containing="o-7", after_ms=(5000,)))

    small.world.queue("Orders").send('{"id": "o-7"}')
    small.world.queue("Orders").send('{"id": "o-8"}')
    small.run(small.world.settle())

    bodies = [one.event["Records"][0]["body"] for one in small.world.invocations("Work")]
    assert sorted(bodies) == ['{"id": "o-7"}', '{"id": "o-7"}', '{"id": "o-8"}']


def test_messages_that_are_held_back_come_in_another_order(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.world.inject(Reordering(queue="Orders", at_most_ms=20_000))
    bodies = [json.dumps({"id": number}) for number in range(8)]

    for body in bodies:
        small.world.queue("Orders").send(body)
    small.run(small.world.settle())

    received = [one.event["Records"][0]["body"] for one in small.world.invocations("Work")]
    assert sorted(received) == bodies
    assert received != bodies


def test_messages_of_every_standard_queue_may_come_in_the_opposite_order(build: Build) -> None:
    fifo = "  Strict: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, ContentBasedDeduplication: true}}\n"
    small = build(TEMPLATE + fifo, work=work, submit=submit)
    small.world.inject(Reordering(mirrored=True, until_ms=5000))

    for number in range(5):
        small.world.queue("Orders").send(str(number))
        small.world.queue("Strict").send(str(number))
        small.run(small.world.run_for(ms=400))
    strict = small.world.queue("Strict").watch.queue
    strict_waits = len(small.run(strict.receive(max_messages=10, wait_s=0, receiver="test")))
    small.run(small.world.run_for(s=1))
    before = small.world.invocations("Work")
    small.run(small.world.settle())

    received = [one.event["Records"][0]["body"] for one in small.world.invocations("Work")]
    assert (before, received) == ([], ["4", "3", "2", "1", "0"])
    assert strict_waits == 5


def test_a_duplicate_may_be_of_any_queue(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.world.inject(DuplicateDelivery(times=1))

    small.world.queue("Orders").send("1")
    small.run(small.world.settle())

    assert len(small.world.invocations("Work")) == 2


def test_a_poison_message_stands_in_the_queue_at_once_and_is_a_strike(build: Build) -> None:
    small = build(work=fail_poison, submit=submit)

    active = small.world.inject(PoisonMessage(queue="Orders"))
    small.run(small.world.settle())

    assert active.strikes == 1
    assert [record.what for record in small.world.trace.of(FaultStruck)] == ["a message that nobody can read in Orders"]
    assert len(small.world.invocations("Work")) == 3
    assert [arrival.body for arrival in small.world.queue("Failed").arrivals] == ["not json"]


def test_a_poison_message_may_come_later(build: Build) -> None:
    small = build(work=fail_poison, submit=submit)

    small.world.inject(PoisonMessage(queue="Orders", from_ms=7000))
    small.run(small.world.settle())

    assert [arrival.at_ms for arrival in small.world.queue("Orders").arrivals] == [7000]


def test_a_poison_message_that_is_lifted_before_it_begins_never_comes(build: Build) -> None:
    small = build(work=fail_poison, submit=submit)

    small.world.lift(small.world.inject(PoisonMessage(queue="Orders", from_ms=7000)))
    small.run(small.world.settle())

    assert small.world.queue("Orders").arrivals == []


def test_a_poison_message_finds_its_group_in_a_fifo_queue(build: Build) -> None:
    template = TEMPLATE + "  Strict: {Type: AWS::SQS::Queue, Properties: {QueueName: s.fifo, FifoQueue: true}}\n"
    small = build(template, work=work, submit=submit)

    small.world.inject(PoisonMessage(queue="Strict"))

    assert [arrival.group_id for arrival in small.world.queue("Strict").arrivals] == ["poison"]


def test_a_crash_is_repaired_by_a_redelivery(build: Build) -> None:
    def remember(event):
        yield aws("dynamodb.ListTables")
        yield aws("dynamodb.ListTables")

    small = build(work=remember, submit=submit)
    small.world.inject(CrashAfterCall(k=1, functions=("Work",), times=1))
    small.world.queue("Orders").send("{}")

    small.run(small.world.settle())

    assert [one.outcome for one in small.world.invocations("Work")] == ["killed", "succeeded"]
