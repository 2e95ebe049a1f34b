"""The words acceptance tests are written in: time, the client, the end."""

import asyncio
import json
from typing import Any

import pytest

from harness.cloud.records import CallSent
from harness.promises import PromiseBroken
from harness.tests.fakes import instant
from harness.tests.world.conftest import SWEEP, TEMPLATE, Build
from harness.tests.world.programs import order, submit, work
from harness.world.world import NeverSettles, NoApi


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

    assert (headers["content-type"], headers["user-agent"], body) == ("text/plain", "kata-client/1.0", "a=1")


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
