"""Which promise a run broke, and in which way: what must stay the same while a plan is made smaller."""

import re

import msgspec

from harness.judge.verdict import Outcome, Scenario

_DRAWN = re.compile(r"\S*\d\S*|\b\w+-\w+\b")
"""Words that hold a number or an id, which differ from seed to seed."""


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A broken promise.

    Attributes:
        promise: "P4".
        message: the business sentence, with its ids and numbers.
    """

    promise: str
    message: str

    @property
    def way(self) -> str:
        """The sentence without what a seed decides: "Article ... stands twice in the CMS."."""
        return _DRAWN.sub("...", self.message)

    @property
    def key(self) -> tuple[str, str]:
        """Two breaches of the same promise in the same way have the same."""
        return (self.promise, self.way)


def breach_of(scenario: Scenario) -> Breach | None:
    """The promise that this scenario found broken; None if it passed or could not be judged."""
    if scenario.outcome is not Outcome.FAILED:
        return None
    return Breach(promise=scenario.promise, message=scenario.message)
