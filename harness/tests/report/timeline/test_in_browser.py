"""The page in a browser: keys step through the events, and nothing complains or asks for anything."""

import functools
import http.server
import shutil
import threading
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from harness.report.timeline.page import page_of
from harness.tests.report.timeline.browser import Browser
from harness.tests.report.timeline.conftest import ATTACK, content, timeline

CURRENT = "document.querySelector('.kt-list [aria-current]').textContent"
SELECTED = "Number(new URLSearchParams(location.hash.slice(1)).get('event'))"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(page_of(content(ATTACK)), encoding="utf-8")
    return f"file://{file}"


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "calm.html"
    file.write_text(page_of(content()), encoding="utf-8")
    return f"file://{file}"


def test_hostile_text_is_shown_as_it_is_and_does_nothing(browser: Browser, page: str) -> None:
    browser.show(page)

    assert ATTACK in browser.js("document.querySelector('aside .message').textContent")
    assert ATTACK in browser.js("document.querySelector('.kt-list').textContent")
    assert browser.js("document.querySelectorAll('img').length") == 0
    assert browser.complaints == []
    assert browser.asked == [page]


def test_the_policy_keeps_strange_scripts_from_running(browser: Browser, calm: str) -> None:
    browser.show(calm)
    refused = browser.js(ATTEMPTS)

    assert browser.js("window.ran") is None
    assert browser.js("document.querySelectorAll('img').length") == 0
    assert {one.split("-")[0] for one in refused} >= {"require", "connect"}


ATTEMPTS = """new Promise((done) => {
  const refused = [], attempt = (act) => { try { act(); } catch {} };
  document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
  attempt(() => { document.body.innerHTML = "<img src=x onerror='window.ran = 1'>"; });
  attempt(() => {
    const script = document.createElement("script");
    script.append(document.createTextNode("window.ran = 2"));
    document.body.append(script);
  });
  attempt(() => { fetch("https://elsewhere.invalid/").catch(() => 0); });
  setTimeout(() => done(refused), 100);
})"""


def test_a_page_begins_with_the_strike(browser: Browser, calm: str) -> None:
    browser.show(calm)

    assert browser.js(CURRENT).startswith("01:01.000strikes")


def test_an_address_names_an_event(browser: Browser, calm: str) -> None:
    browser.show(f"{calm}#event=5")

    assert browser.js(CURRENT).startswith("01:01.000prints")
    assert browser.js("document.querySelector('.kt-detail').innerText.includes('It rains.')")


def test_arrows_step_from_event_to_event(browser: Browser, calm: str) -> None:
    browser.show(f"{calm}#event=2")
    browser.js("document.querySelectorAll('.kt-bar button')[2].click()")  # all events, not only the story
    browser.press("ArrowRight", "ArrowRight")
    assert browser.js(SELECTED) == 5
    browser.press("ArrowLeft")
    assert browser.js(SELECTED) == 4


def test_with_the_story_alone_arrows_step_through_the_story(browser: Browser, calm: str) -> None:
    browser.show(f"{calm}#event=2")
    browser.press("ArrowRight")

    assert browser.js(SELECTED) == 7


def test_home_and_end_go_to_the_ends(browser: Browser, calm: str) -> None:
    browser.show(f"{calm}#event=4")
    browser.js("document.querySelectorAll('.kt-bar button')[2].click()")
    browser.press("End")
    assert browser.js(SELECTED) == 9
    browser.press("Home")
    assert browser.js(SELECTED) == 1


def test_tab_reaches_every_control_once_and_one_item_of_the_list(browser: Browser, calm: str) -> None:
    browser.show(calm)
    seen = []
    for _ in range(40):
        browser.press("Tab")
        name = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
        seen.append(browser.js(f"document.activeElement === document.body ? '' : ({name}).slice(0, 20)"))
        if not seen[-1] or "ul" in seen:
            break

    reached = [one for one in seen if one]
    assert reached.index("Event before (Left)") < reached.index("Virtual time")
    assert sum(one.startswith("01:01.000strikes") for one in reached) == 1
    assert not any(one.startswith("00:00.050arrives") for one in reached)


def test_in_the_list_arrows_move_the_focus_too(browser: Browser, calm: str) -> None:
    browser.show(f"{calm}#event=2")
    browser.js("document.querySelector('.kt-list [aria-current]').focus()")
    browser.press("ArrowDown")

    assert browser.js("document.activeElement.getAttribute('aria-current')") == "true"
    assert browser.js(SELECTED) == 7


def test_the_list_says_what_the_picture_shows(browser: Browser, calm: str) -> None:
    browser.show(calm)

    assert browser.js("document.querySelector('.kt-picture').getAttribute('aria-hidden')") == "true"
    assert browser.js("document.querySelectorAll('ol.kt-list > li').length") == 6
    assert browser.js("document.querySelector('.kt-list li:nth-child(5)').textContent").endswith(
        "(fault strikes, Work, story)"
    )
    assert browser.js("document.querySelector('.kt-scrub').getAttribute('aria-valuetext')").startswith(
        "01:01.000, event 5 of 6: strikes"
    )


def test_the_scrubber_goes_through_virtual_time(browser: Browser, calm: str) -> None:
    browser.show(calm)
    browser.js(
        "(() => { const scrub = document.querySelector('.kt-scrub'); scrub.value = 1000;"
        " scrub.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )

    assert browser.js(SELECTED) == 7


def test_a_line_of_the_story_leads_to_its_event(browser: Browser, calm: str) -> None:
    browser.show(f"{calm}#event=7")
    browser.js("document.querySelectorAll('.story button')[1].click()")

    assert browser.js(SELECTED) == 2


def test_another_scenario_is_chosen_without_a_mouse(browser: Browser, calm: str) -> None:
    browser.show(calm)
    browser.js("document.getElementById('chooser').focus()")
    browser.press("ArrowDown")

    assert browser.js("document.querySelector('aside h2').textContent") == "that"
    assert "There is no timeline of this scenario" in browser.js("document.body.textContent")


def test_whoever_wants_no_motion_gets_none(browser: Browser, calm: str) -> None:
    moving = "getComputedStyle(document.querySelector('.kt-mark')).transitionDuration"
    browser.show(calm)
    assert browser.js(moving) != "0s"
    browser.show(calm, still=True)
    assert browser.js(moving) == "0s"


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_from_the_ground(browser: Browser, calm: str, dark: bool) -> None:
    browser.show(calm, dark=dark)
    ratios = browser.js(CONTRASTS)

    assert min(ratios) >= 4.5


def test_a_narrow_page_does_not_scroll_sideways(browser: Browser, page: str) -> None:
    browser.show(page, 390, 900)

    assert browser.js("document.documentElement.scrollWidth") <= 390


CONTRASTS = """(() => {
  const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((one) => one / 255)
      .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const names = [".kt", ".kt-when", ".kt-facts", ".kt-note", ".kt-what b", ".promise b", ".strike button", "aside dt"];
  return names.map((name) => {
    const ink = light(getComputedStyle(document.querySelector(name)).color);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  });
})()"""


SITE = """<!doctype html><html style="color-scheme: dark"><link rel="stylesheet" href="timeline.css">
<div id="here"></div>
<script type="module">
import {mountTimeline} from "./timeline.js";
window.view = mountTimeline(document.getElementById("here"), DATA);
</script></html>"""


def test_another_page_can_use_the_component_as_it_is(browser: Browser, tmp_path: Path) -> None:
    shutil.copytree(str(resources.files("harness.report.timeline") / "static"), tmp_path, dirs_exist_ok=True)
    (tmp_path / "index.html").write_text(SITE.replace("DATA", msgspec.json.encode(timeline()).decode()))
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        browser.show(f"http://127.0.0.1:{server.server_address[1]}/index.html")
        server.shutdown()

    assert browser.js("document.querySelectorAll('.kt-list li').length") == 6
    browser.js("window.view.select(9)")
    assert browser.js(CURRENT).startswith("01:02.000ends")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass
