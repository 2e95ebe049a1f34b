"""The likely mistake by name: signatures matched, and how well that does on what it has not seen."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.judge.kata_file import read_kata
from harness.judge.likeness import LeftOut, Signature, Signatures, read_signatures, stale
from harness.judge.verdict import Outcome, Scenario
from harness.tests.fake_kata import write_kata

NAMES = tuple(f"test_{number}" for number in range(12))
DOORS = ("test_door_opens", "test_door_opens_twice", "test_wrong_key_is_refused")
TOLD = {"late": "The lock is looked at too late.", "twice": "The door is opened twice."}
LATE = "FF.........."
TWICE = "....FFF....."


def signatures(*more: Signature) -> Signatures:
    known = [
        Signature(mistake=mistake, made_in=made_in, seed=1, outcomes=outcomes)
        for mistake, outcomes in (("late", LATE), ("twice", TWICE))
        for made_in in ("reference", "sliding")
    ]
    return Signatures(scenarios=NAMES, told=TOLD, signatures=(*known, *more))


def scenarios(outcomes: str) -> list[Scenario]:
    marks = {"F": Outcome.FAILED, ".": Outcome.PASSED, "-": Outcome.BLOCKED}
    return [
        Scenario(name=name, title=name, promise="P1", points=1, outcome=marks[mark])
        for name, mark in zip(NAMES, outcomes, strict=True)
    ]


def test_a_submission_that_fails_where_a_chaff_fails_is_given_its_name() -> None:
    likely = signatures().likely(scenarios(LATE))

    assert likely is not None
    assert (likely.name, likely.mistake) == ("late", "The lock is looked at too late.")
    assert likely.confidence > 0.9


def test_two_more_failures_make_it_less_sure_and_not_another() -> None:
    exact, near = signatures().likely(scenarios(LATE)), signatures().likely(scenarios("FF.......FF."))

    assert exact is not None
    assert near is not None
    assert near.name == "late"
    assert near.confidence < exact.confidence


def test_what_resembles_no_chaff_is_given_no_name() -> None:
    assert signatures().likely(scenarios("..F..F..F..F")) is None


def test_what_resembles_two_chaff_alike_is_given_no_name() -> None:
    twin = [Signature(mistake="twin", made_in=made_in, seed=1, outcomes=LATE) for made_in in ("reference", "sliding")]

    assert signatures(*twin).likely(scenarios(LATE)) is None


def test_of_two_mistakes_that_fail_alike_the_diagnosis_decides_whatever_the_ids_in_it() -> None:
    known = [
        Signature(mistake=mistake, seed=seed, outcomes="F...........", diagnoses={NAMES[0]: f"{diagnosis} at #."})
        for mistake, diagnosis in (("late", "It came late"), ("twice", "It came twice"))
        for seed in (1, 2)
    ]
    told = [msgspec.structs.replace(one, diagnosis="It came twice at 4711.") for one in scenarios("F...........")]

    likely = Signatures(scenarios=NAMES, told=TOLD, signatures=tuple(known)).likely(told)

    assert likely is not None
    assert likely.name == "twice"


def test_scenarios_that_were_not_judged_say_nothing_and_most_must_have_been() -> None:
    assert getattr(signatures().likely(scenarios("FF......----")), "name", "") == "late"
    assert signatures().likely(scenarios("FF.---------")) is None


def test_a_submission_that_passes_has_no_mistake() -> None:
    assert signatures().likely(scenarios("." * 12)) is None


def test_each_signature_is_named_by_the_others_and_by_none_of_another_mistake() -> None:
    alone = Signature(mistake="alone", seed=1, outcomes="........FFFF")

    left_out = signatures(alone).left_out()

    assert left_out == LeftOut(runs=4, right=4, wrong=0, strangers=5, strangers_named=0)


def test_signatures_are_read_back_as_they_were_written_and_none_are_missed_quietly(tmp_path: Path) -> None:
    (tmp_path / "signatures.json").write_bytes(msgspec.json.encode(signatures()))

    assert read_signatures(tmp_path) == signatures()
    assert read_signatures(tmp_path / "elsewhere") is None


# ---- whether they are those of the kata as it is ---------------------------------------------------


def of_the_kata(outcomes: str, **more: Any) -> Signatures:
    own = Signature(mistake="any-key", seed=1, outcomes=outcomes)
    fields = {"scenarios": DOORS, "told": {"any-key": "Any key opens it"}, "signatures": (own,), **more}
    return Signatures(**fields)


def test_signatures_of_the_kata_as_it_is_are_not_stale(tmp_path: Path) -> None:
    assert stale(of_the_kata("..F"), read_kata(write_kata(tmp_path))) == []


@pytest.mark.parametrize(
    ("signatures", "said"),
    [
        (of_the_kata("..."), "test_wrong_key_is_refused does not reject any-key"),
        (of_the_kata("..F", scenarios=("a", "b", "c")), "is about other scenarios"),
        (of_the_kata("..F", told={"any-key": "It is open"}), "does not know the chaff any-key as it is now"),
        (of_the_kata("..F", signatures=()), "does not know the chaff any-key"),
        (
            of_the_kata(
                "..F", signatures=(*of_the_kata("..F").signatures, Signature(mistake="x", seed=1, outcomes="F.."))
            ),
            "knows a chaff x that is not there",
        ),
    ],
)
def test_what_has_changed_since_is_said_with_what_to_do(tmp_path: Path, signatures: Signatures, said: str) -> None:
    problems = stale(signatures, read_kata(write_kata(tmp_path)))

    assert said in problems[0]
    assert problems[0].endswith("try python -m harness.judge.collecting 42")
