"""`kata test --junit`, `--badge` and `--map`: what is written and shown, and what is refused before judging."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from harness.cli.judges import Judges
from harness.judge.run import Job
from harness.judge.verdict import Scenario, Verdict
from harness.tests.cli.conftest import Kata
from harness.tests.fake_kata import fake_judge, fake_judge_each

Solution = Callable[[str], Path]

BROKEN = "test_door_opens_twice: It jammed. | Nobody oiled it.\n"
SHOWN = "Faults survived: 1 of 2."


def judge(job: Job, *, on_scenario: Callable[[Scenario], None]) -> Verdict:
    """The fake judge, with a fault that struck in each of two scenarios."""
    verdict = fake_judge(job, on_scenario=on_scenario)
    faults = {"test_door_opens": ("reply_lost",), "test_door_opens_twice": ("duplicate_delivery",)}
    scenarios = tuple(
        msgspec.structs.replace(one, injected=faults.get(one.name, ()), struck=faults.get(one.name, ()))
        for one in verdict.scenarios
    )
    return msgspec.structs.replace(verdict, scenarios=scenarios)


JUDGES = Judges(judge, fake_judge_each)


def test_reports_are_written_and_their_places_are_said_last(kata: Kata, solution: Solution, home: Path) -> None:
    solution(BROKEN)
    ended = kata("test", "42", "--junit", "out/report.xml", "--badge", "faults.svg", judges=JUDGES)

    assert ended.code == 1
    assert ended.out.endswith("then kata test 42\nJUnit report: out/report.xml\nBadge: faults.svg\n")
    report = ElementTree.parse(home / "out" / "report.xml").getroot()
    assert [one.get("message") for one in report.iter("failure")] == ["It jammed."]
    assert f"Doors: {SHOWN} Seed 1." in (home / "faults.svg").read_text("utf-8")


def test_with_json_their_places_are_progress(kata: Kata, solution: Solution) -> None:
    solution("")
    without, ended = kata("test", "42", "--json"), kata("test", "42", "--json", "--junit", "report.xml")

    assert ended.out == without.out
    assert ended.err == "JUnit report: report.xml\n"


def test_the_map_stands_between_the_scenarios_and_the_failure(kata: Kata, solution: Solution) -> None:
    solution(BROKEN)
    ended = kata("test", "42", "--map", judges=JUDGES)

    places = [ended.out.index(text) for text in ("wrong key is refused", SHOWN, "duplicate_delivery", "P1 is broken")]
    assert places == sorted(places)


def test_without_the_option_there_is_no_map(kata: Kata, solution: Solution) -> None:
    solution(BROKEN)

    assert "Faults survived" not in kata("test", "42", judges=JUDGES).out


def test_what_cannot_be_judged_is_an_error_in_the_report(kata: Kata, solution: Solution, home: Path) -> None:
    solution("cannot be judged")
    ended = kata("test", "42", "--junit", "report.xml", "--badge", "faults.svg")

    assert ended.code == 1
    (error,) = ElementTree.parse(home / "report.xml").getroot().iter("error")
    assert (error.get("type"), error.get("message")) == ("submission error", "No function has a handler.")
    assert ">not judged</text>" in (home / "faults.svg").read_text("utf-8")


def test_what_this_command_has_written_is_written_anew(kata: Kata, solution: Solution, home: Path) -> None:
    solution(BROKEN)
    kata("test", "42", "--junit", "report.xml", "--badge", "faults.svg", judges=JUDGES)
    solution("")
    ended = kata("test", "42", "--junit", "report.xml", "--badge", "faults.svg", judges=JUDGES)

    assert ended.code == 0
    assert ElementTree.parse(home / "report.xml").getroot().get("failures") == "0"
    assert ">2/2</text>" in (home / "faults.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("option", "name", "kind", "short"),
    [("--junit", "report.xml", "JUnit report", "report"), ("--badge", "faults.svg", "badge", "badge")],
)
def test_a_file_of_somebody_else_is_refused_before_anything_is_judged(
    kata: Kata, solution: Solution, home: Path, option: str, name: str, kind: str, short: str
) -> None:
    solution("")
    (home / name).write_text("mine")
    ended = kata("test", "42", option, name)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"{name} is there and is no {kind}, so it is not overwritten.\n"
        f"  Expected: a new file, or a {short} that this command has written\n"
        f"  Try:      another name after {option}, or remove that file\n"
    )
    assert (home / name).read_text() == "mine"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--junit=template.yaml", "--junit=template.yaml is no XML file.\n  Expected: a name that ends in .xml\n"),
        ("--badge=faults.png", "--badge=faults.png is no SVG file.\n  Expected: a name that ends in .svg\n"),
    ],
)
def test_a_name_of_another_kind_is_refused(kata: Kata, solution: Solution, option: str, words: str) -> None:
    solution("")

    assert kata("test", "42", option).err.endswith(words)


def test_a_pipe_is_no_report(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    (home / "report.xml").symlink_to("/dev/zero")

    assert "report.xml is there and is no JUnit report" in kata("test", "42", "--junit", "report.xml").err


def test_a_badge_of_one_scenario_is_refused(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    ended = kata("test", "42", "--only", "twice", "--badge", "faults.svg")

    assert (ended.code, ended.out) == (2, "")
    assert "A badge is about the whole kata.\n  Expected: --badge without --only\n" in ended.err
    assert list(home.glob("*.svg")) == []
