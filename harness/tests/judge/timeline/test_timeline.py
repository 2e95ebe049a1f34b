"""A timeline holds what the trace holds: lanes, events with what ties them together, and the story."""

import json

import msgspec
import pytest

from harness.event_sources.api_gateway import ApiAnswered, ApiRequested
from harness.faults.environment import CrashAfterCall
from harness.judge.timeline import Event, Timeline, run_of, timeline_of
from harness.judge.timeline.build import Run
from harness.judge.timeline.model import json_schema
from harness.simulation.trace import Record
from harness.tests.fakes import Raised, aws
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import queue_url, submit


def work(event):
    """Names its order in a call; order o-bad is one too many."""
    id_ = json.loads(event["Records"][0]["body"])["id"]
    yield aws("dynamodb.GetItem", TableName="orders", Key={"id": {"S": id_}})
    if id_ == "o-bad":
        raise Raised("ValueError", "one too many")


@pytest.fixture
def shop(build: Build) -> SmallWorld:
    return build(work=work, submit=submit)


def post(small: SmallWorld, *ids: str) -> None:
    async def scenario() -> None:
        url = queue_url(small.world.queue("Orders").watch.queue.name)
        for id_ in ids:
            await small.world.post("/orders", json={"id": id_, "queue": url})
        await small.world.settle()

    small.run(scenario())


def drawn(small: SmallWorld, *about: str) -> Timeline:
    return timeline_of(run_of(small.world, about), scenario="test_it", seed=1)


def named(timeline: Timeline, beginning: str) -> Event:
    return next(event for event in timeline.events if event.text.startswith(beginning))


def test_lanes_stand_from_the_client_to_the_stores(shop: SmallWorld) -> None:
    post(shop, "o-7")

    assert [(lane.kind, lane.name) for lane in drawn(shop).lanes] == [
        ("client", "client"),
        ("queue", "Orders"),
        ("function", "Submit"),
        ("function", "Work"),
        ("store", "orders"),
    ]


def test_a_request_holds_its_invocation_and_that_its_calls(shop: SmallWorld) -> None:
    post(shop, "o-7")
    timeline = drawn(shop)

    request, invocation = named(timeline, "The client sends POST /orders"), named(timeline, "Submit#1 is invoked")
    call = named(timeline, "Submit#1 calls sqs SendMessage on Orders: 200")
    assert request.text == "The client sends POST /orders: 202"
    assert (invocation.of, call.of) == (request.id, invocation.id)
    assert request.at_us <= invocation.at_us <= call.at_us
    assert (call.until_us or 0) <= (invocation.until_us or 0) <= (request.until_us or 0)


def test_request_and_answer_of_a_call_are_there(shop: SmallWorld) -> None:
    post(shop, "o-7")
    timeline = drawn(shop)

    call = named(timeline, "Submit#1 calls sqs SendMessage")
    assert "o-7" in call.request
    assert json.loads(call.answer)["MessageId"] == shop.world.queue("Orders").arrivals[0].message_id
    assert "ResourceNotFoundException" in named(timeline, "Work#1 calls dynamodb GetItem").answer


def test_event_and_result_of_an_invocation_are_there(shop: SmallWorld) -> None:
    post(shop, "o-7")

    invocation = named(drawn(shop), "Submit#1 is invoked")
    assert invocation.request.startswith('{"version"')
    assert '"statusCode": 202' in invocation.answer


def test_a_queue_knows_how_many_messages_it_holds(shop: SmallWorld) -> None:
    post(shop, "o-7")

    queue = next(lane for lane in drawn(shop).lanes if lane.name == "Orders")
    assert [value for _, value in queue.level] == [1, 0]


def test_a_failed_invocation_says_how_it_failed(shop: SmallWorld) -> None:
    post(shop, "o-bad")

    invocation = named(drawn(shop), "Work#1 is invoked")
    assert invocation.outcome == "failed"
    assert "ValueError: one too many" in invocation.text


def test_a_strike_stands_in_the_lane_of_the_call_it_hit(shop: SmallWorld) -> None:
    shop.world.inject(CrashAfterCall(function="Work", operation="GetItem"))
    post(shop, "o-7")
    timeline = drawn(shop)

    strike = next(event for event in timeline.events if event.kind == "strike")
    assert strike.text.startswith("Fault: crash_after_call strikes dynamodb GetItem")
    assert timeline.lanes[strike.lane].name == "orders"
    assert named(timeline, "Work#1 calls dynamodb GetItem").id == strike.of


def test_the_story_is_marked_and_nothing_else(shop: SmallWorld) -> None:
    post(shop, "o-7", "o-8")
    timeline = drawn(shop, "o-8")

    told = [event for event in timeline.events if event.told]
    requests = [event.told for event in timeline.events if event.kind == "request"]
    calls = [event.told for event in timeline.events if "calls dynamodb" in event.text]
    assert requests == calls == [False, True]
    assert {event.kind for event in told} == {"request", "invocation", "call", "message"}


def test_the_same_run_gives_the_same_timeline(shop: SmallWorld) -> None:
    post(shop, "o-7", "o-8")

    assert msgspec.json.encode(drawn(shop, "o-7")) == msgspec.json.encode(drawn(shop, "o-7"))


def test_control_characters_come_out_as_their_escapes(shop: SmallWorld) -> None:
    post(shop, "o-\x1b[31m\u202e")

    texts = [text for event in drawn(shop).events for text in (event.text, event.request, event.answer)]
    assert not any("\x1b" in text or "\u202e" in text for text in texts)


class Unheard(Record, frozen=True, kw_only=True, tag=True):
    """A record that no drawing knows."""

    who: str


def test_a_record_that_nobody_knows_is_drawn_all_the_same() -> None:
    timeline = timeline_of(Run(records=[Unheard(at_us=7, who="somebody")]))

    assert [(event.at_us, event.text) for event in timeline.events] == [(7, "Unheard: who somebody")]


def test_requests_to_two_apis_are_told_apart_though_each_counts_from_one() -> None:
    records = [
        ApiRequested(at_us=1, api="Public", request=1, method="GET", path="/a", about=""),
        ApiRequested(at_us=2, api="Private", request=1, method="GET", path="/b", about=""),
        ApiAnswered(at_us=3, api="Public", request=1, status=200),
        ApiAnswered(at_us=4, api="Private", request=1, status=503),
    ]

    timeline = timeline_of(Run(records=records))

    assert [(event.text, event.at_us, event.until_us) for event in timeline.events] == [
        ("The client sends GET /a: 200", 1, 3),
        ("The client sends GET /b: 503", 2, 4),
    ]


def test_a_timeline_reads_back_and_has_a_schema(shop: SmallWorld) -> None:
    post(shop, "o-7")
    timeline = drawn(shop)

    assert msgspec.json.decode(msgspec.json.encode(timeline), type=Timeline) == timeline
    schema = json_schema()
    assert schema["title"] == "serverless-katas/timeline/1"
    assert {"id", "at_us", "lane", "kind", "text"} == set(schema["$defs"]["Event"]["required"])
