"""Reads a submission's template into plain data. The order of the steps is SAM's own.

Globals are merged and implicit APIs added on the raw template, then references are resolved,
then each property is checked, and last what only makes sense together.
"""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.cloud.template import yaml_source
from harness.cloud.template.alarms import alarm_specs
from harness.cloud.template.apis import api_of_event, api_specs
from harness.cloud.template.athena import athena_spec
from harness.cloud.template.balancers import load_balancing
from harness.cloud.template.bucket_permissions import refuse_unpermitted
from harness.cloud.template.buckets import bucket_of_event, bucket_specs
from harness.cloud.template.circles import refuse_circles
from harness.cloud.template.containers import container_specs
from harness.cloud.template.data import queue_specs, table_specs
from harness.cloud.template.errors import TemplateError, TemplateTooLarge, UnknownResourceType, did_you_mean
from harness.cloud.template.event_bridge import event_bridge
from harness.cloud.template.event_bridge_queues import add_dead_letter_queues
from harness.cloud.template.events import event_source_specs
from harness.cloud.template.folder import find_template, read_template_bytes, refuse_links_outside
from harness.cloud.template.function_versions import alias_specs, version_specs
from harness.cloud.template.functions import function_specs
from harness.cloud.template.intrinsics import Resolver
from harness.cloud.template.kinesis import stream_specs
from harness.cloud.template.model import AcceptedSpec, Template
from harness.cloud.template.parameters import effective_parameters, reference_values
from harness.cloud.template.references import Deployment, References
from harness.cloud.template.roles import permission_spec
from harness.cloud.template.sam_globals import API_ID, add_implicit_apis, merge_globals
from harness.cloud.template.schema import BUILT_TYPES, FUNCTION, PARAMETER, RESOURCE_TYPES
from harness.cloud.template.sections import (
    check_outline,
    check_resources,
    dependencies,
    existing_resources,
    output_values,
)
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.topic_queues import add_topic_queues
from harness.cloud.template.topics import subscription_specs, topic_specs
from harness.cloud.template.tree import Map, plain, section
from harness.cloud.template.types_event import EVENT, EVENT_TYPES, KNOWN_EVENTS, SAM


def read_template(
    folder: Path,
    *,
    parameters: Mapping[str, str],
    account_id: str,
    region: str,
    names: Callable[[str], str] | None = None,
    stack_name: str = "kata",
) -> Template:
    """Reads and checks the template of a submission.

    Args:
        folder: holds template.yaml and the code.
        parameters: values for the template's parameters; those it does not declare are ignored.
        account_id: twelve digits.
        region: as in "eu-west-1".
        names: the last twelve characters of a generated name, for a logical id; they are also
            what API ids are made of. None: derived from stack name and logical id.
        stack_name: first part of generated names.

    Raises:
        TemplateError: one subclass for each mistake, with file, line and column.
    """
    file, warnings = find_template(folder)
    refuse_links_outside(folder)
    try:
        tree = yaml_source.parse(read_template_bytes(file, yaml_source.BYTES_LIMIT), file.name)
        deployment = Deployment(
            account_id=account_id, region=region, stack_name=stack_name, names=names and functools.cache(names)
        )
        return _template(tree, file, warnings, parameters, deployment)
    except TemplateError as error:
        raise error.at(file.name) from None
    except RecursionError:
        happened = "References or conditions lead from one to the next without end."
        raise TemplateTooLarge(happened, file=file.name) from None


def _template(tree: Map, file: Path, warnings: list[str], given: Mapping[str, str], deployment: Deployment) -> Template:
    check_outline(tree)
    check_resources(tree["Resources"])
    declared = section(tree, "Parameters")
    effective = effective_parameters(declared, given)
    resolver = _resolver(tree, effective, deployment)
    stack = _stack(tree, file.parent, resolver, deployment)
    template = Template(
        folder=file.parent,
        file=file,
        description=str(tree.get("Description", "")),
        parameters=effective,
        unused_parameters=tuple(name for name in given if name not in effective),
        functions=(functions := function_specs(stack)),
        versions=(versions := version_specs(stack, functions)),
        aliases=alias_specs(stack, functions, versions),
        alarms=alarm_specs(stack),
        queues=queue_specs(stack),
        tables=table_specs(stack),
        topics=topic_specs(stack),
        subscriptions=subscription_specs(stack),
        streams=stream_specs(stack),
        apis=api_specs(stack),
        load_balancing=load_balancing(stack),
        containers=container_specs(stack),
        buckets=bucket_specs(stack),
        event_sources=event_source_specs(stack),
        event_bridge=event_bridge(stack),
        athena=athena_spec(stack),
        permissions=permission_spec(stack),
        accepted=_accepted(stack),
        outputs=output_values(section(tree, "Outputs"), resolver),
        warnings=tuple(warnings + stack.warnings),
    )
    needs = _needs(stack, resolver)
    refuse_circles(needs)
    refuse_unpermitted(template.buckets, stack, needs)
    return template


def _resolver(tree: Map, effective: Mapping[str, str], deployment: Deployment) -> Resolver:
    pseudo = {
        "AWS::AccountId": deployment.account_id,
        "AWS::Region": deployment.region,
        "AWS::StackName": deployment.stack_name,
        "AWS::StackId": f"arn:aws:cloudformation:{deployment.region}:{deployment.account_id}:stack/"
        f"{deployment.stack_name}/00000000-0000-0000-0000-000000000000",
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }
    values: dict[str, Any] = {**pseudo, **reference_values(section(tree, "Parameters"), effective)}
    resolver = Resolver(values, section(tree, "Mappings"), section(tree, "Conditions"))
    resolver.conditions.check_all()
    return resolver


def _stack(tree: Map, folder: Path, resolver: Resolver, deployment: Deployment) -> Stack:
    resources = existing_resources(tree["Resources"], resolver)
    add_implicit_apis(resources)
    add_dead_letter_queues(resources)
    merge_globals(section(tree, "Globals"), resources)
    add_topic_queues(resources)

    def property_text(logical_id: str, key: str) -> str:
        properties = section(resources[logical_id], "Properties")
        *outer, key = key.split(".")
        for each in outer:
            properties = section(properties, each)
        if outer and key not in properties:
            return ""
        return resolver.text(properties[key], properties.value_place(key), f"{key} of {logical_id}")

    resolver.references = References(resources, deployment, property_text)
    stack = Stack(folder=folder, region=deployment.region, references=resolver.references)
    for logical_id, raw in resources.items():
        stack.needs[logical_id] = dependencies(logical_id, raw, tree["Resources"])
        stack.register(_checked(logical_id, raw, resources, resolver))
    return stack


def _checked(logical_id: str, raw: Map, resources: Map, resolver: Resolver) -> Resource:
    known = RESOURCE_TYPES[raw["Type"]]
    properties = section(raw, "Properties")
    events = section(properties, "Events") if raw["Type"] == FUNCTION else Map()
    own = Map(properties.place)
    for key, value in properties.items():
        if value is not events:
            own.put(key, value, properties.key_place(key), properties.value_place(key))
    resolver.owner = logical_id
    place = resources.key_place(logical_id)
    checked = known.properties.check(resolver.resolve(own), Spot(logical_id, "", place, known.page))
    read = tuple(_event(name, events, logical_id, resolver) for name in events)
    resolver.owner = ""
    return Resource(logical_id=logical_id, type=raw["Type"], properties=checked, place=place, events=read)


def _event(name: str, events: Map, function: str, resolver: Resolver) -> Event:
    """One event, resolved in its own name: SAM makes a resource of its own of it."""
    resolver.owner = f"{function}.{name}"
    spot = Spot(function, f"Events.{name}", events.key_place(name), f"{SAM}/sam-property-function-eventsource.html")
    outline: Map = EVENT.check(events[name], spot)
    kind = outline["Type"]
    if kind not in EVENT_TYPES:
        exists = kind in KNOWN_EVENTS
        raise spot.below("Type", outline.value_place("Type")).error(
            UnknownResourceType,
            f"Event {name} of {function} is of type {kind}, which "
            + ("this simulator does not support yet." if exists else "does not exist."),
            expected=f"one of {', '.join(EVENT_TYPES)}",
            try_="" if exists else did_you_mean(kind, [*EVENT_TYPES, *KNOWN_EVENTS]),
        )
    shape, page = EVENT_TYPES[kind]
    spot = Spot(function, spot.path, spot.place, page)
    properties = resolver.resolve(outline.get("Properties", Map(spot.place)))
    return Event(name=name, kind=kind, properties=shape.check(properties, spot), spot=spot)


def _accepted(stack: Stack) -> dict[str, AcceptedSpec]:
    return {
        resource.logical_id: AcceptedSpec(
            logical_id=resource.logical_id,
            type=resource.type,
            properties=plain(resource.properties),
            line=resource.place.line,
            name=stack.name(resource.logical_id) if resource.type == PARAMETER else "",
        )
        for resource in stack.resources.values()
        if resource.type not in BUILT_TYPES
    }


def _needs(stack: Stack, resolver: Resolver) -> dict[str, dict[str, Any]]:
    """Who needs whom: by reference, by DependsOn, and an API its functions."""
    needs = {name: dict(needed) for name, needed in stack.needs.items()}
    for owner, references in resolver.needs.items():
        for needed, place in references.items():
            needs.setdefault(owner, {}).setdefault(needed, place)
    for function in stack.of(FUNCTION):
        for event in function.events:
            if event.kind in API_ID:
                needs[api_of_event(event, stack).logical_id].setdefault(function.logical_id, event.spot.place)
            elif event.kind == "S3":
                needs[bucket_of_event(event, stack).logical_id].setdefault(function.logical_id, event.spot.place)
    return needs
