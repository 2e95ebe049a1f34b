"""Every mutant of a reference solution, in an order that never changes, and a sample of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.judge.mutation.handlers import handler_mutants
from harness.judge.mutation.mutant import Mutant
from harness.judge.mutation.template import template_mutants
from harness.simulation.randomness import Randomness


def mutants_of(reference: Path, starter: Path) -> list[Mutant]:
    """Every mutant of the reference: the template first, then its Python files by name.

    A file that the starter gives as it is was not written for this kata, and has none.

    Args:
        reference: a submission that holds the reference alone.
    """
    found = list(template_mutants("template.yaml", (reference / "template.yaml").read_bytes()))
    for path in sorted(reference.rglob("*.py")):
        file = path.relative_to(reference).as_posix()
        if not _is_given(path, starter / file):
            found += handler_mutants(file, path.read_bytes())
    return list(_with_names_of_their_own(found))


def sample_of(mutants: list[Mutant], most: int, seed: int) -> list[Mutant]:
    """So many of them, in their order; the same seed chooses the same.

    Args:
        most: 0: all.
    """
    if not most or most >= len(mutants):
        return list(mutants)
    chosen = set(Randomness(seed).stream("mutants").sample(range(len(mutants)), most))
    return [mutant for number, mutant in enumerate(mutants) if number in chosen]


def _is_given(path: Path, starter: Path) -> bool:
    return starter.is_file() and starter.read_bytes() == path.read_bytes()


def _with_names_of_their_own(mutants: list[Mutant]) -> Iterator[Mutant]:
    """Two mistakes of one kind in one line have one name: the second one is called "... #2"."""
    counts: dict[str, int] = {}
    for mutant in mutants:
        counts[mutant.name] = count = counts.get(mutant.name, 0) + 1
        yield mutant if count == 1 else replace(mutant, name=f"{mutant.name} #{count}")
