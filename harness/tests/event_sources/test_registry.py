"""The catalogue of event sources, and that nothing of a template is left out silently."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.template import (
    ApiSpec,
    EventSourceSpec,
    QueueMapping,
    StreamMapping,
    Template,
)
from harness.event_sources.registry import EVENT_SOURCES, refuse_what_is_missing
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
            source("SQS", QueueMapping(filters=("{}",))),
            source("Kinesis", StreamMapping(starting_position="LATEST", parallelization_factor=10)),
            source("DynamoDB", StreamMapping(starting_position="LATEST", tumbling_window_s=60)),
            api=http_api("GET /orders"),
        )
    )
