"""What pages and README show as terminal output is what the commands print."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from outputs import IN_README, OUTPUTS, comparable, in_readme, produce, stored

AGAIN = ".venv/bin/python docs/_generate/outputs.py, and look at the difference"


@pytest.fixture(scope="module")
def printed():
    """Every command is run, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(produce, name) for name in OUTPUTS}
        yield running


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_stored_output_is_what_the_command_prints(name, printed):
    assert comparable(printed[name].result()) == comparable(stored(name)), AGAIN


def test_only_real_durations_and_the_length_of_tracebacks_may_differ():
    assert comparable("... 36 lines before") == comparable("... 33 lines before")
    assert comparable("Seed 1, 36.8 s.") == comparable("Seed 1, 4.0 s.")
    assert comparable("00:36.800") != comparable("00:04.000")


def test_the_readme_shows_what_is_stored(root):
    blocks = list(IN_README.finditer((root / "README.md").read_text(encoding="utf-8")))

    assert {block["name"] for block in blocks} == {"kata-start", "kata-test-starter", "kata-grade"}
    assert [block[0] for block in blocks] == [in_readme(block["name"]) for block in blocks], AGAIN
