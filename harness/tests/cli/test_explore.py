"""`kata explore` and `kata replay`, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.cli.judges import Judges
from harness.judge.explore.model import Exploration, Explored, Finding, Tally, Trouble
from harness.judge.run import Job
from harness.judge.verdict import Explanation, Fault
from harness.tests.cli.conftest import Kata
from harness.tests.fake_kata import fake_judge
from harness.tests.judge.explore.test_found import FOUND

Solution = Callable[[str], Path]


class FakeExplore:
    """Finds what it was told to, and remembers what it was asked."""

    def __init__(self, *, findings: int = 0, **more: Any) -> None:
        self.asked: Exploration | None = None
        self._findings, self._more = findings, more

    def __call__(self, exploration: Exploration, *, on_step: Callable[[list[Tally], int], None]) -> Explored:
        self.asked = exploration
        tallies = (Tally("test_door_opens", planned=120, tried=64),)
        on_step(list(tallies), self._findings)
        judged = fake_judge(Job(exploration.kata, exploration.folder, 1, ("test_door_opens",)))
        [scenario] = judged.scenarios
        message = {"message": FOUND.message, "outcome": "failed"}
        found = [
            Finding(
                plan=msgspec.structs.replace(FOUND, digest=f"{number}123456789abcdef"),
                scenario=msgspec.structs.replace(scenario, **message),
            )
            for number in range(self._findings)
        ]
        return Explored(verdict=judged, findings=tuple(found), **{"tallies": tallies, **self._more})


def test_nothing_found_ends_with_0_and_says_how_to_go_on(kata: Kata, solution: Solution) -> None:
    solution("")
    ended = kata("explore", "42", judges=Judges(explore=FakeExplore()))

    assert ended.code == 0
    assert "Nothing found in 64 runs of 1 scenario: no promise broke." in ended.out
    assert "kata explore 42 --seed 2 looks elsewhere" in ended.out


def test_what_was_found_is_told_kept_and_can_be_run_again(kata: Kata, solution: Solution) -> None:
    folder = solution("")
    ended = kata("explore", "42", judges=Judges(explore=FakeExplore(findings=2)))

    assert ended.code == 1
    assert "P1 is broken: The door opens for whoever holds the key." in ended.out
    assert (
        "    duplicate_delivery times=1 queue=DoorQueue after_ms=(90,)\n    request 2 comes 120 ms late\n" in ended.out
    )
    assert "2 ways to break it found in 64 runs of 1 scenario; the plans are kept." in ended.out
    kept = sorted(file.name for file in (folder / "found").iterdir())
    assert kept == ["p1-duplicate-delivery-012345.plan.json", "p1-duplicate-delivery-112345.plan.json"]
    assert f"kata replay workspace/42_doors/found/{kept[0]}" in ended.out


def test_plans_go_where_they_are_told_to(kata: Kata, solution: Solution, tmp_path: Path) -> None:
    folder = solution("")
    kata("explore", "42", "--to", "elsewhere", judges=Judges(explore=FakeExplore(findings=1)))

    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == ["p1-duplicate-delivery-012345.plan.json"]
    assert not (folder / "found").exists()


@pytest.mark.parametrize(("budget", "seconds"), [("30s", 30), ("5m", 300), ("2h", 7200), ("45", 45)])
def test_a_budget_is_a_time(kata: Kata, solution: Solution, budget: str, seconds: int) -> None:
    solution("")
    explore = FakeExplore()
    kata("explore", "42", "--budget", budget, "--seed", "9", "--only", "twice", judges=Judges(explore=explore))

    assert explore.asked
    assert (explore.asked.budget_s, explore.asked.chance) == (seconds, 9)
    assert explore.asked.scenarios == ("test_door_opens_twice",)


@pytest.mark.parametrize("budget", ["", "0s", "-3s", "soon", "1.5m", "99h"])
def test_a_budget_that_is_none_is_refused(kata: Kata, solution: Solution, budget: str) -> None:
    solution("")
    ended = kata("explore", "42", "--budget", budget)

    assert ended.code == 2
    assert f"{budget!r} is no budget." in ended.err


def test_without_a_submission_there_is_nothing_to_explore(kata: Kata) -> None:
    ended = kata("explore", "42")
    assert ended.code == 2
    assert "There is nothing at workspace/42_doors." in ended.err
    assert "kata start 42" in ended.err


def test_what_fails_by_itself_is_told_first(kata: Kata, solution: Solution) -> None:
    solution("test_door_opens: The door stayed shut. | Nobody turned the key.")
    ended = kata("explore", "42", judges=Judges(explore=FakeExplore(tallies=())))

    assert ended.code == 1
    assert "This fails already without any fault" in ended.out
    assert "Mend it first:  kata test 42" in ended.out


def test_a_plan_that_cannot_be_judged_ends_with_3(kata: Kata, solution: Solution) -> None:
    solution("")
    trouble = Trouble("test_door_opens", Fault.HARNESS, Explanation(happened="The disk is full."), ("seed 3",))
    ended = kata("explore", "42", judges=Judges(explore=FakeExplore(troubles=(trouble,))))

    assert ended.code == 3
    assert "1 plan could not be judged. This is a fault of the harness" in ended.out
    assert "The disk is full." in ended.out


def test_ctrl_c_tells_what_had_been_found(kata: Kata, solution: Solution) -> None:
    folder = solution("")
    ended = kata("explore", "42", judges=Judges(explore=FakeExplore(findings=1, interrupted=True)))

    assert ended.code == 130
    assert "Interrupted: this is what had been found by then." in ended.out
    assert len(list((folder / "found").iterdir())) == 1


def test_a_search_that_the_clock_ended_says_so(kata: Kata, solution: Solution) -> None:
    solution("")
    cut = (Tally("test_door_opens", planned=120, tried=64, is_cut_short=True),)
    ended = kata("explore", "42", judges=Judges(explore=FakeExplore(tallies=cut)))

    assert "The clock ended the search of 1 scenario early (64 runs, 120 plans to try)" in ended.out


def test_an_exploration_as_json(kata: Kata, solution: Solution) -> None:
    solution("")
    told = json.loads(kata("explore", "42", "--json", judges=Judges(explore=FakeExplore(findings=1))).out)

    assert (told["schema"], told["runs"], told["seed"]) == ("serverless-katas/exploration/1", 64, 1)
    [finding] = told["findings"]
    assert msgspec.json.decode(Path(finding["file"]).read_bytes()) == finding["plan"]


def kept(kata: Kata, solution: Solution, fails: str) -> str:
    folder = solution(fails)
    kata("explore", "42", judges=Judges(explore=FakeExplore(findings=1)))
    [file] = (folder / "found").iterdir()
    return str(file)


def test_a_plan_that_passes_now_ends_with_0(kata: Kata, solution: Solution) -> None:
    ended = kata("replay", kept(kata, solution, ""))

    assert ended.code == 0
    assert "It passes now.\nThe submission has changed since.\n" in ended.out
    assert "This fault of the plan had nothing to strike: duplicate_delivery" in ended.out


def test_a_plan_that_still_fails_ends_with_1_and_tells_the_failure(kata: Kata, solution: Solution) -> None:
    file = kept(kata, solution, "test_door_opens: Door d-9 opened twice. | Nobody shut it.")
    ended = kata("replay", file)

    assert ended.code == 1
    assert "It still fails, in the same run to the byte." in ended.out
    assert "Likely mistake: Nobody shut it." in ended.out


def test_several_plans_end_with_the_worst_of_their_codes(kata: Kata, solution: Solution, tmp_path: Path) -> None:
    file = kept(kata, solution, "")
    other = tmp_path / "other"
    other.mkdir()
    (other / "template.yaml").write_text("the judge dies")

    assert kata("replay", file, file).code == 0
    assert kata("replay", file, "--path", str(other)).code == 3


def test_a_wrong_file_ends_with_2(kata: Kata, home: Path) -> None:
    (home / "x.plan.json").write_text("not json")
    ended = kata("replay", "x.plan.json")

    assert ended.code == 2
    assert ended.err.startswith("x.plan.json: This is not JSON: ")


def test_a_plan_of_a_kata_that_is_not_there_ends_with_2(kata: Kata, solution: Solution) -> None:
    file = Path(kept(kata, solution, ""))
    file.write_text(file.read_text().replace("42_doors", "43_windows"))

    assert kata("replay", str(file)).code == 2


def test_replays_as_json(kata: Kata, solution: Solution) -> None:
    file = kept(kata, solution, "")
    told = json.loads(kata("replay", file, "--json").out)

    assert told["schema"] == "serverless-katas/replays/1"
    assert [(one["ending"], one["file"]) for one in told["replays"]] == [("passes", file)]
