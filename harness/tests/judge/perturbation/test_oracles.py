"""Whether a scenario can fail: run with what it reads falsified, an honest one does and a vacuous one never."""

from pathlib import Path
from typing import Any

import pytest

from harness.judge.kata_file import read_kata
from harness.judge.perturbation.report import Oracle
from harness.judge.perturbation.session import PerturbingSession
from harness.judge.run import Job
from harness.tests.fake_kata import write_kata
from harness.tests.fakes import FakeWorker, instant
from harness.tests.judge.test_session import LOCK, TEMPLATE

TWO_QUEUES = TEMPLATE + "  DoorQueue: {Type: AWS::SQS::Queue}\n"

HONEST = """\
async def test_door_opens(world):
    answer = await world.get("/door")
    assert answer.text == "open"


async def test_door_opens_twice(world):
    world.queue("DoorQueue").send("knock")
    await world.run_for(s=1)
    assert len(world.queue("DoorQueue").arrivals) == 1
"""

VACUOUS = """\
async def test_door_opens(world):
    await world.get("/door")
    await world.until(lambda: world.queue("DoorQueue").arrivals, within_s=5)


async def test_door_opens_twice(world):
    await world.run_for(s=1)
"""

WRONG = "async def test_wrong_key_is_refused(world):\n    assert (await world.get('/door')).status == 403\n"


class _Zygote:
    def spawn(self, *, isolated: bool = False) -> FakeWorker:
        return FakeWorker({"app.door": instant("open")}, None)


class Perturbed:
    """A kata of these tests and a right design of it, whose oracles are looked at."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.told: list[Oracle] = []

    def __call__(self, opens: str, shut: str = WRONG) -> dict[str, Oracle]:
        acceptance = "katas/42_doors/acceptance"
        kata = write_kata(
            self._home,
            {
                f"{acceptance}/test_p1_opens.py": opens,
                f"{acceptance}/test_p2_shut.py": shut,
                "katas/42_doors/services/lock.py": LOCK,
                "mine/src/app.py": "",
                "mine/template.yaml": TWO_QUEUES,
                "tmp/keep": "",
            },
        )
        job = Job(read_kata(kata), self._home / "mine", 7, sandbox=())
        zygote: Any = _Zygote()
        session = PerturbingSession(job, zygote, self._home / "tmp", 2, on_oracle=self.told.append)
        assert session.verdict().error is None
        return session.oracles


@pytest.fixture
def perturbed(tmp_path: Path) -> Perturbed:
    return Perturbed(tmp_path)


def test_an_honest_test_fails_when_what_it_read_is_falsified(perturbed: Perturbed) -> None:
    oracles = perturbed(HONEST)

    assert oracles["test_door_opens"].noticed == "get(): another body"
    assert oracles["test_door_opens_twice"].noticed == "queue(DoorQueue).arrivals: one less"
    assert {one.problem for name, one in oracles.items() if name != "test_wrong_key_is_refused"} == {""}
    assert {one.scenario for one in perturbed.told} == set(oracles)


def test_a_test_that_asserts_nothing_is_vacuous(perturbed: Perturbed) -> None:
    oracles = perturbed(VACUOUS)

    assert oracles["test_door_opens"].problem == (
        "test_door_opens is vacuous: it stays green in 5 runs, whatever is falsified of what it reads: "
        "get(), queue(DoorQueue).arrivals, until()"
    )
    assert oracles["test_door_opens_twice"].problem == "test_door_opens_twice is vacuous: it reads nothing of the world"


def test_what_fails_undisturbed_shows_nothing(perturbed: Perturbed) -> None:
    oracle = perturbed(HONEST)["test_wrong_key_is_refused"]

    assert (oracle.passes, oracle.runs) == (False, 1)
    assert oracle.problem == "test_wrong_key_is_refused does not pass undisturbed"


def test_an_error_that_falsified_data_provokes_is_no_failure(perturbed: Perturbed) -> None:
    raising = """\
async def test_door_opens(world):
    {"open": 1}[(await world.get("/door")).text]


async def test_door_opens_twice(world):
    assert (await world.get("/door")).status
"""
    oracles = perturbed(raising)

    assert oracles["test_door_opens"].noticed == ""
    assert "is vacuous" in oracles["test_door_opens_twice"].problem  # any status is one
