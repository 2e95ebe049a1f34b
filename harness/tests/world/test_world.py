"""The words acceptance tests are written in."""

import asyncio
import json
from typing import Any

import pytest

from harness.cloud.records import CallSent
from harness.faults.board import FaultStruck
from harness.faults.delivery import DuplicateDelivery, PoisonMessage, Reordering
from harness.faults.environment import CrashAfterCall
from harness.promises import PromiseBroken
from harness.tests.fakes import Raised, aws, instant, sleep
from harness.tests.world.conftest import SWEEP, TEMPLATE, Build, SmallWorld
from harness.tests.world.programs import fail_poison, queue_url, submit, work
from harness.world.queue_view import QueueMissing
from harness.world.world import NeverSettles, NoApi


def order(small: SmallWorld, id_: str) -> dict[str, str]:
    """An order, with the queue it is to go to."""
    return {"id": id_, "queue": queue_url(small.world.queue("Orders").watch.queue.name)}


# ---- time ----------------------------------------------------------------------------------------


def test_a_world_begins_at_virtual_time_0(build: Build) -> None:
    assert build(work=work, submit=submit).world.now_ms == 0


def test_run_for_lets_all_its_units_pass(build: Build) -> None:
    small = build(work=work, submit=submit)

    small.run(small.world.run_for(ms=5, s=4, minutes=3, hours=2))

    assert small.world.now_ms == 2 * 3_600_000 + 3 * 60_000 + 4 * 1000 + 5


def test_until_returns_as_soon_as_a_look_finds_the_condition_true(build: Build) -> None:
    small = build(work=work, submit=submit)

    held = small.run(small.world.until(lambda: small.world.now_ms >= 2500, within_s=10))

    assert (held, small.world.now_ms) == (True, 3000)


def test_until_gives_up_at_the_exact_end_with_a_last_look(build: Build) -> None:
    small = build(work=work, submit=submit)
    looks_ms: list[int] = []

    held = small.run(small.world.until(lambda: looks_ms.append(small.world.now_ms), within_s=2.5))

    assert (held, looks_ms) == (False, [0, 1000, 2000, 2500])


def test_until_awaits_a_condition_that_has_to_ask(build: Build) -> None:
    small = build(work=work, submit=submit)

    async def is_there() -> bool:
        return (await small.world.get("/orders/7")).status == 200

    assert small.run(small.world.until(is_there, within_s=5)) is True


def test_settle_waits_for_all_that_is_on_its_way(build: Build) -> None:
    small = build(work=work, submit=submit)

    async def scenario() -> None:
        await small.world.post("/orders", json=order(small, "o-7"))
        await small.world.settle()

    small.run(scenario())

    assert [one.outcome for one in small.world.invocations("Work")] == ["succeeded"]
    assert (small.world.queue("Orders").waiting, small.world.queue("Orders").in_flight) == (0, 0)


def test_settle_refuses_where_a_schedule_ticks_for_ever(build: Build) -> None:
    small = build(TEMPLATE + SWEEP, work=work, submit=submit, sweep=instant(None))

    with pytest.raises(NeverSettles, match=r"wait with until\(\) or run_for\(\)"):
        small.run(small.world.settle())


def test_a_schedule_invokes_its_function(build: Build) -> None:
    small = build(TEMPLATE + SWEEP, work=work, submit=submit, sweep=instant(None))

    small.run(small.world.run_for(minutes=5, s=10))

    assert len(small.world.invocations("Sweep")) == 5


# ---- the client ----------------------------------------------------------------------------------


def test_a_request_is_answered_with_its_times(build: Build) -> None:
    small = build(work=work, submit=submit)

    answer = small.run(small.world.post("/orders", json=order(small, "o-7")))

    assert (answer.status, answer.headers["location"], answer.text) == (202, "/orders/o-7", "")
    assert answer.sent_ms == 0
    assert answer.latency_ms == answer.received_ms == small.world.now_ms > 300


def test_an_answer_that_is_no_json_breaks_a_promise(build: Build) -> None:
    small = build(work=work, submit=instant("hello"))

    answer = small.run(small.world.get("/orders/7"))

    with pytest.raises(PromiseBroken, match="GET /orders/7 answered 200 with a body that is not JSON"):
        answer.json()


def test_a_body_can_be_sent_as_it_is_with_headers(build: Build) -> None:
    def echo(event):
        return {"statusCode": 200, "body": json.dumps([event["headers"], event["body"]])}
        yield

    small = build(work=work, submit=echo)

    headers, body = small.run(small.world.post("/orders", body="a=1", headers={"Content-Type": "text/plain"})).json()

    assert (headers["content-type"], headers["host"], body) == ("text/plain", "api.example.com", "a=1")


def test_without_an_api_there_is_nowhere_to_go(build: Build) -> None:
    template = TEMPLATE.replace("        Post: {Type: HttpApi, Properties: {Method: POST, Path: /orders}}\n", "")
    template = template.replace('        Get: {Type: HttpApi, Properties: {Method: GET, Path: "/orders/{id}"}}\n', "")
    small = build(template.replace("      Events:\n  Work", "  Work"), work=work, submit=submit)

    with pytest.raises(NoApi, match="The template has no API") as caught:
        small.run(small.world.get("/orders"))
    with pytest.raises(NoApi, match="No route of the template takes GET /orders"):
        small.world.function_behind("GET", "/orders")

    assert caught.value.got == "functions Submit, Work"


def test_an_api_that_is_not_there_is_missed_by_its_name(build: Build) -> None:
    small = build(work=work, submit=submit)

    with pytest.raises(NoApi, match="The template has no API Internal"):
        small.run(small.world.request("GET", "/orders", api="Internal"))


def test_the_functions_of_a_template_are_known(build: Build) -> None:
    small = build(work=work, submit=submit)

    assert (small.world.has_function("Submit"), small.world.has_function("Nobody")) == (True, False)


def test_the_function_behind_a_route_is_known(build: Build) -> None:
    small = build(work=work, submit=submit)

    assert small.world.function_behind("GET", "/orders/7") == "Submit"
    with pytest.raises(NoApi, match="No route of the template takes DELETE /orders/7"):
        small.world.function_behind("DELETE", "/orders/7")


# ---- queues --------------------------------------------------------------------------------------


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
    assert calls[0].ended_ms is not None
    assert small.world.calls(service="dynamodb") == []
    assert small.world.calls(function="Work") == []


def test_trying_out_imports_every_handler_and_leaves_no_trace_of_an_invocation(build: Build) -> None:
    small = build(work=work, submit=submit)

    small.run(small.world.try_out())

    assert len(small.workers) == 2
    assert small.world.invocations() == []
    assert all(worker.killed for worker in small.workers)


# ---- faults --------------------------------------------------------------------------------------


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


# ---- the end -------------------------------------------------------------------------------------


def test_a_closed_world_has_no_workers_no_tasks_and_no_folder_and_keeps_its_trace(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.world.queue("Orders").send('{"id": "o-7"}')
    small.run(small.world.run_for(s=0.8))

    async def close() -> set[asyncio.Task[Any]]:
        small.world.close()
        await asyncio.sleep(0.1)
        return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]

    assert small.run(close()) == set()
    assert all(worker.killed for worker in small.workers)
    assert list(small.setting.temporary.iterdir()) == []
    assert len(small.world.trace) > 0


def test_the_same_seed_gives_the_same_trace_and_another_seed_another(build: Build) -> None:
    def digest(seed: int) -> str:
        small = build(work=work, submit=submit, seed=seed)

        async def scenario() -> None:
            await small.world.post("/orders", json=order(small, "o-7"))
            await small.world.settle()

        small.run(scenario())
        return small.world.trace.digest()

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def test_the_calls_of_the_trace_name_physical_queues(build: Build) -> None:
    small = build(work=work, submit=submit)
    small.run(small.world.post("/orders", json=order(small, "o-7")))

    assert small.world.trace.of(CallSent)[0].target == small.world.queue("Orders").watch.queue.name


def test_streams_of_chance_for_tests_are_seeded(build: Build) -> None:
    first, second = (build(work=work, submit=submit).world for _ in range(2))

    assert first.random("ids").random() == second.random("ids").random()
