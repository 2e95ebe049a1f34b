"""Chaff: wrong solutions that a good engineer writes, and the scenarios that must reject them.

Each is a folder solutions/<kata>/chaff/<mistake>/: the files that differ from the
reference, and chaff.toml.

```toml
mistake = "GET, POST if absent, no claim"
why = "passes every sequential test"
fails_gate = false                          # optional: true if even the kata's gate rejects it

[[rejected_by]]
scenario = "test_two_copies_at_the_same_moment_make_one_article"
diagnosis = "Two deliveries looked before either had written."    # text that the diagnosis contains
```
"""

from dataclasses import dataclass
from pathlib import Path

from harness.judge.kata import Kata
from harness.judge.scenarios import scenario_names
from harness.judge.toml_table import Table, read_toml


@dataclass(frozen=True)
class Rejection:
    """A scenario that must fail, and text that its diagnosis must contain."""

    scenario: str
    diagnosis: str


@dataclass(frozen=True)
class Chaff:
    """A wrong solution.

    Attributes:
        mistake: what is wrong in it.
        why: why a good engineer writes it.
        fails_gate: even the kata's gate rejects it, so its mistake needs no subtle test.
    """

    name: str
    folder: Path
    mistake: str
    why: str
    rejected_by: tuple[Rejection, ...]
    fails_gate: bool = False


def read_all_chaff(kata: Kata) -> list[Chaff]:
    """Every chaff of the kata, by name.

    Raises:
        KataWrong: one of them is not as it must be.
    """
    parent = kata.solutions / "chaff"
    folders = sorted(one for one in parent.iterdir() if _is_shown_folder(one)) if parent.is_dir() else []
    return [read_chaff(folder, kata) for folder in folders]


def read_chaff(folder: Path, kata: Kata) -> Chaff:
    """The chaff in this folder, checked against the kata.

    Raises:
        KataWrong: it names no scenario or one that is not there, or it changes nothing.
    """
    shown_as = f"solutions/{kata.name}/chaff/{folder.name}/chaff.toml"
    top = read_toml(folder / "chaff.toml", shown_as)
    if "rejected_by" not in top.content:
        happened = f"The chaff {folder.name} names no scenario that must reject it."
        raise top.wrong(happened, expected="one or more [[rejected_by]] with scenario and diagnosis")
    chaff = Chaff(
        name=folder.name,
        folder=folder,
        mistake=top.text("mistake"),
        why=top.text("why"),
        rejected_by=tuple(_rejection(table, kata) for table in top.tables("rejected_by")),
        fails_gate=top.flag("fails_gate"),
    )
    top.close()
    if not any(path.is_file() and path.name != "chaff.toml" for path in folder.rglob("*")):
        raise top.wrong(
            f"The chaff {folder.name} changes nothing.", expected="the files that differ from the reference"
        )
    return chaff


def _rejection(table: Table, kata: Kata) -> Rejection:
    rejection = Rejection(scenario=table.text("scenario"), diagnosis=table.text("diagnosis"))
    table.close()
    if rejection.scenario not in scenario_names(kata):
        happened = f"{kata.name} has no scenario {rejection.scenario}."
        raise table.wrong(happened, "scenario", expected="one of " + ", ".join(scenario_names(kata)))
    return rejection


def _is_shown_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "__"))
