"""The formats of verdicts and timelines, read from the types that hold them.

    python docs/_generate/verdicts.py   writes the JSON Schemas into docs/reference/

A test compares the files, so that a change of a format is seen in review.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from pieces import attributes, code, collapsed, fence, story, table

from harness.judge import verdict
from harness.judge.verdict import (
    Explanation,
    Fault,
    LikelyMistake,
    LogText,
    Neighbour,
    Outcome,
    Promise,
    Scenario,
    StoryLine,
    Verdict,
)

REFERENCE = Path(__file__).resolve().parents[1] / "reference"

_RECORDS = (Verdict, Promise, Scenario, StoryLine, LogText, Neighbour, LikelyMistake, Explanation)


def schema() -> str:
    """The JSON Schema of what `kata test --json` prints."""
    found = {"title": verdict.SCHEMA, **msgspec.json.schema(Verdict)}
    return _written(found, (*_RECORDS, Outcome, Fault))


def timeline_schema() -> str:
    """The JSON Schema of a timeline."""
    from harness.judge.timeline.model import Event, Lane, Timeline, json_schema

    return _written(json_schema(), (Timeline, Lane, Event))


def _written(found: dict[str, Any], records: tuple[type, ...]) -> str:
    """The schema as text; what docstrings say of a record and of its keys stands where a schema has it."""
    for cls in records:
        definition = found["$defs"][cls.__name__]
        definition["description"] = story(cls)
        meaning = attributes(cls)
        for key, value in definition.get("properties", {}).items():
            if said := meaning.get(key):
                value["description"] = said
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **found}, indent=2) + "\n"


def schemas() -> dict[str, str]:
    """Every schema by the name of its file."""
    return {"verdict.schema.json": schema(), "timeline.schema.json": timeline_schema()}


def outcomes() -> str:
    """How a scenario may end."""
    return _members(Outcome, "outcome")


def whose_fault() -> str:
    """Whose fault it may be that nothing could be judged."""
    return _members(Fault, "fault")


def _members(kind: type[StrEnum], title: str) -> str:
    meaning = attributes(kind)
    return table([title, "means"], [[code(member.value), meaning[member.name]] for member in kind])


def schema_block() -> str:
    """The same on a page, closed until it is wanted."""
    return collapsed("note", "The whole JSON Schema", fence("json", schema()))


def tables() -> str:
    """A table for each kind of record."""
    definitions = msgspec.json.schema(Verdict)["$defs"]
    return "\n".join(_record(cls, definitions[cls.__name__]) for cls in _RECORDS)


def _record(cls: type, definition: dict[str, Any]) -> str:
    meaning = attributes(cls)
    names = {field.encode_name: field.name for field in msgspec.structs.fields(cls)}
    rows = [
        [code(key), _type(value), meaning.get(names[key], meaning.get(key, ""))]
        for key, value in definition["properties"].items()
    ]
    return f"### {cls.__name__}\n\n{story(cls)}\n\n" + table(["key", "type", "meaning"], rows)


def _type(value: dict[str, Any]) -> str:
    if "anyOf" in value:
        return " or ".join(_type(one) for one in value["anyOf"])
    if "enum" in value or "const" in value:
        return ", ".join(code(json.dumps(one)) for one in value.get("enum", [value.get("const")]))
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name.lower()}](#outcomes)" if name in ("Outcome", "Fault") else f"[{name}](#{name.lower()})"
    if value.get("type") == "array":
        return f"list of {_type(value['items'])}"
    return str(value.get("type", "any"))


if __name__ == "__main__":
    for name, text in schemas().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
