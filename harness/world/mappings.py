"""Event source mappings of a deployment: who reads for functions, built when it is first switched on.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harness.cloud.template import EventSourceSpec, QueueMapping
from harness.event_sources.source import EventSource
from harness.event_sources.sqs import SqsEventSource

if TYPE_CHECKING:
    from harness.world.deployment import Deployment


class Mapping(EventSource, Protocol):
    """An event source that can be switched off, and on again."""

    def stop(self) -> None:
        """Invokes the function no more; what has begun is finished."""
        ...


def map_queue(deployment: Deployment, spec: EventSourceSpec) -> None:
    """Adds what polls a queue; it has not begun."""
    settings = spec.settings
    assert isinstance(settings, QueueMapping)
    add(
        deployment,
        spec,
        SqsEventSource(
            mapping=settings,
            queue=deployment.queues[spec.source].queue,
            queue_id=spec.source,
            function=spec.function,
            loop=deployment.loop,
            randomness=deployment.randomness,
            functions=deployment.functions,
        ),
    )


def add(deployment: Deployment, spec: EventSourceSpec, mapping: Mapping) -> None:
    """Makes it an event source of the deployment."""
    deployment.mappings[spec.key] = mapping
    deployment.sources.append(mapping)


def switch(deployment: Deployment, spec: EventSourceSpec) -> None:
    """From now on the mapping is enabled or disabled, as the spec says."""
    if not spec.enabled:
        deployment.mappings[spec.key].stop()
        return
    if spec.key not in deployment.mappings:
        _build(deployment, spec)
    deployment.mappings[spec.key].start()


def remove(deployment: Deployment, spec: EventSourceSpec) -> None:
    """The mapping is gone, and with it how far it had read; one that was never enabled was never there."""
    mapping = deployment.mappings.pop(spec.key, None)
    if mapping is not None:
        mapping.stop()
        deployment.sources.remove(mapping)
        deployment.stream_sources[:] = [one for one in deployment.stream_sources if one is not mapping]


def _build(deployment: Deployment, spec: EventSourceSpec) -> None:
    if isinstance(spec.settings, QueueMapping):
        map_queue(deployment, spec)
    else:
        from harness.world.parts.streams import map_stream

        map_stream(deployment, spec)
