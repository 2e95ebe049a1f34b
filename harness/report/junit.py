"""A verdict as JUnit XML, which GitLab, Jenkins and the reporters of GitHub Actions read.

A promise is a test suite and a scenario a test case. A broken promise and a fault that was not
reached are failures; what could not be judged is an error, and says whose; what was blocked is
skipped. `time` is real seconds. Nobody has a schema of this format; the elements and attributes
here are those that all three read.

Source: https://docs.gitlab.com/ci/testing/unit_test_reports/
"""

import re
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from harness.judge.verdict import Explanation, Fault, Outcome, Promise, Scenario, Verdict
from harness.report.again import again_of
from harness.report.explanation import draw_explanation
from harness.report.failure import draw_failure
from harness.report.place import Kind
from harness.report.text import plain

MARK: Final = '<?xml version="1.0" encoding="utf-8"?>\n<!-- serverless-katas JUnit report -->\n'
"""How each of our reports begins; no other file is overwritten."""

JUNIT = Kind(name="JUnit report", option="--junit", mark=MARK)

WIDTH = 100

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file may have, not even escaped. Source: https://www.w3.org/TR/xml/#charsets"""

_WHOSE = {Fault.SUBMISSION: "submission error", Fault.KATA: "kata error", Fault.HARNESS: "harness error"}


def junit_of(verdict: Verdict, command: str) -> str:
    """The verdict as the text of an XML file.

    Args:
        command: what was typed, without `--only` and `--seed`: "kata test 07".
    """
    root = Element("testsuites", name=verdict.kata)
    for promise in verdict.promises:
        scenarios = [one for one in verdict.scenarios if one.promise == promise.id]
        if scenarios:
            _suite(root, verdict, promise, scenarios, command)
    if verdict.error and not verdict.scenarios:
        _unjudged(root, verdict, verdict.error)
    _sum_up(root, list(root), verdict.real_ms)
    _make_safe(root)
    ElementTree.indent(root)
    return f"{MARK}{ElementTree.tostring(root, encoding='unicode')}\n"


def _suite(root: Element, verdict: Verdict, promise: Promise, scenarios: list[Scenario], command: str) -> None:
    suite = SubElement(root, "testsuite", name=f"{promise.id} {promise.sentence}")
    _properties(suite, verdict)
    for scenario in scenarios:
        case = SubElement(suite, "testcase", classname=f"{verdict.kata}.{promise.id}", name=scenario.name)
        case.set("time", _seconds(scenario.real_ms))
        _tell_seed(case, scenario)
        _tell(case, scenario, promise, again_of(scenario, command))
    _sum_up(suite, [suite], sum(one.real_ms for one in scenarios))


def _properties(suite: Element, verdict: Verdict) -> None:
    properties = SubElement(suite, "properties")
    for name in ("kata", "harness", "seed", "submission_digest"):
        SubElement(properties, "property", name=name, value=str(getattr(verdict, name)))


def _tell_seed(case: Element, scenario: Scenario) -> None:
    properties = SubElement(case, "properties")
    for name, value in (("seed", scenario.seed), ("digest", scenario.digest), ("points", scenario.points)):
        SubElement(properties, "property", name=name, value=str(value))


def _tell(case: Element, scenario: Scenario, promise: Promise, again: str) -> None:
    match scenario.outcome:
        case Outcome.FAILED | Outcome.NOT_REACHED:
            kind = "broken promise" if scenario.outcome is Outcome.FAILED else "not reached"
            told = SubElement(case, "failure", type=kind, message=scenario.message)
            told.text = plain(draw_failure(scenario, promise.sentence, again, WIDTH))
        case Outcome.ERROR:
            _tell_error(case, scenario.fault, scenario.error)
        case Outcome.BLOCKED:
            waits = "It is not judged until the first broken scenario holds."
            SubElement(case, "skipped", message=scenario.message or waits)


def _tell_error(case: Element, fault: Fault | None, error: Explanation | None) -> None:
    told = SubElement(case, "error", type=_WHOSE[fault or Fault.HARNESS], message=error.happened if error else "")
    told.text = plain(draw_explanation(error, WIDTH)) if error else ""


def _unjudged(root: Element, verdict: Verdict, error: Explanation) -> None:
    """Where nothing could be judged, the error is the one case: an empty report would look like success."""
    suite = SubElement(root, "testsuite", name=verdict.title)
    _properties(suite, verdict)
    case = SubElement(suite, "testcase", classname=verdict.kata, name="it can be judged", time="0.000")
    _tell_error(case, verdict.fault, error)
    _sum_up(suite, [suite], 0)


def _sum_up(element: Element, suites: list[Element], real_ms: int) -> None:
    """The element counts what is in these suites."""
    cases = [case for suite in suites for case in suite.findall("testcase")]
    element.set("tests", str(len(cases)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(kind) is not None for case in cases)))
    element.set("time", _seconds(real_ms))


def _seconds(real_ms: int) -> str:
    return f"{real_ms / 1000:.3f}"


def _make_safe(root: Element) -> None:
    """Whatever a submission printed is in it; what XML cannot hold stands there as its escape."""
    for element in root.iter():
        if element.text:
            element.text = _safe(element.text)
        for name, value in element.items():
            element.set(name, _safe(value))


def _safe(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
