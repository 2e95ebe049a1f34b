"""What became of the oracles: whether each scenario of a kata can fail."""

import msgspec


class Oracle(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario, run with what it reads falsified.

    Attributes:
        passes: whether it passes as it is; else nothing can be shown.
        read: the places that it read: "legacy.rows(articles)".
        noticed: what was falsified when it failed; "" if it never did.
        runs: how often it was run.
    """

    scenario: str
    passes: bool = True
    read: tuple[str, ...] = ()
    noticed: str = ""
    runs: int = 0

    @property
    def problem(self) -> str:
        """What is wrong with it; "" if it can fail."""
        if self.noticed:
            return ""
        if not self.passes:
            return f"{self.scenario} does not pass undisturbed"
        if not self.read:
            return f"{self.scenario} is vacuous: it reads nothing of the world"
        return (
            f"{self.scenario} is vacuous: it stays green in {self.runs - 1} runs, "
            f"whatever is falsified of what it reads: {', '.join(self.read)}"
        )


class OracleReport(msgspec.Struct, frozen=True, kw_only=True):
    """All scenarios of a kata, in their order.

    Attributes:
        troubles: what could not be judged, a sentence each.
    """

    oracles: tuple[Oracle, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def problems(self) -> list[str]:
        """A sentence for each scenario that cannot fail."""
        return [*self.troubles, *(one.problem for one in self.oracles if one.problem)]
