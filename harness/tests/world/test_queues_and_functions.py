"""What acceptance tests see of queues and functions, and do to them."""

from typing import Any

import pytest

from harness.faults.delivery import DuplicateDelivery, PoisonMessage
from harness.tests.fakes import Raised, aws, instant, sleep
from harness.tests.world.conftest import TEMPLATE, Build
from harness.tests.world.programs import order, queue_url, submit, work
from harness.world.queue_view import QueueMissing


def test_a_queue_shows_what_waits_and_what_is_in_flight(build: Build) -> None:
    small = build(work=work, submit=submit)
    queue = small.world.queue("Failed")

    queue.send("a")

    assert (queue.exists, queue.is_fifo, queue.waiting, queue.in_flight) == (True, False, 1, 0)
    assert [(arrival.body, arrival.at_ms) for arrival in queue.arrivals] == [("a", 0)]


def test_a_queue_that_the_template_lacks_exists_not_and_all_else_says_so(build: Build) -> None:
    queue = build(work=work, submit=submit).world.queue("Missing")

    assert (queue.exists, queue.arrivals) == (False, [])
    with pytest.raises(QueueMissing, match=r"template\.yaml: The template has no queue Missing"):
        queue.send("a")
    with pytest.raises(QueueMissing, match="AWS::SQS::Queue"):
        _ = queue.waiting


@pytest.mark.parametrize("fault", [PoisonMessage(queue="Missing"), DuplicateDelivery(queue="Missing")])
def test_a_delivery_fault_at_a_missing_queue_says_so(build: Build, fault: Any) -> None:
    small = build(work=work, submit=submit)

    with pytest.raises(QueueMissing, match="The template has no queue Missing"):
        small.world.inject(fault)


def test_a_message_can_be_sent_again_as_it_arrived(build: Build) -> None:
    small = build(work=work, submit=submit)
    failed, orders = small.world.queue("Failed"), small.world.queue("Orders")
    failed.send('{"id": "o-7"}')

    orders.redrive(failed.arrivals[0])
    small.run(small.world.settle())

    assert [record["body"] for one in small.world.invocations("Work") for record in one.event["Records"]] == [
        '{"id": "o-7"}'
    ]


def test_a_fifo_queue_gets_a_group_and_a_fresh_id_for_each_send(build: Build) -> None:
    template = TEMPLATE + "  Strict: {Type: AWS::SQS::Queue, Properties: {QueueName: s.fifo, FifoQueue: true}}\n"
    queue = build(template, work=work, submit=submit).world.queue("Strict")

    queue.send("same")
    queue.send("same")
    queue.send("other", group_id="g")

    assert [arrival.group_id for arrival in queue.arrivals] == ["operator", "operator", "g"]
    assert queue.waiting == 3


def test_a_message_can_be_made_to_come_again(build: Build) -> None:
    small = build(work=work, submit=submit)
    queue = small.world.queue("Failed")
    queue.send("o-7")
    queue.send("o-8")

    queue.deliver_again(containing="o-7", after_ms=500)
    small.run(small.world.run_for(s=1))

    assert [message.body for message in queue.watch.queue.messages()] == ["o-7", "o-8", "o-7"]


def test_consumers_of_a_queue_are_those_mapped_to_it_and_those_that_receive(build: Build) -> None:
    def receiving(event):
        yield aws("sqs.ReceiveMessage", QueueUrl=event["queue"])

    small = build(work=work, submit=receiving)
    failed = small.world.queue("Failed").watch.queue.name
    small.run(small.world.invoke("Submit", {"queue": queue_url(failed)}))

    assert small.world.consumers_of("Orders") == ["Work"]
    assert small.world.consumers_of("Failed") == ["Submit"]
    assert small.world.consumers_of("Missing") == []


def test_every_arrival_of_every_queue_is_known(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.world.queue("Failed").send("a")
    small.world.queue("Orders").send('"b"')

    assert sorted(arrival.body for arrival in small.world.arrivals()) == ['"b"', "a"]


# ---- functions -----------------------------------------------------------------------------------


def test_an_operator_invokes_a_function_and_gets_its_answer(build: Build) -> None:
    small = build(work=work, submit=instant({"ok": True}))

    assert small.run(small.world.invoke("Submit", {})) == {"ok": True}
    assert small.world.invocations()[0].cause == "the operator"


def test_an_operator_may_not_wait_for_the_answer(build: Build) -> None:
    small = build(work=work, submit=instant({"ok": True}))

    assert small.run(small.world.invoke("Submit", {}, asynchronous=True)) is None
    small.run(small.world.settle())
    assert [one.outcome for one in small.world.invocations("Submit")] == ["succeeded"]


def test_an_invocation_shows_how_it_went(build: Build) -> None:
    def failing(event):
        yield sleep(2)
        raise Raised("ValueError", "no")

    small = build(work=work, submit=failing)
    running = small.loop.create_task(small.world.invoke("Submit", {"n": 1}))
    small.run(small.world.run_for(s=1))

    one = small.world.invocations()[0]
    assert (one.is_running, one.outcome, one.ended_ms, one.error) == (True, "running", None, {})

    small.run(running)
    assert (one.is_running, one.outcome, one.event, one.started_ms) == (False, "failed", {"n": 1}, 0)
    assert (one.ended_ms, one.error["errorType"]) == (small.world.now_ms, "ValueError")
    assert one.handler_ms is not None
    assert small.world.now_ms - one.handler_ms == 2000


def test_a_running_invocation_can_be_killed_and_its_message_comes_again(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.world.queue("Orders").send('{"id": "o-7"}')
    small.run(small.world.run_for(s=0.8))

    small.world.kill(small.world.invocations("Work")[0])
    small.run(small.world.settle())

    assert [one.outcome for one in small.world.invocations("Work")] == ["killed", "succeeded"]
    assert small.world.invocations("Work")[1].started_ms >= 30_000


def test_a_recycled_function_starts_cold(build: Build) -> None:
    small = build(work=work, submit=instant(None))
    small.run(small.world.invoke("Submit", {}))

    small.world.recycle("Submit")
    small.run(small.world.invoke("Submit", {}))

    assert [one.environment for one in small.world.invocations()] == ["Submit#1", "Submit#2"]


def test_calls_of_functions_are_found_by_function_service_and_operation(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.run(small.world.post("/orders", json=order(small, "o-7")))

    calls = small.world.calls(function="Submit", service="sqs", operation="SendMessage")
    assert [(call.status, call.answered, call.index) for call in calls] == [(200, True, 1)]
    assert calls[0].environment == small.world.invocations("Submit")[0].environment
    assert calls[0].ended_ms is not None
    assert small.world.calls(service="dynamodb") == []
    assert small.world.calls(function="Work") == []


def test_trying_out_imports_every_handler_and_leaves_no_trace_of_an_invocation(build: Build) -> None:
    small = build(work=work, submit=submit)

    small.run(small.world.try_out())

    assert len(small.workers) == 2
    assert small.world.invocations() == []
    assert all(worker.killed for worker in small.workers)
