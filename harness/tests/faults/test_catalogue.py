"""The catalogue of faults: each says what it stands for, and nothing stands in it twice."""

import inspect
import re

import pytest

from harness.faults.base import CallFault, Certainty, Fault, Point
from harness.faults.comparisons import FIS_PAGE
from harness.faults.registry import FAULTS, AnyFault


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_tells_its_story_in_production(name: str) -> None:
    words = inspect.getdoc(FAULTS[name]) or ""

    assert re.match(r".+\.\n\nIn production ", words), words


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_says_where_it_strikes_and_what_a_caller_may_conclude(name: str) -> None:
    assert isinstance(FAULTS[name].point, Point)
    assert isinstance(FAULTS[name].certainty, Certainty)


@pytest.mark.parametrize("name", FAULTS)
def test_every_setting_of_a_fault_is_explained(name: str) -> None:
    kind = FAULTS[name]
    own = set(kind.__annotations__) & set(kind.__struct_fields__)

    explained = set(re.findall(r"^    (\w+):", inspect.getdoc(kind) or "", re.MULTILINE))

    assert own <= explained


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_fault_is_compared_with_is_published_by_amazon(name: str) -> None:
    links = re.findall(r"\]\((.*?)\)", FAULTS[name].comparable)

    assert all(link == FIS_PAGE or link.startswith("https://aws.amazon.com/message/") for link in links)
    assert bool(links) is bool(FAULTS[name].comparable)


def test_names_are_snake_case_and_the_union_holds_every_fault() -> None:
    def leaves(kind: type[Fault]) -> set[type[Fault]]:
        below = kind.__subclasses__()
        is_base = bool(below) and kind not in FAULTS.values()
        own = set() if is_base else {kind}
        return own.union(*(leaves(one) for one in below))

    ours = {kind for kind in leaves(Fault) if kind.__module__.startswith("harness.faults.")}

    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in FAULTS)
    assert set(FAULTS.values()) == set(AnyFault.__args__) == ours


def test_faults_that_choose_calls_strike_at_calls_environments_or_services() -> None:
    points = {kind.point for kind in FAULTS.values() if issubclass(kind, CallFault)}

    assert points == {Point.CALL, Point.ENVIRONMENT, Point.DOWNSTREAM}
