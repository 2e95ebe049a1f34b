"""Calls that meet, that nobody answers, that conflict; event sources at rest; other teams' functions."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest

from harness.faults.environment import CrashAfterCall
from harness.faults.functions import FunctionExits
from harness.faults.meeting import DYNAMODB_WRITES, CallsMeet
from harness.faults.region import CallHeld
from harness.faults.service import LostReply, SilentCall, ThrottledCall, TransactionsConflict
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.meeting_app import APP, HTTP, TEMPLATE, Shop
from harness.world import OutsideServiceSpec
from harness.world.functions_view import TooMuchReserved

ITEM = {"id": {"S": "silent"}}


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    shop = OutsideServiceSpec("shop", "ShopUrl", "http://shop.internal", Shop)
    files = {"src/app.py": APP, "src/http_app.py": HTTP}
    return deploy(TEMPLATE, files, services=(shop,), enforce_permissions=True)


def race(app: App, *events: dict[str, Any]) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(app.world.ask("Race", event) for event in events))

    app.run(all_of_them())


def call(app: App, service: str, operation: str, **more: Any) -> Any:
    timeout_s, attempts = more.pop("read_timeout_s", 60), more.pop("attempts", 1)
    event = {
        "service": service, "operation": operation, "read_timeout_s": timeout_s, "attempts": attempts, "with": more,
    }  # fmt: skip
    return app.run(app.world.ask("Call", event)).payload


def waited(app: App) -> list[tuple[int, int]]:
    """When each write of the race was sent, and answered."""
    return [(made.at_ms, made.ended_ms or 0) for made in app.world.calls(function="Race", operation="PutItem")]


def during(app: App, fault: Any, work: Coroutine[Any, Any, Any]) -> Any:
    active = app.world.inject(fault)
    answer = app.run(work)
    app.world.lift(active)
    return answer


# ---- calls that meet ---------------------------------------------------------------------------


def test_the_first_writes_of_three_invocations_meet_and_two_updates_are_lost(app: App) -> None:
    meet = CallsMeet(service="dynamodb", operation=DYNAMODB_WRITES, function="Race", count=3)
    active = app.world.inject(meet)
    race(app, {"id": "r-1"}, {"id": "r-1", "late_s": 0.1}, {"id": "r-1", "late_s": 0.2})
    app.world.lift(active)

    assert app.world.table("Orders").get(id="r-1") == {"id": "r-1", "count": 1}
    sent, ended = zip(*waited(app)[-3:], strict=True)
    assert max(sent) - min(sent) >= 100
    assert max(ended) - min(ended) <= 2


def test_nobody_waits_longer_than_the_fault_says(app: App) -> None:
    active = app.world.inject(CallsMeet(service="dynamodb", operation="PutItem", function="Race", count=2))
    race(app, {"id": "r-2"})
    app.world.lift(active)

    ((sent_ms, ended_ms),) = waited(app)[-1:]
    assert 500 <= ended_ms - sent_ms <= 507


def test_whoever_has_read_is_waited_for_no_longer(app: App) -> None:
    meet = CallsMeet(service="dynamodb", operation=DYNAMODB_WRITES, function="Race", after_answer=True, at_most_ms=2000)
    active = app.world.inject(meet)
    race(app, {"id": "r-3"}, {"id": "r-3", "late_s": 0.3, "only_looks": True})
    app.world.lift(active)

    ((sent_ms, ended_ms),) = waited(app)[-1:]
    assert 290 <= ended_ms - sent_ms <= 330


def test_an_invocation_that_dies_before_it_comes_is_waited_for_no_longer(app: App) -> None:
    crash = app.world.inject(CrashAfterCall(function="Race", k=1, times=1))
    active = app.world.inject(CallsMeet(service="dynamodb", operation="PutItem", function="Race", count=2))
    race(app, {"id": "r-4"}, {"id": "r-4"})
    app.world.lift(active)
    app.world.lift(crash)

    ((sent_ms, ended_ms),) = waited(app)[-1:]
    assert ended_ms - sent_ms <= 30
    assert app.world.table("Orders").get(id="r-4") == {"id": "r-4", "count": 1}


# ---- calls that nobody answers -----------------------------------------------------------------


@pytest.mark.parametrize(("done", "found"), [("never", None), ("always", {"id": "silent"})])
def test_a_silent_call_ends_with_the_clients_patience_whether_it_was_done_or_not(
    app: App, done: str, found: dict[str, Any] | None
) -> None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-smart-config-defaults.html"""
    active = app.world.inject(SilentCall(service="dynamodb", done=done))
    answer = call(app, "dynamodb", "put_item", TableName="TABLE", Item=ITEM, read_timeout_s=2)
    app.world.lift(active)

    assert answer == {"error": "ReadTimeoutError", "took_s": 2.0}
    assert app.world.table("Orders").get(id="silent") == found


@pytest.mark.parametrize(
    ("all_attempts", "sees", "count"),
    [(False, ("code", "ConditionalCheckFailedException"), 2), (True, ("error", "ConnectionClosedError"), 4)],
)
def test_a_lost_reply_strikes_one_attempt_of_the_sdk_or_all_of_them(
    app: App, all_attempts: bool, sees: tuple[str, str], count: int
) -> None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
    app.world.table("Orders").wipe()
    active = app.world.inject(LostReply(service="dynamodb", function="Call", times=1, all_attempts=all_attempts))
    before = len(app.world.calls(function="Call", operation="PutItem"))
    once = {"TableName": "TABLE", "Item": ITEM, "ConditionExpression": "attribute_not_exists(id)"}
    answer = call(app, "dynamodb", "put_item", attempts=4, **once)
    after_that = call(app, "dynamodb", "put_item", attempts=4, TableName="TABLE", Item={"id": {"S": "next"}})
    app.world.lift(active)

    assert sees in answer.items()
    assert after_that["error"] == ""
    assert len(app.world.calls(function="Call", operation="PutItem")) - before == count + 1
    assert app.world.table("Orders").get(id="silent") == {"id": "silent"}


def test_a_slow_call_has_no_effect_when_its_caller_has_gone(app: App) -> None:
    app.world.table("Orders").wipe()
    active = app.world.inject(CallHeld(service="dynamodb", function="Call", hold_ms=20_000, needs_caller=True))
    gone = call(app, "dynamodb", "put_item", TableName="TABLE", Item=ITEM, read_timeout_s=5)
    app.run(app.world.run_for(s=60))
    after_that = app.world.table("Orders").get(id="silent")
    there = call(app, "dynamodb", "put_item", TableName="TABLE", Item=ITEM, read_timeout_s=30)
    app.world.lift(active)

    assert (gone, after_that) == ({"error": "ReadTimeoutError", "took_s": 5.0}, None)
    assert 20.0 <= there["took_s"] <= 20.01
    assert app.world.table("Orders").get(id="silent") == {"id": "silent"}


# ---- transactions ------------------------------------------------------------------------------


def test_a_conflict_is_a_cancellation_with_its_reason_and_nothing_is_done(app: App) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""
    active = app.world.inject(TransactionsConflict(function="Call", times=2))
    puts = [{"Put": {"Item": {"id": {"S": f"t-{n}"}}}} for n in range(3)]
    in_transaction = call(app, "dynamodb", "transact_write_items", TransactItems=puts)
    alone = call(app, "dynamodb", "put_item", TableName="TABLE", Item={"id": {"S": "t-0"}})
    app.world.lift(active)

    reasons = ["TransactionConflict", "None", "None"]
    assert in_transaction == {"code": "TransactionCanceledException", "reasons": reasons}
    assert alone == {"code": "TransactionConflictException", "reasons": []}
    assert app.world.table("Orders").get(id="t-0") is None


# ---- event sources -----------------------------------------------------------------------------


def test_what_comes_during_a_pause_is_one_batch_when_it_ends(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""
    before = len(app.world.invocations("Consume"))
    app.world.pause("Work")
    for number in range(7):
        app.world.queue("Work").send(f"m-{number}")
    app.run(app.world.run_for(days=3))
    paused = app.world.queue("Work").waiting
    app.world.resume("Work")
    app.run(app.world.run_for(s=5))

    assert paused == 7
    assert [len(one.messages) for one in app.world.invocations("Consume")[before:]] == [7]


def test_a_message_that_kills_its_function_goes_to_the_dead_letter_queue_and_back_as_a_new_one(app: App) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html"""
    work, failed = app.world.queue("Work"), app.world.queue("Failed")
    killer = app.world.inject(FunctionExits(function="Consume", containing="killer"))
    work.send("the killer")
    app.run(app.world.run_for(s=1))
    work.send("a good one")
    app.run(app.world.run_for(minutes=5))
    parked = failed.waiting
    app.world.lift(killer)
    moved = failed.move_to(work)
    app.run(app.world.run_for(s=5))

    assert (parked, moved, failed.waiting, work.waiting, work.in_flight) == (1, 1, 0, 0, 0)
    first, second = (arrival for arrival in work.arrivals if arrival.body == "the killer")
    assert first.message_id != second.message_id
    last = app.world.invocations("Consume")[-1]
    assert (last.outcome, last.event["Records"][0]["attributes"]["ApproximateReceiveCount"]) == ("succeeded", "1")
    assert [queue.logical_id for queue in app.world.queues()] == ["Failed", "Work"]
    assert [function.logical_id for function in app.world.functions()] == ["Consume", "Race", "Call", "Http"]


# ---- callers of Invoke -------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [None, [], {"operation": "nothing"}])
def test_whoever_asks_a_function_gets_its_answer(app: App, payload: Any) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
    answer = app.run(app.world.ask("Race", payload))

    assert (answer.status, answer.function_error) == (200, "Unhandled")
    assert answer.payload["errorType"] in ("AttributeError", "KeyError")


def test_an_answer_and_a_throttle_are_told_apart_from_a_function_error(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
    good = app.run(app.world.ask("Call", {"order": 7}))
    app.world.function("Call").reserve(0)
    throttled = app.run(app.world.ask("Call", {}))
    app.world.function("Call").reserve(5)

    assert (good.status, good.function_error, good.payload) == (200, "", {"order": 7})
    assert (throttled.status, throttled.payload) == (429, None)


def test_functions_of_others_use_nothing_of_the_quota(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""

    async def ask_at_once(count: int, function: str) -> list[int]:
        answers = await asyncio.gather(*(app.world.ask(function, {"id": "q"}) for _ in range(count)))
        return sorted(answer.status for answer in answers)

    app.world.limit_concurrency(7, apart=("Http",))
    bound = app.run(ask_at_once(4, "Race"))
    free = app.run(ask_at_once(4, "Http"))
    with pytest.raises(TooMuchReserved, match="reserve 5 units of concurrency"):
        app.world.limit_concurrency(4)
    app.world.limit_concurrency(1000)

    assert (bound, free) == ([200, 200, 429, 429], [200, 200, 200, 200])


# ---- functions of other teams ------------------------------------------------------------------


def test_a_function_of_another_team_answers_what_the_test_says_and_keeps_a_log(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
    menu = app.world.other_function("menu-live", lambda event: {"status": 200, "of": event["path"]}, takes_ms=300)
    request = {"FunctionName": "menu-live", "Payload": json.dumps({"path": "/v2/menu"})}
    good = call(app, "lambda", "invoke", **request)
    menu.error = {"errorType": "ValueError", "errorMessage": "no menu"}
    failed = call(app, "lambda", "invoke", **request)
    menu.error, menu.takes_ms = None, 9000
    late = call(app, "lambda", "invoke", read_timeout_s=2, **request)
    throttled = during(
        app,
        ThrottledCall(service="lambda", containing="menu-live"),
        app.world.ask("Call", {"service": "lambda", "operation": "invoke", "with": request}),
    )
    menu.takes_ms = 10
    lost = during(
        app,
        LostReply(service="lambda", containing="menu-live"),
        app.world.ask("Call", {"service": "lambda", "operation": "invoke", "with": request}),
    )

    assert (json.loads(good["payload"]), good["error"]) == ({"status": 200, "of": "/v2/menu"}, "")
    assert 0.3 <= good["took_s"] <= 0.32
    assert (failed["error"], json.loads(failed["payload"])["errorType"]) == ("Unhandled", "ValueError")
    assert late == {"error": "ReadTimeoutError", "took_s": 2.0}
    assert throttled.payload["code"] == "TooManyRequestsException"
    assert lost.payload["error"] == "ConnectionClosedError"
    assert [(entry.payload, entry.function) for entry in menu.log] == [({"path": "/v2/menu"}, "Call")] * 4
