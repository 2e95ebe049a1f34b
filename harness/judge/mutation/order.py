"""In which order scenarios are tried on a mutant: cheap ones that kill much first."""

from pathlib import Path

from harness.judge.chaff_file import Chaff
from harness.judge.kata import Kata
from harness.judge.scenarios import scenario_names
from harness.judge.vectors import Vectors
from harness.judge.verdict import Outcome, Verdict

_LEAST_MS = 50
_KIN = 4
"""How much more a kill counts of a chaff that changes the mutant's own file."""

_GROWTH = (4, 8)
"""How many scenarios the first batches hold; the last one holds the rest."""


def batches(kata: Kata, file: str, chaff: list[Chaff], vectors: Vectors, reference: Verdict) -> list[tuple[str, ...]]:
    """All scenarios in batches to be tried one after the other on a mutant of this file.

    The gate comes first: what breaks everything is found by it. Then those that kill most for the
    time they take, as far as the chaff can tell.

    Args:
        vectors: outcomes of the chaff.
        reference: its verdict, which tells how long each scenario takes.
    """
    cost_ms = {one.name: max(_LEAST_MS, one.real_ms) for one in reference.scenarios}
    kills = dict.fromkeys(scenario_names(kata), 1)
    for one in chaff:
        weight = _KIN if changes(one.folder, file) else 1
        for name, outcome in vectors.get(f"chaff/{one.name}", {}).items():
            kills[name] += weight * (outcome == Outcome.FAILED)
    rest = sorted(
        (name for name in kills if name != kata.gate),
        key=lambda name: (-kills[name] / cost_ms.get(name, _LEAST_MS), name),
    )
    return _cut([kata.gate, *rest])


def changes(chaff: Path, file: str) -> bool:
    """Whether the chaff lays another file over this one."""
    return (chaff / file).is_file()


def _cut(names: list[str]) -> list[tuple[str, ...]]:
    found = []
    for size in _GROWTH:
        found.append(tuple(names[:size]))
        names = names[size:]
    return [batch for batch in (*found, tuple(names)) if batch]
