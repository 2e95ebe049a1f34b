"""Container tasks: ECS's RunTask and what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.functions.containers.service import EcsService
from harness.functions.containers.tasks import Task, Tasks, described
from harness.functions.environment import Surroundings

if TYPE_CHECKING:
    from harness.world.deployment import Deployment


def deploy(deployment: Deployment) -> None:
    """Registers ECS, if the template has a task definition."""
    specs = deployment.template.containers
    if not specs.definitions:
        return
    around = Surroundings(deployment.loop, deployment.gateway, deployment.faults, deployment.functions.books.log)
    tasks = Tasks(deployment.loop, deployment.trace, deployment.randomness, around, deployment.functions.workers)
    deployment.tasks = tasks
    deployment.gateway.services["ecs"] = EcsService(specs, tasks, deployment.loop.clock, deployment.randomness)
    start_unix_s = deployment.loop.clock.unix_s() - deployment.loop.clock.now_us / 1_000_000

    def tell(task: Task) -> None:
        """ECS tells the default event bus of each new status.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
        """
        detail = described(task, start_unix_s)
        deployment.events.put("aws.ecs", "ECS Task State Change", detail, resources=[task.arn])

    tasks.on_change = tell
