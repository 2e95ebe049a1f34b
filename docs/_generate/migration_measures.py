"""Figures of the pattern page of kata 07, stage B: one migration on a bad day, through several designs.

    python docs/_generate/migration_measures.py    measures them and prints the page's table

Thirty articles and what they refer to are carried over by a CMS eight times as slow, while the
newsroom posts four articles, 15 s apart. Virtual time under one seed: a second measurement gives
the same figures.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions" / "07_queue_load_leveling"
SEED = 1

HEAD = ("design", "migrated after", "slowest live article", "in flight", "CMS requests", "AWS calls", "paid")


def main() -> None:
    """Prints a row for each design; requests, calls and paid seconds are per document."""
    from harness.judge.kata_file import find_kata
    from harness.worker.process import start_zygote

    kata = find_kata("07")
    sys.path.insert(0, str(kata.acceptance))
    zygote = start_zygote()
    print(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}")
    try:
        for name, make in _designs(kata).items():
            with tempfile.TemporaryDirectory(prefix="kata-measures-") as temporary:
                make(Path(temporary) / "submission")
                print(f"| {' | '.join([name, *_measure(kata, Path(temporary), zygote.spawn)])} |", flush=True)
    finally:
        zygote.close()


def _designs(kata: Any) -> dict[str, Callable[[Path], Any]]:
    """By name: what makes a folder hold that design."""
    import shutil

    from harness.judge.chaff_file import read_chaff
    from harness.judge.overlay import copy_chaff, copy_reference

    def accepted(name: str) -> Callable[[Path], Any]:
        return lambda folder: shutil.copytree(SOLUTIONS / "accepted" / name, folder)

    one_queue = read_chaff(kata.solutions / "chaff" / "one-queue-for-both", kata)
    return {
        "reference": lambda folder: copy_reference(kata, folder),
        "rows remembered in a table (`send-first`)": accepted("send-first"),
        "a lane with one group (`fifo`)": accepted("fifo"),
        "reserved concurrency 1": accepted("reserved-concurrency"),
        "one worker for both (`pull-worker`)": accepted("pull-worker"),
        "*one queue for both, four workers*": lambda folder: copy_chaff(kata, one_queue, folder),
    }


def _measure(kata: Any, temporary: Path, spawn: Callable[..., Any]) -> list[str]:
    from harness.judge.services import outside_services
    from harness.simulation.loop import VirtualLoop
    from harness.world import Setting, World

    folder = temporary / "submission"
    setting = Setting(folder=folder, temporary=temporary, spawn=spawn, services=outside_services(kata))
    loop = VirtualLoop()

    async def drive() -> list[str]:
        world = World(setting, SEED, loop)
        try:
            return await _migration(world)
        finally:
            world.close()
            await asyncio.sleep(0)

    try:
        return loop.run_until_complete(drive())
    finally:
        loop.close()


async def _migration(world: Any) -> list[str]:
    from migration_run import drive_migration  # type: ignore[import-not-found]

    run = await drive_migration(world)
    documents, log, calls = len(run.archive.documents), world.service("legacy").log, world.calls()
    ours = {one.article.article_id: one.at_ms for one in run.posts}
    written = {one.body["source_id"]: one.ended_ms for one in log if one.method == "POST" and one.done}
    live_s = max((written.get(article_id, world.now_ms) - at_ms) / 1000 for article_id, at_ms in ours.items())
    migrated_s = max(ended_ms for source_id, ended_ms in written.items() if source_id not in ours) / 1000
    asked_by = {one.function for one in log}
    ran = [one for one in world.invocations() if one.function in asked_by]
    paid_s = sum((one.ended_ms or world.now_ms) - one.started_ms for one in ran) / 1000
    aws = [one for one in calls if one.service not in ("legacy", "search")]
    return [
        f"{migrated_s:.0f} s",
        f"{live_s:.1f} s",
        str(run.max_in_flight),
        f"{len(log) / documents:.1f}",
        f"{len(aws) / documents:.1f}",
        f"{paid_s / documents:.1f} s",
    ]


if __name__ == "__main__":
    main()
