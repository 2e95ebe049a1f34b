"""A verdict as JUnit XML."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from harness.judge.verdict import Explanation, Fault, LogText, Outcome, Scenario, StoryLine, Verdict
from harness.report.junit import junit_of
from harness.tests.report.examples import ACCEPTED, CRASHED, LOOKED_TWICE, verdict

NOT_REACHED = Scenario(
    name="test_r", title="r", promise="P4", points=1, outcome=Outcome.NOT_REACHED, message="It never struck."
)
SLOW = Scenario(name="test_s", title="s", promise="P1", points=1, earned=1, real_ms=1_234, seed=3, digest="abcd")


def failing(fault: Fault) -> Scenario:
    error = Explanation(happened="It stopped.", expected="a verdict", try_="the same again")
    return Scenario(
        name="test_e", title="e", promise="P4", points=1, outcome=Outcome.ERROR, fault=fault, error=error, real_ms=7
    )


def parsed(judged: Verdict) -> Element:
    return ElementTree.fromstring(junit_of(judged, "kata test 07").encode())


def counts(element: Element) -> list[str | None]:
    return [element.get(name) for name in ("tests", "failures", "errors", "skipped", "time")]


def properties(element: Element) -> dict[str | None, str | None]:
    return {one.get("name"): one.get("value") for one in element.findall("properties/property")}


def test_a_promise_is_a_suite_and_a_scenario_is_a_case() -> None:
    root = parsed(verdict(ACCEPTED, SLOW, LOOKED_TWICE, NOT_REACHED, CRASHED, failing(Fault.KATA)))

    assert (root.tag, root.get("name"), counts(root)) == (
        *("testsuites", "07_queue_load_leveling"),
        ["6", "2", "1", "1", "3.210"],
    )
    first, second = root.findall("testsuite")
    assert first.get("name") == "P1 An article sent is accepted at once, and its transaction tells the truth."
    assert (counts(first), counts(second)) == (["2", "0", "0", "0", "1.234"], ["4", "2", "1", "1", "0.007"])
    assert [case.get("name") for case in first.findall("testcase")] == [ACCEPTED.name, "test_s"]
    assert {case.get("classname") for case in second.findall("testcase")} == {"07_queue_load_leveling.P4"}


def test_a_case_that_passed_holds_its_time_and_its_seed_and_nothing_else() -> None:
    (case,) = parsed(verdict(SLOW)).iter("testcase")

    assert case.get("time") == "1.234"
    assert [child.tag for child in case] == ["properties"]
    assert properties(case) == {"seed": "3", "digest": "abcd", "points": "1"}


def test_a_suite_says_what_was_judged_by_what() -> None:
    (suite,) = parsed(verdict(SLOW)).findall("testsuite")

    assert properties(suite) == {
        "kata": "07_queue_load_leveling",
        "harness": "0.1.0",
        "seed": "3",
        "submission_digest": "feedbeef",
    }


def test_a_broken_promise_is_a_failure_with_its_story() -> None:
    (failure,) = parsed(verdict(LOOKED_TWICE)).iter("failure")

    assert (failure.get("type"), failure.get("message")) == ("broken promise", "Article a-17 stands twice in the CMS.")
    assert failure.text
    assert "  ! 00:00.216  duplicate_delivery struck: message m-1 in IngestQueue\n" in failure.text
    assert "Likely mistake: Two deliveries looked before either had written.\n" in failure.text
    assert failure.text.endswith(f"kata test 07 --only {LOOKED_TWICE.name} --seed 3\n")


def test_a_fault_that_was_not_reached_is_a_failure_of_its_own_kind() -> None:
    (failure,) = parsed(verdict(NOT_REACHED)).iter("failure")

    assert (failure.get("type"), failure.get("message")) == ("not reached", "It never struck.")


def test_what_is_blocked_is_skipped_with_the_reason() -> None:
    waiting, unbegun = parsed(verdict(CRASHED, begun := not_begun())).iter("skipped")

    assert waiting.get("message") == "It is not judged until the first broken scenario holds."
    assert unbegun.get("message") == begun.message


def not_begun() -> Scenario:
    return Scenario(
        name="test_b", title="b", promise="P4", points=1, outcome=Outcome.BLOCKED, message="Work is not begun."
    )


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fault.SUBMISSION, "submission error"), (Fault.KATA, "kata error"), (Fault.HARNESS, "harness error")],
)
def test_an_error_says_whose_it_is(fault: Fault, kind: str) -> None:
    (error,) = parsed(verdict(failing(fault))).iter("error")

    assert (error.get("type"), error.get("message")) == (kind, "It stopped.")
    assert error.text == "It stopped.\n  Expected: a verdict\n  Try:      the same again\n"


def test_a_report_of_what_could_not_be_judged_is_no_empty_success() -> None:
    error = Explanation(happened="Unknown property `Handlr`.", file="template.yaml", line=12)
    root = parsed(verdict(error=error, fault=Fault.SUBMISSION))

    assert counts(root)[:3] == ["1", "0", "1"]
    assert [one.get("type") for one in root.iter("error")] == ["submission error"]
    assert [one.text for one in root.iter("error")] == ["template.yaml:12: Unknown property `Handlr`.\n"]


HOSTILE = "]]>\x00\x1b[2J\x0b\ufffe\ud800</failure><b a=\"'&amp;\n\t\u202eé😀"


def test_whatever_a_submission_prints_is_text() -> None:
    hostile = Scenario(
        name="test_h",
        title=HOSTILE,
        promise="P4",
        points=1,
        outcome=Outcome.FAILED,
        message=HOSTILE,
        got=HOSTILE,
        diagnosis=HOSTILE,
        story=(StoryLine(at_ms=0, text=HOSTILE),),
        logs=(LogText(at_ms=0, function="F", request_id="r", text=HOSTILE),),
    )
    root = parsed(verdict(hostile))

    assert [one.tag for one in root.iter()].count("failure") == 1
    (failure,) = root.iter("failure")
    assert failure.get("message") == ("]]>\\u0000\\u001b[2J\\u000b\\ufffe\\ud800</failure><b a=\"'&amp;\n\t\u202eé😀")
    assert failure.text
    assert "\x1b" not in failure.text
