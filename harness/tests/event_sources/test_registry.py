"""The catalogue of event sources, and that nothing of a template is left out silently."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.template import (
    ApiSpec,
    AuthorizerSpec,
    CorsSpec,
    EventSourceSpec,
    QueueMapping,
    ScheduleSettings,
    StreamMapping,
    Template,
    ThrottlingSpec,
)
from harness.event_sources.registry import EVENT_SOURCES, NotSimulatedYet, refuse_what_is_missing
from harness.event_sources.schedule import ScheduleNotSimulated
from harness.tests.event_sources.apis import http_api


def source(kind: str, settings: Any) -> EventSourceSpec:
    return EventSourceSpec(kind=kind, function="Worker", name="Feed", settings=settings, source="Orders", line=21)


def template(*sources: EventSourceSpec, api: ApiSpec | None = None) -> Template:
    return Template(
        folder=Path("/nowhere"),
        file=Path("/nowhere/template.yaml"),
        event_sources=sources,
        apis={"PublicApi": api} if api else {},
    )


@pytest.mark.parametrize("name", EVENT_SOURCES)
def test_every_event_source_names_its_module_and_what_it_promises(name: str) -> None:
    entry = EVENT_SOURCES[name]

    assert importlib.util.find_spec(f"harness.event_sources.{entry.module}")
    assert all((entry.title, entry.delivery, entry.failure))


def test_what_is_simulated_is_accepted() -> None:
    refuse_what_is_missing(
        template(
            source("SQS", QueueMapping()),
            source("Schedule", ScheduleSettings(expression="rate(1 minute)")),
            api=http_api("GET /orders"),
        )
    )


def test_a_stream_is_refused_with_its_line() -> None:
    with pytest.raises(NotSimulatedYet, match=r"template\.yaml:21: Worker is fed by Kinesis \(Feed\)"):
        refuse_what_is_missing(template(source("Kinesis", StreamMapping(starting_position="LATEST"))))


def test_filters_are_refused_with_their_line() -> None:
    with pytest.raises(NotSimulatedYet, match=r"template\.yaml:21: The event source mapping Feed has FilterCriteria"):
        refuse_what_is_missing(template(source("SQS", QueueMapping(filters=("{}",)))))


def test_a_cron_schedule_is_refused() -> None:
    with pytest.raises(ScheduleNotSimulated, match="cron"):
        refuse_what_is_missing(template(source("Schedule", ScheduleSettings(expression="cron(0 8 * * ? *)"))))


@pytest.mark.parametrize(
    "setting",
    [
        {"authorizers": {"Auth": AuthorizerSpec(name="Auth", kind="lambda", function="Auth")}},
        {"cors": CorsSpec()},
        {"throttling": ThrottlingSpec(rate_per_s=1, burst=1)},
        {"route_throttling": {"GET /": ThrottlingSpec(rate_per_s=1, burst=1)}},
    ],
)
def test_an_api_with_what_is_not_simulated_is_refused_with_its_line(setting: dict[str, Any]) -> None:
    with pytest.raises(NotSimulatedYet, match=r"template\.yaml:9: PublicApi has authorizers, CORS or throttling"):
        refuse_what_is_missing(template(api=http_api("GET /", line=9, **setting)))
