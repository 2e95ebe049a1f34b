"""What the end of a test means: whose fault it is, what is said, and with what evidence."""

import tempfile
from pathlib import Path

import pytest

from harness.cloud.errors import SubmissionError
from harness.faults.delivery import DuplicateDelivery, PoisonMessage
from harness.faults.service import LostReply
from harness.judge.judging import Judging
from harness.judge.kata import Kata
from harness.judge.kata_file import read_kata
from harness.judge.scenario_verdict import Phase, scenario_verdict
from harness.judge.sweep import SweepTooLong
from harness.judge.verdict import Fault, Outcome, Scenario
from harness.promises import PromiseBroken
from harness.simulation.loop import EndlessSimulation, NothingLeftToHappen
from harness.tests.fake_kata import write_kata
from harness.tests.fakes import Raised, log
from harness.tests.world.conftest import Build
from harness.tests.world.programs import submit, work
from harness.world.world import NoSuchService


@pytest.fixture(autouse=True)
def tracebacks_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return read_kata(write_kata(tmp_path / "home"))


@pytest.fixture
def nowhere(tmp_path: Path) -> Judging:
    """A scenario that never got as far as a world."""
    return Judging(None, 7)  # type: ignore[arg-type]


def verdict(kata: Kata, judging: Judging, *errors: BaseException | None) -> Scenario:
    phases = [Phase(when, error) for when, error in zip(("setup", "call", "teardown"), errors, strict=False)]
    return scenario_verdict(kata, "test_door_opens", phases, judging, sample=True, real_ms=12)


def from_the_kata(kata: Kata, raising: str) -> BaseException:
    """What is raised by a line of the kata's own file."""
    code = compile(raising, str(kata.acceptance / "test_p1_opens.py"), "exec")
    try:
        exec(code, {})
    except BaseException as error:
        return error
    raise AssertionError("it did not raise")


def test_a_test_without_an_error_has_passed_and_earns_its_points(kata: Kata, nowhere: Judging) -> None:
    passed = verdict(kata, nowhere, None, None, None)

    assert (passed.outcome, passed.points, passed.earned) == (Outcome.PASSED, 3, 3)
    assert (passed.promise, passed.title, passed.sample) == ("P1", "door opens", True)
    assert (passed.seed, passed.real_ms, passed.virtual_ms, passed.faults) == (7, 12, 0, ())


def test_a_broken_promise_is_told_in_the_tests_words(kata: Kata, nowhere: Judging) -> None:
    error = PromiseBroken("The door stayed shut.", "an open door", "a shut one", "Nobody turned the key.", ["d-1"])

    failed = verdict(kata, nowhere, None, error, None)

    assert (failed.outcome, failed.earned, failed.fault) == (Outcome.FAILED, 0, None)
    assert (failed.message, failed.expected, failed.got) == ("The door stayed shut.", "an open door", "a shut one")
    assert failed.diagnosis == "Nobody turned the key."


def test_what_a_submission_put_into_a_message_cannot_move_the_cursor(kata: Kata, nowhere: Judging) -> None:
    failed = verdict(kata, nowhere, None, PromiseBroken("Got \x1b[2J.", "x", "\u202e", "", []))

    assert (failed.message, failed.got) == ("Got \\x1b[2J.", "\\u202e")


def test_a_submission_that_lacks_something_fails_the_scenario(kata: Kata, nowhere: Judging) -> None:
    failed = verdict(kata, nowhere, SubmissionError("No queue.", expected="one", got="none", try_="add one"))

    assert (failed.outcome, failed.message, failed.diagnosis) == (Outcome.FAILED, "No queue.", "add one")


@pytest.mark.parametrize("kind", [EndlessSimulation, NothingLeftToHappen, SweepTooLong])
def test_a_run_that_comes_to_no_end_fails_the_scenario(kata: Kata, nowhere: Judging, kind: type[Exception]) -> None:
    failed = verdict(kata, nowhere, None, kind("no end"))

    assert (failed.outcome, failed.message) == (Outcome.FAILED, "no end")


def test_a_plain_assertion_of_the_kata_is_a_failure(kata: Kata, nowhere: Judging) -> None:
    failed = verdict(kata, nowhere, None, from_the_kata(kata, "assert 1 == 2, 'one is two'"))

    assert (failed.outcome, failed.message) == (Outcome.FAILED, "one is two")


def test_any_other_error_of_the_kata_is_its_authors_fault(kata: Kata, nowhere: Judging) -> None:
    broken = verdict(kata, nowhere, None, from_the_kata(kata, "\n\n{}['door']"))

    assert broken.error is not None
    assert (broken.outcome, broken.fault) == (Outcome.ERROR, Fault.KATA)
    assert broken.error.happened == "KeyError in the kata's own code: 'door'"
    assert (broken.error.file.endswith("acceptance/test_p1_opens.py"), broken.error.line) == (True, 3)
    assert "KeyError: 'door'" in Path(broken.error.see).read_text()


@pytest.mark.parametrize("error", [KeyError("ours"), AssertionError("ours")])
def test_any_other_error_at_all_is_ours(kata: Kata, nowhere: Judging, error: Exception) -> None:
    broken = verdict(kata, nowhere, None, error)

    assert broken.error is not None
    assert (broken.outcome, broken.fault) == (Outcome.ERROR, Fault.HARNESS)
    assert "in the harness" in broken.error.happened


def test_a_word_that_a_test_uses_wrongly_is_its_authors_fault(kata: Kata, nowhere: Judging) -> None:
    error = NoSuchService("The kata has no service 'typo'.", expected="legacy")

    scenario = verdict(kata, nowhere, error)

    assert (scenario.outcome, scenario.fault) == (Outcome.ERROR, Fault.KATA)
    assert scenario.error is not None
    assert scenario.error.happened == "The kata has no service 'typo'."


def test_the_first_phase_that_failed_decides(kata: Kata, nowhere: Judging) -> None:
    first, second = (PromiseBroken(text, "", "", "", []) for text in ("first", "second"))

    assert verdict(kata, nowhere, None, first, second).message == "first"
    assert verdict(kata, nowhere, None, None, second).message == "second"


# ---- evidence ------------------------------------------------------------------------------------


def printing(event):
    yield log("looking at " + event["Records"][0]["body"])
    raise Raised("KeyError", "'price'")


def test_a_failure_comes_with_story_logs_cause_and_digest(kata: Kata, build: Build) -> None:
    small = build(work=printing, submit=submit)
    judging = Judging(small.setting, 1, worlds=[small.world])
    small.world.queue("Orders").send('{"id": "o-7"}')
    small.run(small.world.settle())

    failed = verdict(kata, judging, None, PromiseBroken("Order o-7 is lost.", "", "", "Not retried.", ["o-7"]))

    assert failed.story[0].text.startswith("Orders  message")
    assert [text.text for text in failed.logs] == ['looking at {"id": "o-7"}'] * 3
    assert failed.diagnosis == "Work failed: KeyError: 'price' (src/app.py:3), 3 times. Not retried."
    assert failed.digest == small.world.trace.digest()
    assert failed.virtual_ms == small.world.trace.records[-1].at_ms


def test_strikes_are_listed_once_each(kata: Kata, build: Build) -> None:
    small = build(work=work, submit=submit)
    judging = Judging(small.setting, 1, worlds=[small.world])
    small.world.inject(PoisonMessage(queue="Failed"))
    small.world.inject(PoisonMessage(queue="Failed"))

    told = "poison_message: a message that nobody can read in Failed, at 0 ms, 2 times"
    assert verdict(kata, judging, None).faults == (told,)


def test_faults_of_all_worlds_are_named_in_the_order_of_the_catalogue_and_those_that_struck(
    kata: Kata, build: Build
) -> None:
    first, second = build(work=work, submit=submit), build(work=work, submit=submit)
    judging = Judging(first.setting, 1, worlds=[first.world, second.world])
    first.world.inject(LostReply(service="cms", times=1))
    first.world.inject(PoisonMessage(queue="Failed"))
    second.world.inject(DuplicateDelivery(queue="Orders", times=1))
    second.world.inject(PoisonMessage(queue="Failed"))

    told = verdict(kata, judging, None)

    assert told.injected == ("duplicate_delivery", "poison_message", "reply_lost")
    assert told.struck == ("poison_message",)
