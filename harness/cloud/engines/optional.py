"""ENGINES: the engines that need a package of their own, and which. Start here.

Each is imported only by the kata that names it in its kata.toml (`engines = ["search"]`). A
platform without a wheel of it can judge every other kata. This module imports none of them.
"""

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from harness.errors import ExplainedError


@dataclass(frozen=True)
class Package:
    """A package from PyPI.

    Attributes:
        module: what is imported.
        name: what is installed.
    """

    module: str
    name: str


ENGINES: dict[str, tuple[Package, ...]] = {
    "search": (Package("tantivy", "tantivy"), Package("metaphone", "Metaphone")),
    "athena": (Package("duckdb", "duckdb"),),
    "graph": (),
}
"""Every engine by the name kata.toml uses, with the packages it needs."""


class EngineMissing(ExplainedError):
    """A kata needs an engine whose package is not installed here."""

    exit_code: ClassVar[int] = 3


def available() -> dict[str, str]:
    """For each engine what it lacks, as words for `pip install`; "" where nothing is missing."""
    return {engine: " ".join(package.name for package in _missing(engine)) for engine in ENGINES}


def require(engines: Iterable[str], for_what: str) -> None:
    """Returns if these engines can be used.

    Args:
        engines: names out of `ENGINES`.
        for_what: who needs them, in words ("kata 08").

    Raises:
        EngineMissing: one lacks its package.
    """
    lacking = available()
    for engine in engines:
        if lacking[engine]:
            raise EngineMissing(
                f"The engine `{engine}` is not installed, and {for_what} needs it.",
                expected="the package " + " and ".join(package.name for package in ENGINES[engine]),
                got=f"no {lacking[engine]} for this Python",
                try_=f"pip install {lacking[engine]} (every other kata works without it)",
            )


def _missing(engine: str) -> list[Package]:
    return [package for package in ENGINES[engine] if importlib.util.find_spec(package.module) is None]
