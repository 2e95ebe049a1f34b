"""A Lambda service whose workers are scripts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.template import FunctionSpec
from harness.functions.invocation import Result
from harness.functions.service import LambdaService
from harness.tests.fakes import FakeService, Program, Simulation, function, simulations_are_closed

__all__ = ["simulations_are_closed"]

Deploy = Callable[..., LambdaService]


class Lambda:
    """One function, "Worker", and what a test does with it."""

    def __init__(
        self, simulation: Simulation, folder: Path, program: Program, imports: Program | None, spec: FunctionSpec
    ) -> None:
        self.simulation = simulation
        self.service = simulation.functions(
            folder, {"app.handler": program}, spec, imports={"app.handler": imports} if imports else None
        )

    def invoke(self, event: bytes = b"{}", **settings: Any) -> Result:
        """Invokes the function and waits for its end."""
        return self.simulation.run(self.service.invoke("Worker", event, cause="the test", **settings))

    def start(self, event: bytes = b"{}", **settings: Any) -> Any:
        """Invokes the function and does not wait."""
        return self.simulation.loop.create_task(self.service.invoke("Worker", event, cause="the test", **settings))

    @property
    def environments(self) -> list[str]:
        """The environment of each invocation, in order."""
        return [one.environment for one in self.service.invocations]


@pytest.fixture
def simulation() -> Simulation:
    """A simulation with a service called legacy that takes 500 ms."""
    simulation = Simulation()
    simulation.gateway.outside["legacy"] = ("legacy", FakeService(simulation, takes_s=0.5))
    return simulation


@pytest.fixture
def deploy(simulation: Simulation, tmp_path: Path) -> Callable[..., Lambda]:
    """Deploys a program as the function "Worker"."""

    def deploy(program: Program, imports: Program | None = None, **settings: Any) -> Lambda:
        return Lambda(simulation, tmp_path, program, imports, function(**settings))

    return deploy
