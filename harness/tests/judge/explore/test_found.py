"""A stored plan: what is written is read back, and what is no plan is refused with the reason."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ExplainedError
from harness.faults.delivery import DuplicateDelivery
from harness.faults.plan import FaultPlan
from harness.judge.explore.found import (
    FoundPlan,
    PlanNotKept,
    PlanOfAnotherKind,
    PlanUnreadable,
    PlanWrong,
    keep,
    load_found,
)

FOUND = FoundPlan(
    kata="42_doors",
    scenario="test_door_opens",
    promise="P1",
    message="Door d-7 opened twice.",
    plan=FaultPlan(seed=3, faults=(DuplicateDelivery(queue="DoorQueue", after_ms=(90,), times=1),)),
    jitter_ms=(0, 120),
    submission_digest="feedbeef",
    digest="0123456789abcdef",
    harness="0.1.0",
)


def wrong(path: Path, kind: type[ExplainedError]) -> ExplainedError:
    with pytest.raises(kind) as caught:
        load_found(path)
    assert caught.value.exit_code == 2
    assert caught.value.file == str(path)
    return caught.value


def changed(path: Path, **more: Any) -> Path:
    content = json.loads(keep(FOUND, path).read_text())
    file = path / "changed.json"
    file.write_text(json.dumps({**content, **more}))
    return file


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = keep(FOUND, tmp_path / "found")

    assert path.name == "p1-duplicate-delivery-012345.plan.json"
    assert load_found(path) == FOUND


def test_a_plan_prints_a_line_for_each_thing_that_happens() -> None:
    assert FOUND.candidate.lines() == [
        "seed 3",
        "duplicate_delivery times=1 queue=DoorQueue after_ms=(90,)",
        "request 2 comes 120 ms late",
    ]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    error = wrong(tmp_path / "none.plan.json", PlanUnreadable)
    assert error.happened == "The plan cannot be read: No such file or directory."


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    assert "Is a directory" in wrong(tmp_path, PlanUnreadable).happened


@pytest.mark.parametrize("content", [b"", b"not json", b"\xff\xfe", b'{"schema": '])
def test_what_is_not_json_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.plan.json"
    path.write_bytes(content)
    assert wrong(path, PlanOfAnotherKind).happened.startswith("This is not JSON: ")


def test_a_plan_of_another_version_is_told(tmp_path: Path) -> None:
    error = wrong(changed(tmp_path, schema="serverless-katas/found-plan/9"), PlanOfAnotherKind)
    assert error.got == '"schema": "serverless-katas/found-plan/9"'


@pytest.mark.parametrize("content", ["[]", "7", "{}"])
def test_json_that_is_no_plan_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.plan.json"
    path.write_text(content)
    assert wrong(path, PlanOfAnotherKind).got == "no schema"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"plan": {"seed": 1, "faults": [{"fault": "earthquake"}]}}, "Invalid value 'earthquake'"),
        ({"plan": {"faults": []}}, "missing required field `seed`"),
        ({"plan": {"seed": 1, "faults": [{"fault": "poison_message"}]}}, "missing required field `queue`"),
        ({"jitter_ms": [-1]}, "Expected `int` >= 0"),
        ({"scenario": 7}, "Expected `str`, got `int`"),
    ],
)
def test_a_plan_that_says_what_means_nothing_is_told(tmp_path: Path, more: dict[str, Any], reason: str) -> None:
    assert reason in wrong(changed(tmp_path, **more), PlanWrong).happened


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "found").write_text("a file")

    with pytest.raises(PlanNotKept, match="The plan cannot be kept in ") as caught:
        keep(FOUND, tmp_path / "found")

    assert caught.value.try_ == "another folder after --to"
    assert os.listdir(tmp_path) == ["found"]
