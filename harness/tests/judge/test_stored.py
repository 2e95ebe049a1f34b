"""Plans that were found are judged again with the submission, and count for nothing in its score."""

from pathlib import Path
from typing import Any

import msgspec

from harness.faults.downstream import DownstreamFails
from harness.faults.plan import FaultPlan
from harness.judge.explore.found import FOUND_FOLDER, FoundPlan, keep
from harness.judge.verdict import Verdict
from harness.tests.judge.test_neighbour import door
from harness.tests.judge.test_session import Judged, outcomes

FOUND = FoundPlan(
    kata="42_doors",
    scenario="test_door_opens",
    promise="P1",
    message="The door stayed shut.",
    plan=FaultPlan(seed=7, faults=(DownstreamFails(service="lock", ends=("503",)),)),
    submission_digest="00",
    digest="5a5a5a5a5a5a5a5a",
    harness="1",
)
KEPT = "test_door_opens[p1-downstream-fails-5a5a5a]"


def judged(home: Path, *plans: FoundPlan, files: dict[str, str] | None = None, **more: Any) -> Verdict:
    """The verdict on a door that a broken lock keeps shut, with these plans beside it."""
    for plan in plans:
        keep(plan, home / "mine" / FOUND_FOLDER)
    for name, text in (files or {}).items():
        (home / "mine" / FOUND_FOLDER / name).write_text(text)
    return Judged(home)(door, stored=True, **more)


def test_a_plan_that_still_breaks_the_promise_fails_the_submission_and_costs_no_points(tmp_path: Path) -> None:
    verdict = judged(tmp_path, FOUND)

    assert outcomes(verdict)[KEPT] == "failed"
    assert (verdict.outcome, verdict.score, verdict.max_score) == ("failed", 10, 10)
    last = verdict.scenarios[-1]
    assert (last.title, last.message) == ("door opens (downstream_fails)", "The door stayed shut.")
    assert last.plan.endswith("found/p1-downstream-fails-5a5a5a.plan.json")


def test_a_plan_that_breaks_nothing_any_more_passes(tmp_path: Path) -> None:
    verdict = judged(tmp_path, msgspec.structs.replace(FOUND, plan=FaultPlan(seed=3)))

    assert outcomes(verdict)["test_door_opens[p1-no-fault-5a5a5a]"] == "passed"
    assert verdict.outcome == "passed"


def test_only_plans_of_the_scenarios_asked_for_are_judged(tmp_path: Path) -> None:
    verdict = judged(tmp_path, FOUND, only=("test_door_opens_twice",))

    assert list(outcomes(verdict)) == ["test_door_opens_twice"]


def test_a_file_that_is_no_plan_of_this_kata_is_named_and_left_out(tmp_path: Path) -> None:
    other = msgspec.structs.replace(FOUND, kata="07_queue_load_leveling")
    verdict = judged(tmp_path, other, files={"broken.plan.json": "{"})

    assert verdict.outcome == "passed"
    assert len(verdict.scenarios) == 3
    assert [warning.partition(":")[0] for warning in verdict.warnings] == [
        "found/broken.plan.json is left out. This is not JSON",
        "found/p1-downstream-fails-5a5a5a.plan.json is left out",
    ]
