"""`kata explore` and `kata replay` with real workers: found, kept, run again to the byte, mended."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.tests.end_to_end.command import as_json, kata
from harness.tests.end_to_end.conftest import copy_home

EXPLORE = ("explore", "01", "--budget", "2s", "--json")

REMEMBERS = """

write_again, written = write, set()


def write(note):
    if note not in written:
        written.add(note)
        write_again(note)
"""


@dataclass(frozen=True)
class Explored:
    """A checkout with the tiny kata's solution, which writes a note for each copy of its message."""

    home: Path
    submission: Path
    told: dict[str, Any]

    @property
    def file(self) -> str:
        """The plan that was found."""
        [finding] = self.told["findings"]
        return str(finding["file"])


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Explored:
    home = copy_home(tmp_path_factory.mktemp("explore") / "home")
    submission = home / "workspace" / "01_notes"
    shutil.copytree(home / "solutions" / "01_notes", submission, ignore=shutil.ignore_patterns("chaff"))
    return Explored(home, submission, as_json(kata(home, *EXPLORE)))


def test_what_no_scenario_finds_is_found_and_shrunk_to_one_fault_under_the_kata_s_own_seed(explored: Explored) -> None:
    [finding] = explored.told["findings"]
    plan = finding["plan"]

    assert explored.told["undisturbed"]["outcome"] == "passed"
    assert (plan["promise"], plan["scenario"], plan["jitter_ms"]) == ("P1", "test_a_note_is_written_once", [])
    assert plan["plan"]["seed"] == 1
    assert [fault["fault"] for fault in plan["plan"]["faults"]] == ["duplicate_delivery"]
    assert Path(explored.file).parent == explored.submission / "found"
    assert json.loads(Path(explored.file).read_text()) == plan


def test_the_same_seed_finds_the_same_in_as_many_runs(explored: Explored) -> None:
    again = as_json(kata(explored.home, *EXPLORE))

    assert [one["plan"] for one in again["findings"]] == [one["plan"] for one in explored.told["findings"]]
    assert again["runs"] == explored.told["runs"]


def test_a_plan_is_replayed_to_the_byte(explored: Explored) -> None:
    replayed = kata(explored.home, "replay", explored.file)

    assert replayed.code == 1
    assert "It still fails, in the same run to the byte. The submission is the same as then." in replayed.screen


def test_a_plan_passes_once_the_solution_is_mended(explored: Explored, tmp_path: Path) -> None:
    mended = shutil.copytree(explored.submission, tmp_path / "mended")
    with (mended / "src" / "write.py").open("a") as source:
        source.write(REMEMBERS)
    template = (mended / "template.yaml").read_text()
    one_at_a_time = "      Handler: write.handler\n      ReservedConcurrentExecutions: 1\n"
    (mended / "template.yaml").write_text(template.replace("      Handler: write.handler\n", one_at_a_time))

    ended = kata(explored.home, "replay", explored.file, "--path", mended, "--json")

    [replayed] = json.loads(ended.out)["replays"]
    assert ended.code == 0
    assert (replayed["ending"], replayed["submission_changed"], replayed["struck_nothing"]) == ("passes", True, [])
