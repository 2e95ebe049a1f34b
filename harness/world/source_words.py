"""Words of the world that are about queues, and about what reads for functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.world.queue_view import QueueView

if TYPE_CHECKING:
    from harness.world.deployment import Deployment
    from harness.world.mappings import Mapping


class SourceWords:
    """A part of `World`."""

    _deployment: Deployment

    def queue(self, logical_id: str) -> QueueView:
        """A queue of the template by its logical id; it may be missing (`exists`)."""
        chance = self._deployment.randomness.stream("test/queue sends")
        return QueueView(logical_id, self._deployment.queues.get(logical_id), chance)

    def queues(self) -> list[QueueView]:
        """Every queue of the template."""
        return [self.queue(logical_id) for logical_id in self._deployment.queues]

    def pause(self, source: str) -> None:
        """Event source mappings of a queue, stream or table read it no more; what they hold is worked off.

        A function that receives by itself is not held by this: the fault `invocation_refused` stops it.
        """
        for mapping in self._mappings_of(source):
            mapping.stop()

    def resume(self, source: str) -> None:
        """Event source mappings that were paused read on; what has become due meanwhile comes together."""
        for mapping in self._mappings_of(source):
            mapping.start()

    def _mappings_of(self, source: str) -> list[Mapping]:
        specs = [spec for spec in self._deployment.template.event_sources if spec.source == source and spec.enabled]
        return [self._deployment.mappings[spec.key] for spec in specs if spec.key in self._deployment.mappings]
