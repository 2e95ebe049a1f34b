"""ECS tasks and their way from PROVISIONING to STOPPED.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.cloud.template.model_container import TaskDefinitionSpec
from harness.functions.containers.container import KILLED, Container, Launch, as_function, run
from harness.functions.environment import Surroundings
from harness.functions.init_phase import WorkerSetting
from harness.functions.log_journal import Journal
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, derive
from harness.simulation.trace import Record, Trace

PROVISIONING_MS = 10_000
PENDING_MS = 20_000
START_SPREAD = 0.25
"""How long Fargate takes to find a host and to pull the image; AWS publishes none (model choice)."""


class TaskStatusChanged(Record, frozen=True, kw_only=True, tag=True):
    """A container task reached another status.

    Attributes:
        definition: logical id of its task definition.
        exit_code: of its container; None: it has none (yet).
    """

    task: str
    definition: str
    status: str
    exit_code: int | None = None
    why: str = ""


@dataclass(eq=False)
class Task:
    """One task.

    Attributes:
        status: "PROVISIONING", "PENDING", "RUNNING", "STOPPED".
        stop_code: "EssentialContainerExited" or "UserInitiated"; "" while it runs.
    """

    id: str
    arn: str
    cluster_arn: str
    spec: TaskDefinitionSpec
    launch: Launch
    created_us: int
    started_by: str = ""
    group: str = ""
    status: str = "PROVISIONING"
    desired: str = "RUNNING"
    started_us: int | None = None
    stopping_us: int | None = None
    stopped_us: int | None = None
    exit_code: int | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    version: int = 1
    container: Container | None = None


OnChange = Callable[[Task], None]


class Tasks:
    """Starts tasks and stops them.

    Attributes:
        on_change: told of every new status.
    """

    def __init__(
        self, loop: VirtualLoop, trace: Trace, randomness: Randomness, around: Surroundings, workers: WorkerSetting
    ) -> None:
        self._loop = loop
        self._trace = trace
        self._seed = randomness.seed
        self._chance = randomness.stream("ecs/starts")
        self._around = around
        self._workers = workers
        self.tasks: dict[str, Task] = {}
        self.on_change: OnChange = lambda task: None

    def start(self, task: Task) -> None:
        """Takes a task in; it runs when it has been placed and its image is there."""
        self.tasks[task.arn] = task
        self._changed(task, "PROVISIONING")
        self._loop.keep(self._live(task))

    def stop(self, task: Task, reason: str) -> None:
        """Asks a task to stop: SIGTERM now, SIGKILL after its stop timeout."""
        if task.desired == "STOPPED":
            return
        task.desired, task.stop_code = "STOPPED", "UserInitiated"
        task.stopped_reason = reason or "Task stopped by user"
        task.stopping_us = self._loop.clock.now_us
        if task.container is not None:
            task.container.ask_to_stop()
            self._loop.keep(self._kill_later(task))

    def seed_of(self, task_id: str) -> int:
        """What the chance of a task's process begins with."""
        return derive(self._seed, "task", task_id)

    def close(self) -> None:
        """Ends every container."""
        for task in self.tasks.values():
            if task.container is not None:
                task.container.kill()

    async def _live(self, task: Task) -> None:
        spread = self._chance.uniform(1 - START_SPREAD, 1 + START_SPREAD)
        await asyncio.sleep(round(PROVISIONING_MS * spread) / 1000)
        if task.desired == "RUNNING":
            self._changed(task, "PENDING")
            await asyncio.sleep(round(PENDING_MS * spread) / 1000)
        if task.desired == "RUNNING":
            await self._run(task)
        task.desired = "STOPPED"
        task.stopped_us = self._loop.clock.now_us
        task.stopping_us = task.stopping_us or task.stopped_us
        if not task.stop_code:
            task.stop_code = "EssentialContainerExited"
            task.stopped_reason = "Essential container in task exited"
        self._changed(task, "STOPPED")

    async def _run(self, task: Task) -> None:
        spec = task.spec
        task.started_us = self._loop.clock.now_us
        task.container = Container(
            f"{spec.logical_id}/{task.id}", spec.logical_id, self._around, Journal(as_function(spec))
        )
        self._changed(task, "RUNNING")
        task.exit_code = await run(task.container, spec, task.launch, self._workers)

    async def _kill_later(self, task: Task) -> None:
        await asyncio.sleep(task.spec.stop_timeout_s)
        if task.stopped_us is None and task.container is not None:
            task.container.kill(status=f"exit status {KILLED}")

    def _changed(self, task: Task, status: str) -> None:
        task.status = status
        task.version += 1
        self._trace.append(
            TaskStatusChanged(
                task=task.id,
                definition=task.spec.logical_id,
                status=status,
                exit_code=task.exit_code,
                why=task.stopped_reason,
            )
        )
        self.on_change(task)


def described(task: Task, unix_s_at_start: float) -> dict[str, Any]:
    """A task as DescribeTasks tells of it; times in seconds since 1970."""
    container: dict[str, Any] = {
        "containerArn": f"{task.arn.replace(':task/', ':container/')}/{task.id}",
        "taskArn": task.arn,
        "name": task.spec.container,
        "lastStatus": task.status if task.status in ("RUNNING", "STOPPED") else "PENDING",
    }
    if task.exit_code is not None:
        container["exitCode"] = task.exit_code
    times = {
        "createdAt": task.created_us,
        "startedAt": task.started_us,
        "stoppingAt": task.stopping_us,
        "stoppedAt": task.stopped_us,
    }
    texts = {
        "startedBy": task.started_by,
        "group": task.group,
        "stopCode": task.stop_code,
        "stoppedReason": task.stopped_reason,
    }
    return {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "taskDefinitionArn": task.spec.arn,
        "lastStatus": task.status,
        "desiredStatus": task.desired,
        "launchType": "FARGATE",
        "cpu": task.spec.cpu,
        "memory": task.spec.memory,
        "version": task.version,
        "containers": [container],
        "overrides": {"containerOverrides": [{"name": task.spec.container}]},
        **{name: unix_s_at_start + at_us / 1_000_000 for name, at_us in times.items() if at_us is not None},
        **{name: text for name, text in texts.items() if text},
    }
