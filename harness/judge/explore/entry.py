"""The optional table [explore] of kata.toml: what `kata explore` may do to which scenarios.

```toml
[explore]
scenarios = ["test_a_posted_article_reaches_the_cms"]   # default: the samples
most = 2                           # faults at once
jitter_ms = 200                    # the client's requests come at most so much later; 0: on time
victims = "background"             # or "all": functions behind an API too, whose clients then see errors

[explore.faults]                   # default: DEFAULT_FAULTS; only what a right solution survives
crash_after_call = {k = [1, 12]}
late_commit = {service = "legacy", operation = "POST /articles", hold_ms = [1000, 25_000]}
downstream_slow = {service = ["legacy"], factor = [2, 8], times = "every"}
```

A list of two numbers is a range, a list of texts a choice, anything else is fixed. Where a fault
strikes (its function, its call, service or queue) is drawn from what the undisturbed run shows;
naming it here narrows that down. `skip` is 0 to 4 and `times` 1 unless named; "every" stands for
no limit.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from harness.judge.toml_table import Table

if TYPE_CHECKING:
    from harness.faults.base import Fault

EVERY = "every"

Values = dict[str, "Range | Choice"]


@dataclass(frozen=True)
class Range:
    """Any number from `least` to `most`, both included."""

    least: float
    most: float


@dataclass(frozen=True)
class Choice:
    """One of these; of a single one there is no choice."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class FaultEntry:
    """A fault that may be added, and what of it is drawn from where."""

    fault: "type[Fault]"
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class ExploreEntry:
    """What an exploration may do.

    Attributes:
        scenarios: empty: the samples.
        most: faults at once.
        faults: empty: those of `default_faults`.
    """

    scenarios: tuple[str, ...] = ()
    most: int = 2
    jitter_ms: int = 200
    victims: Literal["background", "all"] = "background"
    faults: tuple[FaultEntry, ...] = ()


def read_explore(top: Table, scenarios: list[str]) -> ExploreEntry:
    """The table [explore], or what holds without one.

    Raises:
        KataWrong: it names a scenario, a fault or a setting that is not there.
    """
    table = top.table("explore", optional=True)
    if not table.content:
        return ExploreEntry()
    named = table.texts("scenarios")
    for name in named:
        if name not in scenarios:
            happened = f"`scenarios` names a scenario that is not there: {name}."
            raise table.wrong(happened, "scenarios", expected="some of " + ", ".join(scenarios))
    faults = table.table("faults", optional=True)
    entry = ExploreEntry(
        scenarios=named,
        most=table.integer("most", least=0) if "most" in table.content else ExploreEntry.most,
        jitter_ms=table.integer("jitter_ms", least=0) if "jitter_ms" in table.content else ExploreEntry.jitter_ms,
        victims=_victims(table),
        faults=tuple(_fault(faults, name) for name in faults.content),
    )
    table.close()
    return entry


def _victims(table: Table) -> Literal["background", "all"]:
    value = table.text("victims") if "victims" in table.content else ExploreEntry.victims
    if value == "all":
        return "all"
    if value == "background":
        return "background"
    expected = 'victims = "background", or "all" for functions behind an API too'
    raise table.wrong(f"There are no victims {value!r}.", "victims", expected=expected)


def _fault(faults: Table, name: str) -> FaultEntry:
    from harness.faults.registry import FAULTS

    if name not in FAULTS:
        raise faults.wrong(f"There is no fault `{name}`.", name, expected="one of " + ", ".join(FAULTS))
    fields = {one.name for one in msgspec.structs.fields(FAULTS[name])}
    values: Values = {}
    for key, value in faults.table(name).content.items():
        if key not in fields:
            happened = f"The fault `{name}` has no setting `{key}`."
            raise faults.wrong(happened, name, expected="some of " + ", ".join(sorted(fields)))
        values[key] = _spread(value)
        if problem := _misfit(FAULTS[name], key, values[key]):
            expected = "a value, a list [least, most] of two numbers, or a list of texts to choose from"
            raise faults.wrong(f"`{key}` of `{name}` does not fit: {problem}.", name, expected=expected)
    return FaultEntry(FAULTS[name], values)


def _spread(value: Any) -> Range | Choice:
    match value:
        case [int() | float() as least, int() | float() as most]:
            return Range(least, most)
        case list():
            return Choice(tuple(value))
    return Choice((value,))


def _misfit(fault: "type[Fault]", key: str, spread: Range | Choice) -> str:
    """Why an end of the range, or a value of the choice, is none that the fault takes; "" if all are."""
    ends = (spread.least, spread.most) if isinstance(spread, Range) else spread.values
    if isinstance(spread, Range) and spread.least > spread.most:
        return "the range ends before it begins"
    required = {one.name: "" for one in msgspec.structs.fields(fault) if one.required}
    try:
        for end in ends:
            msgspec.convert({**required, key: fitting(fault, key, end)}, fault)
    except msgspec.ValidationError as error:
        return str(error)
    return "" if ends else "nothing to choose from"


def fitting(fault: "type[Fault]", key: str, value: Any) -> Any:
    """A drawn value in the shape that the fault's field has: "every" is no limit, one value a tuple of one."""
    kind = {one.name: one.type for one in msgspec.structs.fields(fault)}[key]
    if value == EVERY and key == "times":
        return None
    return (value,) if getattr(kind, "__origin__", None) is tuple and not isinstance(value, tuple) else value
