"""Amazon EventBridge delivers at least once, in no order, and tries again."""

import pytest

from harness.faults.event_bus import EventDuplicated, EventEntryFails, EventHeldBack, EventTargetDown
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.event_bridge_app import SOURCE, TEMPLATE, bodies, count, entry, events_of, put, settle


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE})


def test_a_target_that_is_down_is_tried_as_often_as_its_policy_says_then_given_up(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"""
    before = count(app, "Undelivered")
    down = app.world.inject(EventTargetDown(rule="Retried", error="THROTTLING"))

    put(app, entry("Retried", bus="default"))
    settle(app)
    app.world.lift(down)

    (dead,) = app.world.queue("Undelivered").arrivals[before:]
    attributes = {name: value.string_value for name, value in dead.message_attributes.items()}
    assert (attributes["ERROR_CODE"], attributes["RETRY_ATTEMPTS"]) == ("THROTTLING", "2")
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert [(each.error, each.dead_letter_queue) for each in app.world.bus().deliveries][-1:] == [
        ("THROTTLING", "Undelivered")
    ]


def test_by_default_an_event_is_tried_for_about_a_day(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"""
    before, begin_ms = count(app, "Undelivered"), app.world.now_ms
    down = app.world.inject(EventTargetDown(rule="LongRetried"))

    put(app, entry("LongRetried", bus="default"))
    settle(app)
    app.world.lift(down)

    (dead,) = app.world.queue("Undelivered").arrivals[before:]
    hours = (app.world.now_ms - begin_ms) / 3_600_000
    assert 23 < hours <= 24.1
    assert 170 <= int(dead.message_attributes["RETRY_ATTEMPTS"].string_value or 0) <= 185


def test_an_outage_shorter_than_the_retries_loses_nothing(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"""
    before = count(app, "Inbox")
    app.world.inject(EventTargetDown(rule="LongRetried", until_ms=app.world.now_ms + 600_000))

    put(app, entry("LongRetried", {"id": "late"}, bus="default"))
    settle(app)

    assert [body["detail"] for body in bodies(app, "Inbox", before)] == [{"id": "late"}]


def test_a_target_may_get_an_event_twice(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html"""
    before = len(events_of(app, "Take"))
    active = app.world.inject(EventDuplicated(target="Take", after_ms=(50, 70)))

    put(app, entry("OrderPlaced", {"total": 99}))
    settle(app)
    app.world.lift(active)

    received = events_of(app, "Take")[before:]
    assert len(received) == 3
    assert len({event["id"] for event in received}) == 1


def test_events_come_in_no_order(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html"""
    before = len(events_of(app, "Take"))
    active = app.world.inject(EventHeldBack(rule="TakeOrders"))

    put(app, *[entry("OrderPlaced", {"total": 20 + number}) for number in range(8)])
    settle(app)
    app.world.lift(active)

    totals = [event["detail"]["total"] for event in events_of(app, "Take")[before:]]
    assert sorted(totals) == [20, 21, 22, 23, 24, 25, 26, 27]
    assert totals != sorted(totals)


def test_an_entry_may_fail_by_itself_while_the_call_answers_200(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html"""
    active = app.world.inject(EventEntryFails(containing="second", error="ThrottlingException"))

    answer = put(app, entry("Part", {"id": "first"}), entry("Part", {"id": "second"}))
    app.world.lift(active)

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][1]["ErrorCode"] == "ThrottlingException"
    assert app.world.bus("Shop").events[-1].detail == {"id": "first"}
