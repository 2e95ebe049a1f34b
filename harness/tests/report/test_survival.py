"""The fault survival map, on a terminal and as a badge."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import msgspec
import pytest

from harness.judge.verdict import Explanation, Fault, Outcome, Promise, Scenario, Verdict
from harness.report.badge import AMBER, GREEN, GREY, RED, badge_of
from harness.report.survival import Fate, draw_survival, survival_of
from harness.report.text import plain
from harness.tests.report.examples import verdict

PASSED, FAILED, NOT_REACHED, BLOCKED = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_REACHED, Outcome.BLOCKED
TWICE, LOST, SLOW = "duplicate_delivery", "reply_lost", "downstream_slow"


def scenario(
    promise: str, outcome: Outcome, injected: tuple[str, ...] = (), struck: tuple[str, ...] | None = None
) -> Scenario:
    return Scenario(
        name="test_x",
        title="x",
        promise=promise,
        points=1,
        outcome=outcome,
        injected=injected,
        struck=injected if struck is None else struck,
    )


@pytest.mark.parametrize(
    ("scenarios", "fate"),
    [
        ([scenario("P1", PASSED, (TWICE,))], Fate.SURVIVED),
        ([scenario("P1", FAILED, (TWICE,))], Fate.BROKEN),
        ([scenario("P1", FAILED, (TWICE,), ())], Fate.NOT_REACHED),
        ([scenario("P1", NOT_REACHED, (TWICE,), ())], Fate.NOT_REACHED),
        ([scenario("P1", PASSED, (TWICE,), ())], Fate.LEFT_OPEN),
        ([scenario("P1", PASSED, (TWICE,)), scenario("P1", FAILED, (TWICE,))], Fate.BROKEN),
        ([scenario("P1", FAILED, (TWICE,)), scenario("P1", NOT_REACHED, (TWICE,), ())], Fate.BROKEN),
        ([scenario("P1", NOT_REACHED, (TWICE,), ()), scenario("P1", PASSED, (TWICE,))], Fate.NOT_REACHED),
        ([scenario("P1", PASSED, (TWICE,)), scenario("P1", PASSED, (TWICE,), ())], Fate.SURVIVED),
    ],
)
def test_a_cell_is_the_worst_of_its_scenarios(scenarios: list[Scenario], fate: Fate) -> None:
    assert survival_of(verdict(*scenarios)).cells == {(TWICE, "P1"): fate}


def test_a_fault_beside_the_one_that_was_not_reached_did_strike() -> None:
    found = survival_of(verdict(scenario("P1", NOT_REACHED, (TWICE, LOST), (TWICE,))))

    assert found.cells == {(TWICE, "P1"): Fate.SURVIVED, (LOST, "P1"): Fate.NOT_REACHED}


def test_what_was_not_judged_says_nothing_and_is_counted() -> None:
    found = survival_of(verdict(scenario("P1", BLOCKED, (TWICE,)), scenario("P4", Outcome.ERROR, (TWICE,))))

    assert (found.cells, found.faults, found.promises, found.not_judged) == ({}, (), (), 2)


def test_faults_stand_in_the_order_of_the_catalogue_and_promises_in_that_of_the_kata() -> None:
    found = survival_of(verdict(scenario("P4", PASSED, (SLOW, TWICE)), scenario("P1", PASSED, (LOST,))))

    assert found.faults == (TWICE, LOST, SLOW)
    assert found.promises == ("P1", "P4")


def test_a_fault_that_a_later_catalogue_has_not_is_shown_last() -> None:
    assert survival_of(verdict(scenario("P1", PASSED, ("gone", TWICE)))).faults == (TWICE, "gone")


def test_faults_that_had_nothing_to_strike_do_not_count() -> None:
    found = survival_of(
        verdict(
            scenario("P1", PASSED, (TWICE,)),
            scenario("P1", PASSED, (SLOW,), ()),
            scenario("P4", NOT_REACHED, (LOST,), ()),
        )
    )

    assert (found.survived, found.tried) == ([TWICE], [TWICE, LOST])


# ---- on a terminal ----------------------------------------------------------------------------


MIXED = verdict(
    scenario("P1", PASSED, (TWICE, LOST)),
    scenario("P4", FAILED, (TWICE, SLOW), (TWICE,)),
    scenario("P4", BLOCKED),
)


def test_the_map_is_readable_without_colour(is_golden: Callable[[str, str], None]) -> None:
    is_golden(plain(draw_survival(survival_of(MIXED), 80)), "survival_map")


def many(promises: int) -> Verdict:
    ids = [f"P{number}" for number in range(1, promises + 1)]
    scenarios = tuple(scenario(one, PASSED, ("eventually_consistent_read",)) for one in ids)
    made = tuple(Promise(id=one, sentence=one, points=1) for one in ids)
    return msgspec.structs.replace(MIXED, scenarios=scenarios, promises=made)


def test_ten_promises_fit_beside_each_other_in_80_columns() -> None:
    rows = plain(draw_survival(survival_of(many(10)), 80)).splitlines()

    assert rows[3].split() == [f"P{number}" for number in range(1, 11)]
    assert rows[4].split() == ["eventually_consistent_read", *["ok"] * 10]
    assert max(len(row) for row in rows) <= 80


def test_more_promises_stand_below_each_other() -> None:
    rows = plain(draw_survival(survival_of(many(14)), 80)).splitlines()

    assert [row.split()[0] for row in rows if row.lstrip().startswith("P")] == ["P1", "P11"]
    assert max(len(row) for row in rows) <= 80


# ---- as a badge -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenarios", "value", "colour"),
    [
        ([scenario("P1", PASSED, (TWICE, LOST))], "2/2", GREEN),
        ([scenario("P1", PASSED, (TWICE,)), scenario("P4", FAILED, (LOST,))], "1/2", RED),
        ([scenario("P1", PASSED, (TWICE,)), scenario("P4", NOT_REACHED, (LOST,), ())], "1/2", AMBER),
        ([scenario("P1", PASSED, (TWICE,)), scenario("P4", BLOCKED)], "1/1", AMBER),
        ([scenario("P1", FAILED), scenario("P4", BLOCKED)], "not judged", GREY),
    ],
)
def test_the_badge_counts_the_faults_that_were_survived(scenarios: list[Scenario], value: str, colour: str) -> None:
    picture = ElementTree.fromstring(badge_of(verdict(*scenarios)))
    svg = "{http://www.w3.org/2000/svg}"

    assert [one.text for one in picture.iter(f"{svg}text")] == ["faults survived", value]
    assert [one.get("fill") for one in picture.iter(f"{svg}rect")][-1] == colour


def test_the_badge_says_itself_to_a_screen_reader_and_asks_nobody_for_anything() -> None:
    badge = badge_of(MIXED)

    picture = ElementTree.fromstring(badge)
    assert picture[0].text == ("Queue-based load leveling: Faults survived: 1 of 3. 1 scenario not judged. Seed 3.")
    assert (picture.get("role"), picture.get("aria-label")) == ("img", picture[0].text)
    assert re.findall(r"https?://[^\"]+", badge) == ["http://www.w3.org/2000/svg"]


def test_what_could_not_be_judged_has_a_grey_badge() -> None:
    error = Explanation(happened="The judge died.")

    assert GREY in badge_of(verdict(scenario("P1", PASSED, (TWICE,)), error=error, fault=Fault.HARNESS))
