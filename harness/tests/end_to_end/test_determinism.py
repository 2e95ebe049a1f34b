"""A run is a function of submission, kata and seed: whatever else differs, the trace is the same to the byte.

`python -m harness.tests.end_to_end.repeat 50` does this fifty times.
"""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.judge.kata_file import read_kata
from harness.judge.services import outside_services
from harness.simulation.loop import VirtualLoop
from harness.tests.end_to_end.repeat import Digests, digests_in_a_fresh_process, every_core_loaded
from harness.tests.end_to_end.submissions import submission
from harness.worker.process import start_zygote
from harness.world import Setting, World

SCENARIOS = 2 + 2 + 3


@pytest.fixture(scope="module")
def runs() -> dict[tuple[int, int], Digests]:
    """Digests by seed and PYTHONHASHSEED; every run competes with two busy loops and another run."""
    wanted = [(1, 0), (1, 1), (1, 2), (2, 0)]
    with every_core_loaded(), ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(wanted, pool.map(lambda run: digests_in_a_fresh_process(*run), wanted), strict=True))


def test_every_scenario_passes_and_has_a_digest(runs: dict[tuple[int, int], Digests]) -> None:
    found = runs[1, 0]
    assert len(found) == SCENARIOS
    assert {text.partition(" ")[0] for text in found.values()} == {"passed"}
    assert {len(text.partition(" ")[2]) for text in found.values()} == {16}


@pytest.mark.parametrize("hash_seed", [1, 2])
def test_the_same_seed_gives_the_same_traces(runs: dict[tuple[int, int], Digests], hash_seed: int) -> None:
    assert runs[1, hash_seed] == runs[1, 0]


def test_another_seed_gives_other_traces(runs: dict[tuple[int, int], Digests]) -> None:
    pairs = [(runs[1, 0][name], runs[2, 0][name]) for name in runs[1, 0]]
    assert [one for one, other in pairs if one == other] == []


def test_different_seeds_interleave_the_same_requests_differently(home: Path, tmp_path: Path) -> None:
    folder = submission(tmp_path / "notes", {})
    with contextlib.closing(start_zygote()) as zygote:
        setting = Setting(folder, tmp_path, zygote.spawn, outside_services(read_kata(home / "katas" / "01_notes")))
        orders = [_order_written(setting, seed) for seed in (1, 1, 2, 3, 4)]
    assert {tuple(sorted(order)) for order in orders} == {("0", "1", "2", "3", "4", "5")}
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) >= 3


def _order_written(setting: Setting, seed: int) -> list[str]:
    """The order in which six notes posted at the same moment reach the ledger."""
    loop = VirtualLoop()

    async def drive() -> list[str]:
        world = World(setting, seed, loop)
        try:
            for number in range(6):
                world.start(world.post("/notes", json={"note": str(number)}))
            await world.settle()
            notes: list[str] = world.service("ledger").notes
            return notes
        finally:
            world.close()

    return loop.run_until_complete(drive())
