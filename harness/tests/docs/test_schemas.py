"""The JSON Schemas in docs/reference are those of the code."""

from pathlib import Path

import pytest
import verdicts


@pytest.mark.parametrize("name", sorted(verdicts.schemas()))
def test_a_stored_schema_is_that_of_the_code(name: str, root: Path) -> None:
    again = ".venv/bin/python docs/_generate/verdicts.py, and look at the difference"

    assert (root / "docs" / "reference" / name).read_text(encoding="utf-8") == verdicts.schemas()[name], again


def test_every_key_of_a_verdict_is_explained() -> None:
    unexplained = [row for row in verdicts.tables().splitlines() if row.startswith("| `") and row.endswith("|  |")]

    assert unexplained == []


def test_every_outcome_and_every_fault_is_told_apart() -> None:
    assert [row.split(" | ")[0] for row in verdicts.outcomes().splitlines()[2:]] == [
        *("| `passed`", "| `failed`", "| `not reached`", "| `blocked`", "| `error`")
    ]
    assert [row.split(" | ")[0] for row in verdicts.whose_fault().splitlines()[2:]] == [
        *("| `submission`", "| `kata`", "| `harness`")
    ]
