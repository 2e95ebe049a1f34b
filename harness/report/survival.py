"""The fault survival map: what became of each promise under each fault that was injected.

A cell is the worst of the scenarios of that promise in which that fault was injected. A fault
that was injected and never struck is not reached: the scenario broke before, or nothing was
there to be struck. Scenarios that were not judged say nothing, and are counted beside the map.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rich.text import Text

from harness.faults.registry import FAULTS
from harness.judge.verdict import Outcome, Scenario, Verdict
from harness.report.text import count, hanging


class Fate(IntEnum):
    """What became of a promise under a fault; of several scenarios the worst counts."""

    LEFT_OPEN = 0  # it never struck, in scenarios that passed all the same
    SURVIVED = 1
    NOT_REACHED = 2
    BROKEN = 3

    @property
    def word(self) -> str:
        """As it is said: the two kinds of a fault that never struck are one to a reader."""
        return {Fate.SURVIVED: "survived", Fate.BROKEN: "broken"}.get(self, "not reached")


@dataclass(frozen=True)
class SurvivalMap:
    """Faults by promises.

    Attributes:
        faults: the names of those that a judged scenario injected, in the order of the catalogue.
        promises: the ids of those under which one was injected, in the order of the kata.
        cells: by fault and promise; a pair that no scenario tries is missing.
        not_judged: how many scenarios say nothing.
    """

    faults: tuple[str, ...]
    promises: tuple[str, ...]
    cells: dict[tuple[str, str], Fate]
    not_judged: int

    @property
    def tried(self) -> list[str]:
        """The faults that count: those that struck, or should have."""
        return [fault for fault in self.faults if self._worst(fault) is not Fate.LEFT_OPEN]

    @property
    def survived(self) -> list[str]:
        """The faults under which every promise held."""
        return [fault for fault in self.faults if self._worst(fault) is Fate.SURVIVED]

    @property
    def has_broken(self) -> bool:
        """Whether a promise broke under one."""
        return Fate.BROKEN in self.cells.values()

    def _worst(self, fault: str) -> Fate:
        return max(fate for (name, _), fate in self.cells.items() if name == fault)


def survival_of(verdict: Verdict) -> SurvivalMap:
    """The map that a verdict holds."""
    judged = [one for one in verdict.scenarios if one.outcome not in (Outcome.BLOCKED, Outcome.ERROR)]
    cells: dict[tuple[str, str], Fate] = {}
    for scenario in judged:
        for fault in scenario.injected:
            cell = (fault, scenario.promise)
            cells[cell] = max(cells.get(cell, Fate.LEFT_OPEN), _fate(scenario, fault))
    catalogue = [*FAULTS, *(fault for fault, _ in cells)]
    order = [promise.id for promise in verdict.promises]
    return SurvivalMap(
        faults=tuple(fault for fault in dict.fromkeys(catalogue) if any(fault == name for name, _ in cells)),
        promises=tuple(one for one in order if any(one == promise for _, promise in cells)),
        cells=cells,
        not_judged=len(verdict.scenarios) - len(judged),
    )


def _fate(scenario: Scenario, fault: str) -> Fate:
    if fault in scenario.struck:
        return Fate.BROKEN if scenario.outcome is Outcome.FAILED else Fate.SURVIVED
    return Fate.LEFT_OPEN if scenario.outcome is Outcome.PASSED else Fate.NOT_REACHED


def survival_line(found: SurvivalMap) -> str:
    """ "Faults survived: 11 of 14." with what the map does not know."""
    if not found.tried:
        line = "Faults survived: none was tried."
    else:
        line = f"Faults survived: {len(found.survived)} of {len(found.tried)}."
    return f"{line} {count(found.not_judged, 'scenario')} not judged." if found.not_judged else line


# ---- on a terminal ----------------------------------------------------------------------------

COLUMN, LEAST_COLUMN = 6, 5
_MARKS = {
    Fate.SURVIVED: ("ok", "green"),
    Fate.BROKEN: ("FAIL", "bold red"),
    Fate.NOT_REACHED: ("?", "yellow"),
    Fate.LEFT_OPEN: ("?", "yellow"),
}
_LEGEND = "ok survived, FAIL broken, ? not reached (it never struck), . not tried there"


def draw_survival(found: SurvivalMap, width: int) -> list[Text]:
    """The map as a table; of more promises than fit beside each other, several below each other."""
    rows = [Text(""), *hanging(survival_line(found), width, style="bold")]
    if not found.faults:
        return rows
    names = max(len(fault) for fault in found.faults) + 2
    room = max(width - 2 - names, LEAST_COLUMN)
    column = min(COLUMN, max(LEAST_COLUMN, room // len(found.promises)))
    beside = room // column
    for start in range(0, len(found.promises), beside):
        rows += [Text(""), *_block(found, found.promises[start : start + beside], names, column)]
    return [*rows, Text(""), *hanging(_LEGEND, width, first="  ", style="dim")]


def _block(found: SurvivalMap, promises: Sequence[str], names: int, column: int) -> list[Text]:
    head = "".join(f"{promise:<{column}}" for promise in promises)
    rows = [Text(f"  {'':<{names}}{head}", style="bold")]
    for fault in found.faults:
        cells = [found.cells.get((fault, promise)) for promise in promises]
        marks = [(f"{mark:<{column}}", style) for mark, style in map(_mark, cells)]
        rows.append(Text.assemble(f"  {fault:<{names}}", *marks))
    for row in rows:
        row.rstrip()
    return rows


def _mark(fate: Fate | None) -> tuple[str, str]:
    return _MARKS[fate] if fate is not None else (".", "dim")
