"""The screen of `kata test`."""

import io
from collections.abc import Callable

import pytest

from harness.judge.verdict import Explanation, Fault, Scenario, StoryLine, Verdict
from harness.report.failure import chosen_lines, draw_failure
from harness.report.terminal import VerdictScreen, Words
from harness.report.text import console_for, plain, virtual_time
from harness.tests.report.examples import (
    ACCEPTED,
    CRASHED,
    EVERYTHING_AT_ONCE,
    LATE_VERSION,
    LOOKED_TWICE,
    NEVER_STRUCK,
    NOT_BEGUN,
    PROMISES,
    verdict,
)

WORDS = Words(
    heading="07 Queue-based load leveling",
    place="workspace/07_queue_load_leveling, seed 3",
    promises=PROMISES,
    command="kata test 07",
    after_passing="kata start 08",
)

IsGolden = Callable[[str, str], None]


def screen_of(judged: Verdict, words: Words = WORDS, width: int = 80) -> str:
    file = io.StringIO()
    screen = VerdictScreen(console_for(file, width), words)
    screen.begin()
    for scenario in judged.scenarios:
        screen.scenario(scenario)
    screen.end(judged)
    return file.getvalue()


def test_a_broken_promise_is_told_in_full_and_the_rest_in_a_line_each(is_golden: IsGolden) -> None:
    is_golden(screen_of(verdict(ACCEPTED, LOOKED_TWICE, LATE_VERSION, CRASHED)), "broken_promise")


def test_a_narrow_terminal_gets_the_same_words(is_golden: IsGolden) -> None:
    is_golden(screen_of(verdict(ACCEPTED, LOOKED_TWICE), width=50), "broken_promise_narrow")


def test_everything_kept_is_told_with_the_next_kata(is_golden: IsGolden) -> None:
    is_golden(screen_of(verdict(ACCEPTED)), "passed")


def test_a_submission_that_cannot_be_judged_is_told_with_its_line(is_golden: IsGolden) -> None:
    error = Explanation(
        happened="Unknown property `Handlr` of AWS::Serverless::Function.",
        expected="one of Handler, Runtime, Timeout, Events",
        try_="rename it to `Handler`",
        see="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html",
        file="template.yaml",
        line=12,
        column=7,
    )
    is_golden(screen_of(verdict(error=error, fault=Fault.SUBMISSION)), "submission_error")


def test_a_fault_of_the_harness_is_called_one(is_golden: IsGolden) -> None:
    error = Explanation(happened="The judge process died.", got="signal: killed", try_="the same again")
    is_golden(screen_of(verdict(error=error, fault=Fault.HARNESS)), "harness_fault")


def test_one_scenario_alone_has_no_score(is_golden: IsGolden) -> None:
    words = Words(**{**vars(WORDS), "only": True})
    is_golden(screen_of(verdict(ACCEPTED), words), "only_one_passed")


def test_what_is_not_begun_is_one_block_with_a_line_for_each_promise(is_golden: IsGolden) -> None:
    is_golden(screen_of(verdict(ACCEPTED, *NOT_BEGUN)), "not_begun")


def test_what_is_not_begun_and_what_waits_are_two_blocks(is_golden: IsGolden) -> None:
    is_golden(screen_of(verdict(LATE_VERSION, CRASHED, *NOT_BEGUN)), "not_begun_and_waiting")


def test_a_scenario_without_its_fault_is_told_as_not_reached(is_golden: IsGolden) -> None:
    is_golden(screen_of(verdict(ACCEPTED, NEVER_STRUCK)), "not_reached")


def test_the_longest_failure_fits_a_terminal(is_golden: IsGolden) -> None:
    rows = draw_failure(EVERYTHING_AT_ONCE, PROMISES["P4"], "kata test 07 --only test_x --seed 3", 100)
    screen = plain(rows)
    is_golden(screen, "longest_failure")
    assert len(screen.splitlines()) <= 38


def test_a_usual_failure_takes_less_than_35_rows() -> None:
    rows = draw_failure(LOOKED_TWICE, PROMISES["P4"], "kata test 07 --only test_x --seed 3", 80)
    assert len(plain(rows).splitlines()) < 35


def test_what_a_handler_printed_cannot_move_the_cursor() -> None:
    nasty = Scenario(name="test_x", title="x", promise="P4", points=1, message="\x1b[2J\u202egone", got="\x07")
    screen = plain(draw_failure(nasty, "A promise.", "kata test 07", 80))
    assert "\\x1b[2J\\u202egone" in screen
    assert "\x1b" not in screen
    assert "\x07" not in screen


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    coloured, without = Terminal(), Terminal()
    console_for(coloured, 80).print("x", style="red")
    monkeypatch.setenv("NO_COLOR", "1")
    console_for(without, 80).print("x", style="red")

    assert coloured.getvalue() == "\x1b[31mx\x1b[0m\n"
    assert without.getvalue() == "x\n"


def test_a_pipe_gets_no_colour() -> None:
    assert "\x1b" not in screen_of(verdict(ACCEPTED, LOOKED_TWICE))


@pytest.mark.parametrize(
    ("at_ms", "text"),
    [(0, "00:00.000"), (61_002, "01:01.002"), (3_599_999, "59:59.999"), (72_000_001, "20:00:00.001")],
)
def test_virtual_time_is_minutes_seconds_and_milliseconds(at_ms: int, text: str) -> None:
    assert virtual_time(at_ms) == text


def test_a_long_story_keeps_its_ends_and_its_strikes() -> None:
    story = tuple(StoryLine(at_ms=n, text=str(n), strike=n == 50) for n in range(100))
    assert chosen_lines(story, 9) == [0, 49, 50, 51, 97, 98, 99]


def test_a_short_story_is_told_whole() -> None:
    story = tuple(StoryLine(at_ms=n, text=str(n)) for n in range(5))
    assert chosen_lines(story, 9) == [0, 1, 2, 3, 4]
