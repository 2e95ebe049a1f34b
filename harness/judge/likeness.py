"""The likely mistake by name: what fails in a submission, matched against what fails in known wrong ones.

Every chaff of a kata was judged by all of its scenarios; which of them it fails is its
signature. Signatures are kept in solutions/<kata>/signatures.json, several of each chaff:
under other seeds, and the same mistake made in another design. A submission is given the
name of the chaff whose signature it bears, or none when it bears none of them clearly.

The method is naive Bayes over scenarios and the diagnoses of those that fail, with one more
class: a mistake that nobody has met. `left_out` says how well it does on signatures that it has
not seen.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.judge.chaff_file import read_all_chaff
from harness.judge.kata import Kata
from harness.judge.scenarios import scenario_names
from harness.judge.verdict import LikelyMistake, Outcome, Scenario

SIGNATURES = "signatures.json"

NAMED_FROM = 0.6
"""A mistake is named if it is at least so probable."""

LEAST_JUDGED = 0.5
"""Of the scenarios of a kata: with fewer of them judged nothing is named."""

_DOUBT = 0.04
"""How probable it is that one more run of the same mistake ends a scenario otherwise, before any run was seen."""

_SAME_DIAGNOSIS = 0.9
"""How probable it is that a scenario that fails again by the same mistake gives the same diagnosis."""

_NEVER_MET = 0.3
"""How probable a mistake is that no chaff makes."""

_RUNS_OWN = re.compile(r"\b[\w-]*\d[\w-]*\b")
"""Ids, numbers and times, which another run would have others of."""

_FAILS, _PASSES, _UNKNOWN = "F", ".", "-"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one wrong solution under one seed.

    Attributes:
        mistake: the chaff's name.
        made_in: "reference", or the accepted design in which the mistake was made.
        outcomes: a character for each of the kata's scenarios: F fails, . passes, - not judged.
        diagnoses: of the scenarios that fail, without the ids and numbers of that run.
    """

    mistake: str
    made_in: str = "reference"
    seed: int
    outcomes: str
    diagnoses: dict[str, str] = {}


class Signatures(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a kata's chaff.

    Attributes:
        scenarios: names of the scenarios, in the order of the characters.
        told: of each chaff, the mistake in words.
    """

    scenarios: tuple[str, ...]
    told: dict[str, str]
    signatures: tuple[Signature, ...]

    def likely(self, scenarios: Iterable[Scenario]) -> LikelyMistake | None:
        """The mistake whose signature these verdicts bear; None if that is not clear."""
        observed = signature_of(scenarios, self.scenarios)
        judged = sum(mark != _UNKNOWN for mark in observed.outcomes)
        if _FAILS not in observed.outcomes or judged < LEAST_JUDGED * len(self.scenarios):
            return None
        mistake, confidence = self._nearest(observed, self.signatures)
        if not mistake:
            return None
        return LikelyMistake(
            name=mistake, mistake=self.told.get(mistake, mistake), confidence=min(round(confidence, 2), 0.99)
        )

    def left_out(self) -> "LeftOut":
        """Names each signature by all others; then each again by those of other mistakes."""
        known = self.signatures
        siblings = Counter(one.mistake for one in known)
        met = [one for one in known if siblings[one.mistake] > 1]
        named = [self._nearest(one, [other for other in known if other is not one])[0] for one in met]
        strange = [self._nearest(one, [each for each in known if each.mistake != one.mistake]) for one in known]
        return LeftOut(
            runs=len(met),
            right=sum(name == one.mistake for one, name in zip(met, named, strict=True)),
            wrong=sum(name not in ("", one.mistake) for one, name in zip(met, named, strict=True)),
            strangers=len(strange),
            strangers_named=sum(name != "" for name, _ in strange),
        )

    def _nearest(self, observed: Signature, known: Sequence[Signature]) -> tuple[str, float]:
        """The most probable mistake and how probable it is; "" if none is probable enough."""
        by_mistake: dict[str, list[Signature]] = {}
        for one in known:
            by_mistake.setdefault(one.mistake, []).append(one)
        if not by_mistake:
            return "", 0.0
        prior = (1 - _NEVER_MET) / len(by_mistake)
        weights = {mistake: math.log(prior) + _likelihood(observed, seen) for mistake, seen in by_mistake.items()}
        strange = math.log(_NEVER_MET) + _strangeness(observed)
        largest = max(strange, *weights.values())
        total = sum(math.exp(weight - largest) for weight in (strange, *weights.values()))
        best = max(weights, key=lambda mistake: weights[mistake])
        confidence = math.exp(weights[best] - largest) / total
        return (best, confidence) if confidence >= NAMED_FROM else ("", 0.0)


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """How well mistakes are named that were not looked at for it.

    Attributes:
        runs: signatures of mistakes of which there are others; `right` and `wrong` of them were named so.
        strangers: signatures named by those of other mistakes alone; `strangers_named` should not have been.
    """

    runs: int
    right: int
    wrong: int
    strangers: int
    strangers_named: int


def signature_of(scenarios: Iterable[Scenario], names: Sequence[str], **known: Any) -> Signature:
    """The signature that these verdicts are.

    Args:
        names: of the kata's scenarios, in the order of the characters.
        known: the other fields of the signature, as far as they are known.
    """
    marks = {Outcome.PASSED: _PASSES, Outcome.FAILED: _FAILS}
    judged = {scenario.name: scenario for scenario in scenarios if scenario.outcome in marks}
    return Signature(
        **{"mistake": "", "seed": 0, **known},
        outcomes="".join(marks[judged[name].outcome] if name in judged else _UNKNOWN for name in names),
        diagnoses={
            name: _RUNS_OWN.sub("#", judged[name].diagnosis)
            for name in names
            if name in judged and judged[name].outcome is Outcome.FAILED
        },
    )


def stale(signatures: Signatures, kata: Kata) -> list[str]:
    """What has changed in the kata since they were collected, a sentence each."""
    again = f"python -m harness.judge.collecting {kata.number:02d}"
    if sorted(signatures.scenarios) != sorted(scenario_names(kata)):
        return [f"{SIGNATURES} is about other scenarios than the kata has; try {again}"]
    problems = []
    every = read_all_chaff(kata)
    for chaff in every:
        own = [one for one in signatures.signatures if one.mistake == chaff.name]
        if signatures.told.get(chaff.name) != chaff.mistake or not own:
            problems.append(f"{SIGNATURES} does not know the chaff {chaff.name} as it is now; try {again}")
        for rejection in chaff.rejected_by:
            place = signatures.scenarios.index(rejection.scenario)
            if any(one.outcomes[place] == _PASSES for one in own if one.made_in == "reference"):
                problems.append(f"by {SIGNATURES}, {rejection.scenario} does not reject {chaff.name}; try {again}")
    gone = sorted({one.mistake for one in signatures.signatures} - {chaff.name for chaff in every})
    return [*problems, *(f"{SIGNATURES} knows a chaff {name} that is not there; try {again}" for name in gone)]


def _likelihood(observed: Signature, seen: Sequence[Signature]) -> float:
    """Logarithm of how probable this is of a mistake with these signatures."""
    total = 0.0
    for mark, *column in zip(observed.outcomes, *(one.outcomes for one in seen), strict=True):
        judged = [one for one in column if one != _UNKNOWN]
        if mark != _UNKNOWN and judged:
            fails = (judged.count(_FAILS) + _DOUBT) / (len(judged) + 2 * _DOUBT)
            total += math.log(fails if mark == _FAILS else 1 - fails)
    for scenario, diagnosis in observed.diagnoses.items():
        given = {one.diagnoses[scenario] for one in seen if scenario in one.diagnoses}
        if given:
            total += math.log(_SAME_DIAGNOSIS if diagnosis in given else 1 - _SAME_DIAGNOSIS)
    return total


def _strangeness(observed: Signature) -> float:
    """The same of a mistake that nobody has met: each scenario fails as often as any, and says this or that."""
    judged = [mark for mark in observed.outcomes if mark != _UNKNOWN]
    fails = (judged.count(_FAILS) + 1) / (len(judged) + 2)
    total = sum(math.log(fails if mark == _FAILS else 1 - fails) for mark in judged)
    return total + len(observed.diagnoses) * math.log(0.5)


def read_signatures(solutions: Path) -> Signatures | None:
    """What is kept in the folder of a kata's solutions; None if nothing is, or it cannot be read."""
    try:
        return msgspec.json.decode((solutions / SIGNATURES).read_bytes(), type=Signatures)
    except (OSError, msgspec.DecodeError):
        return None
