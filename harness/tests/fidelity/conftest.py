"""Small SAM apps, deployed with real workers: what a test claims here, it claims of AWS."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar

import pytest

from harness.simulation.loop import VirtualLoop
from harness.worker.process import Zygote, start_zygote
from harness.world import OutsideServiceSpec, Setting, World

T = TypeVar("T")


class App:
    """A deployed app with a loop of its own, for tests that are no coroutines.

    Attributes:
        world: the words of acceptance tests.
    """

    def __init__(self, setting: Setting, seed: int) -> None:
        self._loop = VirtualLoop()

        async def build() -> World:
            return World(setting, seed, self._loop)

        self.world = self.run(build())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something to its end in virtual time."""
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """Ends the world and its loop."""

        async def close() -> None:
            self.world.close()

        self.run(close())
        self._loop.close()


Deploy = Callable[..., App]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """The process that workers are forked from; one serves all tests."""
    running = start_zygote()
    yield running
    running.close()


@pytest.fixture(scope="module")
def deploy(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deploy]:
    """Deploys a template (text) with files ({path: source}): deploy(template, {"src/app.py": ...}) is an App.

    A process has one AWS account: deploying an app empties the tables, buckets and topics of the one before.
    """
    apps: list[App] = []

    def deploy(
        template: str,
        files: Mapping[str, str],
        *,
        services: tuple[OutsideServiceSpec, ...] = (),
        seed: int = 1,
        enforce_permissions: bool = False,
        sandbox: tuple[str, ...] = (),
    ) -> App:
        folder = tmp_path_factory.mktemp("app")
        for path, source in {"template.yaml": template, **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(source, encoding="utf-8")
        setting = Setting(
            folder=folder,
            temporary=tmp_path_factory.mktemp("tmp"),
            spawn=zygote.spawn,
            services=services,
            enforce_permissions=enforce_permissions,
            sandbox=sandbox,
        )
        apps.append(App(setting, seed))
        return apps[-1]

    yield deploy
    for app in apps:
        app.close()
