"""What became of the mutants, as data."""

import msgspec

LEAST_KILLED_PERCENT = 95
"""Of the judged mutants whose survival nobody has explained."""


class MutantResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one mutant.

    Attributes:
        outcome: "killed", "survived" or "unjudged" (a fault of the kata or of the harness).
        by: the scenario that killed it, or why it could not be deployed or judged.
        reason: why it may survive, from mutants.toml; "" where it is not listed.
    """

    name: str
    file: str
    line: int
    operator: str
    outcome: str
    by: str = ""
    reason: str = ""


class MutationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all of them.

    Attributes:
        mutants: how many there are; `chosen` of them were to be judged.
        results: of those that were.
        stale: entries of mutants.toml whose mutant there is not.
    """

    mutants: int
    chosen: int
    results: tuple[MutantResult, ...] = ()
    stale: tuple[str, ...] = ()
    interrupted: bool = False

    @property
    def killed(self) -> list[MutantResult]:
        """Those that a scenario rejected, or that could not even be deployed."""
        return [one for one in self.results if one.outcome == "killed"]

    @property
    def explained(self) -> list[MutantResult]:
        """Those that survived and may."""
        return [one for one in self.results if one.outcome == "survived" and one.reason]

    @property
    def unexplained(self) -> list[MutantResult]:
        """Those that survived, and nobody has said why."""
        return [one for one in self.results if one.outcome == "survived" and not one.reason]

    @property
    def unjudged(self) -> list[MutantResult]:
        """Those that could not be judged."""
        return [one for one in self.results if one.outcome == "unjudged"]

    @property
    def killed_percent(self) -> float:
        """Of those killed or unexplained; 100 where there is none of either."""
        counted = len(self.killed) + len(self.unexplained)
        return 100 * len(self.killed) / counted if counted else 100.0

    @property
    def problems(self) -> list[str]:
        """What does not hold, a sentence each."""
        found = []
        if self.killed_percent < LEAST_KILLED_PERCENT:
            found.append(
                f"{self.killed_percent:.1f} % of the mutants are killed, less than {LEAST_KILLED_PERCENT} %: "
                f"{len(self.unexplained)} survive and nobody has said why"
            )
        found += [f"mutants.toml explains a mutant that there is not: {name}" for name in self.stale]
        found += [
            f"mutants.toml explains a mutant that {one.by} kills: {one.name}" for one in self.killed if one.reason
        ]
        return found + [f"could not be judged: {one.name}: {one.by}" for one in self.unjudged]
