"""Repeats the same runs in fresh processes, with both cores loaded, and counts how many differ.

    python -m harness.tests.end_to_end.repeat 50

Each repetition has another PYTHONHASHSEED and other temporary folders. One digest per scenario
is what there must be in the end.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.judge.kata_file import read_kata
from harness.judge.overlay import copy_reference
from harness.judge.run import Job, cores, judge_each
from harness.tests.end_to_end.command import PROJECT
from harness.tests.end_to_end.conftest import TINY_KATA
from harness.tests.end_to_end.submissions import EVERYTHING_THAT_VARIES, submission

NOTES = TINY_KATA / "katas" / "01_notes"
LEVELING = PROJECT / "katas" / "07_queue_load_leveling"
LEVELING_SCENARIOS = (
    "test_a_posted_article_reaches_the_cms_and_its_transaction_succeeds",
    "test_two_versions_at_the_same_moment_make_one_article",
    "test_a_lost_reply_of_the_cms_makes_no_second_article",
)

A_BURST = ("test_a_burst_is_accepted_without_waiting",)
"""200 articles within ten seconds: for the fifty runs, not for the tests."""

Digests = dict[str, str]
"""Outcome and digest of the trace, by submission and scenario."""


def digests_here(seed: int, *, burst: bool) -> Digests:
    """What comes of judging three submissions, side by side, from this process."""
    with tempfile.TemporaryDirectory() as temporary:
        leveling = read_kata(LEVELING)
        only = LEVELING_SCENARIOS + (A_BURST if burst else ())
        jobs = {
            "varies": Job(read_kata(NOTES), submission(Path(temporary, "varies"), EVERYTHING_THAT_VARIES), seed),
            "notes": Job(read_kata(NOTES), submission(Path(temporary, "notes"), {}), seed),
            "07": Job(leveling, copy_reference(leveling, Path(temporary, "07")), seed, only),
        }
        names = {job.folder: name for name, job in jobs.items()}
        found = {
            f"{names[job.folder]} {scenario.name}": f"{scenario.outcome} {scenario.digest}"
            for job, verdict in judge_each(jobs.values())
            for scenario in verdict.scenarios
        }
    return dict(sorted(found.items()))


def digests_in_a_fresh_process(seed: int, hash_seed: int, *, burst: bool = False) -> Digests:
    """The same, from a process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", "harness.tests.end_to_end.repeat", "--once", str(seed), *["--burst"] * burst],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: Digests = json.loads(process.stdout)
    return found


@contextlib.contextmanager
def every_core_loaded() -> Iterator[None]:
    """On each core something else computes too."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores())]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def main() -> int:
    """Prints how many digests each scenario had; 0 if it was one each."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("times", type=int, nargs="?", default=1)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--once", type=int, metavar="SEED", help=argparse.SUPPRESS)
    arguments.add_argument("--burst", action="store_true", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.once is not None:
        print(json.dumps(digests_here(asked.once, burst=asked.burst)))
        return 0
    seen: dict[str, set[str]] = {}
    with every_core_loaded():
        for number in range(asked.times):
            for name, digest in digests_in_a_fresh_process(asked.seed, hash_seed=number, burst=True).items():
                seen.setdefault(name, set()).add(digest)
            print(f"\r{number + 1} of {asked.times}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for name, found in seen.items():
        print(f"{len(found)} digest{'s' if len(found) > 1 else ''} in {asked.times} runs  {name}  {sorted(found)[0]}")
    return 0 if all(len(found) == 1 for found in seen.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
