"""The pollers of an event source mapping: how many there are, and what a throttle does to them."""

import itertools

from harness.cloud.engines.sqs.records import MessageReceived
from harness.tests.event_sources.fed import Fed, numbered, redrive, works


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


def test_a_mapping_that_is_stopped_finishes_what_it_holds_and_receives_nothing_more() -> None:
    fed = Fed(works(10), mapping={"batch_size": 1})
    fed.send("a")
    fed.simulation.advance(1)

    fed.source.stop()
    fed.send("b", "c")
    fed.settle()

    assert fed.batches == [["a"]]
    assert fed.left == ["b", "c"]


def test_a_mapping_that_is_started_again_has_five_pollers_and_grows() -> None:
    fed = Fed(works(10), mapping={"batch_size": 1})
    fed.send(*numbered(40))
    fed.simulation.advance(0.9)
    fed.source.stop()
    fed.settle()
    worked_off = len(fed.batches)

    fed.simulation.loop.call_soon(fed.source.start)
    fed.simulation.advance(0.19)
    running = fed.functions.running
    fed.settle()

    assert worked_off == 9
    assert running == 5
    assert sorted(body for [body] in fed.batches) == numbered(40)
