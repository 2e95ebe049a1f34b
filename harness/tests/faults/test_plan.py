"""A fault plan: data that prints a line each, goes into a file and comes back."""

from pathlib import Path

import msgspec
import pytest

from harness.errors import ExplainedError
from harness.faults.delivery import DuplicateDelivery
from harness.faults.environment import CrashAfterCall
from harness.faults.plan import BadFaultPlan, FaultPlan, describe, load_plan
from harness.faults.registry import FAULTS

PLAN = FaultPlan(
    seed=7,
    faults=(
        CrashAfterCall(k=3, functions=("Feed",), times=1),
        DuplicateDelivery(queue="IngestQueue", after_ms=(20, 9000), from_ms=500),
    ),
)


def test_a_plan_prints_a_line_for_each_fault_with_what_differs_from_the_default() -> None:
    assert PLAN.lines() == [
        "crash_after_call times=1 k=3 functions=('Feed',)",
        "duplicate_delivery from_ms=500 queue=IngestQueue after_ms=(20, 9000)",
    ]


def test_a_fault_with_every_default_prints_its_name() -> None:
    assert describe(CrashAfterCall()) == "crash_after_call"


def test_a_plan_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(PLAN.to_json())

    assert load_plan(file) == PLAN


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_fault_comes_back_from_a_file(tmp_path: Path, name: str) -> None:
    needed = {field.name: "Q" for field in msgspec.structs.fields(FAULTS[name]) if field.required}
    plan = FaultPlan(seed=1, faults=(FAULTS[name](times=2, **needed),))  # type: ignore[arg-type]
    file = tmp_path / "plan.json"
    file.write_bytes(plan.to_json())

    assert load_plan(file) == plan


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"{", "Input data was truncated"),
        (b"\xff\xfe", "(?s)."),
        (b'{"faults": []}', "missing required field `seed`"),
        (b'{"seed": 1, "faults": [{"fault": "lightning"}]}', "Invalid value 'lightning' - at `.*fault`"),
        (b'{"seed": 1, "faults": [{"fault": "poison_message"}]}', "missing required field `queue`"),
        (b'{"seed": 1, "faults": [{"fault": "throttled_call", "times": "often"}]}', "Expected `int | null`, got `str`"),
    ],
)
def test_a_file_that_is_no_plan_says_where_it_differs(tmp_path: Path, content: bytes, got: str) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)

    with pytest.raises(BadFaultPlan, match="The fault plan cannot be read") as caught:
        load_plan(file)

    assert isinstance(caught.value, ExplainedError)
    assert caught.value.file == str(file)
    assert caught.value.expected
    with pytest.raises(BadFaultPlan, match=got):
        load_plan(file)


def test_a_missing_file_is_a_bad_plan_too(tmp_path: Path) -> None:
    with pytest.raises(BadFaultPlan, match="No such file"):
        load_plan(tmp_path / "nowhere.json")
