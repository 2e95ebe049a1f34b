"""The gateway: latency, the instant of the effect, callers who leave, and the faults of calls."""

import asyncio
import json

import pytest

from harness.cloud.gateway import Services
from harness.cloud.records import CallEnded, CallSent
from harness.faults.base import Fault
from harness.faults.board import FaultStruck
from harness.faults.service import BatchPartialFailure, LostReply, ServiceError, ThrottledCall
from harness.simulation.wire import Caller, Loss, NoReply, Reply, Request
from harness.tests.fakes import FakeService, Simulation, json_request

SEND = json_request("sqs", "SendMessage", QueueUrl="https://sqs/1/orders", MessageBody="o-7")
FEED = Caller("Feed", "Feed#1", "r-1")
LEGACY = Request("POST", "http://legacy.internal/articles", body=b"{}")


@pytest.fixture
def simulation() -> Simulation:
    return Simulation()


@pytest.fixture
def sqs(simulation: Simulation) -> FakeService:
    service = FakeService(simulation, Reply(200, {}, b'{"MessageId": "m-1"}'))
    simulation.gateway.services = Services({"sqs": service, "": FakeService(simulation, Reply(400, {}, b"{}"))})
    return service


@pytest.fixture
def legacy(simulation: Simulation) -> FakeService:
    service = FakeService(simulation, Reply(201), takes_s=0.5)
    simulation.gateway.outside["legacy.internal"] = ("legacy", service)
    return service


def with_timeout(request: Request, read_timeout_s: float) -> Request:
    return Request(request.method, request.url, request.headers, request.body, read_timeout_s=read_timeout_s)


# ---- time --------------------------------------------------------------------------------------


def test_a_call_takes_the_latency_of_its_service(simulation: Simulation, sqs: FakeService) -> None:
    answer = simulation.send(SEND)

    assert answer == Reply(200, {}, b'{"MessageId": "m-1"}')
    assert 9 <= simulation.now_ms <= 11


def test_the_work_is_done_in_the_middle_of_the_latency(simulation: Simulation, sqs: FakeService) -> None:
    simulation.send(SEND)

    assert sqs.asked[0][0] == pytest.approx(simulation.now_ms / 2, abs=0.001)


def test_two_calls_sent_at_one_instant_do_not_come_back_at_one(simulation: Simulation, sqs: FakeService) -> None:
    async def both() -> None:
        await asyncio.gather(*(simulation.gateway.send(simulation.call(SEND)) for _ in range(2)))

    simulation.run(both())

    ends = [record.at_us for record in simulation.records(CallEnded)]
    assert len(set(ends)) == 2


def test_an_outside_service_takes_its_own_time(simulation: Simulation, legacy: FakeService) -> None:
    assert simulation.send(LEGACY) == Reply(201)
    assert simulation.now_ms == 500


# ---- whom a call is for ------------------------------------------------------------------------


def test_a_service_without_an_entry_of_its_own_is_answered_by_the_general_one(
    simulation: Simulation, sqs: FakeService
) -> None:
    answer = simulation.send(json_request("kinesis", "PutRecord", StreamName="s"))

    assert isinstance(answer, Reply)
    assert answer.status == 400


@pytest.mark.parametrize("url", ["https://example.com/", "http://legacy.internal:81/", "http://[::1", "nonsense"])
def test_nobody_listens_at_any_other_address(simulation: Simulation, legacy: FakeService, url: str) -> None:
    assert simulation.send(Request("GET", url)) == NoReply(Loss.REFUSED)
    assert simulation.now_ms == 0


def test_an_outside_service_is_called_by_its_name(simulation: Simulation, legacy: FakeService) -> None:
    call = simulation.call(Request("GET", "http://legacy.internal/articles/7?fields=id"), FEED, 3)

    assert (call.service, call.operation, call.caller, call.index) == ("legacy", "GET /articles/7", FEED, 3)


def test_calls_are_numbered(simulation: Simulation) -> None:
    assert [simulation.call(SEND).id for _ in range(3)] == [1, 2, 3]


# ---- callers who leave ---------------------------------------------------------------------------


def test_a_caller_that_waits_no_longer_gets_a_read_timeout_and_the_work_goes_on(
    simulation: Simulation, legacy: FakeService
) -> None:
    answer = simulation.send(with_timeout(LEGACY, 0.2))

    assert (answer, simulation.now_ms, legacy.asked) == (NoReply(Loss.READ_TIMEOUT), 200, [])
    simulation.settle()
    assert [at_ms for at_ms, _ in legacy.asked] == [500]


def test_a_caller_that_waits_long_enough_gets_its_answer(simulation: Simulation, legacy: FakeService) -> None:
    assert simulation.send(with_timeout(LEGACY, 0.501)) == Reply(201)


def test_the_work_goes_on_when_the_caller_is_gone(simulation: Simulation, legacy: FakeService) -> None:
    async def leave_early() -> None:
        waiting = asyncio.ensure_future(simulation.gateway.send(simulation.call(LEGACY, FEED)))
        await asyncio.sleep(0.1)
        waiting.cancel()

    simulation.run(leave_early())
    simulation.settle()

    assert [at_ms for at_ms, _ in legacy.asked] == [500]
    assert [(end.at_ms, end.status, end.loss) for end in simulation.records(CallEnded)] == [(100, 0, "caller gone")]


def test_a_service_that_breaks_is_our_failure_and_seen(simulation: Simulation) -> None:
    class Broken:
        async def answer(self, call: object) -> Reply:
            raise KeyError("a bug of the harness")

    simulation.gateway.services[""] = Broken()
    simulation.send(with_timeout(SEND, 0.001))

    with pytest.raises(KeyError, match="a bug of the harness"):
        simulation.settle()


# ---- the trace -----------------------------------------------------------------------------------


def test_a_call_is_recorded_with_its_caller_and_its_end(simulation: Simulation, sqs: FakeService) -> None:
    simulation.run(simulation.gateway.send(simulation.call(SEND, FEED, 2)))

    sent, ended = simulation.records(CallSent)[0], simulation.records(CallEnded)[0]
    assert (sent.call, sent.function, sent.environment, sent.request_id, sent.index) == (1, "Feed", "Feed#1", "r-1", 2)
    assert (sent.service, sent.operation, sent.target) == ("sqs", "SendMessage", "orders")
    assert "o-7" in sent.about
    assert (ended.call, ended.status, ended.loss, ended.error) == (1, 200, "", "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"__type": "com.amazonaws#ConditionalCheckFailedException"}', "ConditionalCheckFailedException"),
        (b'{"message": "no type"}', ""),
        (b"<Error/>", ""),
        (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "NoSuchKey"),
        (b"\n<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code></Error></ErrorResponse>", "NotFound"),
        (b"[]", ""),
        (b'{"__type": "\xff"}', ""),
    ],
)
def test_an_error_answer_is_recorded_with_its_code(simulation: Simulation, body: bytes, code: str) -> None:
    simulation.gateway.services[""] = FakeService(simulation, Reply(400, {}, body))

    simulation.send(SEND)

    ended = simulation.records(CallEnded)[0]
    assert (ended.status, ended.error) == (400, code)


def test_an_error_that_only_a_header_names_is_recorded_with_its_code(simulation: Simulation) -> None:
    """Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization"""
    headers = {"x-amzn-errortype": "ResourceNotFoundException:http://internal.amazon.com/coral/"}
    simulation.gateway.services[""] = FakeService(simulation, Reply(404, headers, b'{"Message": "none"}'))

    simulation.send(SEND)

    assert simulation.records(CallEnded)[0].error == "ResourceNotFoundException"


# ---- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ThrottledCall(service="sqs"), 400, "RequestThrottled"),
        (ServiceError(service="sqs"), 500, "InternalFailure"),
    ],
)
def test_a_refused_call_takes_its_latency_and_does_nothing(
    simulation: Simulation, sqs: FakeService, fault: Fault, status: int, code: str
) -> None:
    simulation.faults.inject(fault)

    answer = simulation.send(SEND)

    assert isinstance(answer, Reply)
    assert (answer.status, json.loads(answer.body)["__type"]) == (status, code)
    assert sqs.asked == []
    assert 9 <= simulation.now_ms <= 11


def test_a_lost_reply_means_that_the_work_is_done_and_the_connection_breaks(
    simulation: Simulation, sqs: FakeService
) -> None:
    simulation.faults.inject(LostReply(service="sqs", times=1))

    assert simulation.send(SEND) == NoReply(Loss.RESET)
    assert len(sqs.asked) == 1
    assert isinstance(simulation.send(SEND), Reply)


def test_the_answer_of_an_outside_service_can_be_lost_too(simulation: Simulation, legacy: FakeService) -> None:
    simulation.faults.inject(LostReply(service="legacy"))

    assert simulation.send(LEGACY) == NoReply(Loss.RESET)
    assert len(legacy.asked) == 1


@pytest.mark.parametrize("answer", [Reply(503), Reply(404), Reply(302), NoReply(Loss.RESET)])
def test_an_answer_without_work_behind_it_does_not_use_a_lost_reply_up(
    simulation: Simulation, answer: Reply | NoReply
) -> None:
    simulation.gateway.outside["legacy.internal"] = ("legacy", FakeService(simulation, answer))
    active = simulation.faults.inject(LostReply(service="legacy", times=1))

    assert simulation.send(LEGACY) == answer
    assert (active.opportunities, active.strikes) == (0, 0)


def test_a_throttled_call_does_not_use_a_lost_reply_up(simulation: Simulation, sqs: FakeService) -> None:
    simulation.faults.inject(ThrottledCall(times=1))
    lost = simulation.faults.inject(LostReply(times=1))

    simulation.send(SEND)

    assert lost.strikes == 0


def test_a_batch_is_done_in_part(simulation: Simulation, sqs: FakeService) -> None:
    simulation.faults.inject(BatchPartialFailure(service="sqs"))
    entries = [{"Id": one, "MessageBody": one} for one in "abcd"]

    answer = simulation.send(json_request("sqs", "SendMessageBatch", QueueUrl="q", Entries=entries))

    assert isinstance(answer, Reply)
    assert [failure["Id"] for failure in json.loads(answer.body)["Failed"]] == ["b", "d"]
    assert [entry["Id"] for entry in json.loads(sqs.asked[0][1].request.body)["Entries"]] == ["a", "c"]


def test_a_call_that_is_no_batch_does_not_use_a_partial_failure_up(simulation: Simulation, sqs: FakeService) -> None:
    active = simulation.faults.inject(BatchPartialFailure(times=1))

    simulation.send(SEND)

    assert active.opportunities == 0
    assert len(sqs.asked) == 1


def test_a_strike_names_the_call_it_hit(simulation: Simulation, sqs: FakeService) -> None:
    simulation.faults.inject(ServiceError())

    simulation.run(simulation.gateway.send(simulation.call(SEND, FEED)))

    strike = simulation.records(FaultStruck)[0]
    assert (strike.fault, strike.what, strike.call, strike.request_id) == (
        "service_error",
        "sqs SendMessage orders",
        1,
        "r-1",
    )
