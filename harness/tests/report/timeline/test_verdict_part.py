"""The verdict on top of its page: readable without a script, escaped, and linked to its timelines."""

import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from harness.judge.verdict import Explanation, Fault, LikelyMistake, Neighbour, Outcome, Scenario, StoryLine, Verdict
from harness.report.timeline.content import Page, content_of
from harness.report.timeline.page import page_of
from harness.report.timeline.verdict_part import verdict_part
from harness.tests.report.examples import ACCEPTED, CRASHED, LATE_VERSION, LOOKED_TWICE, verdict
from harness.tests.report.timeline.browser import Browser
from harness.tests.report.timeline.conftest import ATTACK, timeline

SURVIVED = Scenario(
    name="test_s",
    title="s",
    promise="P1",
    points=2,
    earned=2,
    injected=("duplicate_delivery", "reply_lost"),
    struck=("duplicate_delivery",),
)
BROKEN = msgspec.structs.replace(LOOKED_TWICE, injected=("duplicate_delivery",), struck=("duplicate_delivery",))


class Words(HTMLParser):
    """What a reader of the HTML comes by: the words with their tags, and the links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.opened: list[str] = []
        self.links: list[str | None] = []
        self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self._tag = tag
        self.opened.append(f"{tag} open" if ("open", None) in attributes else tag)
        self.links += [value for name, value in attributes if name == "href"]

    def handle_data(self, data):
        if data.strip():
            self.said.append((self._tag, data.strip()))


def part(judged: Verdict, *linked: str) -> str:
    return verdict_part(judged, "kata test 07", linked)


def test_the_score_and_what_became_of_the_scenarios_come_first() -> None:
    said = Words(part(verdict(ACCEPTED, LOOKED_TWICE, LATE_VERSION, CRASHED))).said

    assert said[:2] == [("b", "3 of 10 points."), ("b", "Scenarios: 2 broken, 1 not judged, 1 kept. 3.2 s.")]


def test_a_failure_is_told_with_what_was_expected_and_what_to_try() -> None:
    said = Words(part(verdict(LOOKED_TWICE))).said

    begins = said.index(("span", LOOKED_TWICE.title))
    assert said[begins + 1 : begins + 6] == [
        ("span", "0 of 2"),
        ("p", "Article a-17 stands twice in the CMS."),
        ("summary", "Expected, got, and what to try"),
        ("dt", "Expected"),
        ("dd", "one row, at version 1"),
    ]
    assert ("dd", "Two deliveries looked before either had written.") in said
    assert ("dd", f"kata test 07 --only {LOOKED_TWICE.name} --seed 3") in said


def test_what_is_to_be_mended_is_open_and_what_is_kept_is_closed() -> None:
    opened = Words(part(verdict(ACCEPTED, LOOKED_TWICE, LATE_VERSION))).opened

    assert [one for one in opened if one.startswith("details")] == [
        "details",  # P1 is kept
        "details open",  # P4 is broken
        "details open",  # its first broken scenario
        "details",  # its second
    ]


def test_only_a_scenario_that_the_page_shows_has_a_link() -> None:
    links = Words(part(verdict(ACCEPTED, LOOKED_TWICE, LATE_VERSION), LOOKED_TWICE.name)).links

    assert links == [f"#scenario={LOOKED_TWICE.name}"]


def test_the_map_is_a_table_with_heads_for_both_ways() -> None:
    judged = part(verdict(SURVIVED, BROKEN))
    said = Words(judged).said

    assert ("h2", "Faults survived: 0 of 1.") in said
    assert [text for tag, text in said if tag == "th"] == ["Fault", "duplicate_delivery", "reply_lost"]
    assert [text for tag, text in said if tag == "td"] == ["survived", "broken", "not reached"]
    assert ("span", "not injected") in said
    assert judged.count('scope="col"') == 3
    assert judged.count('scope="row"') == 2


def test_a_verdict_without_faults_has_no_map() -> None:
    assert "<table" not in part(verdict(ACCEPTED))


def test_an_error_says_whose_it_is_and_where() -> None:
    error = Explanation(
        happened="Unknown property.", expected="Handler", try_="rename it", file="template.yaml", line=12
    )
    said = Words(part(verdict(error=error, fault=Fault.SUBMISSION))).said

    assert [text for _, text in said[2:8]] == [
        *("This submission cannot be judged.", "template.yaml:12: Unknown property."),
        *("Expected", "Handler", "Try", "rename it"),
    ]


def test_what_else_is_known_of_a_failure_is_told() -> None:
    here = StoryLine(at_ms=973, text="FeedLegacy#1  POST -> reset")
    near = Neighbour(difference="without reply_lost", here=here, there=None)
    likely = LikelyMistake(name="check-then-create", mistake="looks, then writes", confidence=0.816)
    judged = msgspec.structs.replace(verdict(msgspec.structs.replace(LOOKED_TWICE, neighbour=near)), likely=likely)
    said = [text for _, text in Words(part(judged)).said]

    assert "looks, then writes (82%, by what fails and what does not)" in said
    assert "without reply_lost\nhere: 00:00.973  FeedLegacy#1  POST -> reset\nthere: nothing more" in said


def test_a_plan_that_explore_kept_is_replayed_and_worth_nothing() -> None:
    kept = msgspec.structs.replace(LOOKED_TWICE, name="test_x[a b]", points=0, plan="mine/found/a b.plan.json")
    page = Words(part(verdict(kept), kept.name))
    said = [text for _, text in page.said]

    assert "kata replay 'mine/found/a b.plan.json'" in said
    assert "found by kata explore" in said
    assert page.links == ["#scenario=test_x%5Ba%20b%5D"]


def test_what_is_not_begun_says_so() -> None:
    blocked = msgspec.structs.replace(CRASHED, message="FeedLegacy is not begun.")

    assert ("p", "FeedLegacy is not begun.") in Words(part(verdict(blocked))).said


def test_words_of_a_submission_make_no_tag() -> None:
    def with_words(text: str) -> list[str]:
        told = {"title": text, "message": text, "expected": text, "got": text, "diagnosis": text, "faults": (text,)}
        error = Explanation(happened=text, expected=text, got=text, try_=text, see=text)
        hostile = msgspec.structs.replace(BROKEN, **told)
        broken = msgspec.structs.replace(hostile, outcome=Outcome.ERROR, error=error)
        judged = verdict(hostile, broken, error=error, fault=Fault.SUBMISSION)
        return Words(part(msgspec.structs.replace(judged, warnings=(text,)))).opened

    assert with_words(ATTACK) == with_words("harmless")


def test_invisible_characters_are_shown() -> None:
    judged = part(verdict(msgspec.structs.replace(LOOKED_TWICE, message="\u202egone\x00")))

    assert "\\u202egone\\x00" in judged
    assert "\u202e" not in judged


# ---- in a browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    judged = verdict(SURVIVED, BROKEN, LATE_VERSION, CRASHED)
    content = content_of(
        judged, Page(heading="07 Leveling", place="here", command="kata test 07", kept=lambda name: timeline(name))
    )
    file = tmp_path_factory.mktemp("verdict") / "page.html"
    file.write_text(page_of(content, part(judged, *(one.name for one in content.scenarios))), encoding="utf-8")
    return f"file://{file}"


def test_a_link_leads_to_the_timeline_with_the_keyboard(browser: Browser, page: str) -> None:
    browser.show(page)
    browser.js("[...document.querySelectorAll('.kv a')].at(-1).focus()")
    browser.press("Enter")

    assert browser.js("document.activeElement.textContent") == LATE_VERSION.title
    assert browser.js("document.activeElement.closest('aside').getAttribute('aria-label')") == "The scenario"
    assert browser.js("document.getElementById('chooser').selectedIndex") == 1
    assert browser.js("location.hash").startswith(f"#scenario={LATE_VERSION.name}")
    assert browser.complaints == []
    assert browser.asked == [page]


@pytest.mark.parametrize("dark", [False, True])
def test_words_of_the_verdict_stand_out_from_what_is_behind_them(browser: Browser, page: str, dark: bool) -> None:
    browser.show(page, dark=dark)
    ratios = browser.js(CONTRASTS)

    assert len(ratios) == 8
    assert min(ratios.values()) >= 4.5, ratios


def test_a_narrow_page_does_not_scroll_sideways(browser: Browser, page: str) -> None:
    browser.show(page, 390, 900)

    assert browser.js("document.documentElement.scrollWidth") <= 390


def test_headings_are_in_order(browser: Browser, page: str) -> None:
    browser.show(page)
    headings = browser.js("[...document.querySelectorAll('h1, h2')].map((one) => one.textContent)")

    assert headings == [
        "07 Leveling",
        "Promises",
        "Faults survived: 0 of 1. 1 scenario not judged.",
        "Timeline",
        BROKEN.title,
    ]
    assert browser.js("document.querySelectorAll('main').length") == 1


def test_the_verdict_is_there_without_a_script(page: str) -> None:
    text = re.sub(r"<script.*?</script>", "", Path(page.removeprefix("file://")).read_text("utf-8"), flags=re.DOTALL)

    assert "Article a-17 stands twice in the CMS." in text
    assert "<noscript>This page draws its timeline with JavaScript, which is switched off.</noscript>" in text


CONTRASTS = """(() => {
  const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = (colour, below) => {
    paint.fillStyle = below; paint.fillRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((one) => one / 255)
      .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const names = [".kv-score", ".kv .passed > .kv-mark", ".kv .failed > .kv-mark", ".kv .blocked .kv-mark",
    ".kv-points", ".kv dt", ".kv td.survived", ".kv td.broken"];
  const body = getComputedStyle(document.body).backgroundColor;
  return Object.fromEntries(names.map((name) => {
    const style = getComputedStyle(document.querySelector(name));
    const ground = light(style.backgroundColor, body), ink = light(style.color, body);
    return [name, (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)];
  }));
})()"""
