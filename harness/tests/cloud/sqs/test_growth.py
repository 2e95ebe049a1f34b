"""The cost of a message does not grow with the queue: counted in calls, which no machine load changes."""

import sys

import pytest


def calls_made_by(work):
    """How many functions, Python's and C's, a piece of work calls."""
    made = 0

    def count(_frame, event, _argument):
        nonlocal made
        made += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return made


def cost_with(sqs, name, waiting, in_flight):
    """Calls per message for 200 sends, receives and deletes at a queue that holds others."""
    fifo = name.endswith(".fifo")
    queue = sqs.service.create_queue(name, {"FifoQueue": "true"} if fifo else {})

    def send(number):
        extra = {"group_id": f"g{number}", "deduplication_id": str(number)} if fifo else {}
        queue.send("x", **extra)

    def receive(times):
        async def all_of_them():
            return [await queue.receive(max_messages=1, wait_s=0, receiver="r") for _ in range(times)]

        return [messages[0] for messages in sqs.run(all_of_them())]

    def delete(messages):
        for message in messages:
            queue.delete(message.receipt_handle)

    for number in range(in_flight):
        send(number)
    receive(in_flight)
    for number in range(waiting):
        send(in_flight + number)
    received = []
    return (
        calls_made_by(lambda: [send(1_000_000 + number) for number in range(200)]) / 200,
        calls_made_by(lambda: received.extend(receive(200))) / 200,
        calls_made_by(lambda: delete(received)) / 200,
    )


@pytest.mark.parametrize("kind", ["", ".fifo"])
@pytest.mark.parametrize("where", ["waiting", "in_flight"])
def test_ten_times_the_messages_cost_at_most_a_fifth_more_each(sqs, kind, where):
    few = cost_with(sqs, f"few{kind}", **({"waiting": 200, "in_flight": 200} | {where: 300}))
    many = cost_with(sqs, f"many{kind}", **({"waiting": 200, "in_flight": 200} | {where: 3_000}))

    assert max(more / less for more, less in zip(many, few, strict=True)) <= 1.2
