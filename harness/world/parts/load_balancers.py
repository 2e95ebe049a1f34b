"""Application Load Balancers: the data path of each, the elbv2 API, health checks of functions."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from harness.cloud.engines.elbv2.service import BalancerService
from harness.cloud.engines.elbv2.store import BalancerStore
from harness.cloud.operations import function_name
from harness.event_sources.balancer_health import HealthChecks
from harness.event_sources.load_balancer import LoadBalancer
from harness.functions.api import qualifier_in

if TYPE_CHECKING:
    from harness.cloud.engines.elbv2.service import MayInvoke
    from harness.world.deployment import Deployment

_PRINCIPAL = "elasticloadbalancing.amazonaws.com"


def deploy(deployment: Deployment) -> None:
    """Creates every load balancer of the template."""
    built = deployment.template.load_balancing
    if not built.groups and not built.balancers:
        return
    store = deployment.balancer_store = BalancerStore(built)
    deployment.gateway.services["elasticloadbalancing"] = BalancerService(
        store, deployment.randomness, _permissions(deployment)
    )
    for logical_id, spec in built.balancers.items():
        deployment.balancers[logical_id] = LoadBalancer(
            spec=spec,
            store=store,
            loop=deployment.loop,
            trace=deployment.trace,
            randomness=deployment.randomness,
            functions=deployment.functions,
            gateway=deployment.gateway,
        )
    for group in built.groups.values():
        if group.target_type == "lambda" and group.health_check.enabled:
            deployment.sources.append(HealthChecks(group.arn, store, deployment.loop, deployment.functions))


def _permissions(deployment: Deployment) -> MayInvoke:
    """Which functions load balancers may invoke: by the permissions of the template as it is then."""

    def may_invoke(function_arn: str, group_arn: str) -> bool:
        wanted = function_name(function_arn), qualifier_in(function_arn)
        return any(
            properties.get("Principal") == _PRINCIPAL
            and properties.get("Action") in ("lambda:InvokeFunction", "lambda:*", "*")
            and _named(str(properties.get("FunctionName"))) == wanted
            and fnmatch.fnmatchcase(group_arn, str(properties.get("SourceArn", "*")))
            for properties in (
                spec.properties
                for spec in deployment.template.accepted.values()
                if spec.type == "AWS::Lambda::Permission"
            )
        )

    return may_invoke


def _named(function: str) -> tuple[str, str]:
    """Name and qualifier in a function's name or ARN."""
    return function_name(function), qualifier_in(function) if "function:" in function else function.partition(":")[2]
