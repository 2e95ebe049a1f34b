"""From a judge's process to the page: a handler that prints and returns markup is judged, and shown as text."""

from functools import partial
from pathlib import Path

import pytest

from harness.judge.kata_file import read_kata
from harness.judge.run import Job, judge
from harness.judge.timeline.keep import kept_timeline
from harness.judge.verdict import Verdict
from harness.report.timeline.content import Page, content_of
from harness.report.timeline.page import page_of
from harness.tests.end_to_end.conftest import copy_home
from harness.tests.end_to_end.submissions import submission, writer
from harness.tests.report.timeline.browser import Browser

ATTACK = "</script><script>alert(1)</script>"
GATE = "test_a_note_is_written_once"
HOSTILE = writer(f"""\
def handler(event, context):
    print({ATTACK!r})
    raise ValueError({ATTACK!r})
""")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    kata = read_kata(copy_home(folder / "home") / "katas" / "01_notes")
    timelines = folder / "timelines"
    timelines.mkdir()
    job = Job(kata, submission(folder / "submitted", HOSTILE), seed=1, only=(GATE,), timelines=timelines)
    return judge(job), timelines


def test_the_timeline_of_a_judged_scenario_comes_out_of_its_process(judged: tuple[Verdict, Path]) -> None:
    timeline = kept_timeline(judged[1], GATE)

    assert {lane.name for lane in timeline.lanes} >= {"client", "NotesQueue"}
    assert any(event.kind == "log" and ATTACK in event.answer for event in timeline.events)


def test_the_verdict_itself_knows_nothing_of_timelines(judged: tuple[Verdict, Path]) -> None:
    assert not hasattr(judged[0].scenarios[0], "timeline")


def test_a_scenario_that_was_not_judged_has_none(judged: tuple[Verdict, Path]) -> None:
    assert kept_timeline(judged[1], "test_notes_sent_at_the_same_moment_are_all_written") is None


def test_what_the_handler_printed_is_text_on_the_page(
    judged: tuple[Verdict, Path], browser: Browser, tmp_path: Path
) -> None:
    verdict, timelines = judged
    page = Page(heading="01 Notes", place="here", command="kata test 01", kept=partial(kept_timeline, timelines))
    file = tmp_path / "page.html"
    file.write_text(page_of(content_of(verdict, page)), encoding="utf-8")
    browser.show(f"file://{file}")

    assert f"prints: {ATTACK}" in browser.js("document.querySelector('.kt-list').textContent")
    assert browser.js("document.scripts.length") == 2
    assert browser.complaints == []
    assert browser.asked == [f"file://{file}"]
