"""EventBridge and its Scheduler: buses, rules, archives and schedules of the template."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.events import requests
from harness.cloud.engines.events.errors import EventsError
from harness.cloud.engines.events.publishing import Surroundings
from harness.cloud.engines.events.service import EventsService
from harness.cloud.engines.scheduler.requests import Schedule
from harness.cloud.engines.scheduler.service import SchedulerService
from harness.cloud.engines.scheduler.store import Firing
from harness.cloud.resources import ResourceRefused, template_file
from harness.cloud.template import Template
from harness.cloud.template.model_event_bridge import RuleSpec
from harness.event_sources.schedule import Schedules
from harness.event_sources.targets import Targets
from harness.world.consent import Consent

if TYPE_CHECKING:
    from harness.world.deployment import Deployment
    from harness.world.destinations import Attributes


def deploy(deployment: Deployment) -> None:
    """Creates what the template says, and answers for `events` and `scheduler`."""
    schedules = Schedules(deployment.loop, deployment.trace, deployment.randomness)
    consent = Consent(deployment)
    targets = _targets(deployment, consent)
    events = EventsService(
        around=Surroundings(
            loop=deployment.loop,
            trace=deployment.trace,
            randomness=deployment.randomness,
            faults=deployment.faults,
            sender=targets,
        ),
        timetable=schedules,
        account_id=ACCOUNT_ID,
        region=REGION,
    )
    targets.put = _put(events)
    scheduler = _scheduler(deployment, schedules, targets)
    deployment.events, deployment.schedules, deployment.event_targets = events, schedules, targets
    deployment.scheduler = scheduler
    deployment.gateway.services |= {"events": events, "scheduler": scheduler}
    deployment.destinations.register("events", _destination(events))
    deployment.sources.append(schedules)
    _create(deployment.template, events, scheduler, consent)


def _targets(deployment: Deployment, consent: Consent) -> Targets:
    return Targets(
        functions=deployment.functions,
        asynchronous=deployment.asynchronous,
        sqs=deployment.sqs,
        services=deployment.gateway.services.named,
        consent=consent,
        labels=_labels(deployment.template),
        put=lambda source, detail_type, detail, arn: None,
        subscribers={},
    )


def _labels(template: Template) -> dict[str, str]:
    """Logical ids by ARN."""
    labels: dict[str, str] = {}
    for function in template.functions.values():
        labels |= {function.arn: function.logical_id, function.qualified_arn: function.logical_id}
    for specs in (template.queues, template.streams, template.topics, template.event_bridge.buses):
        labels |= {spec.arn: logical_id for logical_id, spec in specs.items()}
    return labels


def _scheduler(deployment: Deployment, schedules: Schedules, targets: Targets) -> SchedulerService:
    firing = Firing(
        loop=deployment.loop,
        trace=deployment.trace,
        randomness=deployment.randomness,
        sender=targets,
        account_id=ACCOUNT_ID,
        region=REGION,
    )
    return SchedulerService(
        firing=firing,
        timetable=schedules,
        clock=deployment.loop.clock,
        randomness=deployment.randomness,
        account_id=ACCOUNT_ID,
        region=REGION,
    )


def _put(events: EventsService) -> Callable[[str, str, Any, str], None]:
    def put(source: str, detail_type: str, detail: Any, arn: str) -> None:
        try:
            events.put(source, detail_type, detail, bus=arn)
        except EventsError as error:
            raise LookupError(error.message) from None

    return put


def _destination(events: EventsService) -> Callable[[str, str, Attributes], None]:
    """What an on-success or on-failure destination of a function puts on a bus.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """

    def receive(arn: str, text: str, attributes: Attributes) -> None:
        record = msgspec.json.decode(text)
        ok = record.get("requestContext", {}).get("condition") == "Success"
        detail_type = f"Lambda Function Invocation Result - {'Success' if ok else 'Failure'}"
        name = arn.rpartition("event-bus/")[2]
        if name in events.store.buses:
            source_arn = record.get("requestContext", {}).get("functionArn", "")
            events.put("lambda", detail_type, record, [source_arn], bus=name)

    return receive


def _create(template: Template, events: EventsService, scheduler: SchedulerService, consent: Consent) -> None:
    """Buses first: rules and archives are about them.

    Raises:
        ResourceRefused: AWS refuses one.
    """
    spec = template.event_bridge
    for bus in spec.buses.values():
        request = requests.Bus(name=bus.name, description=bus.description or None)
        _refusing(bus.logical_id, bus.line, partial(events.buses.create, request))
    for archive in spec.archives.values():
        asked = msgspec.convert(archive.creation, requests.Archive)
        _refusing(archive.logical_id, archive.line, partial(events.archives.create, asked))
    for rule in spec.rules.values():
        _refusing(rule.logical_id, rule.line, partial(_create_rule, rule, template, events, consent))
    for schedule in spec.schedules.values():
        creation = msgspec.convert(schedule.creation, Schedule)
        create = partial(scheduler.create, creation, label=schedule.logical_id)
        _refusing(schedule.logical_id, schedule.line, create)


def _create_rule(spec: RuleSpec, template: Template, events: EventsService, consent: Consent) -> None:
    rule = msgspec.convert(spec.rule, requests.PutRule)
    arn = events.rules.put(rule, label=spec.logical_id)["RuleArn"]
    if spec.permitted:
        consent.grant(arn, template.functions[spec.permitted].name)
    if spec.targets:
        targets = msgspec.convert(list(spec.targets), list[requests.Target])
        events.targets.put(requests.OfRule(rule=rule.name, event_bus_name=rule.event_bus_name, targets=targets))


def _refusing(logical_id: str, line: int, create: Callable[[], Any]) -> None:
    try:
        create()
    except EventsError as error:
        raise ResourceRefused(
            f"EventBridge refuses {logical_id}: {error}", file=template_file(line), line=line
        ) from error
