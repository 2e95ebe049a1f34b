"""Workers for tests: one zygote for all, and a tiny judge per worker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.tests.worker.tiny_judge import TinyJudge
from harness.worker.process import Budget, Zygote, start_zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    running = start_zygote("fork", Budget(cpu_s=0.5, wall_s=20))
    yield running
    running.close()


@pytest.fixture
def deploy(zygote: Zygote, tmp_path: Path) -> Iterator[Callable[..., TinyJudge]]:
    """Starts a worker on this source text of app.py; it is initialized unless told otherwise."""
    judges: list[TinyJudge] = []

    def start(source: str, *, initialize: bool = True, **configuration: object) -> TinyJudge:
        (tmp_path / "app.py").write_text(source, encoding="utf-8")
        judge = TinyJudge(zygote.spawn(), tmp_path)
        judges.append(judge)
        if initialize:
            judge.initialize(**configuration)
        return judge

    yield start
    for judge in judges:
        judge.worker.kill()
