"""Timelines on their way out of a judge's process: a file for each scenario, beside the verdict.

A verdict never depends on its picture: where the file cannot be written, there is none.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.files import write_whole
from harness.judge.timeline.build import run_of, timeline_of
from harness.judge.timeline.model import Timeline
from harness.promises import PromiseBroken
from harness.world import World


def keep_timeline(folder: Path, scenario: str, worlds: Sequence[World], error: BaseException | None) -> None:
    """The folder holds the timeline of the scenario's last world, if it has one.

    Args:
        error: what the scenario ended with; the story of what it is about is marked.
    """
    if not worlds:
        return
    about = error.about if isinstance(error, PromiseBroken) else ()
    world = worlds[-1]
    timeline = timeline_of(run_of(world, about), scenario=scenario, seed=world.seed, runs=len(worlds))
    with contextlib.suppress(OSError):
        write_whole(_file(folder, scenario), msgspec.json.encode(timeline))


def kept_timeline(folder: Path, scenario: str) -> Timeline | None:
    """The timeline of the scenario; None if none was kept."""
    try:
        return msgspec.json.decode(_file(folder, scenario).read_bytes(), type=Timeline)
    except OSError:
        return None


def _file(folder: Path, scenario: str) -> Path:
    return folder / f"{scenario}.json"
