"""Verdicts that were stored stay readable, and the exported schema is true of them.

`verdicts/` holds an example of each version, as it was written then. The first of version 1 is older
than the keys `injected`, `struck`, `neighbour` and `likely`, and than the outcome "not reached".
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from harness.judge.verdict import Fault, Outcome, StoryLine, Verdict, exit_code
from harness.report.survival import survival_of

STORED = Path(__file__).parent / "verdicts"
SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "reference" / "verdict.schema.json"


def stored(name: str) -> bytes:
    return (STORED / f"{name}.json").read_bytes()


def read(name: str) -> Verdict:
    return msgspec.json.decode(stored(name), type=Verdict)


def is_within(stored: Any, read: Any) -> bool:
    """Whether nothing of what was stored is lost; what was added since may be there too."""
    if isinstance(stored, dict):
        return all(key in read and is_within(value, read[key]) for key, value in stored.items())
    if isinstance(stored, list):
        return len(stored) == len(read) and all(map(is_within, stored, read))
    return bool(stored == read)


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_first_verdict_of_version_1_is_read_with_defaults_for_what_it_did_not_know() -> None:
    verdict = read("verdict-1-first")

    assert [one.outcome for one in verdict.scenarios] == [
        *(Outcome.PASSED, Outcome.PASSED, Outcome.FAILED),
        *(Outcome.BLOCKED, Outcome.ERROR),
    ]
    failed = verdict.scenarios[2]
    assert failed.story[0] == StoryLine(at_ms=0, text="client        POST /articles")
    assert (failed.injected, failed.struck, failed.neighbour, verdict.likely) == ((), (), None, None)
    assert (verdict.fault, exit_code(verdict)) == (Fault.SUBMISSION, 1)
    assert survival_of(verdict).faults == ()


def test_a_verdict_of_version_1_is_read_whole() -> None:
    verdict = read("verdict-1")

    assert is_within(json.loads(stored("verdict-1")), json.loads(msgspec.json.encode(verdict)))
    assert {one.outcome for one in verdict.scenarios} == set(Outcome)


def test_a_key_that_nobody_knows_is_ignored() -> None:
    later = json.loads(stored("verdict-1")) | {"added_later": {"a": 1}}

    assert msgspec.json.decode(json.dumps(later), type=Verdict) == read("verdict-1")


def test_another_version_is_not_taken_for_this_one() -> None:
    other = stored("verdict-1").replace(b"verdict/1", b"verdict/2")

    with pytest.raises(msgspec.ValidationError, match=r"Invalid enum value 'serverless-katas/verdict/2'"):
        msgspec.json.decode(other, type=Verdict)


@pytest.mark.parametrize("name", ["verdict-1-first", "verdict-1"])
def test_the_exported_schema_is_true_of_stored_verdicts(schema: Any, name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(stored(name)), schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("outcome", "nearly", "'nearly' is not one of"),
        ("score", "80", "'80' is not of type 'integer'"),
        ("schema", "serverless-katas/verdict/2", "is not one of"),
        ("scenarios", [{"name": "test_x"}], "is a required property"),
    ],
)
def test_the_exported_schema_refuses_what_is_no_verdict(schema: Any, key: str, value: object, words: str) -> None:
    wrong = json.loads(stored("verdict-1")) | {key: value}

    with pytest.raises(jsonschema.ValidationError, match=words):
        jsonschema.validate(wrong, schema, cls=jsonschema.Draft202012Validator)
