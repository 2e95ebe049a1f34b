"""SQS as an event source: batches, failures, order."""

import asyncio
import itertools
from typing import Any

from harness.cloud.engines.sqs.records import MessageReceived
from harness.tests.event_sources.fed import FAILED, Fed, fails, numbered, redrive, reports, works


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
