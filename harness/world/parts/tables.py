"""DynamoDB tables beyond their calls: items that expire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cloud.time_to_live import TimeToLive

if TYPE_CHECKING:
    from harness.world.deployment import Deployment


def deploy(deployment: Deployment) -> None:
    """Items written from now on are removed some time after they have expired, where their table says so."""
    calls = deployment.dynamodb.item_calls
    deployment.time_to_live = TimeToLive(
        loop=deployment.loop,
        trace=deployment.trace,
        items=calls.items,
        chance=deployment.randomness.stream("time to live"),
        collect=deployment.dynamodb.collect,
    )
    calls.on_written.append(deployment.time_to_live.notice)
