"""Looks at the machine: what works, and what each missing thing costs.

Imports nothing that may be missing, because saying so is its purpose.
"""

import multiprocessing
import os
import platform
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from harness import paths
from harness.cloud.engines import optional
from harness.errors import ExplainedError

DISTRIBUTION = "serverless-katas"
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Attributes:
        found: what is there.
        lost: what its lack costs; "" if it works.
        remedy: what to do about it; "" if it works.
        needed: without it no kata can be judged.
    """

    name: str
    works: bool
    found: str
    lost: str = ""
    remedy: str = ""
    needed: bool = False


def examine() -> Iterator[Check]:
    """Every check, in the order of the screen."""
    yield _python()
    yield from _packages()
    yield _katas()
    yield _cores()
    yield _start_method(multiprocessing.get_all_start_methods())
    yield _quiescence(Path("/proc"))
    yield from _engines()
    yield from _sandbox()


def _python() -> Check:
    works = sys.version_info[:2] >= OLDEST_PYTHON
    oldest = ".".join(map(str, OLDEST_PYTHON))
    found = f"{platform.python_version()} at {sys.executable}"
    return _check("python", works, found, "nothing can be judged", f"install Python {oldest} or newer", needed=True)


def _packages() -> Iterator[Check]:
    """A check for each package the harness needs, leaving out those of extras."""
    try:
        from packaging.requirements import Requirement

        requirements = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or []]
    except (ImportError, metadata.PackageNotFoundError) as error:
        lost, remedy = "versions cannot be compared", "pip install -e . in the checkout"
        yield Check("packages", False, f"not installed: {error.name}", lost, remedy, needed=True)
        return
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _package(requirement.name, str(requirement.specifier), requirement.specifier.contains)


def _package(name: str, wanted: str, is_wanted: Callable[[str], bool]) -> Check:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = ""
    works = bool(version) and is_wanted(version)
    found = version if works else f"{version or 'not installed'}; wanted: {wanted or 'any version'}"
    lost = "katas cannot be judged, or not as elsewhere"
    return _check(name, works, found, lost, f"pip install '{name}{wanted}'", needed=True)


def _katas() -> Check:
    try:
        return Check("katas", True, str(paths.katas()))
    except ExplainedError as error:
        return Check("katas", False, error.happened, "there is nothing to solve", error.try_, needed=True)


def _cores() -> Check:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    lost = "scenarios run one after the other"
    return _check("cores", cores > 1, str(cores), lost, "give the machine or container a second core")


def _start_method(methods: list[str]) -> Check:
    works = "forkserver" in methods
    lost = "every execution environment starts Python afresh: slower, with the same verdicts"
    return _check("workers", works, "forkserver" if works else "spawn", lost, "use Linux, macOS or WSL2")


def _quiescence(proc: Path) -> Check:
    works = (proc / "self" / "task").is_dir()
    lost = "waiting for handlers with threads is slower, with the same verdicts"
    return _check("threads", works, "/proc" if works else "CPU times through psutil", lost, "use Linux or WSL2")


def _engines() -> Iterator[Check]:
    """A check for each engine that some katas need and others do not."""
    needing = _katas_by_engine()
    for engine, lacking in optional.available().items():
        numbers = ", ".join(needing.get(engine, []))
        lost = f"no kata {numbers}" if numbers else "nothing: no kata needs it yet"
        found = f"not installed: {lacking}" if lacking else "installed"
        yield _check(f"engine: {engine}", not lacking, found, lost, f"pip install {lacking}")


def _katas_by_engine() -> dict[str, list[str]]:
    """Numbers of the katas that name each engine in their kata.toml."""
    needing: dict[str, list[str]] = {}
    try:
        files = sorted(paths.katas().glob("*/kata.toml"))
    except ExplainedError:  # no katas: said by a check of its own
        return needing
    for file in files:
        try:
            engines = tomllib.loads(file.read_text(encoding="utf-8")).get("engines", [])
        except (OSError, ValueError):  # said by whoever reads the kata
            continue
        for engine in engines:
            needing.setdefault(str(engine), []).append(file.parent.name.partition("_")[0])
    return needing


def _sandbox() -> Iterator[Check]:
    try:
        from harness.worker.sandbox import available
    except ImportError as error:
        yield Check("sandbox", False, f"cannot be tried: {error}", "see the package that is missing", needed=True)
        return
    for layer in available().values():
        yield Check(f"sandbox: {layer.name}", layer.works, layer.why, "" if layer.works else layer.lost, layer.remedy)


def _check(name: str, works: bool, found: str, lost: str, remedy: str, *, needed: bool = False) -> Check:
    """`lost` and `remedy` count only where it does not work."""
    return Check(name, works, found, "" if works else lost, "" if works else remedy, needed)
