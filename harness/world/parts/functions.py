"""Versions, aliases and provisioned concurrency; functions as destinations; the logs of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cloud.engines.logs.service import LogsService
from harness.functions import lineage
from harness.functions.api import qualifier_in
from harness.functions.service import NoSuchFunction
from harness.functions.versions import Alias

if TYPE_CHECKING:
    from harness.functions.fleet import Function
    from harness.world.deployment import Deployment
    from harness.world.destinations import Attributes


def deploy(deployment: Deployment) -> None:
    """Publishes what the template publishes, and lets ARNs of functions be delivered to."""
    functions = deployment.functions.functions
    template = deployment.template
    for version in template.versions.values():
        _publish(functions[version.function])
    for alias in template.aliases.values():
        function = functions[alias.function]
        if alias.version != "$LATEST":
            _publish(function)
        function.versions.point(Alias(alias.name, alias.version, dict(alias.weights), alias.description))
    for version in template.versions.values():
        _provision(deployment, version.function, "1", version.provisioned_concurrency)
    for alias in template.aliases.values():
        _provision(deployment, alias.function, alias.name, alias.provisioned_concurrency)

    def receive(arn: str, text: str, attributes: Attributes) -> None:
        try:
            logical_id = deployment.functions.find(arn).logical_id
        except NoSuchFunction:
            return  # lost, as what is sent to a deleted function is
        deployment.asynchronous.accept(
            logical_id, text.encode(), cause="destination", qualifier=qualifier_in(arn) or None
        )

    deployment.destinations.register("lambda", receive)
    for watch in deployment.queues.values():
        watch.queue.observers.append(lineage.QueueMark())
    deployment.gateway.services["logs"] = LogsService(
        deployment.loop.clock,
        [function.spec.log_group for function in functions.values()] + _log_groups(deployment),
        lambda: deployment.functions.log_book.streams,
    )


def _log_groups(deployment: Deployment) -> list[str]:
    """Names of the AWS::Logs::LogGroup resources that have one."""
    accepted = [each for each in deployment.template.accepted.values() if each.type == "AWS::Logs::LogGroup"]
    return [str(each.properties["LogGroupName"]) for each in accepted if "LogGroupName" in each.properties]


def _publish(function: Function) -> None:
    if not function.versions.published:
        function.versions.publish()


def _provision(deployment: Deployment, logical_id: str, qualifier: str, count: int) -> None:
    if count:
        function = deployment.functions.functions[logical_id]
        deployment.functions.provisioning.provision(function, qualifier, count, cold=False)
