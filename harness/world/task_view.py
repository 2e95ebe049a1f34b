"""Container tasks as acceptance tests see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.functions.containers.tasks import Task


class TaskView:
    """One task, running or stopped."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.id = task.id
        self.definition = task.spec.logical_id
        self.variables = dict(task.launch.variables)
        self.created_ms = task.created_us // 1000

    @property
    def status(self) -> str:
        """ "PROVISIONING", "PENDING", "RUNNING" or "STOPPED"."""
        return self._task.status

    @property
    def exit_code(self) -> int | None:
        """Of its container; None while there is none."""
        return self._task.exit_code

    @property
    def started_ms(self) -> int | None:
        """Virtual time at which its program began; None: it has not."""
        return None if self._task.started_us is None else self._task.started_us // 1000

    @property
    def stopped_ms(self) -> int | None:
        """Virtual time at which it stopped; None: it has not."""
        return None if self._task.stopped_us is None else self._task.stopped_us // 1000

    @property
    def stop_code(self) -> str:
        """Why it stopped, in ECS's words; "" while it runs."""
        return self._task.stop_code

    def kill(self) -> None:
        """Takes its host away, now."""
        if self._task.container is not None:
            self._task.container.kill(by_fault="killed by the test")
