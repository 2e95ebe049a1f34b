"""One submission before one judge: tried out, gated, judged in groups, told in order."""

import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.judge import session as session_module
from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.session import Session
from harness.judge.verdict import Fault, Outcome, Scenario, Verdict
from harness.tests.fake_kata import write_kata
from harness.tests.fakes import FakeWorker, Program, Raised, instant

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Door:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.door
      Runtime: python3.12
      CodeUri: src/
      Events:
        Knock: {Type: HttpApi, Properties: {Method: GET, Path: /door}}
"""

LOCK = """\
from harness.cloud.engines.http_service.service import HttpService


class Lock(HttpService):
    pass
"""

P1 = """\
import os

import pytest

from harness.promises import expect


@pytest.mark.sample
async def test_door_opens(world):
    answer = await world.get("/door")
    expect(answer.text == "open", "The door stayed shut.", expected="open", got=answer.text, likely="No key.")


async def test_door_opens_twice(world):
    for _ in range(2):
        await test_door_opens(world)
"""

P2 = """\
async def test_wrong_key_is_refused(world):
    assert (await world.get("/door")).status == 200
"""


class Judged:
    """A kata of two promises, and a judge whose workers are scripts."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.told: list[Scenario] = []

    def __call__(
        self,
        door: Program | None = None,
        *,
        imports: dict[str, Program] | None = None,
        files: dict[str, str] | None = None,
        processes: int = 2,
        debug: bool = False,
        only: tuple[str, ...] = (),
        **more: Any,
    ) -> Verdict:
        """The verdict on a submission whose door does this."""
        files = {"acceptance/test_p1_opens.py": P1, "acceptance/test_p2_shut.py": P2, **(files or {})}
        changed = {f"katas/42_doors/{name}": textwrap.dedent(text) for name, text in files.items()}
        folder = write_kata(self._home, {"katas/42_doors/services/lock.py": LOCK, **changed})
        submission = self._home / "mine"
        (submission / "src").mkdir(parents=True, exist_ok=True)
        (submission / "src" / "app.py").write_text("")
        (submission / "template.yaml").write_text(TEMPLATE)
        (self._home / "tmp").mkdir()
        job = Job(read_kata(folder), submission, 7, only=only, debug=debug, sandbox=(), **more)
        zygote: Any = _FakeZygote({"app.door": door or instant("open")}, imports)
        return Session(job, zygote, self._home / "tmp", self.told.append, processes).verdict()


class _FakeZygote:
    def __init__(self, programs: dict[str, Program], imports: dict[str, Program] | None) -> None:
        self._programs, self._imports = programs, imports

    def spawn(self, *, isolated: bool = False) -> FakeWorker:
        return FakeWorker(self._programs, self._imports)


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    return Judged(tmp_path)


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {scenario.name: str(scenario.outcome) for scenario in verdict.scenarios}


def happened(verdict: Verdict) -> str:
    assert verdict.error is not None
    return verdict.error.happened


@pytest.mark.parametrize("settings", [{"processes": 1}, {"processes": 2}, {"processes": 1, "debug": True}])
def test_a_right_submission_passes_on_one_core_on_two_and_in_the_debugger(judged: Judged, settings: Any) -> None:
    verdict = judged(**settings)

    assert (verdict.outcome, verdict.score, verdict.max_score) == ("passed", 10, 10)
    assert [scenario.sample for scenario in verdict.scenarios] == [True, False, False]


def test_the_digests_of_a_run_do_not_depend_on_the_cores(tmp_path: Path) -> None:
    digests = []
    for processes in (1, 3):
        verdict = Judged(tmp_path / str(processes))(processes=processes)
        digests.append([scenario.digest for scenario in verdict.scenarios])

    assert digests[0] == digests[1]
    assert len(digests[0]) == 3


def test_scenarios_are_told_in_the_order_to_fix_them(judged: Judged) -> None:
    verdict = judged()

    names = ["test_door_opens", "test_door_opens_twice", "test_wrong_key_is_refused"]
    assert [scenario.name for scenario in judged.told] == names
    assert list(verdict.scenarios) == judged.told


# ---- the gate ------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"debug": True}])
def test_when_the_gate_fails_what_rests_on_it_is_blocked_and_its_own_promise_judged(
    judged: Judged, settings: Any
) -> None:
    verdict = judged(instant("shut"), **settings)

    assert outcomes(verdict) == {
        "test_door_opens": "failed",
        "test_door_opens_twice": "failed",
        "test_wrong_key_is_refused": "blocked",
    }
    assert (verdict.outcome, verdict.score, verdict.max_score) == ("failed", 0, 10)
    assert [scenario.outcome for scenario in judged.told] == [Outcome.FAILED, Outcome.FAILED, Outcome.BLOCKED]
    assert judged.told[0].message == "The door stayed shut."


def test_without_the_gate_among_the_chosen_nothing_is_blocked(judged: Judged) -> None:
    verdict = judged(instant("shut"), only=("test_wrong_key_is_refused",))

    assert outcomes(verdict) == {"test_wrong_key_is_refused": "passed"}
    assert (verdict.score, verdict.max_score) == (5, 5)


# ---- what cannot be judged -----------------------------------------------------------------------


def import_failing(event):
    raise Raised("NameError", "name 'door' is not defined")
    yield


def test_a_submission_that_cannot_be_imported_is_told_before_any_scenario(judged: Judged) -> None:
    verdict = judged(imports={"app.door": import_failing})

    assert (verdict.outcome, verdict.fault, verdict.score) == ("error", Fault.SUBMISSION, 0)
    assert "Door cannot be imported: NameError" in happened(verdict)
    assert judged.told == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("acceptance/test_p1_opens.py", P1 + "\nimport nothing_of_this_name\n", "cannot be collected"),
        ("acceptance/conftest.py", "raise ValueError\n", "cannot be collected"),
        ("services/lock.py", "class Lock: ...\n", "has no implementation lock:Lock"),
    ],
)
def test_a_wrong_kata_is_its_authors_fault(judged: Judged, file: str, text: str, message: str) -> None:
    verdict = judged(files={file: text})

    assert (verdict.outcome, verdict.fault) == ("error", Fault.KATA)
    assert message in happened(verdict)


def test_a_scenario_that_no_file_defines_any_more_is_named(judged: Judged) -> None:
    verdict = judged(files={"acceptance/conftest.py": "collect_ignore = ['test_p2_shut.py']\n"})

    assert (verdict.outcome, verdict.fault) == ("error", Fault.KATA)
    assert "gives points to test_wrong_key_is_refused" in happened(verdict)


def test_a_judge_that_dies_in_a_scenario_is_our_fault_and_stops_no_other(judged: Judged) -> None:
    verdict = judged(files={"acceptance/test_p2_shut.py": "import os\n\n\n" + P2 + "    os._exit(9)\n"})

    assert (verdict.outcome, verdict.fault, verdict.score) == ("error", Fault.HARNESS, 5)
    assert happened(verdict) == ("The judge's process ended in the middle of test_wrong_key_is_refused: exit status 9.")


def test_a_scenario_without_end_is_the_submissions_fault(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "SCENARIO_LIMIT_S", 1.5)

    verdict = judged(files={"acceptance/test_p2_shut.py": P2 + "    while True: ...\n"})

    assert (verdict.outcome, verdict.fault, verdict.score) == ("error", Fault.SUBMISSION, 5)
    assert happened(verdict) == "test_wrong_key_is_refused was ended after 1.5 s of real time."


def test_a_failure_of_the_harness_while_trying_out_is_ours(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Callable[[], None]:
        raise KeyError("a bug of the harness")

    monkeypatch.setattr(session_module, "run_alone", broken)

    verdict = judged()

    assert (verdict.outcome, verdict.fault) == ("error", Fault.HARNESS)
    assert happened(verdict) == "KeyError in the harness: 'a bug of the harness'"


def test_an_interrupt_gets_past_pytest(judged: Judged) -> None:
    def stop(scenario: Scenario) -> None:
        raise KeyboardInterrupt

    judged.told = _Listener(stop)  # type: ignore[assignment]

    with pytest.raises(KeyboardInterrupt):
        judged()


class _Listener:
    def __init__(self, hear: Callable[[Scenario], None]) -> None:
        self.append = hear


# ---- shared runs ---------------------------------------------------------------------------------


def test_scenarios_of_one_shared_run_are_judged_together(judged: Judged) -> None:
    conftest = """\
        import os

        from harness.judge.sharing import shared_run


        @shared_run
        async def afternoon(world):
            return (await world.get("/door")).text, os.getpid()
        """
    p1 = """\
        import os


        async def test_door_opens(afternoon):
            assert afternoon == ("open", os.getpid())


        async def test_door_opens_twice(afternoon):
            assert afternoon == ("open", os.getpid())
        """

    verdict = judged(files={"acceptance/conftest.py": conftest, "acceptance/test_p1_opens.py": p1})

    assert verdict.outcome == "passed", [scenario.message for scenario in verdict.scenarios]
    first, second, _ = verdict.scenarios
    assert (first.digest, first.virtual_ms) == (second.digest, second.virtual_ms)


# ---- faults that never strike --------------------------------------------------------------------


def test_a_fault_that_never_strikes_costs_the_points_of_its_scenario_and_of_no_other(judged: Judged) -> None:
    p1 = """\
        from harness.faults.service import LostReply

        LOST = LostReply(service="sqs", times=1)


        async def test_door_opens(world):
            world.inject(LOST, optional=True)
            await world.get("/door")


        async def test_door_opens_twice(world):
            world.inject(LOST)
            await world.get("/door")
        """

    verdict = judged(files={"acceptance/test_p1_opens.py": p1})

    assert (verdict.outcome, verdict.score) == ("failed", 8)
    assert list(outcomes(verdict).values()) == ["passed", "not reached", "passed"]


def test_scenarios_of_a_stage_that_is_not_begun_are_blocked_by_its_sentence(judged: Judged) -> None:
    conftest = """\
        from harness.judge.sharing import shared_run
        from harness.promises import begun


        @shared_run
        async def later(world):
            begun(world.has_function("Window"), "The window is not begun.", try_="add a function Window [W1]")
        """
    p2 = """\
        async def test_wrong_key_is_refused(later):
            raise AssertionError
        """

    verdict = judged(files={"acceptance/conftest.py": conftest, "acceptance/test_p2_shut.py": p2})

    assert (verdict.outcome, verdict.score) == ("failed", 5)
    blocked = verdict.scenarios[-1]
    assert (blocked.outcome, blocked.message) == (Outcome.BLOCKED, "The window is not begun.")
    assert (blocked.diagnosis, blocked.story) == ("add a function Window [W1]", ())


# ---- its surroundings ----------------------------------------------------------------------------


def test_settings_of_the_callers_pytest_do_not_matter_and_are_put_back(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "")

    assert judged().outcome == "passed"
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option"
    assert os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == ""


def test_two_katas_with_files_of_the_same_names_do_not_meet_in_one_process(tmp_path: Path) -> None:
    assert Judged(tmp_path / "one")(instant("shut")).outcome == "failed"
    other = P1.replace('answer.text == "open"', 'answer.text == "shut"')

    verdict = Judged(tmp_path / "two")(instant("shut"), files={"acceptance/test_p1_opens.py": other})

    assert verdict.outcome == "passed"
