"""Mutants of a handler's file: what `OPERATORS` proposes, as far as it is Python and another program."""

import ast
from collections.abc import Callable, Iterator

from harness.judge.mutation.conditions import dropped_conditions, dropped_parts, fixed_tests
from harness.judge.mutation.handling import ignored_errors, removed_timeouts
from harness.judge.mutation.mutant import Change, Mutant, applied, name_of
from harness.judge.mutation.numbers import comparisons, numbers_by_one
from harness.judge.mutation.ordering import early_returns, stopped_loops, swapped_calls
from harness.judge.mutation.source import Source

Operator = Callable[[Source], Iterator[Change]]

OPERATORS: tuple[Operator, ...] = (
    dropped_conditions,
    fixed_tests,
    dropped_parts,
    swapped_calls,
    ignored_errors,
    numbers_by_one,
    comparisons,
    removed_timeouts,
    early_returns,
    stopped_loops,
)
"""Every mistake that is made in Python. The order decides which of two equal mutants gives its name."""


def handler_mutants(file: str, content: bytes) -> Iterator[Mutant]:
    """Every mutant of the file, by line; no two of them mean the same, and none the same as the file.

    Args:
        file: path below the submission, with slashes.
    """
    source = Source(content)
    seen = {ast.dump(source.tree)}
    found: list[Mutant] = []
    for operator in OPERATORS:
        for change in operator(source):
            mutated = applied(content, change.edits)
            meaning = _meaning(mutated)
            if meaning and meaning not in seen:
                seen.add(meaning)
                found.append(Mutant(name_of(file, change), file, change.line, change.operator, mutated))
    yield from sorted(found, key=lambda mutant: mutant.line)


def _meaning(content: bytes) -> str:
    """The same for two files that mean the same; "" for one that is not Python."""
    try:
        tree = ast.parse(content)
        compile(tree, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return ""
    return ast.dump(tree)
