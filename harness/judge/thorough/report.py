"""What `kata verify --thorough` found beyond the solutions' rows, as data.

Each part has its `problems`, a sentence each; none of them, and the part holds.
"""

import msgspec

from harness.judge.mutation.report import MutationReport
from harness.judge.perturbation.report import OracleReport


class KillReport(msgspec.Struct, frozen=True, kw_only=True):
    """Which chaff each promise kills that no other promise kills, and which scenarios kill none.

    Attributes:
        alone: by promise, the chaff that only its scenarios reject.
        idle: scenarios that reject no chaff.
    """

    alone: dict[str, tuple[str, ...]]
    idle: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """Promises and scenarios that would not be missed."""
        without = [promise for promise, chaff in self.alone.items() if not chaff]
        return [f"{promise} rejects no chaff that another promise would let through" for promise in without] + [
            f"no chaff is rejected by {scenario}" for scenario in self.idle
        ]


class RepeatReport(msgspec.Struct, frozen=True, kw_only=True):
    """The reference judged again and again under one seed.

    Attributes:
        asked: how often it was to be judged; `runs` is how often it was.
        differences: what was not as in the first run, a sentence each.
    """

    seed: int
    asked: int
    runs: int
    differences: tuple[str, ...] = ()

    @property
    def problems(self) -> list[str]:
        """Whatever differs."""
        return list(self.differences)


class ExploreReport(msgspec.Struct, frozen=True, kw_only=True):
    """The reference explored.

    Attributes:
        runs: of all scenarios together; `cut_short` are those that the clock ended.
        findings: what broke it: the message, and the plan in lines.
        troubles: what could not be judged.
    """

    budget_s: float
    runs: int
    cut_short: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def problems(self) -> list[str]:
        """Whatever was found."""
        return [*self.findings, *self.troubles]


Part = KillReport | OracleReport | ExploreReport | RepeatReport | MutationReport


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """All parts; one that was not come to is None.

    Attributes:
        vectors: the outcome of every scenario for every solution.
    """

    vectors: dict[str, dict[str, str]] = {}
    kills: KillReport | None = None
    oracles: OracleReport | None = None
    explored: ExploreReport | None = None
    repeated: RepeatReport | None = None
    mutation: MutationReport | None = None

    @property
    def parts(self) -> dict[str, Part]:
        """Those that there are, by name, in the order of their running."""
        every = {
            "kills": self.kills,
            "oracles": self.oracles,
            "explore": self.explored,
            "repeat": self.repeated,
            "mutation": self.mutation,
        }
        return {name: part for name, part in every.items() if part is not None}

    @property
    def problems(self) -> list[str]:
        """Of all parts, each with the part's name."""
        return [f"{name}: {problem}" for name, part in self.parts.items() for problem in part.problems]
