"""What a target gets of an event: all of it, a part, something else, or a text made of parts.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json
import re
from typing import Any

from harness.cloud.engines.events.errors import EventsError, invalid
from harness.cloud.engines.events.requests import Target
from harness.cloud.operations import is_json

Event = dict[str, Any]

ABSENT: Any = object()
"""What a path leads to that leads nowhere."""

_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\[([0-9]{1,6}|\*)\]")
_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.-]+)>")


def as_json(value: Any) -> str:
    """JSON as EventBridge writes it: compact, letters as they are (half a surrogate pair stays escaped)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() or _is_text(text) else json.dumps(value, separators=(",", ":"))


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_path(path: str) -> list[str | int]:
    """The steps of a JSON path: $.detail.items[0].name.

    Raises:
        EventsError: it is none.
    """
    if not path.startswith("$"):
        raise invalid("Invalid JSON path: it must begin with $")
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise invalid(f"Invalid JSON path: {path}")
        index = match[3]
        steps.append(match[1] or match[2] or (int(index) if index != "*" else "*"))
        position = match.end()
    return steps


def at_path(path: str, event: Any) -> Any:
    """The value at a path; `ABSENT` where there is none."""
    value = event
    for step in read_path(path):
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else ABSENT
        elif not isinstance(value, list):
            value = value.get(step, ABSENT) if isinstance(value, dict) else ABSENT
        elif step != "*":
            return ABSENT
    return value


def text_at(path: str, event: Event) -> str:
    """The value at a path as text; "" where there is none."""
    value = at_path(path, event)
    return "" if value is ABSENT else value if isinstance(value, str) else as_json(value)


def check_input(target: Target) -> None:
    """Refuses what EventBridge refuses of a target's input.

    Raises:
        EventsError: more than one of the three, or a path that is none.
    """
    given = [each for each in (target.input, target.input_path, target.input_transformer) if each is not None]
    if len(given) > 1:
        raise invalid(f"Only one of Input, InputPath, or InputTransformer must be provided for target {target.id}.")
    if target.input is not None and not is_json(target.input):
        raise invalid(f"JSON syntax error in input for target {target.id}")
    paths = [target.input_path] if target.input_path is not None else []
    if target.input_transformer:
        paths += target.input_transformer.input_paths_map.values()
    for path in paths:
        try:
            read_path(path)
        except EventsError:
            raise invalid(f"Parameter InputPath is not valid for target {target.id}: {path}") from None


def input_of(target: Target, event: Event, *, rule_name: str, rule_arn: str) -> str:
    """What the target gets, as JSON text (or plain text, if a template makes that)."""
    if target.input is not None:
        return target.input
    if target.input_path is not None:
        value = at_path(target.input_path, event)
        return as_json(None if value is ABSENT else value)
    if target.input_transformer is None:
        return as_json(event)
    transformer = target.input_transformer
    values = {name: at_path(path, event) for name, path in transformer.input_paths_map.items()}
    values |= _predefined(event, rule_name, rule_arn)
    return fill(transformer.input_template, values)


def _predefined(event: Event, rule_name: str, rule_arn: str) -> dict[str, Any]:
    return {
        "aws.events.rule-name": rule_name,
        "aws.events.rule-arn": rule_arn,
        "aws.events.event.json": event,
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.ingestion-time": event.get("time", ""),
    }


def fill(template: str, values: dict[str, Any]) -> str:
    """The template with each <name> replaced: inside quotes by text, elsewhere by JSON."""
    parts: list[str] = []
    position = 0
    quoted = False
    for match in _PLACEHOLDER.finditer(template):
        between = template[position : match.start()]
        quoted ^= len(re.findall(r'(?<!\\)"', between)) % 2 == 1
        value = values.get(match[1], ABSENT)
        parts += [between, _inside_quotes(value) if quoted else _as_json(value)]
        position = match.end()
    return "".join([*parts, template[position:]])


def _as_json(value: Any) -> str:
    return '""' if value is ABSENT else as_json(value)


def _inside_quotes(value: Any) -> str:
    """A text as it stands in JSON; an object or list loses its quotes, as AWS has it."""
    if value is ABSENT:
        return ""
    if isinstance(value, str):
        return as_json(value)[1:-1]
    return as_json(value).replace('"', "")
