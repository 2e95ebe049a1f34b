"""Collects the signatures of a kata's chaff, by which likely mistakes are named (see likeness.py).

    python -m harness.judge.collecting 07

Judges every chaff by every scenario under several seeds, and again where its files can be laid over
an accepted design that has files of the same names. That takes minutes; it is for authors, after a
change of chaff or scenarios.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.judge.chaff_file import Chaff, read_all_chaff
from harness.judge.kata import Kata
from harness.judge.kata_file import find_kata
from harness.judge.likeness import SIGNATURES, Signature, Signatures, signature_of
from harness.judge.overlay import accepted_designs, chaff_files, copy_chaff
from harness.judge.run import Job, JudgeEach, judge_each
from harness.judge.scenarios import scenario_names
from harness.judge.verdict import Outcome, Verdict

SEEDS = (1, 2)


@dataclass(frozen=True)
class Mixture:
    """A mistake made in a design.

    Attributes:
        made_in: "reference" or the accepted design's name.
        folder: the submission.
    """

    chaff: Chaff
    made_in: str
    folder: Path
    seed: int


def collect(kata: Kata, *, judge_each: JudgeEach = judge_each) -> Signatures:
    """The signatures of all chaff, those of one mistake together.

    Raises:
        KataWrong: a chaff is not as it must be, or there is no reference.
    """
    names = scenario_names(kata)
    with tempfile.TemporaryDirectory(prefix="kata-collecting-") as temporary:
        mixtures = list(_mixtures(kata, Path(temporary)))
        by_job = {(one.folder, one.seed): one for one in mixtures}
        found: dict[tuple[Path, int], Signature] = {}
        for job, verdict in judge_each([Job(kata, one.folder, one.seed, sandbox=()) for one in mixtures]):
            key = (job.folder, job.seed)
            if _is_fair(kata, by_job[key], verdict):
                found[key] = _signature(by_job[key], verdict, names)
    return Signatures(
        scenarios=tuple(names),
        told={chaff.name: chaff.mistake for chaff in read_all_chaff(kata)},
        signatures=tuple(found[(one.folder, one.seed)] for one in mixtures if (one.folder, one.seed) in found),
    )


def _mixtures(kata: Kata, temporary: Path) -> Iterator[Mixture]:
    for chaff in read_all_chaff(kata):
        folder = copy_chaff(kata, chaff, temporary / chaff.name)
        for seed in SEEDS:
            yield Mixture(chaff, "reference", folder, seed)
        files = chaff_files(chaff)
        for design in accepted_designs(kata):
            if Path("template.yaml") not in files and all((design / file).is_file() for file in files):
                mixed = shutil.copytree(design, temporary / f"{chaff.name} in {design.name}")
                for file in files:
                    shutil.copyfile(chaff.folder / file, mixed / file)
                yield Mixture(chaff, design.name, mixed, SEEDS[0])


def _is_fair(kata: Kata, mixture: Mixture, verdict: Verdict) -> bool:
    """Whether the mixture is a solution with this mistake, and not one that the mixing has broken."""
    gate = next((one for one in verdict.scenarios if one.name == kata.gate), None)
    return gate is not None and (gate.outcome is Outcome.PASSED or mixture.chaff.fails_gate)


def _signature(mixture: Mixture, verdict: Verdict, names: list[str]) -> Signature:
    known = {"mistake": mixture.chaff.name, "made_in": mixture.made_in, "seed": mixture.seed}
    return signature_of(verdict.scenarios, names, **known)


def store(kata: Kata, signatures: Signatures) -> Path:
    """Writes them where they are looked for."""
    file = kata.solutions / SIGNATURES
    file.write_bytes(msgspec.json.format(msgspec.json.encode(signatures), indent=1) + b"\n")
    return file


def main() -> int:
    """Collects and stores those of the katas named."""
    for name in sys.argv[1:]:
        kata = find_kata(name)
        signatures = collect(kata)
        print(f"{store(kata, signatures)}: {len(signatures.signatures)} signatures; {signatures.left_out()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
