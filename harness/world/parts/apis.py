"""API Gateway: every API of the template, with the limit that all of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.event_sources.api_gateway import ApiGateway
from harness.event_sources.api_throttling import ACCOUNT, TokenBucket
from harness.simulation.wire import Answer, Caller, Request

if TYPE_CHECKING:
    from harness.event_sources.api_jwt import Send
    from harness.world.deployment import Deployment


def deploy(deployment: Deployment) -> None:
    """Creates every API of the template."""
    account = TokenBucket(ACCOUNT, deployment.loop.clock)
    for logical_id, spec in deployment.template.apis.items():
        deployment.apis[logical_id] = ApiGateway(
            spec=spec,
            loop=deployment.loop,
            trace=deployment.trace,
            randomness=deployment.randomness,
            functions=deployment.functions,
            send=_sender(deployment, logical_id),
            account=account,
        )


def _sender(deployment: Deployment, logical_id: str) -> Send:
    """Carries an API's own requests out as the calls of functions are: with latency, faults and a trace."""

    async def send(request: Request) -> Answer:
        call = deployment.gateway.open(request, Caller(function=logical_id), 1)
        return await deployment.gateway.send(call)

    return send
