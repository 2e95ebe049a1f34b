"""[explore] in kata.toml, and what its author may get wrong."""

from pathlib import Path

import pytest

from harness.judge.explore.entry import Choice, ExploreEntry, Range
from harness.judge.kata_file import KataWrong, read_kata
from harness.tests.fake_kata import KATA_TOML, write_kata


def read(home: Path, explore: str) -> ExploreEntry:
    return read_kata(write_kata(home, {"katas/42_doors/kata.toml": KATA_TOML + explore})).explore


def test_without_the_table_the_samples_meet_the_default_faults(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ExploreEntry(scenarios=(), most=2, jitter_ms=200, victims="background", faults=())


def test_the_table_is_read_whole(tmp_path: Path) -> None:
    entry = read(
        tmp_path,
        """
[explore]
scenarios = ["test_door_opens_twice"]
most = 3
jitter_ms = 0
victims = "all"

[explore.faults]
late_commit = {service = "lock", hold_ms = [1000, 25_000]}
downstream_slow = {service = ["lock"], factor = [1.5, 8], times = "every"}
""",
    )

    assert (entry.scenarios, entry.most, entry.jitter_ms, entry.victims) == (("test_door_opens_twice",), 3, 0, "all")
    late, slow = entry.faults
    assert late.fault.name() == "late_commit"
    assert late.values == {"service": Choice(("lock",)), "hold_ms": Range(1000, 25_000)}
    assert slow.values == {"service": Choice(("lock",)), "factor": Range(1.5, 8), "times": Choice(("every",))}


@pytest.mark.parametrize(
    ("explore", "line", "happened"),
    [
        ('scenarios = ["test_window"]', 36, "`scenarios` names a scenario that is not there: test_window."),
        ("most = -1", 36, "`most` is not a number."),
        ('victims = "nobody"', 36, "There are no victims 'nobody'."),
        ("moost = 1", 36, "Unknown key `moost` in [explore]."),
        ("[explore.faults]\nearthquake = {}", 37, "There is no fault `earthquake`."),
        ("[explore.faults]\nlate_commit = {depth = 3}", 37, "The fault `late_commit` has no setting `depth`."),
        ("[explore.faults]\nlate_commit = {hold_ms = [9, 2]}", 37, "the range ends before it begins"),
        ("[explore.faults]\nlate_commit = {hold_ms = []}", 37, "nothing to choose from"),
        ('[explore.faults]\nlate_commit = {hold_ms = "long"}', 37, "Expected `int`, got `str`"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, explore: str, line: int, happened: str) -> None:
    with pytest.raises(KataWrong) as caught:
        read(tmp_path, f"\n[explore]\n{explore}\n")

    assert happened in caught.value.happened
    assert caught.value.file == "katas/42_doors/kata.toml"
    assert caught.value.line == line
