"""SQS as an event source: pollers, batches, failures, throttles, order."""

import asyncio
import itertools
import json
from typing import Any

from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.records import MessageReceived
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.template import QueueMapping
from harness.event_sources.sqs import SqsEventSource
from harness.functions.invocation import failed
from harness.tests.fakes import FakeFunctions, Simulation

FAILED = failed("ValueError", "no", "r-1")


class Fed:
    """A queue that feeds a function which is a coroutine."""

    def __init__(self, behave=None, *, mapping: dict[str, Any] | None = None, **attributes: str) -> None:
        self.simulation = Simulation()
        self.service = SqsService(
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            randomness=self.simulation.randomness,
            account_id="123456789012",
            region="eu-west-1",
        )
        self.dead_letters = self.service.create_queue(
            "dead.fifo" if "FifoQueue" in attributes else "dead", dlq(attributes)
        )
        name = "orders.fifo" if "FifoQueue" in attributes else "orders"
        self.queue: Queue = self.service.create_queue(name, attributes)
        self.functions = FakeFunctions(self.simulation, behave or works())
        fake: Any = self.functions
        source = SqsEventSource(
            mapping=QueueMapping(**(mapping or {})),
            queue=self.queue,
            queue_id="Orders",
            function="Worker",
            loop=self.simulation.loop,
            randomness=self.simulation.randomness,
            functions=fake,
        )
        self.simulation.loop.call_soon(source.start)
        self.simulation.advance(0)

    def send(self, *bodies: str, **settings: Any) -> None:
        for body in bodies:
            self.queue.send(body, **settings)

    def settle(self) -> None:
        self.simulation.settle()

    @property
    def batches(self) -> list[list[str]]:
        """The bodies of each invocation."""
        return [[record["body"] for record in event["Records"]] for _, event in self.functions.invoked]

    @property
    def invoked_s(self) -> list[float]:
        """When each invocation began."""
        return [at_ms / 1000 for at_ms, _ in self.functions.invoked]

    @property
    def left(self) -> list[str]:
        """The bodies of what is still in the queue."""
        return [message.body for message in self.queue.messages()]


def dlq(attributes: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in attributes.items() if key == "FifoQueue"}


def redrive(count: int, queue: str = "dead") -> str:
    return json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:123456789012:{queue}", "maxReceiveCount": count})


def works(seconds: float = 0):
    async def behave(event: Any) -> Any:
        await asyncio.sleep(seconds)

    return behave


def fails(seconds: float = 0):
    async def behave(event: Any) -> Any:
        await asyncio.sleep(seconds)
        return FAILED

    return behave


def reports(*bodies: str):
    """Says of these messages that they failed."""

    async def behave(event: Any) -> Any:
        ids = [record["messageId"] for record in event["Records"] if record["body"] in bodies]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}

    return behave


def numbered(count: int) -> list[str]:
    return [f"{number:03d}" for number in range(count)]


# ---- batches -------------------------------------------------------------------------------------


def test_a_message_reaches_the_function_soon_and_is_deleted_when_it_succeeds() -> None:
    fed = Fed()

    fed.send("o-7")
    fed.settle()

    assert fed.batches == [["o-7"]]
    assert 0.009 <= fed.invoked_s[0] <= 0.011
    assert fed.left == []


def test_what_arrives_at_one_instant_is_one_batch_up_to_its_size() -> None:
    fed = Fed(mapping={"batch_size": 3})

    fed.send(*numbered(7))
    fed.settle()

    assert sorted(fed.batches) == [["000", "001", "002"], ["003", "004", "005"], ["006"]]


def test_without_a_window_a_batch_waits_for_nobody() -> None:
    fed = Fed()

    fed.send("a")
    fed.simulation.advance(0.001)
    fed.send("b")
    fed.settle()

    assert fed.batches == [["a"], ["b"]]


def test_a_window_collects_what_comes_meanwhile() -> None:
    fed = Fed(mapping={"window_s": 5, "batch_size": 100}, VisibilityTimeout="60")

    fed.send("a")
    fed.simulation.advance(2)
    fed.send("b")
    fed.settle()

    assert fed.batches == [["a", "b"]]
    assert 5.009 <= fed.invoked_s[0] <= 5.011


def test_a_full_batch_closes_its_window_early() -> None:
    fed = Fed(mapping={"window_s": 5, "batch_size": 12}, VisibilityTimeout="60")

    fed.send(*numbered(12))
    fed.settle()

    assert sorted(itertools.chain(*fed.batches)) == numbered(12)
    assert fed.invoked_s[0] < 0.1


def test_a_batch_of_six_megabytes_closes_its_window_early() -> None:
    fed = Fed(mapping={"window_s": 5, "batch_size": 100}, VisibilityTimeout="60")

    fed.send(*["x" * 1_000_000] * 7)
    fed.settle()

    assert fed.invoked_s[0] < 0.1


def test_a_window_that_does_not_fit_lengthens_the_visibility() -> None:
    fed = Fed(fails(), mapping={"window_s": 10}, VisibilityTimeout="35")

    fed.send("a")
    fed.simulation.advance(90)

    assert [round(at_s) for at_s in fed.invoked_s] == [10, 80]


def test_a_message_is_not_received_twice_while_a_long_window_is_open() -> None:
    fed = Fed(mapping={"window_s": 60, "batch_size": 100}, VisibilityTimeout="30")

    fed.send("a")
    fed.settle()

    assert fed.batches == [["a"]]
    assert len(fed.simulation.records(MessageReceived)) == 1


# ---- failures ------------------------------------------------------------------------------------


def test_a_failed_batch_comes_again_whole_when_its_visibility_ends() -> None:
    fed = Fed(fails(), VisibilityTimeout="30")

    fed.send("a", "b")
    fed.simulation.advance(61)

    assert fed.batches == [["a", "b"]] * 3
    assert [round(after - before, 1) for before, after in itertools.pairwise(fed.invoked_s)] == [30, 30]


def test_a_message_that_keeps_failing_goes_to_the_dead_letter_queue() -> None:
    fed = Fed(fails(), VisibilityTimeout="30", RedrivePolicy=redrive(3))

    fed.send("a")
    fed.settle()

    assert len(fed.batches) == 3
    assert (fed.left, [message.body for message in fed.dead_letters.messages()]) == ([], ["a"])


def test_reported_messages_stay_and_the_others_are_deleted() -> None:
    fed = Fed(reports("b"), mapping={"report_batch_item_failures": True}, VisibilityTimeout="30")

    fed.send("a", "b", "c")
    fed.simulation.advance(31)

    assert fed.batches == [["a", "b", "c"], ["b"]]


def test_without_the_switch_a_report_is_ignored() -> None:
    fed = Fed(reports("b"), VisibilityTimeout="30")

    fed.send("a", "b", "c")
    fed.settle()

    assert (fed.batches, fed.left) == ([["a", "b", "c"]], [])


def test_a_report_that_makes_no_sense_keeps_the_whole_batch() -> None:
    async def nonsense(event: Any) -> Any:
        return {"batchItemFailures": [{"itemIdentifier": {}}]}

    fed = Fed(nonsense, mapping={"report_batch_item_failures": True}, VisibilityTimeout="30", RedrivePolicy=redrive(1))

    fed.send("a", "b")
    fed.settle()

    assert sorted(message.body for message in fed.dead_letters.messages()) == ["a", "b"]


def test_a_function_that_takes_longer_than_the_visibility_sees_its_message_twice() -> None:
    fed = Fed(works(40), VisibilityTimeout="30")

    fed.send("a")
    fed.simulation.advance(31)

    assert fed.batches == [["a"], ["a"]]


# ---- pollers -------------------------------------------------------------------------------------


def test_five_pollers_begin() -> None:
    fed = Fed(works(10), mapping={"batch_size": 1})

    fed.send(*numbered(50))
    fed.simulation.advance(0.19)

    assert fed.functions.running == 5


def test_while_messages_wait_there_is_one_more_every_200_ms() -> None:
    fed = Fed(works(60), mapping={"batch_size": 1}, VisibilityTimeout="300")

    fed.send(*numbered(100))
    fed.simulation.advance(2.1)

    assert fed.functions.running == 15
    assert [round(at_s, 1) for at_s in fed.invoked_s[5:]] == [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]


def test_pollers_that_are_all_busy_when_a_burst_comes_are_joined_by_others() -> None:
    fed = Fed(works(60), mapping={"batch_size": 1}, VisibilityTimeout="300")
    fed.send(*numbered(5))
    fed.simulation.advance(10.05)

    fed.send(*numbered(3))
    fed.simulation.advance(0.7)

    assert fed.functions.running == 8


def test_maximum_concurrency_is_never_passed_and_costs_no_receive() -> None:
    fed = Fed(works(1), mapping={"batch_size": 1, "maximum_concurrency": 2})

    fed.send(*numbered(20))
    fed.settle()

    assert fed.functions.most == 2
    assert len(fed.batches) == len(fed.simulation.records(MessageReceived)) == 20
    assert fed.functions.refused_ms == []


def test_when_the_burst_is_over_five_pollers_are_left() -> None:
    fed = Fed(works(2), mapping={"batch_size": 1}, VisibilityTimeout="300")
    fed.send(*numbered(60))
    fed.settle()
    assert fed.functions.most > 8

    fed.send(*numbered(60))
    fed.simulation.advance(0.19)

    assert fed.functions.running == 5


def test_pollers_of_a_queue_that_is_deleted_end_quietly() -> None:
    fed = Fed(works(1))
    fed.send("a")
    fed.simulation.advance(0.1)

    fed.queue.close()
    fed.settle()

    assert fed.batches == [["a"]]


def test_an_idle_mapping_keeps_no_simulation_alive() -> None:
    fed = Fed()

    fed.settle()

    assert fed.simulation.now_ms == 0


# ---- throttles -----------------------------------------------------------------------------------


def test_a_throttled_batch_is_held_tried_again_and_dropped_when_its_visibility_ends() -> None:
    fed = Fed(VisibilityTimeout="30")
    fed.functions.limit = 0

    fed.send("a")
    fed.simulation.advance(29.9)

    tries_s = [at_ms / 1000 for at_ms in fed.functions.refused_ms]
    pauses_s = [after - before for before, after in itertools.pairwise(tries_s)]
    assert len(fed.simulation.records(MessageReceived)) == 1
    assert [0.5 <= pauses_s[0] <= 1, 1 <= pauses_s[1] <= 2, 2 <= pauses_s[2] <= 4] == [True] * 3
    fed.simulation.advance(0.2)
    assert len(fed.simulation.records(MessageReceived)) == 2


def test_a_throttled_batch_is_worked_on_when_there_is_room_and_has_been_received_once() -> None:
    fed = Fed(VisibilityTimeout="60")
    fed.functions.limit = 0
    fed.send("a")
    fed.simulation.advance(5)

    fed.functions.limit = None
    fed.settle()

    assert fed.batches == [["a"]]
    assert fed.functions.invoked[0][1]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1"
    assert fed.left == []


def test_pollers_that_pull_more_than_the_function_may_run_burn_receives() -> None:
    fed = Fed(works(29.9), mapping={"batch_size": 1}, VisibilityTimeout="30", RedrivePolicy=redrive(1))
    fed.functions.limit = 1

    fed.send(*numbered(5))
    fed.settle()

    assert (len(fed.batches), len(fed.dead_letters.messages()), fed.left) == (1, 4, [])


def test_while_something_is_throttled_no_poller_is_added() -> None:
    fed = Fed(works(20), mapping={"batch_size": 1}, VisibilityTimeout="60")
    fed.functions.limit = 4

    fed.send(*numbered(50))
    fed.simulation.advance(10)

    assert len(fed.simulation.records(MessageReceived)) == 5


# ---- FIFO ----------------------------------------------------------------------------------------


def fifo(behave=None) -> Fed:
    return Fed(behave, FifoQueue="true", ContentBasedDeduplication="true", VisibilityTimeout="30")


def test_a_group_is_worked_on_in_order_one_batch_at_a_time() -> None:
    fed = fifo(works(3))

    fed.send(*numbered(25), group_id="g")
    fed.settle()

    assert list(itertools.chain(*fed.batches)) == numbered(25)
    assert fed.functions.most == 1


def test_groups_are_worked_on_side_by_side() -> None:
    fed = fifo(works(3))

    fed.send("a1", group_id="a")
    fed.simulation.advance(0.5)
    fed.send("b1", group_id="b")
    fed.settle()

    assert fed.functions.most == 2


def test_a_group_stands_still_behind_its_failed_message() -> None:
    left = [1]

    async def fails_once(event: Any) -> Any:
        left[0] -= 1
        return FAILED if left[0] >= 0 else None

    fed = fifo(fails_once)

    fed.send("a1", group_id="a")
    fed.simulation.advance(1)
    fed.send("a2", group_id="a")
    fed.settle()

    assert fed.batches[0] == ["a1"]
    assert list(itertools.chain(*fed.batches[1:])) == ["a1", "a2"]
    assert fed.invoked_s[1] >= 30


def test_a_batch_that_outlived_its_visibility_on_a_fifo_queue_comes_again_and_stops_no_poller() -> None:
    times = iter([40.0, 1.0])

    async def slow_first(event: Any) -> Any:
        await asyncio.sleep(next(times))

    fed = fifo(slow_first)

    fed.send("a1", group_id="a")
    fed.settle()

    assert fed.batches == [["a1"], ["a1"]]
    assert fed.left == []
