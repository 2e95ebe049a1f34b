"""Kata 02: what entitlements answers, and whether the contract's examples are what the tests ask for."""

import sys
from typing import Any

import pytest

from harness import paths
from harness.tests.cloud.http_service.bench import Bench, parsed
from harness.tests.katas.given import examples_of, module_of

FOLDER = paths.katas() / "02_decoupled_messaging"


@pytest.fixture(scope="module")
def announcements():
    sys.path.insert(0, str(FOLDER / "acceptance"))
    try:
        yield module_of(FOLDER, "acceptance/announcements")
    finally:
        sys.path.remove(str(FOLDER / "acceptance"))
        sys.modules.pop("club", None)


@pytest.fixture
def bench() -> Bench[Any]:
    service = module_of(FOLDER, "services/club_entitlements").Entitlements
    return Bench(service, name="entitlements", url="http://entitlements.internal")


def _ask(bench: Bench[Any], member_id: str, plan: str) -> list[str]:
    answer = bench.run(bench.service.answer(bench.call("GET", f"/entitlements/{member_id}/{plan}")))
    features: list[str] = parsed(answer)["features"]
    return features


def test_a_member_is_told_the_same_features_each_time(bench):
    assert _ask(bench, "m-1", "pro") == _ask(bench, "m-1", "pro") == bench.service.features_of("m-1", "pro")


def test_features_differ_for_each_member_and_plan(bench):
    answers = [_ask(bench, member_id, plan) for member_id in ("m-1", "m-2") for plan in ("basic", "plus", "pro")]

    assert len({tuple(answer) for answer in answers}) == 6


def test_a_question_of_its_own_may_take_longer_than_the_day(bench):
    bench.service.day_ms = 3000
    bench.service.takes_ms["m-1", "pro"] = 4000

    for plan in ("basic", "pro"):
        _ask(bench, "m-1", plan)

    quick, slow = [entry.ended_ms - entry.at_ms for entry in bench.service.log]
    assert 2700 <= quick <= 3300
    assert 3600 <= slow <= 4400


def test_it_counts_how_often_it_was_asked(bench):
    _ask(bench, "m-1", "pro")
    _ask(bench, "m-1", "basic")

    assert bench.service.asked("m-1", "pro") == 1


def test_the_event_of_the_contract_has_the_fields_that_the_tests_publish(announcements):
    *_, event = examples_of(FOLDER)

    assert announcements.event_of("m-1", 3, "pro", "plus").keys() == event.keys()


def test_the_examples_of_the_contract_add_up():
    member, bill, access, event = examples_of(FOLDER)

    assert (member["plan"], member["version"]) == (event["plan"], event["version"])
    assert bill["total_cents"] == sum(charge["amount_cents"] for charge in bill["charges"])
    assert {"plan", "version", "features"} <= access.keys()
