"""Designs of a kata, each driven in a world of its own: what the figures of pattern pages are measured by."""

import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SEED = 1

Make = Callable[[Path], Any]
"""Makes a folder, which must not exist yet, hold a design."""

Drive = Callable[[Make, Callable[[Any], Awaitable[Any]]], Any]
"""Drives a design in a fresh world; returns what the second argument did with the world."""


@contextmanager
def driving(kata: Any) -> Iterator[Drive]:
    """Gives what drives designs of this kata. Modules of its acceptance tests can be imported meanwhile."""
    from harness.judge.services import outside_services
    from harness.worker.process import start_zygote
    from harness.world import Setting
    from harness.world.alone import run_alone

    zygote = start_zygote()

    def drive(make: Make, act: Callable[[Any], Awaitable[Any]]) -> Any:
        with tempfile.TemporaryDirectory(prefix="kata-measures-") as temporary:
            folder = Path(temporary) / "submission"
            make(folder)
            services = outside_services(kata)
            return run_alone(Setting(folder, Path(temporary), zygote.spawn, services=services), SEED, act)

    sys.path.insert(0, str(kata.acceptance))
    try:
        yield drive
    finally:
        sys.path.remove(str(kata.acceptance))
        zygote.close()


def reference(kata: Any) -> Make:
    """The reference solution."""
    from harness.judge.overlay import copy_reference

    return lambda folder: copy_reference(kata, folder)


def accepted(kata: Any, name: str) -> Make:
    """An accepted design."""
    source, ignore = kata.solutions / "accepted" / name, shutil.ignore_patterns("__pycache__")
    return lambda folder: shutil.copytree(source, folder, ignore=ignore)


def chaff(kata: Any, name: str) -> Make:
    """A wrong solution."""
    from harness.judge.chaff_file import read_chaff
    from harness.judge.overlay import copy_chaff

    return lambda folder: copy_chaff(kata, read_chaff(kata.solutions / "chaff" / name, kata), folder)


def print_table(head: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """Prints a table as pages have it, each row as soon as it is there."""
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
