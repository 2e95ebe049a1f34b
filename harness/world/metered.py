"""Puts the meter to a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.metering.meter import Meter
from harness.metering.source import Metered

if TYPE_CHECKING:
    from harness.world.deployment import Deployment


def meter_of(deployment: Deployment) -> Meter:
    """A meter that reads this deployment, whenever it is asked."""
    return Meter(
        Metered(
            trace=deployment.trace,
            clock=deployment.loop.clock,
            template=deployment.template,
            functions=deployment.functions,
            consumption=deployment.dynamodb.item_calls.consumption,
        )
    )
