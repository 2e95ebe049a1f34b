"""The verdict's format, read from the types that hold it."""

import json
from typing import Any

import msgspec
from pieces import attributes, code, collapsed, fence, story, table

from harness.judge import verdict
from harness.judge.verdict import Explanation, LogText, Promise, Scenario, StoryLine, Verdict

_RECORDS = (Verdict, Promise, Scenario, StoryLine, LogText, Explanation)


def schema() -> str:
    """The JSON Schema of what `kata test --json` prints."""
    found = msgspec.json.schema(Verdict)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": verdict.SCHEMA, **found}
    return json.dumps(whole, indent=2) + "\n"


def timeline_schema() -> str:
    """The JSON Schema of a timeline."""
    from harness.judge.timeline.model import json_schema

    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **json_schema()}, indent=2) + "\n"


def schema_block() -> str:
    """The same on a page, closed until it is wanted."""
    return collapsed("note", "The whole JSON Schema", fence("json", schema()))


def tables() -> str:
    """A table for each kind of record."""
    definitions = msgspec.json.schema(Verdict)["$defs"]
    return "\n".join(_record(cls, definitions[cls.__name__]) for cls in _RECORDS)


def _record(cls: type, definition: dict[str, Any]) -> str:
    meaning = attributes(cls)
    names = {field.encode_name: field.name for field in msgspec.structs.fields(cls)}  # type: ignore[arg-type]
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
