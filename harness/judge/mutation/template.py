"""Mutants of a template: what keeps a queue, a worker or a stream safe is taken away or turned down."""

import re
from collections.abc import Callable, Iterator

from harness.judge.mutation.mutant import Change, Mutant, applied, name_of, shown
from harness.judge.mutation.yaml_source import Entry, Template, meaning

DEFAULT_TIMEOUT_S = 3
"""Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html"""

REMOVED = {
    "RedrivePolicy": "remove the redrive policy",
    "DeadLetterQueue": "drop the dead-letter queue",
    "DeadLetterConfig": "drop the dead-letter queue",
    "DestinationConfig": "drop the destination",
    "FunctionResponseTypes": "remove ReportBatchItemFailures",
    "ScalingConfig": "remove the maximum concurrency",
    "ReservedConcurrentExecutions": "remove the reserved concurrency",
    "VisibilityTimeout": "default visibility timeout",
    "Timeout": "default timeout",
    "MaximumBatchingWindowInSeconds": "remove the batch window",
    "BisectBatchOnFunctionError": "remove the bisection",
    "FilterCriteria": "remove the filter",
    "FilterPolicy": "remove the filter",
    "ContentBasedDeduplication": "remove the deduplication",
}
"""Properties that a mutant lacks."""

_CHANGED: dict[str, tuple[str, Callable[[int], int]]] = {
    "maxReceiveCount": ("lower maxReceiveCount", lambda value: 1),
    "MaximumConcurrency": ("raise the concurrency", lambda value: min(1000, 5 * value)),
    "ReservedConcurrentExecutions": ("raise the concurrency", lambda value: 5 * value),
    "ParallelizationFactor": ("raise the concurrency", lambda value: 10),
    "BatchSize": ("raise the batch size", lambda value: 10 if value < 10 else 100),
    "Timeout": ("lower the timeout", lambda value: max(1, value // 4)),
    "MaximumRetryAttempts": ("lower the retries", lambda value: 0),
}
"""Numbers that a mutant has otherwise."""

_SWAPPED = {"TRIM_HORIZON": "LATEST", "LATEST": "TRIM_HORIZON"}


def template_mutants(file: str, content: bytes) -> Iterator[Mutant]:
    """Every mutant of the template, by line; no two of them mean the same, and none the same as the file."""
    template = Template(content)
    seen = {meaning(content)}
    for entry in template.entries:
        for change in _changes(template, entry):
            mutated = applied(content, change.edits)
            meant = meaning(mutated)
            if meant and meant not in seen:
                seen.add(meant)
                yield Mutant(name_of(file, change), file, change.line, change.operator, mutated)


def _changes(template: Template, entry: Entry) -> Iterator[Change]:
    if entry.path[0] not in ("Resources", "Globals") or "Variables" in entry.path[:-1]:
        return
    written = template.written(entry)
    if entry.name in REMOVED:
        operator = REMOVED[entry.name]
        yield Change(operator, entry.line, _named(entry, written), "nothing", (template.removed(entry),))
    number = _number(entry)
    if number is not None and entry.name in _CHANGED:
        operator, changed = _CHANGED[entry.name]
        yield _with(template, entry, operator, str(changed(number)))
    if number is not None and entry.name == "VisibilityTimeout":
        timeout = _consumer_timeout_s(template, entry.path[1])
        yield _with(template, entry, "shorten the visibility timeout", str(min(number, timeout or 1)))
    if entry.name == "StartingPosition" and str(entry.value.value) in _SWAPPED:
        yield _with(template, entry, "another starting position", _SWAPPED[str(entry.value.value)])


def _with(template: Template, entry: Entry, operator: str, value: str) -> Change:
    before = _named(entry, template.written(entry))
    return Change(operator, entry.line, before, f"{entry.name}: {value}", (template.replaced(entry, value),))


def _named(entry: Entry, written: str) -> str:
    """The entry with the resource it belongs to, which tells two queues apart."""
    owner = entry.path[1] if entry.path[0] == "Resources" else entry.path[0]
    return f"{owner} {shown(written)}"


def _number(entry: Entry) -> int | None:
    text = str(entry.value.value)
    return int(text) if text.isdecimal() else None


def _consumer_timeout_s(template: Template, queue: str) -> int | None:
    """Timeout of the slowest function that is fed by the queue: no visibility timeout may be shorter."""
    fed = re.compile(rf"(^|[^\w]){re.escape(queue)}(\.Arn)?$")
    found = []
    for entry in template.entries:
        is_source = entry.name == "Queue" and "Events" in entry.path and entry.path[0] == "Resources"
        if is_source and any(fed.search(text) for text in _texts(entry)):
            own = template.find("Resources", entry.path[1], "Properties", "Timeout")
            common = template.find("Globals", "Function", "Timeout")
            found.append(next((number for one in (own, common) if one and (number := _number(one))), DEFAULT_TIMEOUT_S))
    return max(found, default=None)


def _texts(entry: Entry) -> Iterator[str]:
    waiting = [entry.value]
    while waiting:
        value = waiting.pop().value
        if isinstance(value, str):
            yield value
        else:
            waiting += [node for one in value for node in (one if isinstance(one, tuple) else (one,))]
