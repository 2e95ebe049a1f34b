"""One search by Hypothesis: draws candidates, tries them, and shrinks those that break a promise.

The search is a function of its seed and of what the candidates do: no database, no deadline, a
number of candidates instead of a time. It goes in rounds, each of which ends at the first new way
in which a promise breaks, and shrinks that: left to itself, Hypothesis looks for further ones by
the clock. Rounds are short because after ten examples Hypothesis takes to copying parts of one into
another; plans drawn afresh find more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from harness.judge.explore.breach import Breach
from harness.judge.explore.candidate import Candidate
from harness.simulation.randomness import derive

ROUND = 10
"""Candidates of a round at most."""

SHRINKING = 60
"""Runs spent at most on making one finding smaller."""

Key = tuple[str, str]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a candidate.

    Attributes:
        breach: the promise it broke; None: it broke none.
    """

    breach: Breach | None = None


@dataclass
class Search:
    """The search in one scenario.

    Attributes:
        run: tries a candidate; the same candidate, the same end.
        seed: of the scenario's own run, the simplest; not of the search.
        on_smaller: called with each candidate that breaks a promise and is the smallest so far.
        smallest: for each way in which a promise broke, the smallest candidate that does it.
    """

    run: Callable[[Candidate], Tried]
    seed: int
    on_smaller: Callable[[Candidate, Breach], None] = lambda candidate, breach: None
    smallest: dict[Key, Candidate] = field(default_factory=dict)
    _ends: dict[bytes, Tried] = field(default_factory=dict)
    _settled: set[Key] = field(default_factory=set)
    _shrunk: Key | None = None
    _runs_left: int = 0

    @property
    def tried(self) -> int:
        """Runs so far; a candidate that comes again is not run again."""
        return len(self._ends)

    def over(self, drawn: st.SearchStrategy[Candidate], *, chance: int, candidates: int) -> None:
        """Tries so many candidates, and smaller ones of those that broke a promise.

        Args:
            chance: seed of the drawing.
        """
        left = candidates
        for number in range(candidates):  # each round tries something new, or all has been tried
            before = self.tried
            self._shrunk, self._runs_left = None, min(left, ROUND)
            self._round(drawn, derive(chance, number))
            if self._shrunk:
                self._settled.add(self._shrunk)
            left -= min(self.tried - before, ROUND)
            if left <= 0:
                return

    def _round(self, drawn: st.SearchStrategy[Candidate], chance: int) -> None:
        @hypothesis.seed(chance)
        @settings(
            database=None,
            deadline=None,
            max_examples=ROUND,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @hypothesis.given(drawn)
        def attempt(candidate: Candidate) -> None:
            if self._breaks(candidate):
                raise _Broken

        try:
            attempt()
        except _Broken:
            return  # what was found is in `smallest`

    def _breaks(self, candidate: Candidate) -> bool:
        """Whether it breaks a promise in a new way; once one was found, in that very way."""
        text = msgspec.json.encode(candidate)
        if text not in self._ends:
            if not self._runs_left:
                return False  # enough: what is unknown counts as harmless, which ends the round
            self._runs_left -= 1
            self._ends[text] = self.run(candidate)
            self._keep(candidate, self._ends[text].breach)
        breach = self._ends[text].breach
        if breach is None or breach.key in self._settled:
            return False
        if self._shrunk is None:
            self._shrunk, self._runs_left = breach.key, SHRINKING
        return breach.key == self._shrunk

    def _keep(self, candidate: Candidate, breach: Breach | None) -> None:
        if breach is None:
            return
        best = self.smallest.get(breach.key)
        if best is None or candidate.size(self.seed) < best.size(self.seed):
            self.smallest[breach.key] = candidate
            self.on_smaller(candidate, breach)


class _Broken(Exception):
    """A candidate broke a promise."""
