"""Versions and aliases of a function: what a qualifier leads to.

A version is the function as it was when it was published; `$LATEST` is the function as it is.
An alias names one version, or two with weights, drawn for each invocation. Left out: SnapStart
and versions that are still pending.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
and https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

import random
from dataclasses import dataclass, field

from harness.cloud.template import FunctionSpec

LATEST = "$LATEST"


class NoSuchQualifier(Exception):
    """The function has no such version or alias."""


@dataclass(frozen=True)
class Alias:
    """A name for a version.

    Attributes:
        weights: share of the invocations that go to other versions, by version.
    """

    name: str
    version: str
    weights: dict[str, float] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True)
class Target:
    """What one invocation runs.

    Attributes:
        qualifier: the version or alias that was asked for; "": none.
        arn: as invoked, the qualifier included.
    """

    spec: FunctionSpec
    version: str
    qualifier: str

    @property
    def arn(self) -> str:
        """The ARN it was invoked by."""
        return f"{self.spec.arn}:{self.qualifier}" if self.qualifier else self.spec.arn


class Versions:
    """The versions and aliases of one function.

    Attributes:
        published: by number, "1" first.
    """

    def __init__(self, latest: FunctionSpec) -> None:
        self.latest = latest
        self.published: dict[str, FunctionSpec] = {}
        self.aliases: dict[str, Alias] = {}

    def publish(self) -> str:
        """Makes a version of the function as it is; where nothing changed, the last one stands for it."""
        number = len(self.published)
        if number and self.published[str(number)] == self.latest:
            return str(number)
        self.published[str(number + 1)] = self.latest
        return str(number + 1)

    def point(self, alias: Alias) -> None:
        """Creates an alias, or points it elsewhere.

        Raises:
            NoSuchQualifier: a version it names is not there; `$LATEST` counts only without weights.
        """
        for version in [alias.version, *alias.weights]:
            if version not in self.published and (version != LATEST or alias.weights):
                raise NoSuchQualifier(version)
        self.aliases[alias.name] = alias

    def spec(self, version: str) -> FunctionSpec:
        """The function as this version has it."""
        return self.latest if version == LATEST else self.published[version]

    def target(self, qualifier: str | None, chance: random.Random) -> Target:
        """What an invocation with this qualifier runs.

        Args:
            qualifier: version, alias, `$LATEST` or ""; None: as the template's event sources
                invoke it: by its alias, if it has one.

        Raises:
            NoSuchQualifier: there is no such version or alias.
        """
        if qualifier is None:
            qualifier = self.latest.alias if self.latest.alias in self.aliases else ""
        if qualifier in ("", LATEST):
            return Target(self.latest, LATEST, qualifier)
        if qualifier in self.published:
            return Target(self.published[qualifier], qualifier, qualifier)
        if qualifier not in self.aliases:
            raise NoSuchQualifier(qualifier)
        version = _drawn(self.aliases[qualifier], chance)
        return Target(self.spec(version), version, qualifier)


def _drawn(alias: Alias, chance: random.Random) -> str:
    """The version of one invocation; chance is asked only where there are weights."""
    if not alias.weights:
        return alias.version
    share = chance.random()
    for version, weight in alias.weights.items():
        if share < weight:
            return version
        share -= weight
    return alias.version
