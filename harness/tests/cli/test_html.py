"""`kata test --html`: where the page goes, what is refused, and that nothing else changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.cli.judges import Judges
from harness.judge.run import Job
from harness.judge.timeline import Event, Lane, Timeline
from harness.judge.verdict import Scenario, Verdict
from harness.tests.cli.conftest import Kata
from harness.tests.fake_kata import fake_judge, fake_judge_each

Solution = Callable[[str], Path]

BROKEN = "test_door_opens_twice: It jammed. | Nobody oiled it.\n"


def judge(job: Job, *, on_scenario: Callable[[Scenario], None]) -> Verdict:
    """The fake judge, keeping timelines as the real one does."""
    verdict = fake_judge(job, on_scenario=on_scenario)
    for number, scenario in enumerate(verdict.scenarios):
        if job.timelines is None:
            break
        event = Event(id=1, at_us=number, lane=0, kind="request", text=f"knocks for {scenario.name}")
        lanes = (Lane(name="client", kind="client"),)
        timeline = Timeline(
            scenario=scenario.name, seed=1, ends_us=1, lanes=lanes, events=(event,), happened={}, cut_after=400
        )
        (job.timelines / f"{scenario.name}.json").write_bytes(msgspec.json.encode(timeline))
    return verdict


JUDGES = Judges(judge, fake_judge_each)


def data(file: Path) -> dict[str, Any]:
    text = file.read_text(encoding="utf-8").partition('id="data">')[2].partition("</script>")[0]
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_page_is_written_and_its_place_is_said_last(kata: Kata, solution: Solution, home: Path) -> None:
    solution(BROKEN)
    ended = kata("test", "42", "--html", "out.html", judges=JUDGES)

    assert ended.code == 1
    assert ended.out.endswith("Next: mend this, then kata test 42\nTimeline page: out.html\n")
    assert (home / "out.html").is_file()


def test_without_a_file_the_page_has_the_name_of_the_kata(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")

    assert kata("test", "42", "--html", judges=JUDGES).out.endswith("Timeline page: kata-42.html\n")


def test_the_kata_may_follow_the_option(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")

    assert kata("test", "--html", "42", "--seed", "2", judges=JUDGES).code == 0
    assert (home / "kata-42.html").is_file()


def test_what_failed_is_on_the_page(kata: Kata, solution: Solution, home: Path) -> None:
    solution(BROKEN)
    kata("test", "42", "--html", judges=JUDGES)
    found = data(home / "kata-42.html")

    assert [one["name"] for one in found["scenarios"]] == ["test_door_opens_twice"]
    assert found["scenarios"][0]["message"] == "It jammed."
    assert found["scenarios"][0]["again"] == "kata test 42 --only test_door_opens_twice --seed 1"
    assert [one["events"][0]["text"] for one in found["timelines"]] == ["knocks for test_door_opens_twice"]
    assert found["notes"] == ["2 scenarios that passed are not shown."]


def test_of_a_run_that_passes_every_scenario_is_on_the_page(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    kata("test", "42", "--html", judges=JUDGES)

    assert len(data(home / "kata-42.html")["scenarios"]) == 3


def test_one_scenario_alone_is_on_its_page(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    kata("test", "42", "--only", "twice", "--html", judges=JUDGES)

    assert [one["name"] for one in data(home / "kata-42.html")["scenarios"]] == ["test_door_opens_twice"]


def test_json_on_stdout_is_the_same_with_and_without_a_page(kata: Kata, solution: Solution, home: Path) -> None:
    solution(BROKEN)
    without, ended = kata("test", "42", "--json"), kata("test", "42", "--json", "--html", judges=JUDGES)

    assert ended.out == without.out
    assert ended.code == without.code
    assert ended.err == "Timeline page: kata-42.html\n"


def test_without_the_option_no_timelines_are_made(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    jobs: list[Job] = []

    def watched(job: Job, *, on_scenario: Callable[[Scenario], None]) -> Verdict:
        jobs.append(job)
        return judge(job, on_scenario=on_scenario)

    kata("test", "42", judges=Judges(watched, fake_judge_each))
    assert jobs[0].timelines is None
    assert list(home.glob("*.html")) == []


def test_another_file_is_refused_before_anything_is_judged(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    (home / "mine.html").write_text("mine")
    ended = kata("test", "42", "--html", "mine.html", judges=JUDGES)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "mine.html is there and is no timeline page, so it is not overwritten.\n"
        "  Expected: a new file, or a page that this command has written\n"
        "  Try:      another name after --html, or remove that file\n"
    )


def test_a_name_that_is_no_page_is_refused(kata: Kata, solution: Solution) -> None:
    solution("")
    ended = kata("test", "42", "--html=template.yaml", judges=JUDGES)

    assert (ended.code, ended.out) == (2, "")
    assert "--html=template.yaml is no HTML file.\n  Expected: a name that ends in .html\n" in ended.err


def test_what_could_not_be_judged_is_said_on_the_page(kata: Kata, solution: Solution, home: Path) -> None:
    solution("cannot be judged")
    ended = kata("test", "42", "--html", judges=JUDGES)

    assert ended.code == 1
    assert data(home / "kata-42.html")["notes"] == ["Nothing was judged, so there is no timeline."]
    assert '<p class="kv-message">No function has a handler.</p>' in (home / "kata-42.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["new/folder/out.html"])
def test_the_page_may_go_to_another_folder(kata: Kata, solution: Solution, home: Path, name: str) -> None:
    solution("")
    kata("test", "42", "--html", name, judges=JUDGES)

    assert (home / name).is_file()
