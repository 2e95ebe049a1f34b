"""Small worlds: a template, and scripts in the place of its handlers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.simulation.loop import VirtualLoop
from harness.tests.fakes import FakeWorker, Program
from harness.world import Setting, World

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 10
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
  Failed:
    Type: AWS::SQS::Queue
  Submit:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.submit
      Events:
        Post: {Type: HttpApi, Properties: {Method: POST, Path: /orders}}
        Get: {Type: HttpApi, Properties: {Method: GET, Path: "/orders/{id}"}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.work
      Events:
        Queue:
          Type: SQS
          Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 1, FunctionResponseTypes: [ReportBatchItemFailures]}
"""

SWEEP = """\
  Sweep:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.sweep
      Events:
        Minute: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
"""


class SmallWorld:
    """A world on a loop of its own, for tests that are no coroutines."""

    def __init__(self, folder: Path, template: str, programs: dict[str, Program], imports: Any, seed: int) -> None:
        (folder / "submission" / "src").mkdir(parents=True)
        (folder / "submission" / "src" / "app.py").write_text("")
        (folder / "submission" / "template.yaml").write_text(template)
        (folder / "tmp").mkdir()
        self.loop = VirtualLoop()
        self.workers: list[FakeWorker] = []

        def spawn() -> Any:
            self.workers.append(FakeWorker(programs, imports))
            return self.workers[-1]

        self.setting = Setting(
            folder=folder / "submission", temporary=folder / "tmp", spawn=spawn, enforce_permissions=False
        )
        self.world = self.new_world(seed)

    def new_world(self, seed: int = 1) -> World:
        """Another world in its place."""

        async def build() -> World:
            return World(self.setting, seed, self.loop)

        world: World = self.run(build())
        return world

    def run(self, work: Any) -> Any:
        """Runs something to its end in virtual time."""
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        """Ends the world and its loop."""

        async def close() -> None:
            self.world.close()

        self.run(close())
        self.loop.close()


Build = Callable[..., SmallWorld]


@pytest.fixture
def build(tmp_path: Path):
    """Builds a world of the template with these programs by handler: build(work=..., submit=...)."""
    built: list[SmallWorld] = []

    def build(template: str = TEMPLATE, *, imports: Any = None, seed: int = 1, **programs: Program) -> SmallWorld:
        by_handler = {f"app.{name}": program for name, program in programs.items()}
        folder = tmp_path / str(len(built))
        built.append(SmallWorld(folder, template, by_handler, imports, seed))
        return built[-1]

    yield build
    for small in built:
        small.close()
